"""A worker that is killed in the middle of an import: what it had brought is there, and then the rest of it, once."""

import io
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from customers.models import Customer
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from loyalty.imports import importing
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import verification
from tenancy import scope
from tenancy.models import BackgroundJob
from tests import factories
from tests.lost_workers import kill_in_the_middle

LINES = 2_500  # of which the last one knows the shop already
BROUGHT = LINES - importing.CHUNK


def confirmed_import(shop: factories.Shop) -> BackgroundJob:
    """A file of many new people and one known, checked and confirmed."""
    text = "email,stamps\n" + "".join(f"person{n}@example.com,3\n" for n in range(1, LINES + 1))
    job = jobs.ask(
        user=shop.owner,
        kind=JobKind.LOOK,
        about="loyalty.loyaltycard",
        parameters={"store": shop.store.pk},
        file_name="customers.csv",
        file=io.BytesIO(text.encode()),
    )
    job = jobs.run(job)
    assert (job.state, job.total) == ("done", LINES)
    columns = {"table": 0, "fields": ["email", "stamps"], "answers": {}}
    assert jobs.go_on(job, to=JobKind.CHECK, after=[JobKind.LOOK], columns=columns)
    job.refresh_from_db()
    job = jobs.run(job)
    assert (job.kind, job.state, job.total) == ("check", "done", LINES)
    assert jobs.confirm(job, announce=False, ip_address=None, user_agent="")
    job.refresh_from_db()
    return job


def has_told(job: BackgroundJob) -> bool:
    """Whether a worker has told of the lines that it has written."""
    job.refresh_from_db()
    return job.done >= BROUGHT


@pytest.mark.django_db(transaction=True)
def test_an_import_whose_worker_is_killed_is_done_by_the_next_one(redis_url: str, tmp_path: Path) -> None:
    shop = factories.shop()
    known = factories.card(shop.store, email=f"person{LINES}@example.com")
    job = confirmed_import(shop)
    with scope.merchant(shop.merchant), transaction.atomic():
        # The till has this card in hand, so that the last lines cannot come in.
        LoyaltyCard.objects.select_for_update(of=("self",)).get(pk=known.pk)
        kill_in_the_middle(
            jobs.RUN_TASK,
            is_in_the_middle=lambda: has_told(job),
            redis_url=redis_url,
            folder=tmp_path,
            queue="jobs",
        )
    with scope.merchant(shop.merchant):
        assert (job.state, job.done) == ("running", BROUGHT)
        assert Customer.objects.count() == BROUGHT + 1
        assert factories.fresh(known).stamp_count == 0
        assert jobs.run_due() == 0  # until its lease is over
        BackgroundJob.objects.filter(pk=job.pk).update(leased_until=timezone.now())
        assert jobs.run_due() == 1
        job.refresh_from_db()
        assert (job.state, job.attempts) == ("done", 2)
        assert job.outcome["sentence"] == "2,499 cards were made, 2,500 balances were brought over."
        assert Customer.objects.count() == LINES
        assert LoyaltyCard.objects.filter(stamp_count=3).count() == LINES
        assert LoyaltyTransaction.objects.filter(transaction_type="opening_balance").count() == LINES
        assert list(verification.differences()) == []

"""Many workers hear the same bell: a job is done once, and a file that is confirmed by everybody at once, too."""

import threading
from collections import Counter

import pytest

from groundwork.database import advisory_lock
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from loyalty.imports import importing
from loyalty.imports.lines import Line
from loyalty.models import ImportBatch, LoyaltyCard
from loyalty.services import enrollment
from tenancy.models import BackgroundJob, HistoryEntry, User
from tests import factories
from tests.concurrency.crowd import ROUNDS, Crowd, loses, without_row_locks
from tests.lock_waits import somebody_waits
from tests.patience import PATIENCE

pytestmark = pytest.mark.concurrency


def waiting_export(owner: User) -> BackgroundJob:
    parameters = {"kind": "csv", "query": ""}
    return jobs.ask(user=owner, kind=JobKind.EXPORT, about="loyalty.loyaltycard", parameters=parameters)


def test_however_many_workers_there_are_a_job_is_done_once(few: Crowd) -> None:
    shop = factories.shop()
    factories.card(shop.store)
    for _round in range(ROUNDS):
        waiting = [waiting_export(shop.owner) for _number in range(3)]
        done = few.all_at_once(lambda number: f"{jobs.run_due()} done")
        assert sum(int(answer.split()[0]) for answer in done) == 3
        made = BackgroundJob.objects.filter(pk__in=[job.pk for job in waiting])
        assert Counter(made.values_list("state", "attempts")) == {("done", 1): 3}
    assert HistoryEntry.objects.filter(user=shop.owner).count() == 3 * ROUNDS


def test_a_preview_that_is_confirmed_by_everybody_at_once_goes_on_once(few: Crowd) -> None:
    shop = factories.shop()
    job = waiting_export(shop.owner)
    jobs.run(job)
    BackgroundJob.objects.filter(pk=job.pk).update(kind="check")
    job.refresh_from_db()
    answers = few.all_at_once(lambda number: "first" if jobs.confirm(job) else "late")
    assert Counter(answers) == {"first": 1, "late": few.size - 1}


def everybody_imports_the_same_file(crowd: Crowd) -> None:
    shop = factories.shop()
    known = [factories.card(shop.store) for _number in range(3)]
    emails = [f"new{n}@example.com" for n in range(5)] + [card.customer.email for card in known]

    def bring(number: int) -> str:
        lines = [(number, Line(email=email, stamps=2)) for number, email in enumerate(emails, 2)]
        batch = ImportBatch.objects.create(merchant=shop.merchant, store=shop.store)
        done = importing.bring_over(batch=batch, actor=factories.actor("owner"), lines=lines)
        return f"{done.balances} balances"

    answers = Counter(crowd.all_at_once(bring))
    assert answers.keys() == {"8 balances", "0 balances"}, f"imports that failed: {dict(answers)}"
    assert answers["8 balances"] == 1
    cards = LoyaltyCard.objects.filter(merchant=shop.merchant)
    assert sorted(cards.values_list("stamp_count", flat=True)) == [2] * 8


def test_a_file_that_is_imported_by_everybody_at_once_is_there_once(
    few: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen red: `test_without_turns_imports_spoil_each_other`."""
    monkeypatch.setattr(importing, "TRIES", 1)
    everybody_imports_the_same_file(few)


def test_without_turns_imports_spoil_each_other(few: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisory_lock, "take", lambda *what: None)
    monkeypatch.setattr(importing, "TRIES", 1)
    with without_row_locks(), loses("imports that failed: .*import_interrupted"):
        everybody_imports_the_same_file(few)


def test_people_get_cards_at_the_till_while_a_long_import_is_under_way(
    few: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen red with imports that lock the merchant's row, which an enrolment holds against its deletion."""
    shop = factories.shop()
    written, enrolled, in_between = threading.Event(), threading.Event(), []

    attach = importing.code_services.let_go_of_deleted

    def has_written(*which: object) -> None:
        attach(*which)
        written.set()
        while not (done := enrolled.wait(0.01)) and not somebody_waits():
            pass
        in_between.append(done)

    def import_or_enrol(number: int) -> object:
        if number == 0:
            batch = ImportBatch.objects.create(merchant=shop.merchant, store=shop.store)
            lines = [(2, Line(email="anna@example.com", stamps=2))]
            return importing.bring_over(batch=batch, actor=factories.actor("owner"), lines=lines)
        written.wait(PATIENCE)
        enrollment.enroll(
            store=shop.store, email="ben@example.com", create_if_missing=True, actor=factories.actor("staff")
        )
        return enrolled.set()

    monkeypatch.setattr(importing.code_services, "let_go_of_deleted", has_written)
    assert few.all_at_once(import_or_enrol, people=2) == ["done", "done"]
    assert in_between == [True]
    assert LoyaltyCard.objects.filter(merchant=shop.merchant).count() == 2

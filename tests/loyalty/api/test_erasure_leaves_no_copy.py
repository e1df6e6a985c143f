"""Whoever is erased is found nowhere: not in the database's tables, nor in a file."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from customers import services as customers
from customers.models import Customer
from groundwork.idempotency import packing
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from groundwork.messaging import outbox
from loyalty.models import ImportBatch, LoyaltyCard, LoyaltyTransaction, Purchase
from notifications.models import EmailLog
from tenancy.models import BackgroundJob, IdempotencyKey
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

MARK = "zyxwvut"
ANNA = {
    "email": f"{MARK}@example.com",
    "first_name": f"Anna{MARK}",
    "last_name": f"Weber{MARK}",
    "phone": "+352621987654",
    "birth_date": "1990-01-02",
}
TRACES = (MARK, "621987654", "1990-01-02")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def dump() -> Iterator[tuple[str, str]]:
    """Every row of every table as PostgreSQL writes it, bytes as what they spell; and what is packed in them."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                yield table, row.lower()
    for key in IdempotencyKey._base_manager.filter(answer__isnull=False):
        yield key._meta.db_table, packing.unpack(key.answer).decode().lower()


def traces(folder: Path) -> set[str]:
    """Where the person can still be read."""
    spelled = {trace: trace.encode().hex() for trace in TRACES}
    found = {table for table, row in dump() if any(t in row or spelled[t] in row for t in TRACES)}
    files = (path for path in folder.rglob("*") if path.is_file())
    return found | {
        path.name for path in files if any(t.encode() in path.read_bytes().lower() for t in TRACES)
    }


def enrolled(shop: Shop, till: Till) -> LoyaltyCard:
    answer = till.post("cards/", ANNA | {"create_if_missing": True}, once="enroll-1")
    assert answer.status_code in (200, 201), answer.content
    with factories.inside(shop):
        return LoyaltyCard.objects.select_related("customer").get(customer__email=ANNA["email"].lower())


def erase(shop: Shop, card: LoyaltyCard) -> None:
    with factories.inside(shop):
        customers.erase_person(customer=card.customer)


def leave_traces(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    """Do all that writes a person down."""
    noted = {"count": 1, "notes": f"the one with the dog {MARK}"}
    assert till.post(f"cards/{card.pk}/stamps/", noted, once="stamp-1").status_code == 201
    bread = {"sku": "1", "category": f"diet of {MARK}", "quantity": 1, "amount_cents": 450}
    bought = {"purchase_amount_cents": 450, "items": [bread]}
    assert till.post(f"cards/{card.pk}/purchases/", bought, once="purchase-1").status_code == 201
    for kind in (JobKind.EXPORT, JobKind.CHECK):
        job = jobs.ask(
            user=shop.owner, kind=kind, about="loyalty.loyaltycard", parameters={"query": f"q={MARK}"},
            file_name=f"Anna {MARK}.csv", file=io.BytesIO(f"email\n{ANNA['email']}\n".encode()),
        )  # fmt: skip
        factories.fresh(job)
        jobs.JOBS.rows().filter(pk=job.pk).update(state="done", expires_at="2099-01-01T00:00:00Z")
    with factories.inside(shop):
        for name in (f"anna_{MARK}@example.com.csv", "customers.csv"):
            ImportBatch.objects.create(
                merchant=shop.merchant, store=shop.store, user=shop.owner, file_name=name
            )
    outbox.relay()


def test_whoever_is_erased_is_found_nowhere(shop: Shop, till: Till, folder: Path) -> None:
    card = enrolled(shop, till)
    leave_traces(shop, till, card)
    written = traces(folder)
    assert {
        Customer._meta.db_table,
        EmailLog._meta.db_table,
        Purchase._meta.db_table,
        ImportBatch._meta.db_table,
        IdempotencyKey._meta.db_table,
        BackgroundJob._meta.db_table,
        BackgroundJob._meta.get_field("pieces").related_model._meta.db_table,
    } <= written
    erase(shop, card)
    outbox.relay()
    assert traces(folder) == set()
    with factories.inside(shop):
        assert set(ImportBatch.objects.values_list("file_name", flat=True)) == {"", "customers.csv"}


def test_of_others_nothing_is_forgotten(shop: Shop, till: Till) -> None:
    card = enrolled(shop, till)
    ben = till.post("cards/", {"email": "ben@example.com", "create_if_missing": True}, once="enroll-2")
    erase(shop, card)
    again = till.post("cards/", {"email": "ben@example.com", "create_if_missing": True}, once="enroll-2")
    assert (again.status_code, again.json()) == (ben.status_code, ben.json())


def rows(shop: Shop) -> tuple[int, int]:
    with factories.inside(shop):
        return Customer.all_objects.count(), LoyaltyTransaction.objects.count()


def test_a_call_of_before_is_not_done_anew(shop: Shop, till: Till) -> None:
    card = enrolled(shop, till)
    erase(shop, card)
    before = rows(shop)
    again = till.post("cards/", ANNA | {"create_if_missing": True}, once="enroll-1")
    assert (again.status_code, again.json()["code"]) == (404, "card_not_found")
    assert rows(shop) == before


# --- Workers that are at it while the person is erased ------------------------------------------------------


@pytest.mark.parametrize("kind", [JobKind.EXPORT, JobKind.CHECK])
@pytest.mark.parametrize("is_under_way", [True, False])
def test_a_job_that_is_under_way_comes_to_nothing_and_leaves_no_file(
    shop: Shop, till: Till, folder: Path, kind: JobKind, is_under_way: bool
) -> None:
    card, file = enrolled(shop, till), io.BytesIO(f"email\n{ANNA['email']}\n".encode())
    job = jobs.ask(
        user=shop.owner,
        kind=kind,
        about="loyalty.loyaltycard",
        parameters={"query": f"q={MARK}"},
        file=file,
    )
    taken = jobs.JOBS.take() if is_under_way else []
    erase(shop, card)
    for each in taken:  # what was read of the person is not kept any more
        with pytest.raises(jobs.Overtaken):
            jobs.finish(each, outcome={}, file=file)
        jobs.fail(each, "Something else")
    ended = factories.fresh(job)
    assert (ended.state, ended.error) == (
        "failed",
        "Somebody's data were erased meanwhile. Please start this again.",
    )
    assert (ended.lease, ended.file_size, ended.pieces.count()) == (None, 0, 0)
    assert jobs.run_due() == 0
    outbox.relay()
    assert traces(folder) == set()


def test_jobs_of_other_merchants_go_on(shop: Shop, till: Till) -> None:
    card = enrolled(shop, till)
    other = jobs.ask(
        user=factories.shop().owner, kind=JobKind.EXPORT, about="loyalty.loyaltycard", parameters={}
    )
    erase(shop, card)
    assert factories.fresh(other).state == "waiting"

"""Prepared writes: one row as the ORM writes it; and queries without any scope."""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import models, transaction
from django.db.models import Value
from django.db.models.expressions import DatabaseDefault
from django.db.models.functions import Now

from groundwork import clock
from groundwork.database import prepared
from loyalty.ledger import BALANCE_FIELDS
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, Purchase
from tenancy import scope
from tenancy.models import IdempotencyKey, OutboxMessage
from tests import factories
from tests.sources import LAYERS, ROOT, sources
from webhooks.models import Event

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Any:
    with scope.everything("tests of prepared statements"), clock.at(NOON):
        yield


def columns(row: models.Model) -> dict[str, Any]:
    """What the database holds of a row, but for its id."""
    (values,) = type(row)._base_manager.filter(pk=row.pk).values()
    return {name: value for name, value in values.items() if name != "id"}


# --- Every write of the house -----------------------------------------------------------------------------

Write = tuple[models.Model, tuple[str, ...]]


def a_ledger_line() -> Write:
    """One that moves nothing, so that the card's figures stay as they are whoever writes it."""
    shop = factories.shop()
    newest = LoyaltyTransaction.objects.filter(card=factories.card(shop.store)).latest("id")
    return LoyaltyTransaction(**columns(newest) | {"notes": 'A "quoted" remark, %s and all'}), ()


def balances_of_a_card() -> Write:
    card = factories.card(factories.shop().store)
    card.stamp_count, card.total_stamps_earned = 3, 3
    card.last_stamp_at = card.last_activity_at = card.updated_at = NOON
    return card, BALANCE_FIELDS


def a_receipt() -> Write:
    shop = factories.shop()
    bought = Purchase.objects.get(card=factories.card(shop.store, cents=450))
    items = [{"sku": 'a "flat" white, %s', "quantity": 1, "amount_cents": 450}]
    return Purchase(**columns(bought) | {"items": items, "order_reference": "R%s"}), ()


def a_kept_answer() -> Write:
    store = factories.shop().store
    where = {"merchant_id": store.merchant_id, "store_id": store.pk}
    return IdempotencyKey(
        **where, credential="user:1", key="k%s", fingerprint="f", status=201, answer=b"x%s"
    ), ()


def an_announcement() -> Write:
    """One that waits for its moment; those of every day leave it to the database."""
    event = {"event": "loyalty.reward_ready", "subscriber": "s", "payload": {"card_ids": [1], "text": "%s"}}
    return OutboxMessage(merchant=factories.shop().merchant, **event, next_attempt_at=NOON), ()


def an_event() -> Write:
    merchant, said = factories.shop().merchant, '{"notes":"A \\"quoted\\" remark, %s and all"}'
    return Event(
        merchant=merchant, event_id="evt_1", position=1, type="test", happened_at=NOON, body=said
    ), ()


# Who writes by a prepared statement, and a row like theirs with the columns that they name.
WRITES: dict[tuple[str, str, str], Callable[[], Write]] = {
    ("groundwork/idempotency/once.py", "_keep", "insert"): a_kept_answer,
    ("groundwork/messaging/outbox.py", "record", "insert"): an_announcement,
    ("loyalty/ledger.py", "_write", "insert"): a_ledger_line,
    ("loyalty/ledger.py", "_write", "update"): balances_of_a_card,
    ("loyalty/services/purchases.py", "_open", "insert"): a_receipt,
    ("webhooks/services/log.py", "append", "insert"): an_event,
}


def prepared_writes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(function, "insert" or "update") of each prepared write in a module, whatever it was imported as."""
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            imported |= {alias.asname: alias.name for alias in node.names if alias.asname}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Name | ast.Attribute):
                    head, dot, rest = ast.unparse(node).partition(".")
                    module, _, helper = f"{imported.get(head, head)}{dot}{rest}".rpartition(".")
                    if module == prepared.__name__ and helper in ("insert", "update"):
                        yield function.name, helper


@pytest.mark.parametrize(
    "text",
    [
        "from groundwork.database import prepared\ndef f(): prepared.insert(row)",
        "from groundwork.database import bulk, prepared as p\ndef f(): p.insert(row)",
        "from groundwork.database.prepared import insert as put\ndef f(): put(row)",
        "import groundwork.database.prepared\ndef f(): groundwork.database.prepared.insert(row)",
        "import groundwork.database.prepared as p\ndef f(): each(p.insert, rows)",
    ],
)
def test_a_prepared_write_is_seen_by_whatever_name(text: str) -> None:
    assert list(prepared_writes(ast.parse(text))) == [("f", "insert")]


def test_every_prepared_write_of_the_house_is_compared() -> None:
    found = {
        (str(path.relative_to(ROOT)), *write)
        for app in LAYERS
        for path, tree in sources(app)
        for write in prepared_writes(tree)
    }
    assert found == WRITES.keys()


def written(write: Callable[[models.Model], None], row: models.Model) -> tuple[dict[str, Any], bool, Any]:
    """What the database and the instance say after a write, which is then taken back."""
    copy = deepcopy(row)
    with transaction.atomic():
        write(copy)
        found = columns(copy), copy._state.adding, copy._state.db
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("user", WRITES, ids=" ".join)
def test_a_row_is_written_as_the_orm_writes_it(user: tuple[str, str, str]) -> None:
    row, names = WRITES[user]()
    if user[-1] == "insert":
        by_orm = written(lambda each: each.save(force_insert=True), row)
        assert written(prepared.insert, row) == by_orm
        return
    before = columns(row)
    by_orm = written(lambda each: each.save(update_fields=names), row)
    assert written(lambda each: prepared.update(each, *names), row) == by_orm
    assert before != by_orm[0], "the row is another one afterwards"


def test_json_and_moments_are_inserted_as_the_orm_inserts_them() -> None:
    merchant = factories.shop().merchant
    fields = {
        "merchant_id": merchant.pk,
        "event": "e",
        "subscriber": "s",
        "payload": {"ids": [1, 2], "rate": "1.50", "none": None, "text": "ë%s"},
        "next_attempt_at": NOON,
    }
    written, by_orm = OutboxMessage(**fields), OutboxMessage(**fields)
    prepared.insert(written)
    by_orm.save()
    assert columns(written) == columns(by_orm)
    assert written.pk == OutboxMessage.objects.exclude(pk=by_orm.pk).get().pk


def test_what_the_database_fills_is_left_to_it_and_no_other_expression_is_taken() -> None:
    told = {"merchant_id": factories.shop().merchant.pk, "event": "e", "subscriber": "s", "payload": {}}
    for moment in (Now(), DatabaseDefault(Now())):
        row = OutboxMessage(**told, next_attempt_at=moment)
        with transaction.atomic():
            prepared.insert(row)
            made = OutboxMessage.objects.annotate(now=Now()).get(pk=row.pk)
            assert timedelta(0) <= made.now - made.next_attempt_at < timedelta(minutes=1)
    with pytest.raises(TypeError, match="next_attempt_at"):
        prepared.insert(OutboxMessage(**told, next_attempt_at=Now() + timedelta(hours=1)))
    assert OutboxMessage.objects.count() == 2


def test_rows_together_each_get_their_own_words_and_their_own_id() -> None:
    told = {"merchant_id": factories.shop().merchant.pk, "event": "e", "payload": {}, "next_attempt_at": NOON}
    rows = [OutboxMessage(**told, subscriber=name) for name in ("first", "second", "third")]
    prepared.insert(*rows)
    kept = {row.pk: row.subscriber for row in OutboxMessage.objects.all()}
    assert kept == {row.pk: row.subscriber for row in rows}
    assert sorted(kept.values()) == ["first", "second", "third"]
    assert not any(row._state.adding for row in rows)


def test_rows_that_leave_other_columns_to_the_database_are_not_taken_together() -> None:
    told = {"merchant_id": factories.shop().merchant.pk, "event": "e", "subscriber": "s", "payload": {}}
    with pytest.raises(TypeError, match="the same columns"):
        prepared.insert(
            OutboxMessage(**told, next_attempt_at=NOON), OutboxMessage(**told, next_attempt_at=Now())
        )
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("names", [BALANCE_FIELDS, ("last_activity_at",), ("stamp_count", "points_balance")])
def test_only_the_named_columns_of_a_card_are_written(names: tuple[str, ...]) -> None:
    card = factories.card(factories.shop().store)
    before = columns(card)
    held = LoyaltyCard.objects.get(pk=card.pk)
    held.card_number = "000000000000"  # not named
    held.last_activity_at = NOON
    prepared.update(held, *names)
    after = columns(card)
    assert {name for name in after if after[name] != before[name]} <= {"last_activity_at"}
    assert after["card_number"] == before["card_number"] != "000000000000"


def test_decimals_and_annotations_are_read_as_the_orm_reads_them() -> None:
    program = factories.shop().program
    LoyaltyProgram.objects.filter(pk=program.pk).update(points_per_euro=Decimal("1.25"))

    def build(*, program_id: int) -> Any:
        return LoyaltyProgram.objects.filter(pk=program_id).annotate(what=Value("said"))

    query = prepared.Prepared(build)
    for _ in ("compiled", "kept"):
        (row,) = query(program_id=program.pk)
        assert (row.points_per_euro, row.what, row.pk) == (Decimal("1.25"), "said", program.pk)
    assert query(program_id=program.pk + 1) == []


def test_values_are_dictionaries_and_json_is_read() -> None:
    merchant = factories.shop().merchant
    row = OutboxMessage.objects.create(merchant=merchant, event="e", subscriber="s", payload={"ids": [1]})
    query = prepared.Prepared(
        lambda *, row_id: OutboxMessage.objects.filter(pk=row_id).values("event", "payload")
    )
    assert query(row_id=row.pk) == [{"event": "e", "payload": {"ids": [1]}}]


@pytest.mark.parametrize("shape", ["values", "values_list"])
def test_a_query_of_another_shape_is_refused_and_not_read_wrongly(shape: str) -> None:
    """Of translated models `values` is modeltranslation's own, which falls back to another language."""
    query = prepared.Prepared(
        lambda *, program_id: getattr(LoyaltyProgram.objects.filter(pk=program_id), shape)("card_name")
    )
    with pytest.raises(TypeError, match="Rows of"):
        query(program_id=1)

"""Prepared writes: one row as the ORM writes it; and queries without any scope."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import models
from django.db.models import Value

from groundwork import clock
from groundwork.database import prepared
from loyalty.ledger import BALANCE_FIELDS
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction
from tenancy import scope
from tenancy.models import OutboxMessage
from tests import factories

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


def test_a_ledger_line_is_inserted_as_the_orm_inserts_it() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    fields: dict[str, Any] = {
        "merchant_id": card.merchant_id,
        "card": card,
        "store": shop.store,
        "transaction_type": "points_adjustment",
        "notes": 'A "quoted" remark, %s and all',
        "transaction_at": NOON,
    }
    # A line that moves nothing, so that the card's figures stay as they are whoever writes it.
    written = LoyaltyTransaction(**fields)
    written.__dict__.update(
        columns(LoyaltyTransaction.objects.filter(card=card).latest("id")) | {"notes": "x%s"}
    )
    by_orm = LoyaltyTransaction(**{name: getattr(written, name) for name in columns_of(written)})
    prepared.insert(written)
    by_orm.save(force_insert=True)
    assert columns(written) == columns(by_orm)
    assert written.created_at == by_orm.created_at == NOON
    assert (written._state.adding, written._state.db) == (by_orm._state.adding, by_orm._state.db)


def columns_of(row: models.Model) -> list[str]:
    return [field.attname for field in row._meta.local_concrete_fields if not field.primary_key]


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

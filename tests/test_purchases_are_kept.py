"""Purchases, what came back of them, and terms are never rewritten: each column is tried by plain SQL."""

from collections.abc import Callable, Iterator

import pytest
from django.db.models import Model

from loyalty.models import LoyaltyCard, LoyaltyProgram, ProgramTerms, Purchase, PurchaseReturn
from loyalty.purchase_triggers import KEPT_TERMS
from tenancy import scope
from tests import factories
from tests.never_untrue.rows import bought, given_back
from tests.raw_sql import (
    check_what_waits_for_the_commit,
    database_refuses,
    delete,
    insert_like,
    update,
)

pytestmark = pytest.mark.django_db
KEPT = "A purchase and its returns are never rewritten"
MAY_CHANGE = {
    Purchase: {"updated_at", "returned_cents", "is_open"},
    PurchaseReturn: {"updated_at", "undone_at"},
}


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


@pytest.fixture
def shop() -> factories.Shop:
    return factories.shop(points_per_euro=10)


@pytest.fixture
def card(shop: factories.Shop) -> LoyaltyCard:
    return factories.card(shop.store)


def fixed_columns(model: type[Model]) -> list[str]:
    columns = [field.column for field in model._meta.concrete_fields]
    # When a row was made is no promise, and of no use to whoever would rewrite it.
    return sorted(set(columns) - MAY_CHANGE.get(model, set()) - {"created_at"})


def another_row(shop: factories.Shop, column: str) -> Model | None:
    """Another row of the same merchant to point to, so that nothing but the rule itself refuses it."""
    if column == "terms_id":
        update(shop.program, "points_per_euro = 7")
        return terms_of(shop.program)[-1]
    if column == "purchase_id":
        return bought(shop, factories.card(shop.store))
    return {"store_id": shop.other_store, "card_id": factories.card(shop.store)}.get(column)


def another_value(shop: factories.Shop, row: Model, column: str) -> str:
    if other := another_row(shop, column):
        return str(other.pk)
    field = next(field for field in row._meta.concrete_fields if field.column == column)
    kinds = {
        "CharField": "'other'",
        "TextField": "'other'",
        "JSONField": "'[1]'",
        "BooleanField": f"NOT {column}",
        "DateTimeField": "'2020-01-01 00:00:00+00:00'",
    }
    return kinds.get(field.get_internal_type(), f"COALESCE({column}, 0) + 1000")


@pytest.mark.parametrize("column", fixed_columns(Purchase))
def test_what_was_bought_is_not_rewritten(shop: factories.Shop, card: LoyaltyCard, column: str) -> None:
    purchase = bought(shop, card)
    with database_refuses(f"{KEPT}|merchant"):
        update(purchase, f"{column} = {another_value(shop, purchase, column)}")


@pytest.mark.parametrize("column", fixed_columns(PurchaseReturn))
def test_what_came_back_is_not_rewritten(shop: factories.Shop, card: LoyaltyCard, column: str) -> None:
    part = given_back(shop, card)
    with database_refuses(f"{KEPT}|merchant"):
        update(part, f"{column} = {another_value(shop, part, column)}")


@pytest.mark.parametrize("make", [bought, given_back])
def test_neither_is_ever_removed(
    shop: factories.Shop, card: LoyaltyCard, make: Callable[[factories.Shop, LoyaltyCard], Model]
) -> None:
    row = make(shop, card)
    with database_refuses(KEPT):
        delete(row)
    assert update(row, "id = id") == 1


def test_what_is_left_of_a_purchase_moves(shop: factories.Shop, card: LoyaltyCard) -> None:
    purchase = given_back(shop, card).purchase
    assert factories.fresh(purchase).returned_cents == 100
    assert update(purchase, "returned_cents = 1000, is_open = false") == 1


# --- Terms ------------------------------------------------------------------------------------------------


def terms_of(program: LoyaltyProgram) -> list[ProgramTerms]:
    return list(ProgramTerms.objects.filter(program=program))


@pytest.mark.parametrize("column", [*fixed_columns(ProgramTerms), "created_at"])
def test_terms_are_not_rewritten(shop: factories.Shop, column: str) -> None:
    (terms,) = terms_of(shop.program)
    with database_refuses(f"{KEPT_TERMS}|merchant"):
        update(terms, f"{column} = {another_value(shop, terms, column)}")


def test_terms_are_never_removed(shop: factories.Shop) -> None:
    (terms,) = terms_of(shop.program)
    with database_refuses(KEPT_TERMS):
        delete(terms)
    assert terms_of(shop.program) == [terms]


def test_whoever_changes_a_promise_begins_new_terms_and_keeps_the_old(shop: factories.Shop) -> None:
    (first,) = terms_of(shop.program)
    update(shop.program, "points_per_euro = 7, updated_at = '2030-01-01 00:00+00'")
    kept, second = terms_of(shop.program)
    assert (kept.pk, kept.points_per_euro, second.points_per_euro) == (first.pk, 10, 7)
    assert factories.fresh(shop.program).terms_id == second.pk
    assert second.valid_from.isoformat() == "2030-01-01T00:00:00+00:00"
    update(shop.program, "card_color = '#000000'")
    assert len(terms_of(shop.program)) == 2


def test_a_program_goes_by_no_terms_but_its_newest(shop: factories.Shop) -> None:
    (first,) = terms_of(shop.program)
    update(shop.program, "points_per_euro = 7")
    update(shop.program, f"terms_id = {first.pk}")
    assert factories.fresh(shop.program).terms_id == terms_of(shop.program)[-1].pk != first.pk


def test_terms_are_of_their_programs_merchant(shop: factories.Shop) -> None:
    (terms,) = terms_of(shop.program)
    rival = factories.shop()
    with database_refuses("program_id: belongs to another merchant"):
        insert_like(terms, program_id=rival.program.pk)
        check_what_waits_for_the_commit()
    assert insert_like(terms)
    check_what_waits_for_the_commit()

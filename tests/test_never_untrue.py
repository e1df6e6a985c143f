"""What can never be untrue: each of the seven rules is broken by plain SQL, and the database refuses.

Where a rule could be hidden behind another one, the SQL keeps the other.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core.management import call_command

from groundwork import deletion
from groundwork.database.triggers import rules_of
from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    ProgramTerms,
    Purchase,
    PurchaseReturn,
    StaffPin,
)
from loyalty.models.card import BALANCES, COUNTERS
from loyalty.reporting import verification
from loyalty.services import purchases, returns, stamps, voids
from loyalty.triggers import BROKEN_CHAIN, CHANGED, REMOVED
from tenancy import scope
from tenancy.models import StoreUser
from tests import factories
from tests.raw_sql import (
    database_refuses,
    delete,
    drop_trigger,
    insert_like,
    rolled_back,
    triggers,
    update,
)

pytestmark = pytest.mark.django_db
STAFF = factories.actor("staff")
NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


@pytest.fixture
def shop() -> factories.Shop:
    return factories.shop(points_per_euro=10)


@pytest.fixture
def card(shop: factories.Shop) -> LoyaltyCard:
    return factories.card(shop.store, "anna@example.com", stamps=3, cents=450)


@pytest.fixture
def rival() -> factories.Shop:
    return factories.shop()


NO_FIGURES = dict.fromkeys([*BALANCES, *COUNTERS], 0)


def newest_line(card: LoyaltyCard) -> LoyaltyTransaction:
    return LoyaltyTransaction.objects.filter(card=card).latest("id")


def bought(shop: factories.Shop, card: LoyaltyCard) -> Purchase:
    about = {"store": shop.store, "card_id": card.pk, "actor": STAFF}
    made = purchases.record(purchase_amount_cents=1000, stamps=0, **about).purchase
    assert made is not None
    return made


def given_back(shop: factories.Shop, card: LoyaltyCard) -> PurchaseReturn:
    purchase = bought(shop, card)
    returns.give_back(
        store=shop.store, purchase_id=purchase.pk, actor=STAFF, amount_cents=100, reason="did not fit"
    )
    return purchase.returns.get()


def new_names() -> dict[str, str]:
    number = factories.number()
    names = {"card_number": f"{number:012}", "qr_code_data": f"Q{number:029}"}
    return names | {"access_token": f"A{number:029}"}


# --- 1 and 2: balances ------------------------------------------------------------------------------------


def test_rule_1_no_balance_is_below_zero(card: LoyaltyCard) -> None:
    with database_refuses("stamps_are_never_negative"):
        update(card, "stamp_count = -1, total_stamps_voided = total_stamps_earned + 1")
    with database_refuses("points_are_never_negative"):
        update(card, "points_balance = -1, total_points_voided = total_points_earned + 1")
    with database_refuses("no_stamps_beside_owed_ones"):
        update(card, "stamps_owed = -1, total_stamps_earned = total_stamps_earned + 1")


def test_rule_2_a_balance_is_what_was_earned_less_what_went(card: LoyaltyCard) -> None:
    with database_refuses("stamps_are_earned_less_spent_less_voided"):
        update(card, "stamp_count = stamp_count + 1")
    with database_refuses("points_are_earned_less_redeemed_less_voided"):
        update(card, "points_balance = points_balance + 1")
    with database_refuses("stamps_are_earned_less_spent_less_voided"):
        insert_like(
            card, customer_id=factories.customer(card.enrolled_at_store).pk, stamp_count=4, **new_names()
        )


# --- 3: the ledger is append-only -------------------------------------------------------------------------

LEDGER_COLUMNS = sorted(
    field.column
    for field in LoyaltyTransaction._meta.concrete_fields
    if field.column not in ("notes", "ip_address", "user_agent")
)


@pytest.mark.parametrize("column", LEDGER_COLUMNS)
def test_rule_3_no_column_of_a_line_can_be_changed(card: LoyaltyCard, column: str) -> None:
    line = newest_line(card)
    field = next(field for field in line._meta.concrete_fields if field.column == column)
    kind = field.get_internal_type()
    if "Char" in kind:
        other = "'stamp_earned'" if column == "transaction_type" else "'other'"
    elif kind == "DateTimeField":
        other = "'2020-01-01 00:00:00+00:00'"
    elif kind == "BooleanField":
        other = "NOT recorded_offline"
    elif kind == "JSONField":
        other = "'[]'"
    elif kind == "SmallIntegerField":
        other = f"{column} + 1"
    else:
        other = f"COALESCE({column}, 0) + 1000000"
    with database_refuses(f"{CHANGED}|another merchant"):
        update(line, f"{column} = {other}")


def test_rule_3_a_line_cannot_be_removed(card: LoyaltyCard) -> None:
    with database_refuses(REMOVED):
        delete(newest_line(card))


def test_rule_3_erasing_a_person_may_blank_three_columns_and_only_blank_them(card: LoyaltyCard) -> None:
    line = newest_line(card)
    with database_refuses(CHANGED):
        update(line, "notes = 'rewritten'")
    with database_refuses(CHANGED):
        update(line, "ip_address = '192.0.2.9'")
    with database_refuses(CHANGED):
        update(line, "user_agent = 'another'")
    with database_refuses(CHANGED):
        update(line, "notes = '', points_delta = points_delta + 1")
    assert update(line, "notes = '', user_agent = '', ip_address = NULL") == 1


# --- 4: undone at most once -------------------------------------------------------------------------------


def test_rule_4_a_transaction_is_undone_at_most_once(shop: factories.Shop, card: LoyaltyCard) -> None:
    line = stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).transaction
    undone = voids.void(store=shop.store, transaction_id=line.pk, actor=STAFF, reason="slip").transaction
    with database_refuses("voids_id"):
        insert_like(undone, stamps_balance_after=undone.stamps_balance_after - 1)


# --- 5: one of each ---------------------------------------------------------------------------------------


def test_rule_5_one_living_program_for_each_merchant(shop: factories.Shop) -> None:
    with database_refuses("one_living_program_per_merchant|merchant_id"):
        insert_like(shop.program)
    assert insert_like(shop.program, deleted_at=NOW)


def test_rule_5_one_living_customer_for_each_merchant_and_address(card: LoyaltyCard) -> None:
    person = card.customer
    with database_refuses("one_living_customer_per_email|customers_customer.email"):
        insert_like(person)
    with database_refuses("customer_email_is_lower_case"):
        insert_like(person, email="Anna@example.com")
    assert insert_like(person, deleted_at=NOW)
    assert insert_like(person, email=None) < insert_like(person, email=None)


def test_rule_5_one_living_customer_for_each_merchant_and_phone(card: LoyaltyCard) -> None:
    person, phone = card.customer, "+352621123456"
    assert insert_like(person, email=None) < insert_like(person, email=None)
    first = insert_like(person, email=None, phone=phone)
    with database_refuses("one_living_customer_per_phone"):
        insert_like(person, email=None, phone=phone)
    assert insert_like(person, email=None, phone=phone, deleted_at=NOW) > first


def test_rule_5_one_living_card_for_each_person_program_and_scope(
    shop: factories.Shop, card: LoyaltyCard
) -> None:
    with database_refuses("one_card_per_customer_everywhere|program_id"):
        insert_like(card, **new_names())
    scoped = insert_like(card, scope_store_id=shop.store.pk, **new_names(), **NO_FIGURES)
    assert scoped
    with database_refuses("one_card_per_customer_and_store|scope_store_id"):
        insert_like(card, scope_store_id=shop.store.pk, **new_names())
    assert insert_like(card, scope_store_id=shop.other_store.pk, **new_names(), **NO_FIGURES)
    assert insert_like(card, deleted_at=NOW, **new_names(), **NO_FIGURES)


@pytest.mark.parametrize("name", ["card_number", "qr_code_data", "access_token"])
def test_names_of_cards_are_never_given_twice_not_even_those_of_deleted_ones(
    card: LoyaltyCard, name: str
) -> None:
    deletion.soft_delete(card, by=None)
    with database_refuses(name):
        insert_like(card, **new_names() | {name: getattr(card, name)})


# --- 6: all of one merchant -------------------------------------------------------------------------------


def test_rule_6_a_card_and_all_it_points_to_belong_to_one_merchant(
    shop: factories.Shop, card: LoyaltyCard, rival: factories.Shop
) -> None:
    theirs = factories.card(rival.store)
    foreign = {
        "customer_id": theirs.customer_id,
        "program_id": theirs.program_id,
        "enrolled_at_store_id": rival.store.pk,
        "scope_store_id": rival.store.pk,
        "merged_into_id": theirs.pk,
    }
    for column, value in foreign.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            update(card, f"{column} = {value}")
        with database_refuses(f"{column}: belongs to another merchant"):
            insert_like(card, deleted_at=NOW, **{column: value}, **new_names())


def test_rule_6_a_line_of_the_ledger_and_all_it_points_to_belong_to_one_merchant(
    shop: factories.Shop, card: LoyaltyCard, rival: factories.Shop
) -> None:
    theirs, line = factories.card(rival.store), newest_line(card)
    nothing = {"stamps_delta": 0, "points_delta": 0}
    foreign = {
        "store_id": rival.store.pk,
        "staff_pin_id": factories.staff_pin(rival.store).pk,
        "reward_id": rival.program.rewards.first().pk,
        "voids_id": newest_line(theirs).pk,
        "purchase_id": bought(rival, theirs).pk,
        "purchase_return_id": given_back(rival, theirs).pk,
        "terms_id": rival.program.terms_id or ProgramTerms.objects.get(program=rival.program).pk,
    }
    for column, value in foreign.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            insert_like(line, **nothing, **{column: value})
    foreign_card = {"card_id": theirs.pk, "store_id": rival.store.pk, "terms_id": foreign["terms_id"]}
    for column, value in foreign_card.items():
        with database_refuses(f"{column}: belongs to another merchant"):
            insert_like(bought(shop, card), **{column: value}, reference_key="")
    with database_refuses("purchase_id: belongs to another merchant"):
        insert_like(given_back(shop, card), purchase_id=foreign["purchase_id"])
    with database_refuses("card_id: belongs to another merchant"):
        insert_like(newest_line(theirs), merchant_id=shop.merchant.pk, store_id=None, **nothing)


def test_rule_6_no_row_moves_to_another_merchant(
    shop: factories.Shop, card: LoyaltyCard, rival: factories.Shop
) -> None:
    factories.staff_pin(shop.store)
    rows = [
        shop.store,
        shop.program,
        shop.program.rewards.first(),
        card,
        card.customer,
        StaffPin.objects.get(),
        StoreUser.objects.first(),
    ]
    for row in rows:
        with database_refuses("A row never moves to another merchant"):
            update(row, f"merchant_id = {rival.merchant.pk}")


# --- 7: a chain -------------------------------------------------------------------------------------------


def test_rule_7_a_line_follows_from_the_one_before_it(card: LoyaltyCard) -> None:
    line = newest_line(card)  # 3 stamps and 45 points after it, 45 points by it
    for wrong in (
        {"points_balance_after": 45},
        {"points_balance_after": 91},
        {"points_delta": 5, "points_balance_after": 90},
        {"points_balance_after": 90, "stamps_balance_after": 4},
        {"points_balance_after": 90, "stamps_delta": 1},
        {"points_balance_after": 90, "points_fraction_after": 1},
        {"points_balance_after": 90, "points_fraction_delta": 1},
        {"points_balance_after": 0, "points_owed_after": 1},
        {"points_balance_after": 90, "stamps_balance_after": 0, "stamps_owed_after": 3},
        {"points_balance_after": 90, "stamps_delta": -3, "stamps_balance_after": 0, "stamps_owed_after": 1},
    ):
        with database_refuses(BROKEN_CHAIN):
            insert_like(line, **wrong)
    with rolled_back():
        assert insert_like(line, points_balance_after=90)


def test_rule_7_what_is_owed_is_a_link_of_the_chain(card: LoyaltyCard) -> None:
    line = newest_line(card)  # 3 stamps and 45 points after it
    owed = {"points_delta": -50, "points_balance_after": 0, "points_owed_after": 5}
    with database_refuses(BROKEN_CHAIN):
        insert_like(line, **owed | {"points_owed_after": 4})
    with rolled_back():
        assert insert_like(line, **owed)
        with database_refuses(BROKEN_CHAIN):  # 10 more pay the 5 first
            insert_like(line, points_delta=10, points_balance_after=10)
        assert insert_like(line, points_delta=10, points_balance_after=5)
    with rolled_back():
        part = {"points_fraction_delta": 5000, "points_fraction_after": 5000}
        assert insert_like(line, **part, points_delta=-46, points_balance_after=0, points_owed_after=1)


def test_rule_7_the_first_line_begins_at_nothing(card: LoyaltyCard) -> None:
    person = factories.customer(card.enrolled_at_store)
    empty = LoyaltyCard.objects.get(pk=factories.card(card.enrolled_at_store, person.email).pk)
    other = insert_like(empty, deleted_at=NOW, **new_names())
    line = newest_line(card)
    with database_refuses(BROKEN_CHAIN):
        insert_like(line, card_id=other)
    with rolled_back():
        assert insert_like(line, card_id=other, stamps_balance_after=0)


def test_rule_7_a_card_that_is_not_what_its_ledger_says_is_named(card: LoyaltyCard) -> None:
    assert list(verification.differences()) == []
    with rolled_back():
        update(card, "stamp_count = stamp_count + 1, total_stamps_earned = total_stamps_earned + 1")
        found = {(difference.card_id, difference.figure) for difference in verification.differences()}
    assert found == {(card.pk, "stamp_count"), (card.pk, "total_stamps_earned")}


# --- The triggers themselves ------------------------------------------------------------------------------


def test_every_trigger_is_there() -> None:
    declared = {rule.name for app in apps.get_app_configs() for rule in rules_of(app)}
    assert declared <= triggers()
    assert {"ledger_is_append_only", "ledger_is_never_removed", "ledger_is_a_chain"} <= declared


def test_triggers_that_a_migration_lost_are_back_after_it() -> None:
    before = triggers()
    for app in apps.get_app_configs():
        for rule in rules_of(app):
            drop_trigger(rule.name, rule.table)
    assert triggers() < before
    call_command("migrate", verbosity=0)
    assert triggers() == before

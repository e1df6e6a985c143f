"""Getting a card: at the counter, on the public page, at two shops of one merchant."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from customers.models import Customer
from groundwork.deletion import soft_delete
from loyalty import rules
from loyalty.errors import (
    CustomerIdentifierRequired,
    CustomerNotFound,
    ProgramInactive,
    ProgramNotFound,
    SelfEnrollmentDisabled,
)
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import cards, enrollment, programs
from loyalty.services.enrollment import Enrollment
from loyalty.tokens import ALPHABET
from tenancy.actor import Actor
from tenancy.errors import StoreNotFound
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
ANNA = "anna@example.com"
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def by_staff(at: Store, email: str | None = ANNA, **more: object) -> Enrollment:
    return enrollment.enroll(
        **{"store": at, "actor": STAFF, "email": email, "create_if_missing": True} | more
    )


def by_herself(at: Store, email: str = ANNA, **more: object) -> Enrollment:
    return enrollment.enroll(store=at, actor=Actor.system(), email=email, self_service=True, **more)


def test_a_new_customer_gets_an_empty_card() -> None:
    shop = factories.shop()
    with time_machine.travel(NOON, tick=False):
        done = by_staff(
            shop.store,
            " Anna@Example.COM ",
            name="Anna de la Tour",
            phone="621 123 456",
            birth_date=date(1990, 2, 28),
            language="fr",
            marketing_consent=True,
        )
    customer = Customer.objects.get()
    assert (customer.email, customer.first_name, customer.last_name) == (ANNA, "Anna", "de la Tour")
    assert (customer.phone, customer.birth_date) == ("+352621123456", date(1990, 2, 28))
    assert (customer.preferred_language, customer.store) == ("fr", shop.store)
    assert (customer.marketing_consent, customer.marketing_consent_at) == (True, NOON)
    card = done.card
    assert (done.already_enrolled, card.customer, card.enrolled_at_store) == (False, customer, shop.store)
    assert (card.stamp_count, card.points_balance, card.last_activity_at) == (0, 0, NOON)
    line = LoyaltyTransaction.objects.get()
    assert (line.transaction_type, line.stamps_balance_after, line.points_balance_after) == (
        "card_created",
        0,
        0,
    )


def test_a_card_has_a_number_a_qr_text_and_an_address_of_its_own() -> None:
    card = by_staff(factories.shop().store).card
    assert (len(card.card_number), rules.luhn_is_valid(card.card_number)) == (12, True)
    assert card.display_number == f"{card.card_number[:4]}-{card.card_number[4:8]}-{card.card_number[8:]}"
    for secret in (card.qr_code_data, card.access_token):
        assert (len(secret), set(secret) <= set(ALPHABET)) == (30, True)
    assert card.qr_code_data != card.access_token


@pytest.mark.parametrize(("kind", "points"), [("points", 50), ("hybrid", 50), ("stamps", 0)])
def test_the_welcome_bonus_is_for_programs_with_points(kind: str, points: int) -> None:
    card = by_staff(factories.shop(loyalty_type=kind, welcome_bonus_points=50).store).card
    assert card.points_balance == points
    bonus = LoyaltyTransaction.objects.filter(transaction_type="welcome_bonus")
    assert [line.notes for line in bonus] == (["Welcome bonus on enrollment"] if points else [])


def test_who_has_a_card_gets_it_back_without_a_second_bonus() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    first = by_staff(shop.store)
    again = by_staff(shop.other_store, "ANNA@example.com")
    assert (again.already_enrolled, again.card.pk, again.card.points_balance) == (True, first.card.pk, 50)
    assert [store.pk for store in again.locations] == [shop.store.pk, shop.other_store.pk]


def test_a_card_that_is_switched_off_is_reported_as_such_and_not_revived() -> None:
    shop = factories.shop()
    card = by_staff(shop.store).card
    cards.deactivate(store=shop.store, card_id=card.pk, actor=MANAGER)
    again = by_staff(shop.store)
    assert (again.already_enrolled, again.card.pk, again.card.is_active) == (True, card.pk, False)


def test_whose_card_was_merged_into_another_has_that_one() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    old, kept = (
        by_staff(shop.store, "anna@example.com").card,
        by_staff(shop.store, "anna.weber@example.com").card,
    )
    cards.merge(store=shop.store, card_id=old.pk, into_card_id=kept.pk, actor=MANAGER, reason="one person")
    again = by_staff(shop.store, "anna@example.com")
    assert (again.already_enrolled, again.card.pk, again.card.points_balance) == (True, kept.pk, 100)


def test_where_each_store_has_its_own_cards_a_person_has_one_at_each() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    here, there = by_staff(shop.store), by_staff(shop.other_store)
    assert (here.already_enrolled, there.already_enrolled) == (False, False)
    assert (here.card.scope_store, there.card.scope_store) == (shop.store, shop.other_store)
    assert here.card.customer == there.card.customer
    assert [store.pk for store in there.locations] == [shop.other_store.pk]
    assert by_staff(shop.store).card.pk == here.card.pk


def test_a_single_scoped_card_is_widened_once_cards_are_valid_everywhere() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = by_staff(shop.store).card
    _allow_everywhere(shop, True)
    again = by_staff(shop.other_store)
    assert (again.already_enrolled, again.card.pk, again.card.scope_store) == (True, card.pk, None)
    assert LoyaltyCard.objects.count() == 1


def test_a_card_valid_everywhere_stays_so_after_the_merchant_changes_their_mind() -> None:
    shop = factories.shop()
    card = by_staff(shop.store).card
    _allow_everywhere(shop, False)
    again = by_staff(shop.other_store)
    assert (again.already_enrolled, again.card.pk, again.card.scope_store) == (True, card.pk, None)


def test_staff_enrol_somebody_unknown_only_on_purpose() -> None:
    shop = factories.shop()
    with refused(CustomerNotFound):
        by_staff(shop.store, create_if_missing=False)
    with refused(CustomerIdentifierRequired):
        by_staff(shop.store, None)
    assert not Customer.objects.exists()


def test_whoever_has_typed_their_pin_is_named_with_the_card_that_they_make() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    lea = factories.staff_pin(shop.store, name="Léa")
    actor = factories.actor("staff", staff_token=factories.staff_token(shop.store, lea))
    made = by_staff(shop.store, None, nameless=True, actor=actor).card
    lines = LoyaltyTransaction.objects.filter(card=made).order_by("id")
    assert [(line.transaction_type, line.staff_pin) for line in lines] == [
        ("card_created", lea),
        ("welcome_bonus", lea),
    ]


@pytest.mark.parametrize("token", ["", "of nobody any more"])
def test_a_new_card_asks_for_no_pin_and_is_nobodys_without_one(token: str) -> None:
    shop = factories.shop(require_staff_pin=True)
    made = by_staff(shop.store, actor=factories.actor("staff", staff_token=token)).card
    assert LoyaltyTransaction.objects.get(card=made).staff_pin is None


def test_staff_enrol_a_customer_by_id_of_their_own_merchant_only() -> None:
    shop, rival = factories.shop(), factories.shop()
    mine, theirs = factories.customer(shop.store), factories.customer(rival.store)
    assert by_staff(shop.store, None, customer_id=mine.pk).card.customer == mine
    with refused(CustomerNotFound):
        by_staff(shop.store, None, customer_id=theirs.pk)


def test_a_customer_who_is_deleted_at_that_very_moment_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = factories.shop()
    factories.customer(shop.store, ANNA)
    monkeypatch.setattr(
        enrollment.customers, "fill_in", lambda customer, **person: soft_delete(customer, by=None)
    )
    with refused(CustomerNotFound):
        by_staff(shop.store)


def test_at_a_shop_that_was_closed_meanwhile_nobody_gets_a_card() -> None:
    """The till has read the store, and then it was deleted."""
    for gone, refusal in (
        ("store", StoreNotFound),
        ("merchant", StoreNotFound),
        ("program", ProgramNotFound),
    ):
        shop = factories.shop()
        soft_delete(getattr(shop, gone), by=None)
        with refused(refusal):
            by_staff(shop.store)
        assert not Customer.objects.filter(merchant=shop.merchant).exists()


def test_staff_fill_in_what_is_missing_and_overwrite_nothing() -> None:
    shop = factories.shop()
    customer = factories.customer(shop.store, ANNA, phone="+352621000000")
    by_staff(
        shop.store, name="Somebody Else", phone="621 999 999", birth_date=date(1990, 1, 2), language="de"
    )
    customer.refresh_from_db()
    assert (customer.first_name, customer.phone) == ("Anna", "+352621000000")
    assert (customer.birth_date, customer.preferred_language) == (date(1990, 1, 2), "")


def test_a_stranger_on_the_public_page_changes_nothing_about_somebody_who_exists() -> None:
    shop = factories.shop()
    customer = factories.customer(shop.store, ANNA)
    by_herself(shop.store, name="Mallory", phone="621 999 999", birth_date=date(1990, 1, 2), language="de")
    after = Customer.objects.get()
    assert (after.pk, after.name, after.phone, after.birth_date) == (customer.pk, "Anna Weber", "", None)


def test_a_customer_enrols_alone_unless_the_merchant_has_switched_that_off() -> None:
    shop = factories.shop()
    assert not by_herself(shop.store, name="Anna Weber").already_enrolled
    closed = factories.shop(settings={"allow_self_enrollment": False})
    with refused(SelfEnrollmentDisabled):
        by_herself(closed.store, name="Anna Weber")
    assert not by_staff(closed.store).already_enrolled


def test_without_an_active_program_nobody_gets_a_card() -> None:
    with refused(ProgramNotFound):
        by_staff(factories.store())
    shop = factories.shop()
    programs.deactivate(program_id=shop.program.pk, actor=MANAGER)
    with refused(ProgramInactive):
        by_staff(shop.store)


def test_a_number_that_is_taken_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = factories.shop()
    taken = by_staff(shop.store).card
    numbers = iter([taken.card_number, "100000000008"])
    monkeypatch.setattr("loyalty.tokens.card_number", lambda: next(numbers))
    assert by_staff(shop.store, "ben@example.com").card.card_number == "100000000008"


def _allow_everywhere(shop: factories.Shop, allowed: bool) -> None:
    shop.merchant.loyalty_settings.allow_cross_location_redemption = allowed
    shop.merchant.loyalty_settings.save()
    for store in (shop.store, shop.other_store):
        store.merchant.refresh_from_db()

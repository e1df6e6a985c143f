"""Races between people: one e-mail or phone at two stores, one PIN and many guesses, one key sent twice, one receipt.

Each race is also run with what holds it taken out, and then fails: that is what the tests beside it prove.
"""

from collections import Counter

import pytest

from customers.models import Customer
from groundwork import idempotency
from groundwork.idempotency.once import Answer, Claim
from loyalty.errors import PinInvalid
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, StaffPin
from loyalty.services import enrollment, pins, points, programs, stamps
from tests import factories
from tests.concurrency.crowd import (
    ROUNDS,
    Crowd,
    all_have_read_before_anyone_writes,
    loses,
    unlocked,
    without_unique,
)
from tests.concurrency.many_cards import many_cards

pytestmark = pytest.mark.concurrency
STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")


# --- One e-mail at two stores -----------------------------------------------------------------------------


def everybody_enrolls_anna(crowd: Crowd) -> None:
    shop = factories.shop(welcome_bonus_points=50)
    stores = [shop.store, shop.other_store]

    def enroll(number: int) -> str:
        done = enrollment.enroll(
            store=stores[number % 2],
            email="anna@example.com",
            name="Anna Weber",
            create_if_missing=True,
            actor=STAFF,
        )
        return "already enrolled" if done.already_enrolled else "done"

    answers = crowd.all_at_once(enroll)
    assert answers.count("done") == 1, f"{answers.count('done')} people with one address"
    assert answers.count("already enrolled") == crowd.size - 1
    assert Customer.objects.filter(merchant=shop.merchant).count() == 1
    (card,) = LoyaltyCard.objects.filter(merchant=shop.merchant)
    kinds = (
        LoyaltyTransaction.objects.filter(card=card).order_by("id").values_list("transaction_type", flat=True)
    )
    assert (list(kinds), card.points_balance) == (["card_created", "welcome_bonus"], 50)


def everybody_gives_ben_his_card(crowd: Crowd) -> None:
    """Ben is known already, from before there was a program."""
    shop = factories.shop()
    stores, ben = [shop.store, shop.other_store], factories.customer(shop.store)

    def enroll(number: int) -> str:
        done = enrollment.enroll(store=stores[number % 2], customer_id=ben.pk, actor=STAFF)
        return "already enrolled" if done.already_enrolled else "done"

    answers = crowd.all_at_once(enroll)
    failed = [answer for answer in answers if "one_card_per_customer" in answer]
    assert not failed, f"{len(failed)} enrolments failed over the card that is there"
    assert Counter(answers) == {"done": 1, "already enrolled": crowd.size - 1}
    assert LoyaltyCard.objects.filter(customer=ben).count() == 1


def test_one_person_at_two_counters_gets_one_card(crowd: Crowd) -> None:
    """Seen red: `test_without_the_unique_address_one_person_becomes_many`."""
    for _round in range(ROUNDS):
        everybody_enrolls_anna(crowd)


def test_somebody_who_is_known_already_gets_one_card_too(few: Crowd) -> None:
    """Seen red: `test_without_the_customers_lock_one_person_fails_to_get_the_card_that_is_there`."""
    for _round in range(ROUNDS):
        everybody_gives_ben_his_card(few)


def test_without_the_customers_lock_one_person_fails_to_get_the_card_that_is_there(few: Crowd) -> None:
    with unlocked(enrollment, "_valid_at", few.size), loses("[1-9] enrolments failed over the card"):
        everybody_gives_ben_his_card(few)


def test_without_the_unique_address_one_person_becomes_many(few: Crowd) -> None:
    looked = all_have_read_before_anyone_writes(enrollment.customers, "find", few.size)
    table = without_unique("customers_customer", "merchant_id", "email")
    with table, looked, loses("([2-9]|10) people with one address"):
        everybody_enrolls_anna(few)


# --- One phone at two stores ------------------------------------------------------------------------------


def everybody_gives_one_phone(crowd: Crowd) -> None:
    """Half of them by the phone alone, half with an address of their own beside it."""
    shop = factories.shop()
    stores = [shop.store, shop.other_store]

    def enroll(number: int) -> str:
        email = f"anna{number}@example.com" if number % 4 < 2 else None
        told = {"phone": "621 123 456", "email": email, "create_if_missing": True}
        done = enrollment.enroll(store=stores[number % 2], actor=STAFF, **told)
        return "already enrolled" if done.already_enrolled else "done"

    answers = Counter(crowd.all_at_once(enroll))
    people = Customer.objects.filter(merchant=shop.merchant, phone="+352621123456").count()
    assert people == 1, f"{people} people with one phone"
    assert answers["done"] == LoyaltyCard.objects.filter(merchant=shop.merchant).count() == 1
    assert sum(answers.values()) == answers["done"] + answers["already enrolled"] + answers["invalid"]
    assert answers["already enrolled"] >= crowd.size // 2 - 1


def test_one_phone_is_one_persons_however_many_give_it_at_once(crowd: Crowd) -> None:
    """Seen red: `test_without_the_unique_phone_one_phone_is_many_peoples`."""
    for _round in range(ROUNDS):
        everybody_gives_one_phone(crowd)


def test_without_the_unique_phone_one_phone_is_many_peoples(few: Crowd) -> None:
    looked = all_have_read_before_anyone_writes(enrollment.customers, "find", few.size)
    table = without_unique("customers_customer", "merchant_id", "phone")
    with table, looked, loses("([2-9]|10) people with one phone"):
        everybody_gives_one_phone(few)


# --- One PIN, many guesses --------------------------------------------------------------------------------


def everybody_guesses_leas_pin(crowd: Crowd) -> None:
    shop = factories.shop(settings={"staff_pin_lockout_attempts": 5})
    lea = factories.staff_pin(shop.store, pin="4711")
    answers = crowd.all_at_once(
        lambda number: pins.unlock_terminal(store=shop.store, pin_id=lea.pk, pin=f"08{number:02}")
    )
    guesses = answers.count(PinInvalid.code)
    assert guesses == 5, f"{guesses} guesses where 5 are allowed"
    assert answers.count("pin_locked") == crowd.size - 5
    assert StaffPin.objects.get(pk=lea.pk).failed_attempts == 5


def test_a_hundred_guesses_at_once_get_no_more_than_five(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_everybody_gets_a_guess`."""
    for _round in range(ROUNDS):
        everybody_guesses_leas_pin(crowd)


def test_without_the_lock_everybody_gets_a_guess(few: Crowd) -> None:
    with unlocked(pins, "_locked", few.size), loses("([6-9]|10) guesses where 5 are allowed"):
        everybody_guesses_leas_pin(few)


# --- One idempotency key ----------------------------------------------------------------------------------


def everybody_repeats_one_call(crowd: Crowd, *, cooldown_minutes: int = 0) -> None:
    shop = factories.shop(max_daily_stamps=1000, cooldown_minutes=cooldown_minutes)
    card = factories.card(shop.store)

    claim = Claim(
        place={"merchant_id": shop.merchant.pk, "store_id": shop.store.pk},
        credential="key:1",
        key="the very same",
        fingerprint=idempotency.fingerprint("POST", "/stamps/", {}),
    )
    give_once = stamps.give.once(claim, lambda done: Answer(201, {"transaction": done.transaction.pk}))
    bodies = set()

    def repeat(_number: int) -> str:
        answer = give_once(store=shop.store, card_id=card.pk, actor=STAFF)
        bodies.add(answer.body["transaction"])
        return "replayed" if answer.replayed else "done"

    answers = crowd.all_at_once(repeat)
    assert answers.count("done") == 1, f"{answers.count('done')} stamps for one call"
    assert answers.count("replayed") == crowd.size - 1
    assert (len(bodies), factories.fresh(card).stamp_count) == (1, 1)


def test_a_call_that_arrives_a_hundred_times_at_once_is_carried_out_once(crowd: Crowd) -> None:
    """Seen red: `test_without_the_unique_key_every_repeat_counts`."""
    for number in range(ROUNDS):
        everybody_repeats_one_call(
            crowd, cooldown_minutes=15 * (number % 2)
        )  # what the first did refuses its twins


def test_without_the_unique_key_every_repeat_counts(few: Crowd) -> None:
    table = without_unique("tenancy_idempotencykey", "store_id", "credential", "key")
    with table, loses("([2-9]|10) stamps for one call"):
        everybody_repeats_one_call(few)


# --- One receipt ------------------------------------------------------------------------------------------


def everybody_shows_the_same_receipt(crowd: Crowd) -> None:
    shop = factories.shop(points_per_euro=10)
    cards = many_cards(shop, crowd.size)

    def buy(number: int) -> object:
        return points.earn(
            store=shop.store,
            card_id=cards[number].pk,
            actor=STAFF,
            purchase_amount_cents=450,
            order_reference="R-1",
        )

    answers = crowd.all_at_once(buy)
    assert answers.count("done") == 1, f"{answers.count('done')} cards earned by one receipt"
    assert answers.count("order_reference_used") == crowd.size - 1
    earned = LoyaltyCard.objects.filter(pk__in=[card.pk for card in cards], points_balance=45)
    assert earned.count() == 1


def test_one_receipt_earns_once_however_many_cards_it_is_shown_with(crowd: Crowd) -> None:
    """Seen red: `test_without_the_unique_receipt_each_card_earns`."""
    for _round in range(ROUNDS):
        everybody_shows_the_same_receipt(crowd)


def test_without_the_unique_receipt_each_card_earns(few: Crowd) -> None:
    table = without_unique("loyalty_purchase", "merchant_id", "reference_key")
    with table, loses("([2-9]|10) cards earned by one receipt"):
        everybody_shows_the_same_receipt(few)


# --- One program ------------------------------------------------------------------------------------------


def test_a_merchant_gets_one_program_however_often_it_is_asked_for(few: Crowd) -> None:
    """Held by the unique constraint: see `tests/never_untrue/`, rule 5."""
    house = factories.merchant()
    answers = few.all_at_once(lambda number: programs.create(merchant=house, actor=MANAGER))
    assert Counter(answers) == {"done": 1, "program_exists": few.size - 1}
    assert LoyaltyProgram.objects.filter(merchant=house).count() == 1

"""Whoever comes second at a row waits, and goes by what the first one has written: one test for each lock on a row.

Two connections, and one moment: the first has done its part and not committed when the second begins. Without the lock
the second goes by what it read before, every time.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from customers import services as customers
from groundwork import deletion
from loyalty.errors import PinInvalid
from loyalty.models import LoyaltyCard, StaffPin
from loyalty.reporting import statistics, verification
from loyalty.services import cards, enrollment, expiry, pins, points, programs, stamps
from notifications.models import AddressProblem, EmailLog, Fault
from notifications.posting import Failure
from notifications.services import delivery
from tenancy import services
from tenancy.models import Role, StoreUser
from tests import factories
from tests.concurrency.crowd import Crowd
from tests.concurrency.many_cards import many_cards
from tests.concurrency.one_by_one import one_after_the_other
from tests.console.world import address, errors, filled

pytestmark = pytest.mark.concurrency
STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")


def test_the_second_stamp_is_given_on_top_of_the_first(few: Crowd) -> None:
    shop = factories.shop()
    card = factories.card(shop.store)

    def stamp() -> None:
        stamps.give(store=shop.store, card_id=card.pk, actor=STAFF)

    assert one_after_the_other(few, stamp, stamp) == "done"
    assert factories.fresh(card).stamp_count == 2
    assert list(verification.differences()) == []


def test_a_merge_takes_along_the_stamp_of_a_moment_ago(few: Crowd) -> None:
    shop = factories.shop()
    card, other = factories.card(shop.store, stamps=3), factories.card(shop.store, stamps=4)
    answer = one_after_the_other(
        few,
        lambda: stamps.give(store=shop.store, card_id=card.pk, actor=STAFF),
        lambda: cards.merge(
            store=shop.store, card_id=card.pk, into_card_id=other.pk, actor=MANAGER, reason="one person"
        ),
    )
    assert answer == "done"
    assert [factories.fresh(each).stamp_count for each in (card, other)] == [0, 8]
    assert list(verification.differences()) == []


def test_two_wrong_pins_are_two_counted_ones(few: Crowd) -> None:
    shop = factories.shop()
    pin = factories.staff_pin(shop.store)

    def guess() -> None:
        pins.unlock_terminal(store=shop.store, pin_id=pin.pk, pin="9999")

    def guess_wrong() -> None:
        with suppress(PinInvalid):
            guess()

    assert one_after_the_other(few, guess_wrong, guess) == "pin_invalid"
    with factories.inside(shop):
        assert StaffPin.objects.get(pk=pin.pk).failed_attempts == 2


def test_a_person_who_is_given_a_card_twice_has_one(few: Crowd) -> None:
    shop = factories.shop()
    person = factories.customer(shop.store, "anna@example.com")

    def enroll() -> None:
        enrollment.enroll(store=shop.store, actor=STAFF, customer_id=person.pk)

    assert one_after_the_other(few, enroll, enroll) == "done"
    with factories.inside(shop):
        assert LoyaltyCard.objects.filter(customer=person).count() == 1


def test_two_changes_of_a_program_are_both_kept(few: Crowd) -> None:
    program = factories.shop(cooldown_minutes=15, max_daily_stamps=5).program
    answer = one_after_the_other(
        few,
        lambda: programs.change(program_id=program.pk, actor=MANAGER, cooldown_minutes=10),
        lambda: programs.change(program_id=program.pk, actor=MANAGER, max_daily_stamps=3),
    )
    assert answer == "done"
    after = factories.fresh(program)
    assert (after.cooldown_minutes, after.max_daily_stamps) == (10, 3)


def a_night_at_a_shop_of_which_the_points_are_due() -> tuple[factories.Shop, Callable[[], Any]]:
    """Three cards untouched for as long as points live, and the run that would take their points."""
    with time_machine.travel(timezone.now() - timedelta(days=91)):
        shop = factories.shop(points_expiration_days=90)
        many_cards(shop, 3, points=100)
    return shop, lambda: expiry.expire(now=timezone.now())


def points_left(shop: factories.Shop) -> list[int]:
    with factories.inside(shop):
        return list(LoyaltyCard.objects.order_by("id").values_list("points_balance", flat=True))


def test_who_saves_a_page_of_before_is_asked_about_what_somebody_else_has_just_made_cheaper(
    few: Crowd,
) -> None:
    shop = factories.shop(rewards=[("Croissant", 500)])
    factories.card(shop.store, cents=1000)
    croissant = shop.program.rewards.get()
    client = Client()
    client.force_login(shop.owner, backend="tenancy.sign_in.EmailBackend")
    page = filled(client.get(address(shop.program)), **{"rewards-0-points_cost": 450})
    answers = []
    one_after_the_other(
        few,
        lambda: programs.change(
            program_id=shop.program.pk, actor=MANAGER, rewards=[{"id": croissant.pk, "points_cost": 400}]
        ),
        lambda: answers.append(client.post(address(shop.program), page)),
    )
    (told,) = answers
    assert told.status_code == 200
    assert "Somebody else has changed this to" in told.content.decode()
    assert factories.fresh(croissant).points_cost == 400
    asked = client.post(address(shop.program), filled(told))
    assert errors(asked) == {
        "confirm": ["1 card with points would need 450 points instead of 400 for “Croissant”."]
    }
    assert factories.fresh(croissant).points_cost == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"points_expiration_days": None},
        {"points_expiration_days": 100},
        {"loyalty_type": "stamps"},
        {"is_active": False},
    ],
)
def test_the_expiry_goes_by_what_the_owner_has_just_decided(few: Crowd, fields: dict[str, Any]) -> None:
    """Seen red with nothing that holds the program: 300 points gone."""
    shop, night = a_night_at_a_shop_of_which_the_points_are_due()

    def decide() -> None:
        programs.change(program_id=shop.program.pk, actor=MANAGER, confirm=True, **fields)

    assert one_after_the_other(few, decide, night) == "done"
    assert points_left(shop) == [100, 100, 100]


def test_the_expiry_goes_by_whether_the_merchant_has_just_been_switched_off(few: Crowd) -> None:
    shop, night = a_night_at_a_shop_of_which_the_points_are_due()
    shop.merchant.is_active = False

    def switch_off() -> None:
        services.change_merchant(merchant=shop.merchant, actor=factories.actor("operator"))

    assert one_after_the_other(few, switch_off, night) == "done"
    assert points_left(shop) == [100, 100, 100]


def test_what_the_owner_decides_during_a_batch_comes_after_it(few: Crowd) -> None:
    shop, night = a_night_at_a_shop_of_which_the_points_are_due()
    answer = one_after_the_other(
        few,
        night,
        lambda: programs.change(program_id=shop.program.pk, actor=MANAGER, points_expiration_days=30),
    )
    assert answer == "done", "nothing to confirm: no card has points any more"
    assert points_left(shop) == [0, 0, 0]
    assert list(verification.differences()) == []


def test_a_row_is_deleted_by_the_first_and_refused_to_the_second(few: Crowd) -> None:
    card = factories.card(factories.shop().store)

    def delete() -> None:
        deletion.soft_delete(LoyaltyCard.all_objects.get(pk=card.pk), by=None)

    assert one_after_the_other(few, delete, delete) == "already_deleted"
    assert factories.fresh(card).is_deleted


def test_a_person_is_erased_once(few: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    person = factories.card(factories.shop().store, "anna@example.com").customer
    erased = []

    class Listening:
        def erase(self, customer: Any) -> None:
            erased.append(customer.pk)

    monkeypatch.setattr(customers, "personal_data", [Listening()])

    def erase() -> None:
        customers.erase_person(customer=person)

    assert one_after_the_other(few, erase, erase) == "done"
    assert erased == [person.pk]


def test_roll_ups_of_one_merchant_wait_for_each_other(few: Crowd) -> None:
    shop = factories.shop()
    with factories.inside(shop):
        statistics.forget_roll_ups(shop.merchant)  # so that its calendar is there
    seen = []

    def look() -> None:
        with transaction.atomic():
            seen.append(statistics._locked_calendar(shop.merchant).points_expired_on)

    def note() -> None:
        calendar = statistics._locked_calendar(shop.merchant)
        calendar.points_expired_on = "2026-03-10"
        calendar.save()

    assert one_after_the_other(few, note, look) == "done"
    assert [str(day) for day in seen] == ["2026-03-10"]


def test_two_failures_of_one_address_are_two(few: Crowd) -> None:
    shop = factories.shop()
    person = factories.customer(shop.store, "anna@example.com")
    about = {"merchant": shop.merchant, "customer": person, "address": "anna@example.com"}
    with factories.inside(shop):
        problem = AddressProblem.objects.create(**about, failures=0)
    log = EmailLog(merchant=shop.merchant, customer=person, to="anna@example.com")
    failure = Failure(fault=Fault.REFUSED, reason="550", permanent=True)

    def fail() -> None:
        delivery._note_address(log, person.pk, failure, problem.created_at)

    assert one_after_the_other(few, fail, lambda: transaction.atomic(fail)()) == "done"
    assert factories.fresh(problem).failures == 2


def test_the_last_points_are_spent_once(few: Crowd) -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 40)])
    card = factories.card(shop.store, cents=450)
    with factories.inside(shop):
        reward = shop.program.rewards.get()

    def redeem() -> None:
        points.redeem(store=shop.store, card_id=card.pk, actor=STAFF, reward_id=reward.pk)

    assert one_after_the_other(few, redeem, redeem) == "not_enough_points"
    assert factories.fresh(card).points_balance == 5


def test_of_two_owners_who_remove_each_other_the_second_stays(few: Crowd) -> None:
    shop = factories.shop()
    partner = factories.member(shop.other_store, role=Role.OWNER)
    first, second = (StoreUser.objects.get(user=person) for person in (shop.owner, partner))

    answer = one_after_the_other(
        few,
        lambda: services.remove_member(member=first, actor=factories.actor("owner", partner)),
        lambda: services.remove_member(member=second, actor=factories.actor("owner", shop.owner)),
    )

    assert answer == "last_owner"
    assert list(StoreUser.objects.filter(merchant=shop.merchant, role=Role.OWNER)) == [second]

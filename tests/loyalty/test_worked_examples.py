"""Whole stories out of shops, as their owners would tell them, with the exact figures.

Each ends with the card's book: what the ledger says, line by line, as (what, stamps, points, stamps then, points then).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from loyalty import finding, selectors
from loyalty.errors import (
    CardNotFound,
    ConfirmationRequired,
    DailyStampLimit,
    NotEnoughPoints,
    NotEnoughStamps,
    OrderReferenceUsed,
    StampCooldown,
)
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import verification
from loyalty.services import cards, enrollment, expiry, points, programs, stamps, voids
from tenancy import scope
from tests import factories
from tests.refusals import refused

pytestmark = pytest.mark.django_db
STAFF, MANAGER, OWNER = (factories.actor(role) for role in ("staff", "manager", "owner"))
LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
Book = list[tuple[str, int, int, int, int]]


@pytest.fixture(autouse=True)
def honest_books() -> Iterator[None]:
    with scope.everything("stories"):
        yield
        assert [str(difference) for difference in verification.differences()] == []


def at(month: int, day: int, clock: str = "12:00") -> datetime:
    """A moment of 2026 on the clock of the shop."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=LUXEMBOURG).astimezone(UTC)


def book(card: LoyaltyCard) -> Book:
    columns = (
        "transaction_type",
        "stamps_delta",
        "points_delta",
        "stamps_balance_after",
        "points_balance_after",
    )
    return list(LoyaltyTransaction.objects.filter(card=card).order_by("id").values_list(*columns))


def test_annas_free_coffee() -> None:
    """ "Ten coffees and the eleventh is on us, 50 points for joining, ten points a euro." Anna comes on ten mornings,
    twice on the last; on Monday her friend's cup is stamped along, and the till reminds Léa that it was just now."""
    cafe = factories.shop(
        stamps_target=10,
        points_per_euro=10,
        welcome_bonus_points=50,
        cooldown_minutes=15,
        max_daily_stamps=5,
        stamps_reward_description="a coffee",
    )
    with time_machine.travel(at(3, 2, "08:00"), tick=False) as clock:
        anna = factories.card(cafe.store, "anna@example.com")
        counter = {"store": cafe.store, "card_id": anna.pk, "actor": STAFF}
        for day in range(2, 12):
            clock.move_to(at(3, day, "08:01"))
            last = stamps.give(**counter)
            points.earn(purchase_amount_cents=320, **counter)
            if day == 2:
                clock.move_to(at(3, day, "08:02"))
                with refused(StampCooldown) as refusal:
                    stamps.give(**counter)
                assert refusal.extra["retry_after"] == 14 * 60
        assert last.reward_ready
        clock.move_to(at(3, 11, "08:16"))
        assert not stamps.give(**counter).reward_ready
        done = stamps.redeem(**counter)
        assert (done.card.stamp_count, done.card.points_balance) == (1, 50 + 10 * 32)
        with refused(NotEnoughStamps) as refusal:
            stamps.redeem(**counter)
        assert refusal.extra == {"missing": 9}
    assert book(anna)[:4] == [
        ("card_created", 0, 0, 0, 0),
        ("welcome_bonus", 0, 50, 0, 50),
        ("stamp_earned", 1, 0, 1, 50),
        ("points_earned", 0, 32, 1, 82),
    ]
    assert book(anna)[-3:] == [
        ("points_earned", 0, 32, 10, 370),
        ("stamp_earned", 1, 0, 11, 370),
        ("stamp_redeemed", -10, 0, 1, 370),
    ]


def test_the_stamp_on_the_wrong_card() -> None:
    """Two people at the counter, one stamp too many on the wrong phone; it is put right before the queue notices."""
    cafe = factories.shop(cooldown_minutes=15)
    with time_machine.travel(at(3, 2), tick=False) as clock:
        anna, ben = factories.card(cafe.store), factories.card(cafe.store)
        wrong = stamps.give(store=cafe.store, card_id=anna.pk, actor=STAFF).transaction
        clock.shift(timedelta(seconds=20))
        voids.void(store=cafe.store, transaction_id=wrong.pk, actor=STAFF, reason="Ben's coffee")
        stamps.give(store=cafe.store, card_id=ben.pk, actor=STAFF)
        clock.shift(timedelta(seconds=20))
        stamps.give(store=cafe.store, card_id=anna.pk, actor=STAFF)
    assert book(anna)[1:] == [
        ("stamp_earned", 1, 0, 1, 0),
        ("stamp_voided", -1, 0, 0, 0),
        ("stamp_earned", 1, 0, 1, 0),
    ]
    assert book(ben)[1:] == [("stamp_earned", 1, 0, 1, 0)]


def test_the_returned_books() -> None:
    """A euro is a point. Ben buys books for 63.40, takes a bookmark for 50 points, and brings the books back: the
    13 points that are left are taken, and the other 50 are owed. The new receipt pays 20 of them."""
    books = factories.shop(loyalty_type="points", points_per_euro=1, rewards=[("Bookmark", 50)])
    ben = factories.card(books.store)
    counter = {"store": books.store, "card_id": ben.pk, "actor": STAFF}
    bought = points.earn(purchase_amount_cents=6340, order_reference="2026-17", **counter).transaction
    bookmark = books.program.rewards.get()
    points.redeem(reward_id=bookmark.pk, **counter)
    back = voids.void(store=books.store, transaction_id=bought.pk, actor=STAFF, reason="returned")
    assert back.shortfall == 50
    points.earn(purchase_amount_cents=2000, order_reference="2026-17", **counter)
    with refused(OrderReferenceUsed):
        points.earn(purchase_amount_cents=2000, order_reference="2026-17", **counter)
    with refused(NotEnoughPoints) as refusal:
        points.redeem(reward_id=bookmark.pk, **counter)
    assert refusal.extra == {"missing": 50}
    assert book(ben)[1:] == [
        ("points_earned", 0, 63, 0, 63),
        ("points_redeemed", 0, -50, 0, 13),
        ("points_voided", 0, -63, 0, 0),
        ("points_earned", 0, 20, 0, 0),
    ]
    ben = factories.fresh(ben)
    assert (ben.total_points_earned, ben.points_redeemed, ben.total_points_voided) == (83, 50, 63)
    assert (ben.points_balance, ben.points_owed, ben.points_fraction) == (0, 30, 0)


def test_the_football_team() -> None:
    """Six players, one card: the manager gives six stamps at once, five a day are allowed. They come back tomorrow."""
    bakery = factories.shop(loyalty_type="stamps", stamps_target=6, max_daily_stamps=5)
    with time_machine.travel(at(3, 28, "20:00"), tick=False) as clock:  # the night the clocks go forward
        team = factories.card(bakery.store)
        counter = {"store": bakery.store, "card_id": team.pk, "actor": MANAGER}
        with refused(DailyStampLimit) as refusal:
            stamps.give(count=6, **counter)
        assert refusal.extra["next_stamp_at"] == at(3, 29, "00:00")
        stamps.give(count=5, **counter)
        clock.move_to(at(3, 29, "00:00"))
        assert stamps.give(**counter).reward_ready
        stamps.redeem(**counter)
    assert book(team)[1:] == [
        ("stamp_earned", 5, 0, 5, 0),
        ("stamp_earned", 1, 0, 6, 0),
        ("stamp_redeemed", -6, 0, 0, 0),
    ]


def test_a_morning_without_network() -> None:
    """The router is down from ten to noon. Three taps wait in the tablet: Anna at ten, Anna again at five past by
    mistake, Anna at half past eleven. At noon they are sent, the newest first."""
    cafe = factories.shop(cooldown_minutes=15)
    with time_machine.travel(at(3, 2, "12:00"), tick=False):
        anna = factories.card(cafe.store)
        counter = {"store": cafe.store, "card_id": anna.pk, "actor": STAFF}
        stamps.give(occurred_at=at(3, 2, "11:30"), **counter)
        stamps.give(occurred_at=at(3, 2, "10:00"), **counter)
        with refused(StampCooldown):
            stamps.give(occurred_at=at(3, 2, "10:05"), **counter)
        assert factories.fresh(anna).last_stamp_at == at(3, 2, "11:30")
        assert stamps.give(**counter).card.stamp_count == 3
    times = LoyaltyTransaction.objects.filter(card=anna, recorded_offline=True).order_by("id")
    assert [line.transaction_at for line in times] == [at(3, 2, "11:30"), at(3, 2, "10:00")]


def test_the_lost_phone_and_the_second_address() -> None:
    """Anna loses her phone, enrols anew with another address, and then remembers: both cards become one."""
    cafe = factories.shop(points_per_euro=10)
    old = factories.card(cafe.store, "anna@example.com", stamps=7, cents=1230)
    cards.replace(store=cafe.store, card_id=old.pk, actor=MANAGER, reason="phone stolen")
    with refused(CardNotFound):
        finding.find_card(cafe.store, old.qr_code_data)
    new = factories.card(cafe.other_store, "anna.weber@example.com", stamps=5)
    call = {"store": cafe.store, "actor": MANAGER, "reason": "both hers"}
    remaining = cards.merge(card_id=old.pk, into_card_id=new.pk, **call)
    assert (remaining.stamp_count, remaining.points_balance) == (12, 123)
    stamps.redeem(store=cafe.other_store, card_id=new.pk, actor=STAFF)
    assert book(old)[-2:] == [("card_replaced", 0, 0, 7, 123), ("merge_out", -7, -123, 0, 0)]
    assert book(new)[-2:] == [("merge_in", 7, 123, 12, 123), ("stamp_redeemed", -10, 0, 2, 123)]


def test_each_bakery_its_own_cards_and_then_one_for_all() -> None:
    """At Esch and at Belval everybody has a card of each. In spring the family decides that one will do."""
    bakery = factories.shop(settings={"allow_cross_location_redemption": False}, stamps_target=6)
    esch, belval = bakery.store, bakery.other_store
    first = factories.card(esch, "tom@example.com", stamps=4)
    second = factories.card(belval, "tom@example.com", stamps=3)
    with refused(CardNotFound):
        stamps.give(store=belval, card_id=first.pk, actor=STAFF)
    settings = selectors.settings_of(bakery.merchant)
    settings.allow_cross_location_redemption = True
    settings.save()
    for shop in (esch, belval):
        shop.merchant.refresh_from_db()
    again = enrollment.enroll(store=esch, email="tom@example.com", actor=STAFF)
    assert again.merge_suggestion == [second.pk]
    cards.merge(store=esch, card_id=second.pk, into_card_id=first.pk, actor=OWNER, reason="one card now")
    done = stamps.redeem(store=belval, card_id=first.pk, actor=STAFF)
    assert (done.card.stamp_count, done.card.total_stamps_earned) == (1, 7)


def test_points_that_nobody_came_back_for() -> None:
    """Points live for 90 days after a visit, and half a day more for what a till has not sent yet. Two weeks before,
    the shop writes; who buys something keeps them."""
    books = factories.shop(loyalty_type="points", points_per_euro=1, points_expiration_days=90)
    with time_machine.travel(at(1, 31, "10:00"), tick=False):
        ben, zoe = (factories.card(books.store, cents=4200) for _person in range(2))
    with time_machine.travel(at(4, 17, "10:00"), tick=False):  # 76 days later, by a clock an hour on
        ahead = expiry.expire(now=at(4, 17, "12:00"))
        assert (ahead.warnings_sent, ahead.points_expired) == (2, 0)
        points.earn(store=books.store, card_id=zoe.pk, actor=STAFF, purchase_amount_cents=100)
    last_hour = expiry.expire(now=at(5, 1, "22:59"))
    assert (last_hour.cards_processed, last_hour.points_expired) == (0, 0)
    over = expiry.expire(now=at(5, 1, "23:00"))
    assert (over.cards_processed, over.points_expired) == (1, 42)
    assert expiry.expire(now=at(5, 1, "23:01")).cards_processed == 0
    assert book(ben)[-1] == ("points_expired", 0, -42, 0, 0)
    assert book(zoe)[-1] == ("points_earned", 0, 1, 0, 43)


def test_the_coffee_that_became_dearer() -> None:
    """From ten stamps to twelve: Anna's card is full, Ben's is not. The owner is told that it takes Anna's coffee
    away and sends both further from the next, thinks again, and hands Anna hers first."""
    cafe = factories.shop(stamps_target=10)
    anna, ben = factories.card(cafe.store, stamps=10), factories.card(cafe.store, stamps=9)
    change = {"program_id": cafe.program.pk, "actor": OWNER, "stamps_target": 12}
    with refused(ConfirmationRequired) as refusal:
        programs.change(**change)
    assert refusal.extra["cards_affected"] == 2
    assert [effect["text"] for effect in refusal.extra["effects"]] == [
        "1 full card would lose “a coffee”.",
        "2 cards would be further from their reward.",
    ]
    stamps.redeem(store=cafe.store, card_id=anna.pk, actor=STAFF)
    with refused(ConfirmationRequired) as refusal:
        programs.change(**change)
    assert [effect["text"] for effect in refusal.extra["effects"]] == [
        "2 cards would be further from their reward."
    ]
    programs.change(**change, confirm=True)
    assert not stamps.give(store=cafe.store, card_id=ben.pk, actor=STAFF).reward_ready
    with refused(NotEnoughStamps) as refusal:
        stamps.redeem(store=cafe.store, card_id=ben.pk, actor=STAFF)
    assert refusal.extra == {"missing": 2}

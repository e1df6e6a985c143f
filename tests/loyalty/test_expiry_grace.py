"""What was safe or asleep until now gets fourteen days: nothing expires sooner, and a warning goes first."""

import itertools
from datetime import timedelta

import pytest

from groundwork import deletion
from loyalty import rules, selectors
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.services import cards, expiry, points, programs
from tenancy import scope
from tests import factories
from tests.concurrency.many_cards import many_cards
from tests.loyalty.expiring import (
    DUE,
    GONE,
    HELD,
    MANAGER,
    OWNER,
    PERIOD,
    START,
    at,
    card_at,
    change,
    done,
    emails,
    shop_with,
)

pytestmark = pytest.mark.django_db

GRACE = timedelta(days=14)
HOUR = timedelta(hours=1)
LATER = START + timedelta(days=400)


def goes_the_way_of_grace(begins) -> None:
    """A card that would expire at once: warned, and gone after fourteen days, not sooner."""
    assert done(begins + HOUR) == (0, 1)
    assert done(begins + GRACE + HELD - timedelta(seconds=1)) == (0, 0)
    assert done(begins + GRACE + HELD) == (1, 0)


# --- When it is set, and when not -------------------------------------------------------------------------


def test_a_program_made_with_a_period_has_no_grace():
    shop = shop_with(points_expiration_days=100)
    assert shop.program.expiry_not_before is None
    card_at(shop)
    assert done(GONE) == (1, 0)


def test_a_period_switched_on():
    shop = shop_with()
    card_at(shop)
    change(shop, LATER, points_expiration_days=30)
    assert factories.fresh(shop.program).expiry_not_before == LATER + GRACE
    goes_the_way_of_grace(LATER)


def test_a_period_shortened():
    shop = shop_with(points_expiration_days=3650)
    card_at(shop)
    change(shop, LATER, points_expiration_days=30)
    goes_the_way_of_grace(LATER)


@pytest.mark.parametrize("fields", [{"points_expiration_days": 120}, {"cooldown_minutes": 5}])
def test_a_longer_period_or_another_change_puts_nothing_off(fields):
    shop = shop_with(points_expiration_days=100)
    card_at(shop)
    change(shop, START, **fields)
    assert factories.fresh(shop.program).expiry_not_before is None
    assert done(START + timedelta(days=120) + HELD) == (1, 0)


def test_a_period_switched_off_and_on_again():
    shop = shop_with(points_expiration_days=100)
    card_at(shop)
    change(shop, START, points_expiration_days=None)
    change(shop, LATER, points_expiration_days=100)
    goes_the_way_of_grace(LATER)


def test_a_program_switched_on_again():
    shop = shop_with(points_expiration_days=100)
    card_at(shop)
    at(START, programs.deactivate, program_id=shop.program.pk, actor=OWNER)
    at(LATER, programs.activate, program_id=shop.program.pk, actor=OWNER)
    goes_the_way_of_grace(LATER)


def test_a_card_switched_on_again():
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    at(START, cards.deactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    at(LATER, cards.reactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    assert factories.fresh(card).expiry_not_before == LATER + GRACE
    goes_the_way_of_grace(LATER)


@pytest.mark.parametrize("what", ["card", "program"])
def test_what_was_deleted_and_comes_back(what):
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    row = card if what == "card" else shop.program
    at(START, lambda: deletion.soft_delete(row, by=None))
    at(LATER, lambda: deletion.restore(factories.fresh(row)))
    goes_the_way_of_grace(LATER)


# --- What it means ----------------------------------------------------------------------------------------


def test_without_its_warning_a_postponed_expiry_waits_for_one():
    shop = shop_with()
    card_at(shop)
    change(shop, LATER, points_expiration_days=30)
    late = LATER + timedelta(days=30)  # the job was down for a month
    assert done(late) == (0, 1)
    assert done(late + timedelta(days=7, seconds=-1) + HELD) == (0, 0)
    assert done(late + timedelta(days=7) + HELD) == (1, 0)


def test_a_warning_from_before_the_card_was_switched_off_named_another_day():
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    assert done(DUE - GRACE) == (0, 1)
    at(DUE - HOUR, cards.deactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    at(LATER, cards.reactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    goes_the_way_of_grace(LATER)


def test_the_warning_names_the_day_until_which_it_is_put_off():
    shop = shop_with(points_expiration_days=100)
    card = card_at(shop)
    at(START, cards.deactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    at(LATER, cards.reactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    assert done(LATER + HOUR) == (0, 1)
    ((_code, text),) = emails(LATER + HOUR)
    assert "**28 February 2027**, in 14 days" in text


def test_a_warning_of_a_day_that_was_moved_is_not_the_one_before_the_new_day():
    shop = shop_with(points_expiration_days=100, expiry_requires_warning=True)
    card_at(shop)
    assert done(DUE - GRACE) == (0, 1)
    change(shop, DUE - HOUR, points_expiration_days=365)
    moved = START + timedelta(days=365)
    assert done(moved - GRACE - HOUR) == (0, 0)
    assert done(moved - GRACE) == (0, 1)
    assert [done(moved - HOUR), done(moved + HELD)] == [(0, 0), (1, 0)]


def test_a_warning_tells_nothing_of_the_period_that_an_offline_purchase_before_it_began():
    shop = shop_with(points_expiration_days=100, expiry_requires_warning=True)
    card, night = card_at(shop), DUE - GRACE
    assert done(night) == (0, 1)
    visit = night - 8 * HOUR
    till = {"store": shop.store, "card_id": card.pk, "actor": factories.actor()}
    at(night + 3 * HOUR, points.earn, purchase_amount_cents=100, occurred_at=visit, **till)
    assert done(visit + PERIOD - GRACE) == (0, 1)
    assert done(visit + PERIOD + HELD) == (1, 0)


def test_a_card_that_is_used_again_begins_a_period_like_any_other():
    shop = shop_with()
    card = card_at(shop)
    change(shop, LATER, points_expiration_days=30)
    visit = LATER + timedelta(days=13)
    till = {"store": shop.store, "card_id": card.pk, "actor": factories.actor()}
    at(visit, points.earn, purchase_amount_cents=100, **till)
    assert done(visit + timedelta(days=30) + HELD) == (1, 0)


# --- What SQL chooses is what the rule says ---------------------------------------------------------------


def days(*numbers: float | None) -> list:
    return [None if number is None else START + timedelta(days=number) for number in numbers]


def test_sql_and_the_rule_agree_on_every_card():
    """All combinations of the moments that matter, around one run."""
    now = START + timedelta(days=200)
    shop = shop_with(points_expiration_days=100)
    used, put_off, warned = (
        days(80, 99.4, 99.5, 99.6, 100, 110, 114, 130),
        days(None, 150, 199.5, 199.6, 200, 205),
        days(None, 90, 150, 192.4, 192.6, 195),
    )
    with scope.everything("test"):
        moments = list(itertools.product(used, put_off, warned))
        made = many_cards(shop, len(moments), points=50)
        for card, (last, later, told) in zip(made, moments, strict=True):
            card.last_activity_at, card.expiry_not_before, card.last_expiration_warning_at = last, later, told
        LoyaltyCard.objects.bulk_update(
            made, ["last_activity_at", "expiry_not_before", "last_expiration_warning_at"]
        )
        for insists, all_later in itertools.product([False, True], days(None, 190, 199.5, 200, 210)):
            LoyaltyProgram.objects.update(expiry_requires_warning=insists, expiry_not_before=all_later)
            program = LoyaltyProgram.objects.get()
            due = set(expiry._due(program, now).values_list("pk", flat=True))
            to_warn = set(expiry._to_warn(program, now).values_list("pk", flat=True))
            for card in LoyaltyCard.objects.select_related("program"):
                assert (card.pk in due) == is_due(card, now), describe(card)
                assert (card.pk in to_warn) == is_to_be_warned(card, now), describe(card)


def inactive(card: LoyaltyCard):
    return card.last_activity_at + PERIOD


def ends(card: LoyaltyCard):
    """When the points expire, whoever was warned of it."""
    return max(filter(None, (card.expiry_not_before, card.program.expiry_not_before, inactive(card))))


def is_warned(card: LoyaltyCard) -> bool:
    """Whether a warning names the day on which they do: it came no sooner than fourteen days before."""
    told = card.last_expiration_warning_at
    return told is not None and told >= ends(card) - GRACE


def needs_warning(card: LoyaltyCard) -> bool:
    return card.program.expiry_requires_warning or ends(card) > inactive(card)


def is_due(card: LoyaltyCard, now) -> bool:
    if needs_warning(card) and not is_warned(card):
        return False
    return selectors.points_expire_at(card) + HELD <= now


def is_to_be_warned(card: LoyaltyCard, now) -> bool:
    left = ends(card) - now
    is_too_late = left <= timedelta(0) and not needs_warning(card)
    return left <= rules.warning_notice(100) and not is_warned(card) and not is_too_late


def describe(card: LoyaltyCard) -> str:
    moments = (
        card.last_activity_at,
        card.expiry_not_before,
        card.last_expiration_warning_at,
        card.program.expiry_not_before,
        card.program.expiry_requires_warning,
    )
    return ", ".join(str((m - START).days if hasattr(m, "year") else m) for m in moments)

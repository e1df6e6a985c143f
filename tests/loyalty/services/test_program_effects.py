"""What a change of a program takes from customers, and that whoever changes it is told before."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from loyalty import selectors
from loyalty.errors import ConfirmationRequired
from loyalty.models import LoyaltyProgram
from loyalty.services import cards, program_effects, programs
from loyalty.services.program_effects import Offer
from tests import factories
from tests.factories import Shop
from tests.loyalty.services.losses import GIVES, KEPT, TAKES, Effects, Fields
from tests.refusals import refused

MANAGER = factories.actor("manager")


def open_shop(**fields: Any) -> Shop:
    """A café with four customers: nine stamps; a full card and 450 points; 45 points; nothing yet.

    A fifth one's card has everything, and was switched off.
    """
    shop = factories.shop(**{"points_expiration_days": None, **fields})
    factories.card(shop.store, stamps=9)
    factories.card(shop.store, stamps=10, cents=4505)
    factories.card(shop.store, cents=455)
    factories.card(shop.store)
    gone = factories.card(shop.store, stamps=20, cents=9900)
    cards.deactivate(store=shop.store, card_id=gone.pk, actor=MANAGER)
    return shop


def change(shop: Shop, **fields: Any) -> LoyaltyProgram:
    return programs.change(program_id=shop.program.pk, actor=MANAGER, **fields)


def told(shop: Shop, **fields: Any) -> tuple[int, Effects]:
    """How many cards a change is refused for, and what it says that they lose."""
    with refused(ConfirmationRequired) as refusal:
        change(shop, **fields)
    effects = [(each["code"], each["cards"], each["text"]) for each in refusal.extra["effects"]]
    return refusal.extra["cards_affected"], effects


@pytest.mark.parametrize("case", TAKES)
def test_what_takes_something_is_told_with_how_many_cards_and_in_words(case: str) -> None:
    before, after, count, effects = TAKES[case]
    shop = open_shop()
    change(shop, confirm=True, **before)
    assert told(shop, **after) == (count, effects)
    program = change(shop, confirm=True, **after)
    offered = after.get("rewards", KEPT)
    costs = [row.points_cost for row in selectors.rewards_of(program)]
    assert costs == [reward["points_cost"] for reward in offered]
    for name in after.keys() - {"rewards"}:
        assert getattr(program, name) == after[name]


def test_every_kind_of_loss_is_tried_here() -> None:
    assert {code for *_, effects in TAKES.values() for code, *_ in effects} == program_effects.TEXTS.keys()


@pytest.mark.parametrize("case", GIVES)
def test_what_takes_nothing_asks_nothing(case: str) -> None:
    before, after = GIVES[case]
    shop = open_shop()
    change(shop, confirm=True, **before)
    program = change(shop, **after)
    for name in after.keys() - {"rewards"}:
        assert getattr(program, name) == after[name]


def test_a_shop_without_customers_is_asked_nothing() -> None:
    shop, _busy = factories.shop(), open_shop()
    everything = {"stamps_target": 12, "points_per_euro": 1, "minimum_redemption_points": 9, "rewards": []}
    assert change(shop, **everything, is_active=False).stamps_target == 12


def test_a_card_that_loses_twice_counts_once() -> None:
    shop = open_shop()
    count, effects = told(shop, stamps_target=12, points_expiration_days=365, rewards=KEPT[1:])
    assert count == 4
    assert [(code, cards) for code, cards, _text in effects] == [
        ("full_cards_lost", 1),
        ("stamps_target_raised", 4),
        ("expiry_switched_on", 2),
        ("reward_removed", 2),
    ]


@pytest.mark.parametrize(("stamps", "lost"), [(9, 0), (10, 1), (12, 0), (20, 1), (23, 1), (24, 0), (30, 1)])
def test_a_card_loses_a_reward_where_it_holds_fewer_whole_ones(stamps: int, lost: int) -> None:
    shop = factories.shop(stamps_target=10)
    factories.card(shop.store, stamps=stamps)
    factories.card(shop.store)
    _count, effects = told(shop, stamps_target=12)
    counted = {code: cards for code, cards, _text in effects}
    assert counted.get("full_cards_lost", 0) == lost
    assert counted["stamps_target_raised"] == 1 + (stamps < 12), (
        "the other card is empty, and further away too"
    )


def test_nobody_who_cannot_collect_stamps_is_further_from_a_reward_for_them() -> None:
    shop = open_shop()
    change(shop, confirm=True, loyalty_type="points")
    count, effects = told(shop, stamps_target=12)
    assert (count, effects[-1][:2]) == (2, ("stamps_target_raised", 2))


@pytest.mark.parametrize(
    ("asleep", "after", "code"),
    [
        ({"is_active": False}, {"stamps_target": 12}, "stamps_target_raised"),
        ({"is_active": False}, {"rewards": []}, "reward_removed"),
        ({"is_active": False}, {"points_per_euro": 1}, "rate_lowered"),
        ({"loyalty_type": "points"}, {"stamps_target": 12}, "stamps_target_raised"),
        ({"loyalty_type": "stamps"}, {"rewards": []}, "reward_removed"),
        ({"loyalty_type": "stamps"}, {"minimum_redemption_points": 9}, "minimum_redemption_raised"),
        (
            {"loyalty_type": "stamps", "points_expiration_days": 90},
            {"loyalty_type": "hybrid"},
            "expiry_switched_on",
        ),
    ],
)
def test_nothing_is_taken_behind_the_back_of_customers_while_it_sleeps(
    asleep: Fields, after: Fields, code: str
) -> None:
    shop = open_shop()
    change(shop, confirm=True, **asleep)
    _count, effects = told(shop, **after)
    assert effects[-1][0] == code


def test_a_reward_for_a_full_card_that_has_no_name_is_called_so() -> None:
    shop = factories.shop(stamps_reward_description="")
    factories.card(shop.store, stamps=10)
    _count, effects = told(shop, stamps_target=12)
    assert effects[0] == ("full_cards_lost", 1, "1 full card would lose “reward for a full card”.")


def test_one_loss_is_told_in_the_singular() -> None:
    shop = factories.shop()
    factories.card(shop.store, stamps=1, cents=1001)
    singular = {
        "stamps_target": 12,
        "minimum_redemption_points": 1000,
        "points_per_euro": 1,
        "carry_remainders": False,
    }
    count, effects = told(shop, **singular)
    assert count == 1
    assert [text for _code, _cards, text in effects] == [
        "1 card would be further from its reward.",
        "1 card has points that could only be used from 1,000 on.",
        "1 card would lose the amount that makes no whole point yet.",
        "1 card would earn fewer points for the same purchase.",
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "2 full cards would lose “a coffee”."),
        ("fr", "2 cartes pleines perdraient «\N{NO-BREAK SPACE}un café\N{NO-BREAK SPACE}»."),
        ("de", "2 volle Karten verlören „einen Kaffee“."),
        ("lb", "2 voll Kaarte géifen „e Kaffi“ verléieren."),
    ],
)
def test_it_is_told_in_the_language_of_whoever_asks(language: str, text: str) -> None:
    names = {"fr": "un café", "de": "einen Kaffee", "lb": "e Kaffi"}
    shop = factories.shop(**{f"stamps_reward_description_{code}": name for code, name in names.items()})
    for _customer in range(2):
        factories.card(shop.store, stamps=10)
    with translation.override(language):
        _count, effects = told(shop, stamps_target=12)
    assert effects[0][2] == text


def test_switching_off_by_its_own_verb_asks_nothing_and_can_be_told_before() -> None:
    shop = open_shop()
    taken = program_effects.of_stopping(shop.program)
    assert (taken.cards, [effect.code for effect in taken.effects]) == (3, ["spending_stopped"])
    assert not programs.deactivate(program_id=shop.program.pk, actor=MANAGER).is_active


def test_all_losses_are_counted_in_one_statement() -> None:
    shop = open_shop()
    old, new = shop.program, factories.fresh(shop.program)
    new.stamps_target, new.points_per_euro, new.carry_remainders = 12, Decimal(1), False
    rewards = selectors.rewards_of(old)
    with CaptureQueriesContext(connection) as captured:
        taken = program_effects.of_change(Offer(old, rewards), Offer(new))
    assert (len(captured), len(taken.effects)) == (1, 6)
    with CaptureQueriesContext(connection) as captured:
        nothing = program_effects.of_change(Offer(old, rewards), Offer(old, rewards))
    assert (len(captured), nothing.cards) == (0, 0)

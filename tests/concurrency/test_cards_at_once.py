"""Races for one card: stamps, the last reward, the same void.

Each race is also run with what holds it taken out, and then fails: that is what the tests beside it prove.
"""

from collections import Counter

import pytest

from loyalty import ledger
from loyalty.models import LoyaltyTransaction
from loyalty.reporting import verification
from loyalty.services import cards, points, stamps, voids
from tests import factories
from tests.concurrency.crowd import (
    ROUNDS,
    Crowd,
    all_have_read_before_anyone_writes,
    loses,
    unlocked,
    without_row_locks,
    without_unique,
)

pytestmark = pytest.mark.concurrency
STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
LINES = "loyalty_loyaltytransaction"


def verified() -> bool:
    return list(verification.differences()) == []


# --- Stamps on one card -----------------------------------------------------------------------------------


def everybody_stamps_one_card(crowd: Crowd) -> None:
    shop = factories.shop(max_daily_stamps=1000)
    card = factories.card(shop.store)
    answers = crowd.all_at_once(
        lambda number: stamps.give(store=shop.store, card_id=card.pk, actor=STAFF, notes=str(number))
    )
    assert Counter(answers) == {"done": crowd.size}
    after = factories.fresh(card)
    assert after.stamp_count == crowd.size, f"{crowd.size - after.stamp_count} stamps lost"
    assert after.total_stamps_earned == crowd.size
    assert verified()


def test_of_a_hundred_stamps_at_once_none_is_lost(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_stamps_are_lost`."""
    for _round in range(ROUNDS):
        everybody_stamps_one_card(crowd)


def test_without_the_lock_stamps_are_lost(few: Crowd) -> None:
    with unlocked(ledger, "lock_one", few.size), loses("[1-9] stamps lost"):
        everybody_stamps_one_card(few)


def everybody_stamps_within_the_cooldown(crowd: Crowd) -> None:
    shop = factories.shop(cooldown_minutes=15)
    card = factories.card(shop.store)
    stores = [shop.store, shop.other_store]
    answers = crowd.all_at_once(
        lambda number: stamps.give(store=stores[number % 2], card_id=card.pk, actor=STAFF)
    )
    assert answers.count("done") == 1, f"{answers.count('done')} stamps within the cooldown"
    assert answers.count("stamp_cooldown") == crowd.size - 1
    assert factories.fresh(card).stamp_count == 1


def test_of_a_hundred_taps_at_two_shops_the_cooldown_lets_one_through(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_the_cooldown_lets_many_through`."""
    for _round in range(ROUNDS):
        everybody_stamps_within_the_cooldown(crowd)


def test_without_the_lock_the_cooldown_lets_many_through(few: Crowd) -> None:
    with unlocked(ledger, "lock_one", few.size), loses("([2-9]|10) stamps within the cooldown"):
        everybody_stamps_within_the_cooldown(few)


# --- The last reward --------------------------------------------------------------------------------------


def everybody_takes_the_last_coffee(crowd: Crowd) -> None:
    shop = factories.shop(stamps_target=10)
    card = factories.card(shop.store, stamps=19)
    answers = crowd.all_at_once(lambda number: stamps.redeem(store=shop.store, card_id=card.pk, actor=STAFF))
    assert answers.count("done") == 1, f"{answers.count('done')} rewards for the stamps of one"
    assert answers.count("not_enough_stamps") == crowd.size - 1
    after = factories.fresh(card)
    assert (after.stamp_count, after.stamps_redeemed) == (9, 1)
    assert verified()


def everybody_takes_the_last_croissant(crowd: Crowd) -> None:
    shop = factories.shop(points_per_euro=10, rewards=[("Croissant", 40)])
    card = factories.card(shop.store, cents=790)
    reward_id = shop.program.rewards.get().pk
    answers = crowd.all_at_once(
        lambda number: points.redeem(store=shop.store, card_id=card.pk, actor=STAFF, reward_id=reward_id)
    )
    assert answers.count("done") == 1, f"{answers.count('done')} rewards for the points of one"
    assert answers.count("not_enough_points") == crowd.size - 1
    after = factories.fresh(card)
    assert (after.points_balance, after.points_redeemed) == (39, 40)
    assert verified()


def test_the_last_reward_is_handed_out_once(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_the_last_reward_is_handed_out_again_and_again`."""
    for _round in range(ROUNDS):
        everybody_takes_the_last_coffee(crowd)
        everybody_takes_the_last_croissant(crowd)


@pytest.mark.parametrize("race", [everybody_takes_the_last_coffee, everybody_takes_the_last_croissant])
def test_without_the_lock_the_last_reward_is_handed_out_again_and_again(few: Crowd, race: object) -> None:
    with unlocked(ledger, "lock_one", few.size), loses("([2-9]|10) rewards for the (stamps|points) of one"):
        race(few)


# --- One void ---------------------------------------------------------------------------------------------


def everybody_undoes_one_stamp(crowd: Crowd) -> None:
    shop = factories.shop()
    card = factories.card(shop.store, stamps=5)
    line = LoyaltyTransaction.objects.filter(card=card).latest("id")
    answers = crowd.all_at_once(
        lambda number: voids.void(store=shop.store, transaction_id=line.pk, actor=MANAGER, reason=str(number))
    )
    assert answers.count("done") == 1, f"{answers.count('done')} voids of one transaction"
    assert answers.count("already_voided") == crowd.size - 1
    after = factories.fresh(card)
    assert (after.stamp_count, after.total_stamps_voided) == (0, 5)
    assert LoyaltyTransaction.objects.filter(voids=line).count() == 1
    assert verified()


def test_a_hundred_voids_of_one_transaction_undo_it_once(crowd: Crowd) -> None:
    """Seen red: `test_with_nothing_to_hold_it_a_transaction_is_undone_many_times`."""
    for _round in range(ROUNDS):
        everybody_undoes_one_stamp(crowd)


def test_without_the_lock_the_unique_constraint_still_undoes_it_once(few: Crowd) -> None:
    with without_row_locks(), all_have_read_before_anyone_writes(ledger, "lock_one", few.size):
        everybody_undoes_one_stamp(few)


def test_with_nothing_to_hold_it_a_transaction_is_undone_many_times(few: Crowd) -> None:
    everything_out = unlocked(voids, "refusal", few.size)
    with without_unique(LINES, "voids_id"), everything_out, loses("([2-9]|10) voids of one transaction"):
        everybody_undoes_one_stamp(few)


# --- Two cards at once ------------------------------------------------------------------------------------


def everybody_merges_two_cards_either_way(crowd: Crowd) -> None:
    shop = factories.shop()
    pair = [factories.card(shop.store, stamps=3), factories.card(shop.store, stamps=4)]

    def merge(number: int) -> object:
        source, into = pair if number % 2 else reversed(pair)
        return cards.merge(
            store=shop.store, card_id=source.pk, into_card_id=into.pk, actor=MANAGER, reason="one person"
        )

    answers = Counter(crowd.all_at_once(merge))
    assert answers["done"] == 1, f"{answers['done']} merges of two cards"
    assert answers.keys() <= {"done", "cards_not_mergeable", "card_inactive"}
    after = [factories.fresh(card) for card in pair]
    assert sorted(card.stamp_count for card in after) == [0, 7]
    assert verified()


def test_two_cards_merged_into_each_other_at_once_become_one(crowd: Crowd) -> None:
    """Seen red: `test_without_the_lock_both_cards_would_be_emptied`. Id order keeps the two from a deadlock."""
    for _round in range(ROUNDS):
        everybody_merges_two_cards_either_way(crowd)


def test_without_the_lock_both_cards_would_be_emptied(few: Crowd) -> None:
    with unlocked(ledger, "lock", few.size), loses("([2-9]|10) merges of two cards"):
        everybody_merges_two_cards_either_way(few)

"""What is brought back, undone or written again of a friend's purchase, and what becomes of both gifts."""

import pytest

from groundwork.messaging import outbox
from loyalty import friends as reading
from loyalty.models import (
    FriendGift,
)
from loyalty.services import (
    cards,
    points,
    restoring,
    voids,
)
from loyalty.services.purchases import Recorded
from loyalty.undo_errors import ChangedSince
from tests import factories
from tests.factories import Shop
from tests.loyalty.bringing_friends import (
    MANAGER,
    OWNER,
    STAFF,
    bring_a_friend,
    bring_back,
    buy,
    everything,
    has,
    newcomer,
    shop,
    undo,
)

__all__ = ["everything", "shop"]
pytestmark = pytest.mark.django_db


def test_what_is_brought_back_takes_both_gifts_along_and_an_undone_return_gives_them_again(
    shop: Shop,
) -> None:
    """Of 20, 5 come back: 15 are enough. 6 more: 9 are not. That was a mistake: both have it again."""
    promotion = bring_a_friend(shop, budget=80)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    bought = buy(shop, ben, 2000)
    assert has(anouk, ben) == [30, 70]

    bring_back(shop, bought, 500)
    assert has(anouk, ben) == [30, 65]
    back = bring_back(shop, bought, 600)
    assert has(anouk, ben) == [0, 9]
    assert reading.came(anouk) == 0
    assert factories.fresh(promotion).spent == 0
    undo(shop, back.transactions[0])

    assert has(anouk, ben) == [30, 65]
    assert factories.fresh(promotion).spent == 80_0000


def test_an_undone_purchase_leaves_the_welcome_for_the_right_one(shop: Shop) -> None:
    """The till is typed wrong, undone, and typed again: the gift comes with the right receipt, once."""
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    wrong = buy(shop, ben, 9900)
    undo(shop, wrong.transactions[0])
    assert has(anouk, ben) == [0, 0]

    buy(shop, ben, 1900)

    assert has(anouk, ben) == [30, 69]
    assert FriendGift.objects.count() == 1


def test_a_returned_purchase_was_the_first_one(shop: Shop) -> None:
    """Bought and wholly brought back: the next purchase is not the first any more, as the return may be a mistake."""
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    first = buy(shop, ben, 2000)
    back = bring_back(shop, first)
    buy(shop, ben, 3000)
    assert has(anouk, ben) == [0, 30]

    undo(shop, back.transactions[0])

    assert has(anouk, ben) == [30, 100]


def test_what_is_spent_already_is_owed(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    bought = buy(shop, newcomer(shop, anouk), 2000)
    reward = factories.reward(shop.program, points_cost=30)
    points.redeem(store=shop.store, card_id=anouk.pk, actor=STAFF, reward_id=reward.pk)

    bring_back(shop, bought)

    assert has(anouk) == [-30]


def test_an_undone_receipt_that_is_written_again_has_welcomed_and_nobody_is_welcomed_twice(
    shop: Shop,
) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben, cleo = newcomer(shop, anouk), newcomer(shop, anouk)
    written_again, replaced = buy(shop, ben, 1000), buy(shop, cleo, 1000)
    undone = [take_back(shop, each) for each in (written_again, replaced)]
    assert has(anouk, ben, cleo) == [0, 0, 0]
    buy(shop, cleo, 1500)
    assert has(anouk, ben, cleo) == [30, 0, 65]

    write_again(shop, undone[0])
    with pytest.raises(ChangedSince):
        write_again(shop, undone[1])

    assert has(anouk, ben, cleo) == [60, 60, 65]
    assert buy(shop, ben, 1000).promotions == ()


def take_back(shop: Shop, bought: Recorded) -> voids.Voiding:
    done = voids.void(
        store=shop.store, transaction_id=bought.transactions[0].pk, actor=OWNER, reason="a mistake"
    )
    outbox.relay()
    return done


def write_again(shop: Shop, undone: voids.Voiding) -> None:
    written = [line.pk for line in undone.transactions]
    restoring.restore(
        store=shop.store,
        undoing_id=undone.transaction.pk,
        written=written,
        actor=OWNER,
        reason="it was right",
    )
    outbox.relay()


def test_a_gift_that_comes_again_may_go_beyond_a_budget_that_others_have_used(shop: Shop) -> None:
    promotion = bring_a_friend(shop, budget=110)
    anouk, other = factories.card(shop.store), factories.card(shop.store)
    back = bring_back(shop, buy(shop, newcomer(shop, anouk), 1000))
    buy(shop, newcomer(shop, other), 1000)
    assert has(anouk, other) == [0, 30]

    undo(shop, back.transactions[0])

    assert has(anouk, other) == [30, 30]
    assert factories.fresh(promotion).spent == 160_0000


def test_a_bonus_is_taken_back_from_the_card_into_which_its_card_was_merged(shop: Shop) -> None:
    bring_a_friend(shop)
    old, anouk = factories.card(shop.store), factories.card(shop.store)
    bought = buy(shop, newcomer(shop, old), 1000)
    cards.merge(store=shop.store, card_id=old.pk, into_card_id=anouk.pk, actor=MANAGER, reason="one person")
    outbox.relay()
    assert has(anouk) == [30]

    back = bring_back(shop, bought)
    assert has(anouk) == [0]
    undo(shop, back.transactions[0])
    assert has(anouk) == [30]

"""What a shopkeeper tells of friends who bring friends, worked out to the last point."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from customers import services as customers
from groundwork import deletion
from groundwork.messaging import outbox
from loyalty import friends as reading
from loyalty.models import (
    Friend,
    FriendGift,
    FriendLink,
    LoyaltyCard,
    LoyaltyTransaction,
    Promotion,
    TransactionType,
)
from loyalty.reporting import fairness, verification
from loyalty.reporting.promotions import given_by
from loyalty.services import (
    cards,
    enrollment,
    friend_gifts,
    friends,
    points,
    promotions,
    purchases,
    restoring,
    returns,
    voids,
)
from loyalty.services.purchases import Recorded
from loyalty.undo_errors import ChangedSince
from notifications.models import EmailLog
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.books import assert_the_rules_give_the_ledger

pytestmark = pytest.mark.django_db
STAFF, MANAGER, OWNER = factories.actor("staff"), factories.actor("manager"), factories.actor("owner")
NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("stories of one shop"), time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop(loyalty_type="points", points_per_euro=1)


def bring_a_friend(shop: Shop, **fields: object) -> Promotion:
    """50 points for the newcomer, 30 for whoever brought them, from a purchase of 10 on."""
    given: dict[str, object] = {"effect": "points", "amount": 50, "friend_amount": 30, "least_cents": 1000}
    return factories.promotion(shop.program, "Bring a friend", audience="brought_by_friend", **given | fields)


def newcomer(shop: Shop, by: LoyaltyCard, email: str = "", **more: object) -> LoyaltyCard:
    """Somebody opens the invitation of a card, and gets a card of their own."""
    made = enrollment.enroll(
        store=shop.store,
        actor=factories.actor(""),
        email=email or f"friend{factories.number()}@example.com",
        self_service=True,
        brought_by=friends.code_of(by),
        **more,
    )
    return made.card


def buy(shop: Shop, card: LoyaltyCard, cents: int, **more: object) -> Recorded:
    done = purchases.record(
        store=shop.store, card_id=card.pk, actor=STAFF, purchase_amount_cents=cents, **more
    )
    outbox.relay()
    return done


def bring_back(shop: Shop, bought: Recorded, cents: int | None = None) -> returns.Returned:
    assert bought.purchase
    done = returns.give_back(
        store=shop.store, purchase_id=bought.purchase.pk, actor=STAFF, amount_cents=cents, reason="too small"
    )
    outbox.relay()
    return done


def undo(shop: Shop, line: LoyaltyTransaction) -> None:
    voids.void(store=shop.store, transaction_id=line.pk, actor=STAFF, reason="a mistake")
    outbox.relay()


def has(*of: LoyaltyCard) -> list[int]:
    """The points of cards; every promise is kept and the ledger says the same."""
    assert [str(each) for each in (*verification.differences(), *fairness.violations())] == []
    assert_the_rules_give_the_ledger()
    rows = [factories.fresh(card) for card in of]
    return [row.points_balance - row.points_owed for row in rows]


def test_both_get_what_the_promotion_says_after_the_first_purchase_of_ten_euros(shop: Shop) -> None:
    """Anouk brings Ben. His coffee for 3 is too little; with the beans for 12 he gets 50, and she 30."""
    promotion = bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    assert has(anouk, ben) == [0, 0]

    buy(shop, ben, 300)
    assert (has(anouk, ben), reading.came(anouk)) == ([0, 3], 0)
    done = buy(shop, ben, 1200)

    assert done.points.given == 12 + 50
    assert has(anouk, ben) == [30, 65]
    assert reading.came(anouk) == 1
    bonus = LoyaltyTransaction.objects.get(transaction_type=TransactionType.FRIEND_BONUS)
    assert (bonus.card, bonus.points_delta, bonus.purchase) == (anouk, 30, None)
    assert bonus.promotions == [{"promotion": promotion.pk, "points": 30_0000, "stamps": 0}]
    given = given_by([promotion])[promotion.pk]
    assert (given.times, given.cards, given.whole_points, given.purchases) == (2, 2, 80, 1)

    buy(shop, ben, 5000)
    assert has(anouk, ben) == [30, 115]


def test_stamps_are_given_as_points_are(shop: Shop) -> None:
    shop = factories.shop(loyalty_type="stamps", stamps_target=10)
    bring_a_friend(shop, effect="stamps", amount=2, friend_amount=1)
    anouk = factories.card(shop.store, stamps=9)
    ben = newcomer(shop, anouk)

    buy(shop, ben, 1000)

    has(anouk, ben)
    assert [factories.fresh(card).stamp_count for card in (anouk, ben)] == [10, 3]


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


def test_at_most_two_friends_a_month_by_the_merchants_calendar(shop: Shop) -> None:
    """The third newcomer of May has the welcome, Anouk has nothing for it; in June she has."""
    bring_a_friend(shop, month_limit=2)
    anouk = factories.card(shop.store)
    for _each in range(3):
        assert buy(shop, newcomer(shop, anouk), 1000).points.given == 60
    assert has(anouk) == [60]

    with time_machine.travel(datetime(2026, 5, 31, 22, 30, tzinfo=UTC), tick=False):
        buy(shop, newcomer(shop, anouk), 1000)  # the first of June, half past midnight
        assert has(anouk) == [90]


def test_who_was_too_many_in_may_and_buys_anew_in_june_counts_in_june(shop: Shop) -> None:
    """Cleo is the second friend of May, and one counts. Her receipt is undone; in June she buys, for the first time."""
    bring_a_friend(shop, month_limit=1)
    anouk = factories.card(shop.store)
    buy(shop, newcomer(shop, anouk), 1000)
    cleo = newcomer(shop, anouk)
    bought = buy(shop, cleo, 1000)
    assert has(anouk, cleo) == [30, 60]
    undo(shop, bought.transactions[0])
    assert has(anouk, cleo) == [30, 0]

    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=UTC), tick=False):
        buy(shop, cleo, 1000)

        assert has(anouk, cleo) == [60, 60]


def test_the_place_of_a_friend_who_bought_nothing_after_all_goes_to_the_next(shop: Shop) -> None:
    """As if only what was kept had been bought: of three friends of May one brings all back, and two count."""
    bring_a_friend(shop, month_limit=2)
    anouk = factories.card(shop.store)
    first, second, third = (buy(shop, newcomer(shop, anouk), 1000) for _each in range(3))
    assert has(anouk) == [60]

    back = bring_back(shop, first)
    assert has(anouk) == [60]
    undo(shop, second.transactions[0])
    assert has(anouk) == [30]
    undo(shop, back.transactions[0])
    assert has(anouk) == [60]
    undo(shop, third.transactions[0])

    assert has(anouk) == [30]
    assert reading.came(anouk) == 1


def test_a_purchase_of_june_in_the_place_of_one_of_may_leaves_mays_place_to_another(shop: Shop) -> None:
    """The outbox looks once all has happened: what it finds given for May is June's by now, and June is full."""
    bring_a_friend(shop, month_limit=1)
    anouk = factories.card(shop.store)
    ben, cleo, dan = (newcomer(shop, anouk) for _each in range(3))
    bought = buy(shop, ben, 1000)
    buy(shop, cleo, 1000)
    assert has(anouk) == [30]
    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=UTC), tick=False):
        buy(shop, dan, 1000)
        assert has(anouk) == [60]

        voids.void(
            store=shop.store, transaction_id=bought.transactions[0].pk, actor=MANAGER, reason="mistake"
        )
        assert not FriendGift.objects.get(friend__card=cleo).line
    with time_machine.travel(datetime(2026, 6, 1, 11, tzinfo=UTC), tick=False):
        buy(shop, ben, 1000)

        assert has(anouk, ben) == [60, 60]
        given = FriendGift.objects.filter(line__isnull=False)
        assert set(given.values_list("friend__card", flat=True)) == {cleo.pk, dan.pk}


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


def test_a_budget_is_for_both(shop: Shop) -> None:
    promotion = bring_a_friend(shop, budget=60)
    anouk = factories.card(shop.store)

    buy(shop, newcomer(shop, anouk), 1000)

    assert has(anouk) == [10]
    assert factories.fresh(promotion).left == 0


def test_who_had_nothing_of_a_budget_and_buys_anew_has_what_is_left_by_then(shop: Shop) -> None:
    """60 in all: 50 for Ben and 10 for Anouk. Ben's receipt was wrong; typed again, more is left for her by then."""
    promotion = bring_a_friend(shop, budget=60)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    bought = buy(shop, ben, 1000)
    assert has(anouk) == [10]
    undo(shop, bought.transactions[0])
    promotions.change(promotion_id=promotion.pk, actor=OWNER, budget=200)

    buy(shop, ben, 1000)

    assert has(anouk) == [30]


def test_a_gift_that_comes_again_may_go_beyond_a_budget_that_others_have_used(shop: Shop) -> None:
    promotion = bring_a_friend(shop, budget=110)
    anouk, other = factories.card(shop.store), factories.card(shop.store)
    back = bring_back(shop, buy(shop, newcomer(shop, anouk), 1000))
    buy(shop, newcomer(shop, other), 1000)
    assert has(anouk, other) == [0, 30]

    undo(shop, back.transactions[0])

    assert has(anouk, other) == [30, 30]
    assert factories.fresh(promotion).spent == 160_0000


def test_a_first_purchase_that_was_made_offline_counts_when_it_comes_in(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)

    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        buy(shop, ben, 1500, occurred_at=NOON + timedelta(hours=1))

        assert has(anouk, ben) == [30, 65]


def test_what_runs_at_the_purchase_counts_whatever_is_stopped_before_the_friend_is_told(shop: Shop) -> None:
    promotion = bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    purchases.record(store=shop.store, card_id=ben.pk, actor=STAFF, purchase_amount_cents=1000)
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        promotions.stop(promotion_id=promotion.pk, actor=OWNER)
    with time_machine.travel(NOON + timedelta(minutes=10), tick=False):
        outbox.relay()

        assert has(anouk, ben) == [30, 60]


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "ANOUK@example.com "},
        {"email": "other@example.com", "phone": "621 123 456"},
        {"email": "anouk.new@example.com"},
    ],
    ids=["her address", "her phone", "an address she has asked to have"],
)
def test_nobody_brings_themselves(shop: Shop, typed: dict[str, str]) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store, email="anouk@example.com", phone="+352621123456")
    anouk.customer.pending_email = "anouk.new@example.com"
    anouk.customer.save()

    made = newcomer(shop, anouk, **typed)
    buy(shop, made, 2000)

    assert Friend.objects.count() == 0
    assert has(made) == [20]


def test_nobody_brings_themselves_from_the_device_on_which_their_card_was_open(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk, other = factories.card(shop.store), factories.card(shop.store)

    newcomer(shop, anouk, own_cards=[anouk.pk])
    assert Friend.objects.count() == 0
    newcomer(shop, anouk, own_cards=[other.pk])
    assert Friend.objects.count() == 1


def test_who_had_a_card_here_before_is_no_newcomer(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = factories.card(shop.store, email="ben@example.com")
    deletion.soft_delete(ben.customer, by=shop.owner)
    assert LoyaltyCard.objects.filter(pk=ben.pk).count() == 0

    newcomer(shop, anouk, email="ben@example.com")

    assert Friend.objects.count() == 0


def test_who_was_erased_is_not_known_any_more(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = factories.card(shop.store, email="ben@example.com")
    customers.erase_person(customer=ben.customer)

    newcomer(shop, anouk, email="ben@example.com")

    assert Friend.objects.count() == 1


@pytest.mark.parametrize("code", ["", "BCDEFGHIJKLN", "\x00", "nonsense", "B" * 5000])
def test_a_code_that_is_none_enrols_normally(shop: Shop, code: str) -> None:
    bring_a_friend(shop)
    made = enrollment.enroll(
        store=shop.store, actor=STAFF, email="ben@example.com", self_service=True, brought_by=code
    )

    assert not made.already_enrolled
    assert Friend.objects.count() == 0


def test_a_code_of_another_shop_and_one_that_is_retired_enrol_normally(shop: Shop) -> None:
    bring_a_friend(shop)
    foreign, closed = factories.card(factories.shop().store), factories.card(shop.store)
    friends.code_of(closed)
    cards.deactivate(store=shop.store, card_id=closed.pk, actor=MANAGER)

    newcomer(shop, foreign)
    newcomer(shop, closed)

    assert Friend.objects.count() == 0


def test_a_merged_card_goes_along_on_either_side(shop: Shop) -> None:
    bring_a_friend(shop)
    old, anouk = factories.card(shop.store), factories.card(shop.store)
    ben = newcomer(shop, old)
    later = factories.card(shop.store)
    cards.merge(store=shop.store, card_id=old.pk, into_card_id=anouk.pk, actor=MANAGER, reason="one person")
    cards.merge(store=shop.store, card_id=ben.pk, into_card_id=later.pk, actor=MANAGER, reason="one person")

    bought = buy(shop, later, 1000)
    assert has(anouk, later) == [30, 60]
    assert reading.came(anouk) == 1

    bring_back(shop, bought)
    assert has(anouk, later) == [0, 0]


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


def test_a_gift_waits_for_a_card_that_is_switched_off(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    cards.deactivate(store=shop.store, card_id=anouk.pk, actor=MANAGER)
    buy(shop, ben, 1000)
    assert has(anouk, ben) == [0, 60]

    cards.reactivate(store=shop.store, card_id=anouk.pk, actor=MANAGER)
    outbox.relay()

    assert has(anouk, ben) == [30, 60]


def test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    again = newcomer(shop, anouk)
    buy(shop, again, 1000)
    assert has(anouk, again) == [30, 60]

    cards.merge(store=shop.store, card_id=again.pk, into_card_id=anouk.pk, actor=MANAGER, reason="one person")
    outbox.relay()

    assert has(anouk) == [60]  # what the purchase gave; nothing for bringing oneself
    other = newcomer(shop, anouk)
    cards.merge(store=shop.store, card_id=other.pk, into_card_id=anouk.pk, actor=MANAGER, reason="one person")
    buy(shop, anouk, 1000)
    assert has(anouk) == [70]


def test_who_was_here_before_with_another_card_is_no_newcomer(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk, older = factories.card(shop.store), factories.card(shop.store)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        ben = newcomer(shop, anouk)
        cards.merge(
            store=shop.store, card_id=ben.pk, into_card_id=older.pk, actor=MANAGER, reason="one person"
        )

        buy(shop, older, 1000)

        assert has(anouk, older) == [0, 10]


@pytest.mark.parametrize("who", ["the friend", "who brought them"])
def test_an_erasure_leaves_no_trace_of_who_brought_whom(shop: Shop, who: str) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    ben = newcomer(shop, anouk)
    bought = buy(shop, ben, 1000)

    customers.erase_person(customer=(ben if who == "the friend" else anouk).customer)
    outbox.relay()

    assert (Friend.objects.count(), FriendGift.objects.count()) == (0, 0)
    assert FriendLink.objects.filter(card=anouk).count() == (who == "the friend")
    assert has(anouk, ben) == [30, 60]
    if who == "who brought them":
        bring_back(shop, bought)
        assert has(anouk, ben) == [30, 0]


def test_told_twice_it_is_given_once(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store)
    buy(shop, newcomer(shop, anouk), 1000)

    friend_gifts.settle(gift_id=FriendGift.objects.get().pk)

    assert has(anouk) == [30]


def test_who_brought_the_friend_is_written_to_once_the_purchase_has_stood_for_two_minutes(shop: Shop) -> None:
    bring_a_friend(shop)
    anouk = factories.card(shop.store, email="anouk@example.com")

    buy(shop, newcomer(shop, anouk), 1000)
    outbox.relay()

    (email,) = EmailLog.objects.filter(code="loyalty_friend_came")
    assert (email.to, email.card) == ("anouk@example.com", anouk)
    assert email.next_attempt_at is not None
    assert email.next_attempt_at - email.queued_at == timedelta(minutes=2)

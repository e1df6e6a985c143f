"""What a shopkeeper tells of returns that come after points expired, or after a debt was let go, to the last figure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Sum

from loyalty import receipts
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.models import TransactionType as Kind
from loyalty.outputs.owed import origins
from loyalty.reporting import fairness, statistics, verification
from loyalty.services import cards, debts, expiry, points, purchases, returns, stamps, voids
from loyalty.services.returns import Returned
from tenancy import scope
from tests import factories
from tests.factories import Shop

pytestmark = pytest.mark.django_db
OWNER = factories.actor("owner")
START = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


class Story:
    """A shop with points that expire after 30 days, and one person's card; each verb is what somebody does."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock
        self.shop: Shop = factories.shop(
            points_per_euro=10,
            points_expiration_days=30,
            stamps_target=1,
            rewards=[("Croissant", 60)],
            max_daily_stamps=20,
        )
        self.card = factories.card(self.shop.store)
        self.at = {"store": self.shop.store, "actor": OWNER}

    def buys(self, cents: int, card: LoyaltyCard | None = None) -> purchases.Recorded:
        on = (card or self.card).pk
        return purchases.record(card_id=on, purchase_amount_cents=cents, stamps=0, **self.at)

    def takes_a_croissant(self) -> LoyaltyTransaction:
        reward = self.shop.program.rewards.get()
        return points.redeem(card_id=self.card.pk, reward_id=reward.pk, **self.at).transaction

    def waits_until_all_expires(self) -> int:
        self.clock.shift(timedelta(days=31))
        return expiry.expire(now=datetime.now(UTC)).points_expired

    def returns(self, bought: purchases.Recorded, cents: int | None = None) -> Returned:
        assert bought.purchase
        about = {"purchase_id": bought.purchase.pk, "amount_cents": cents}
        foreseen = returns.quote(lambda done: done, **self.at, **about)
        done = returns.give_back(**self.at, **about, reason="too small")
        assert [(line.transaction_type, line.points_delta) for line in foreseen.transactions] == [
            (line.transaction_type, line.points_delta) for line in done.transactions
        ]
        return done

    def undoes(self, line: LoyaltyTransaction) -> voids.Voiding:
        return voids.void(transaction_id=line.pk, reason="a mistake", **self.at)

    def lets_go(self) -> None:
        debts.forgive(card_id=self.card.pk, reason="a regular", **self.at)

    def has(self, card: LoyaltyCard | None = None) -> tuple[int, int]:
        """Points, and points owed; every promise is kept and the ledger says the same."""
        assert [str(each) for each in (*verification.differences(), *fairness.violations())] == []
        row = factories.fresh(card or self.card)
        return row.points_balance, row.points_owed

    def lines(self, kind: str) -> list[int]:
        rows = LoyaltyTransaction.objects.filter(card=self.card, transaction_type=kind).order_by("pk")
        return list(rows.values_list("points_delta", flat=True))


@pytest.fixture
def story() -> Iterator[Story]:
    with scope.everything("stories of one shop"), time_machine.travel(START, tick=False) as clock:
        yield Story(clock)


def test_what_is_undone_after_its_points_expired_is_not_owed(story: Story) -> None:
    bought = story.buys(1000)
    assert story.waits_until_all_expires() == 100
    done = story.undoes(bought.transactions[0])
    assert (story.has(), done.shortfall) == ((0, 0), 0)
    assert [(line.transaction_type, line.points_delta) for line in done.transactions] == [
        ("expiry_adjusted", 100),
        ("points_voided", -100),
    ]
    figures = statistics.of_program(story.shop.program, now=datetime.now(UTC))
    assert figures["total_points_expired"] == 0


def test_what_was_spent_of_it_is_owed_and_no_more(story: Story) -> None:
    first, _second = story.buys(1000), story.buys(500)
    story.takes_a_croissant()
    assert story.waits_until_all_expires() == 90
    done = story.returns(first)
    assert (story.has(), done.shortfall) == ((0, 10), 10)


def test_what_was_owed_before_is_not_owed_anew(story: Story) -> None:
    old = story.buys(1000)
    story.waits_until_all_expires()
    new = story.buys(600)
    story.takes_a_croissant()
    assert story.returns(new).shortfall == 60
    assert story.returns(old).shortfall == 0
    assert story.has() == (0, 60)


def test_what_is_bought_after_an_expiry_stays_when_something_older_comes_back(story: Story) -> None:
    old = story.buys(1000)
    story.waits_until_all_expires()
    story.buys(300)
    story.returns(old, 400)
    assert story.has() == (30, 0)
    story.returns(old)
    assert story.has() == (30, 0)
    assert story.lines(Kind.EXPIRY_ADJUSTED) == [40, 60]


def test_a_return_that_was_undone_lets_the_points_have_expired_after_all(story: Story) -> None:
    bought = story.buys(1000)
    story.waits_until_all_expires()
    returned = story.returns(bought, 400)
    story.undoes(
        next(line for line in returned.transactions if line.transaction_type == Kind.POINTS_RETURNED)
    )
    assert story.has() == (0, 0)
    assert story.lines(Kind.EXPIRY_ADJUSTED) == [40, -40]


def test_a_reward_given_back_after_an_expiry_gives_all_of_its_points_back(story: Story) -> None:
    story.buys(1000)
    reward = story.takes_a_croissant()
    assert story.waits_until_all_expires() == 40
    story.undoes(reward)
    assert (story.has(), story.lines(Kind.EXPIRY_ADJUSTED)) == ((60, 0), [])


def test_points_that_expired_before_a_merge_are_not_owed_after_it(story: Story) -> None:
    other = factories.card(story.shop.store)
    bought = story.buys(1000)
    story.buys(200, other)
    assert story.waits_until_all_expires() == 120
    cards.merge(card_id=story.card.pk, into_card_id=other.pk, reason="one person", **story.at)
    assert story.returns(bought).shortfall == 0
    assert (story.has(), story.has(other)) == ((0, 0), (0, 0))


def test_what_was_let_go_is_not_given_again_by_undoing_the_return(story: Story) -> None:
    bought = story.buys(600)
    story.takes_a_croissant()
    line = story.returns(bought, 200).transactions[0]
    assert story.has() == (0, 20)
    story.lets_go()
    done = story.undoes(line)
    assert (story.has(), done.shortfall) == ((0, 0), 0)
    assert [(each.transaction_type, each.points_delta) for each in done.transactions] == [
        ("points_voided", 20),
        ("forgiveness_adjusted", -20),
    ]
    story.returns(bought, 200)  # which is let go already
    assert (story.has(), story.lines(Kind.FORGIVENESS_ADJUSTED)) == ((0, 0), [-20, 20])


def test_no_more_is_let_go_than_somebody_let_go(story: Story) -> None:
    first, second = story.buys(300), story.buys(300)
    story.takes_a_croissant()
    story.returns(first, 100)
    story.lets_go()
    assert story.returns(second).shortfall == 30
    assert story.has() == (0, 30)


def test_a_reward_given_back_after_its_debt_was_let_go_gives_nothing(story: Story) -> None:
    bought = story.buys(600)
    reward = story.takes_a_croissant()
    story.returns(bought)
    story.lets_go()
    story.undoes(reward)
    assert story.has() == (0, 0)


def test_a_stamp_that_was_owed_and_let_go_is_not_given_again(story: Story) -> None:
    stamp = stamps.give(card_id=story.card.pk, **story.at).transaction
    coffee = stamps.redeem(card_id=story.card.pk, **story.at).transaction
    story.undoes(stamp)
    story.lets_go()
    story.undoes(coffee)
    sums = LoyaltyTransaction.objects.filter(card=story.card).aggregate(stamps=Sum("stamps_delta"))
    assert (factories.fresh(story.card).stamp_count, sums["stamps"]) == (0, 0)


def test_a_debt_that_merges_brought_along_names_the_receipt_it_comes_from(story: Story) -> None:
    between, last = (factories.card(story.shop.store) for _card in range(2))
    bought = story.buys(600)
    story.takes_a_croissant()
    story.returns(bought)
    for source, target in ((story.card, between), (between, last)):
        cards.merge(card_id=source.pk, into_card_id=target.pk, reason="one person", **story.at)
        story.clock.shift(timedelta(minutes=1))
    lines = receipts.owed_lines([factories.fresh(last)])[last.pk]
    assert [line.purchase_id for line in lines] == [None, None, bought.purchase and bought.purchase.pk]
    assert [(origin.line.pk, origin.points) for origin in origins(factories.fresh(last))] == [
        (lines[0].pk, 60)
    ]

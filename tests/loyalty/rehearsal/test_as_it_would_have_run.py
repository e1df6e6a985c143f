"""A rehearsed promotion gives to a point what it gives where it really runs: two shops, the same days."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from loyalty import ledger
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.reporting.promotions import given_by
from loyalty.reporting.rehearsal import rehearsing
from loyalty.reporting.rehearsal.draft import Draft
from loyalty.services import cards, stamps, voids
from tests import factories
from tests.buying import bring_back, buy
from tests.factories import Shop

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
DAYS = 13
OWNER = factories.actor("owner")
FIRST: dict[str, Any] = {"effect": "points", "amount": 30, "audience": "first_purchase"}
SECOND_VISIT: dict[str, Any] = {"effect": "points", "amount": 10, "audience": "every_nth_visit", "every": 2}
BACK: dict[str, Any] = {"effect": "points", "amount": 20, "audience": "back_after", "days": 7}
A_DAY: dict[str, Any] = {"factor": Decimal(3), "card_day_limit": 150}
A_CARD: dict[str, Any] = {"effect": "points", "amount": 7, "card_limit": 11}
PROMOTIONS = [FIRST, SECOND_VISIT, BACK, A_DAY, A_CARD]


def at(day: int, hour: int = 0) -> Any:
    return time_machine.travel(MONDAY + timedelta(days=day, hours=hour), tick=False)


class Week:
    """Who came to a shop, and what they did: before a Monday, and in the two weeks since."""

    def __init__(self) -> None:
        with at(-20):
            self.shop = factories.shop(points_per_euro=10, cooldown_minutes=0, max_daily_stamps=50)
            self.people = {name: factories.card(self.shop.store) for name in "abcdefg"}

    def before(self) -> None:
        """Bought at two cards that were merged since, brought along, brought back, stamped."""
        with at(-6):
            self.buy("a")
            bring_back(self.buy("d"), self.shop)
            self.stamp("e")
            self.opening("c")
        with at(-5):
            self.buy("g")
            self.merge("g", into="a")

    def after(self) -> None:
        with at(0):
            for name in "abcde":
                self.buy(name)
            slip = self.buy("f")
        with at(0, 1), factories.inside(self.shop):
            for line in slip.transactions.all():
                self.undo(line.pk)
        with at(1):
            self.buy("f")
            bring_back(self.buy("d"), self.shop)
            self.undo(self.stamp("e"))
            self.stamp("b")
        with at(2):
            self.merge("b", into="a")
            for name in "acdef":
                self.buy(name, 1200)
        with at(2, 1):
            bring_back(self.buy("a"), self.shop, cents=300)
        with at(12):
            for name in "acdef":
                self.buy(name)

    def buy(self, name: str, cents: int = 1000) -> Any:
        return buy(self.people[name], self.shop, cents=cents)

    def stamp(self, name: str) -> int:
        about = {"store": self.shop.store, "card_id": self.people[name].pk, "actor": OWNER}
        with factories.inside(self.shop):
            return stamps.give(**about).transaction.pk

    def undo(self, line_id: int) -> None:
        with factories.inside(self.shop):
            voids.void(store=self.shop.store, transaction_id=line_id, actor=OWNER, reason="slip")

    def opening(self, name: str) -> None:
        with factories.inside(self.shop):
            (card,) = ledger.lock(LoyaltyCard.objects.filter(pk=self.people[name].pk))
            entry = ledger.Entry(card=card, kind="opening_balance", points_delta=40)
            ledger.post([entry], now=MONDAY - timedelta(days=6))

    def merge(self, name: str, into: str) -> None:
        ids = {"card_id": self.people[name].pk, "into_card_id": self.people[into].pk}
        with factories.inside(self.shop):
            cards.merge(store=self.shop.store, actor=OWNER, reason="one person", **ids)


def promoted(shop: Shop, said: list[dict[str, Any]], *, is_planned: bool) -> list[Any]:
    with at(0, -9):
        return [
            factories.promotion(shop.program, str(fields), is_planned=is_planned, **fields) for fields in said
        ]


@pytest.mark.parametrize("said", [PROMOTIONS, [FIRST], [SECOND_VISIT]], ids=["all", "first", "second visit"])
def test_it_gives_what_it_gives_where_it_runs(said: list[dict[str, Any]]) -> None:
    week = Week()
    week.before()
    rows = promoted(week.shop, said, is_planned=True)
    week.after()
    with factories.inside(week.shop):
        really = given_by(rows)
        given = [
            (really[row.pk].points, really[row.pk].cards) if row.pk in really else (0, 0) for row in rows
        ]

    again = Week()
    again.before()
    again.after()
    drafts = promoted(again.shop, said, is_planned=False)
    with factories.inside(again.shop):
        program = LoyaltyProgram.objects.select_related("merchant").get(pk=again.shop.program.pk)
        draft = Draft(promotions=tuple(row.rule() for row in drafts))
        found = rehearsing.rehearse(program, draft, days=DAYS, now=MONDAY + timedelta(days=DAYS - 1, hours=1))

    assert found.check.wrong == []
    told = [found.promotions[row.pk] for row in drafts]
    assert [(each.given, each.cards) for each in told] == given
    assert all(points > 0 for points, _cards in given)

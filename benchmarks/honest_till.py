"""Weeks of trade at many stores, from a seed; at some of them somebody does on the last day what a guard should see.

Ordinary trade is not smooth: Saturdays are busier, somebody buys for the whole office, a line goes dead for an
afternoon, mistakes are undone, a shop opens early before a holiday.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import connection

from benchmarks import data
from groundwork import clock
from loyalty.models import StaffPin
from loyalty.norms import Kind
from tenancy import scope
from tenancy.models import Store, Till

DAYS = 63
OPENS, CLOSES = 8, 18
CARDS_OF_A_STORE = 300
TILLS = 6  # of which most of the trade goes over two


@dataclass(frozen=True)
class Line:
    """A line of the ledger as it matters here; `undoes` is the number of another one."""

    card: int
    kind: str
    at: datetime
    pin: int | None = None
    till: int | None = None
    stamps: int = 0
    points: int = 0
    is_offline: bool = False
    undoes: int | None = None


@dataclass
class Trade:
    """A store, its people, and what they do; `strength` is how bold somebody is who does something."""

    store: Store
    pins: Sequence[int]
    tills: Sequence[int]
    cards: Sequence[int]
    chance: random.Random
    visits: int
    strength: float = 1.0
    lines: list[Line] = field(default_factory=list)
    dead_line: date | None = None

    def ordinary(self, day: date) -> None:
        """A day of trade."""
        if day.weekday() == 6:
            return
        busy = self.visits * self.chance.uniform(0.7, 1.2) * (1.5 if day.weekday() == 5 else 1)
        for _ in range(int(busy)):
            self._visit(self._moment(day, self.chance.triangular(OPENS, CLOSES, 11)))

    def _visit(self, at: datetime) -> None:
        chance, card = self.chance, self.cards[int(len(self.cards) * self.chance.random() ** 1.3)]
        who = {
            "pin": chance.choice(self.pins),
            "till": self.tills[min(int(chance.expovariate(1.2)), len(self.tills) - 1)],
            "is_offline": (at.date() == self.dead_line and at.hour >= 14) or chance.random() < 0.01,
        }
        cups = chance.choice((3, 4, 5)) if chance.random() < 0.01 else 2 if chance.random() < 0.15 else 1
        self.lines.append(Line(card, "stamp_earned", at, stamps=cups, **who))
        if chance.random() < 0.6:
            points = int(40 * chance.lognormvariate(0, 0.6))
            self.lines.append(Line(card, "points_earned", at, points=max(points, 1), **who))
        if chance.random() < 0.06:
            self.lines.append(Line(card, "stamp_redeemed", at, stamps=-10, **who))
        if chance.random() < 0.01:
            undone = len(self.lines) - 1
            kind = "stamp_voided" if "stamp" in self.lines[-1].kind else "points_voided"
            self.lines.append(Line(card, kind, at + timedelta(minutes=2), undoes=undone, **who))
        if chance.random() < 0.01:
            new = chance.choice(self.cards)
            self.lines.append(Line(new, "card_created", at - timedelta(minutes=5)))

    def _moment(self, day: date, hour: float) -> datetime:
        midnight = datetime.combine(day, time.min, self.store.merchant.tzinfo)
        return midnight + timedelta(seconds=hour * 3600)

    # --- what somebody does on the last day ---

    def _some(self, most: int) -> int:
        return max(1, round(most * self.strength))

    def stamps_an_hour(self, day: date) -> None:
        for number in range(self._some(14)):
            at = self._moment(day, 10 + number / 15)
            self.lines.append(Line(self.cards[7], "stamp_earned", at, self.pins[0], self.tills[0], stamps=1))

    def points_an_hour(self, day: date) -> None:
        for number in range(self._some(12)):
            at = self._moment(day, 15 + number / 15)
            self.lines.append(
                Line(self.cards[8], "points_earned", at, self.pins[0], self.tills[0], points=150)
            )

    def few_cards(self, day: date) -> None:
        for back in range(7):
            for number in range(self._some(60)):
                at = self._moment(day - timedelta(days=back), OPENS + (CLOSES - OPENS) * number / 61)
                card = self.cards[20 + number % 3]
                if at.weekday() != 6:
                    self.lines.append(Line(card, "stamp_earned", at, self.pins[0], self.tills[0], stamps=1))

    def undone_afterwards(self, day: date) -> None:
        for number in range(self._some(7)):
            at, card = self._moment(day, 12 + number / 2), self.cards[30 + number]
            who = {"pin": self.pins[0], "till": self.tills[0]}
            self.lines.append(Line(card, "stamp_redeemed", at, stamps=-10, **who))
            self.lines.append(
                Line(
                    card,
                    "stamp_voided",
                    at + timedelta(minutes=3),
                    undoes=len(self.lines) - 1,
                    stamps=10,
                    **who,
                )
            )

    def outside_hours(self, day: date) -> None:
        for number in range(self._some(8)):
            at = self._moment(day, 21.5 + number / 5)
            card = self.cards[40 + number]
            self.lines.append(Line(card, "stamp_earned", at, self.pins[0], self.tills[0], stamps=1))

    def many_tills(self, day: date) -> None:
        for number in range(min(self._some(6), TILLS)):
            at = self._moment(day, 9 + number)
            self.lines.append(
                Line(self.cards[50], "stamp_earned", at, self.pins[-1], self.tills[number], stamps=1)
            )

    def redeemed_at_once(self, day: date) -> None:
        for number in range(self._some(6)):
            at, card = self._moment(day, 13 + number / 3), self.cards[-1 - number]
            self.lines.append(Line(card, "card_created", at - timedelta(minutes=10)))
            self.lines.append(Line(card, "points_redeemed", at, self.pins[0], self.tills[0], points=-50))

    def offline(self, day: date) -> None:
        for number in range(self._some(60)):
            at, card = self._moment(day, 9 + number / 8), self.chance.choice(self.cards)
            who = {"pin": self.pins[0], "till": self.tills[0], "is_offline": True}
            self.lines.append(Line(card, "stamp_earned", at, stamps=1, **who))


@dataclass(frozen=True)
class Planted:
    """What was done where: kind and store, and the store's merchant."""

    shop: data.Shop
    last: date
    done: frozenset[tuple[Kind, int]]


def plant(
    today: date,
    *,
    seed: int,
    of_each: int = 1,
    quiet: int = 0,
    kinds: Sequence[Kind] = tuple(Kind),
    visits: int = 60,
    strength: float = 1.0,
    days: int = DAYS,
    name: str = "",
) -> Planted:
    """Make a merchant with `of_each` stores for each kind, at which that is done, and so many `quiet` ones."""
    chance = random.Random(seed)
    doings = [kind for kind in kinds for _ in range(of_each)] + [None] * quiet
    shop = data.shop(name or f"honest-{seed}", stores=len(doings))
    last = today - timedelta(days=1)
    while last.weekday() == 6:
        last -= timedelta(days=1)
    done = set()
    with scope.merchant(shop.merchant):
        ids = data.cards_without_lines(shop, CARDS_OF_A_STORE * len(doings))
        stores = list(Store.objects.filter(merchant=shop.merchant).select_related("merchant").order_by("pk"))
        for number, (store, kind) in enumerate(zip(stores, doings, strict=True)):
            cards = ids[number * CARDS_OF_A_STORE : (number + 1) * CARDS_OF_A_STORE]
            trade = _trade(store, cards, chance, visits, strength)
            trading = [last - timedelta(days=back) for back in range(days)][::-1]
            trade.dead_line = chance.choice(trading[:-7])
            for day in trading:
                trade.ordinary(day)
            if kind is not None:
                doing: Callable[[date], None] = getattr(trade, kind.value)
                doing(last)
                done.add((kind, store.pk))
            write(trade)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE loyalty_loyaltytransaction")
    return Planted(shop, last, frozenset(done))


def _trade(store: Store, cards: range, chance: random.Random, visits: int, strength: float) -> Trade:
    about = {"merchant": store.merchant, "store": store}
    pins = StaffPin.objects.bulk_create(
        [StaffPin(name=f"Person {number}", pin_hash="-", **about) for number in range(3)]
    )
    tills = Till.objects.bulk_create(
        [
            Till(
                name=f"Counter {number}",
                token_hash=f"{store.pk:032}{number:032}",
                enrolled_at=clock.now(),
                **about,
            )
            for number in range(TILLS)
        ]
    )
    mixed = chance.sample(cards, len(cards))
    return Trade(
        store, [pin.pk for pin in pins], [till.pk for till in tills], mixed, chance, visits, strength
    )


INSERT = """
INSERT INTO loyalty_loyaltytransaction (id, merchant_id, card_id, store_id, staff_pin_id, till_id, transaction_type,
    stamps_delta, stamps_balance_after, points_delta, points_balance_after, order_reference, reward_name, notes,
    user_agent, recorded_offline, voids_id, transaction_at, created_at)
OVERRIDING SYSTEM VALUE
SELECT id, %(merchant)s, card, %(store)s, pin, till, kind, stamps, 0, points, 0, '', '', '', '', offline, undoes, at, at
FROM unnest(%(ids)s::bigint[], %(cards)s::bigint[], %(pins)s::bigint[], %(tills)s::bigint[], %(kinds)s::text[],
    %(stamps)s::int[], %(points)s::int[], %(offline)s::bool[], %(undoes)s::bigint[], %(at)s::timestamptz[])
    AS line (id, card, pin, till, kind, stamps, points, offline, undoes, at)"""


def write(trade: Trade) -> None:
    """Write the lines of a store as they are: what they amount to on the cards is not looked at here."""
    lines = trade.lines
    with connection.cursor() as cursor, data.unguarded(cursor):
        cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM loyalty_loyaltytransaction")
        base = cursor.fetchone()[0]
        values = {
            "merchant": trade.store.merchant_id,
            "store": trade.store.pk,
            "ids": [base + number for number in range(len(lines))],
            "cards": [line.card for line in lines],
            "pins": [line.pin for line in lines],
            "tills": [line.till for line in lines],
            "kinds": [line.kind for line in lines],
            "stamps": [line.stamps for line in lines],
            "points": [line.points for line in lines],
            "offline": [line.is_offline for line in lines],
            "undoes": [None if line.undoes is None else base + line.undoes for line in lines],
            "at": [line.at for line in lines],
        }
        cursor.execute(INSERT, values)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('loyalty_loyaltytransaction', 'id'), %s)",
            [base + len(lines)],
        )

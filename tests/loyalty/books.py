"""The books of a shop in which everything was kept as promised, and what looks at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO

import time_machine
from django.core.management import call_command
from django.db import connection

from groundwork import clock
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, Purchase
from loyalty.reporting import statistics
from loyalty.reporting.rehearsal import rehearsing
from loyalty.services import cards, expiry, points, programs, purchases, returns, stamps, voids
from tenancy import scope
from tests import factories
from tests.raw_sql import check_what_waits_for_the_commit

START = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
NOW = START + timedelta(days=60)
STAFF, OWNER = factories.actor("staff"), factories.actor("owner")
EXTRAS = {"welcome_bonus_points": 20, "rewards": [("Croissant", 100)]}
LINES, CARDS = "loyalty_loyaltytransaction", "loyalty_loyaltycard"


@dataclass(frozen=True)
class Books:
    """A shop to which everything has happened that a shop knows, and what of it is broken below."""

    shop: factories.Shop
    kept: Purchase
    closed: Purchase
    undone: LoyaltyTransaction
    expired: LoyaltyCard


@contextmanager
def kept() -> Iterator[Books]:
    """Two months of a shop, up to NOW, which it is while they are open."""
    with time_machine.travel(START, tick=False):
        shop = factories.shop(points_per_euro="1.5", points_expiration_days=30, **EXTRAS)
        card, other, gone = (factories.card(shop.store) for _person in range(3))
    with scope.everything("a shop of long ago"), time_machine.travel(START + timedelta(hours=1), tick=False):
        kept = bought(shop, card, 1999, "R-1")
        given_back(shop, kept, 333)
        voids.void(
            store=shop.store,
            transaction_id=given_back(shop, kept, 100).pk,
            actor=STAFF,
            reason="not that one",
        )
        closed = bought(shop, other, 7000, "R-2")
        spent = points.redeem(
            store=shop.store, card_id=other.pk, actor=STAFF, reward_id=shop.program.rewards.first().pk
        )
        given_back(shop, closed, None)
        assert spent.transaction.points_delta == -100
        again = bought(shop, card, 450, "r 2")
        stamp = stamps.give(store=shop.store, card_id=card.pk, actor=STAFF).transaction
        undone = voids.void(store=shop.store, transaction_id=stamp.pk, actor=STAFF, reason="slip").transaction
        change(shop, points_per_euro="2", carry_remainders=False)
        given_back(shop, again, 1)
    with scope.everything("later"):
        with time_machine.travel(START + timedelta(hours=2), tick=False):
            change(shop, minimum_purchase_cents=500)
            bought(shop, card, 499, "")
            late = {"occurred_at": START + timedelta(minutes=90)}
            bought(shop, card, 499, "R-3", **late)
            cards.merge(
                store=shop.store, card_id=other.pk, into_card_id=card.pk, actor=OWNER, reason="one person"
            )
            change(shop, expiry_requires_warning=True)
        for day in (20, 40):
            moment = START + timedelta(days=day)
            with time_machine.travel(moment, tick=False):
                expiry.expire(now=moment)
        with time_machine.travel(NOW, tick=False):
            statistics.roll_up(shop.merchant, now=NOW)
            yield Books(shop, kept, closed, undone, factories.fresh(gone))


def bought(shop: factories.Shop, card: LoyaltyCard, cents: int, receipt: str, **more: object) -> Purchase:
    about = {"store": shop.store, "card_id": card.pk, "actor": STAFF, **more}
    done = purchases.record(purchase_amount_cents=cents, order_reference=receipt, **about)
    assert done.purchase is not None
    return done.purchase


def given_back(shop: factories.Shop, purchase: Purchase, cents: int | None) -> LoyaltyTransaction:
    done = returns.give_back(
        store=shop.store, purchase_id=purchase.pk, actor=STAFF, amount_cents=cents, reason="did not fit"
    )
    return done.transactions[0]


def change(shop: factories.Shop, **fields: object) -> None:
    programs.change(program_id=shop.program.pk, actor=OWNER, confirm=True, **fields)


def verify() -> tuple[int, list[str]]:
    """The exit code of the command, and the lines it says."""
    out = StringIO()
    try:
        call_command("verify_fairness", stdout=out, stderr=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def past_all_guards(statement: str) -> None:
    check_what_waits_for_the_commit()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def newest(card: LoyaltyCard, kind: str = "") -> LoyaltyTransaction:
    lines = LoyaltyTransaction.objects.filter(card=card)
    return (lines.filter(transaction_type=kind) if kind else lines).latest("id")


def a_card_that_is_not_as_its_ledger(books: Books) -> str:
    past_all_guards(f"UPDATE {CARDS} SET points_fraction = 7 WHERE id = {books.expired.pk}")
    return f"card {books.expired.pk} has other figures than the newest line of its ledger"


def assert_the_rules_give_the_ledger() -> None:
    """The honest check of rehearsals, for every program there is."""
    with scope.everything("every ledger is rehearsed"):
        for program in LoyaltyProgram.all_objects.select_related("merchant"):
            assert rehearsing.check(program, now=clock.now()).wrong == []

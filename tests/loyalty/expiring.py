"""Shops whose points expire, and what a night does to them; a euro is a point, and all begins on START."""

from datetime import UTC, datetime, timedelta

import time_machine

from groundwork.messaging import outbox
from loyalty import rules, selectors
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import expiry, programs
from notifications.models import EmailLog
from notifications.services import delivery, texts
from tenancy import scope
from tests import factories

START = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
PERIOD = timedelta(days=100)
DUE = START + PERIOD
HELD = rules.OFFLINE_LIMIT  # how much later points are taken than people are told
GONE = DUE + HELD
OWNER, MANAGER = factories.actor("owner"), factories.actor("manager")


def shop_with(**program) -> factories.Shop:
    """A shop of the first day, where a euro is a point."""
    with time_machine.travel(START, tick=False):
        return factories.shop(**{"loyalty_type": "points", "points_per_euro": 1} | program)


def card_at(shop: factories.Shop, at: datetime = START, **person) -> LoyaltyCard:
    """A card with fifty points, used last at a moment."""
    with time_machine.travel(at, tick=False):
        return factories.card(shop.store, cents=5000, **person)


def run(now: datetime, **options) -> expiry.Summary:
    with time_machine.travel(now, tick=False):
        return expiry.expire(now=now, **options)


def done(now: datetime) -> tuple[int, int]:
    """How many cards expired, how many were warned."""
    summary = run(now)
    return summary.cards_processed, summary.warnings_sent


def at(moment: datetime, service, **arguments) -> None:
    """Do something in the shop at a moment."""
    with time_machine.travel(moment, tick=False), scope.everything("test"):
        service(**arguments)


def change(shop: factories.Shop, moment: datetime, **fields) -> None:
    at(moment, programs.change, program_id=shop.program.pk, actor=OWNER, confirm=True, **fields)


def lines(card: LoyaltyCard) -> list[LoyaltyTransaction]:
    with scope.everything("test"):
        return list(LoyaltyTransaction.objects.filter(card=card, transaction_type="points_expired"))


def emails(now: datetime) -> list[tuple[str, str]]:
    """What people get of all that was announced: code and text, oldest first."""
    with time_machine.travel(now, tick=False), scope.everything("test"):
        texts.load()
        outbox.relay()
        delivery.sweep()
        return list(
            EmailLog.objects.exclude(code="loyalty_enrollment").order_by("id").values_list("code", "body")
        )


def told(card: LoyaltyCard) -> datetime | None:
    """The day that all surfaces name."""
    with scope.everything("test"):
        return selectors.points_expire_at(factories.fresh(card))

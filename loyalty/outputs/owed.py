"""What is owed on a card, in plain words for customers and staff, with what it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty import receipts
from loyalty.models import LoyaltyCard, LoyaltyTransaction, TransactionType

RETURNS = (TransactionType.POINTS_RETURNED, TransactionType.STAMPS_RETURNED)


@dataclass(frozen=True)
class Origin:
    """A line of the ledger, and the stamps and points of it that are owed still."""

    line: LoyaltyTransaction
    stamps: int
    points: int


def origins(card: LoyaltyCard) -> list[Origin]:
    """The lines that what is owed comes from, newest first; what was owed first has been paid first.

    Asks the database only where something is owed.
    """
    stamps, points, found = card.stamps_owed, card.points_owed, []
    for line in receipts.owed_lines([card]).get(card.pk, []):
        anew = line.newly_owed
        part = Origin(line, min(stamps, anew.stamps), min(points, anew.points))
        stamps, points = stamps - part.stamps, points - part.points
        if part.stamps or part.points:
            found.append(part)
    return found


def sentences(card: LoyaltyCard, *, day: Callable[[datetime], str]) -> list[str]:
    """What is owed and since when; nothing where nothing is. `day` writes a local time as a day.

    "200 points are owed since something was returned on 12 May 2026 (receipt R-1)."
    """
    zone = card.merchant.tzinfo
    said = []
    for origin in origins(card):
        since = _since(origin.line, day(timezone.localtime(origin.line.transaction_at, zone)))
        said += [
            _("%(owed)s %(since)s.") % {"owed": owed, "since": since}
            for owed in amounts(stamps=origin.stamps, points=origin.points)
        ]
    return said


def amounts(*, stamps: int, points: int) -> list[str]:
    """Stamps and points that are owed, in words: "200 points are owed"; nothing of what is not."""
    said = []
    if stamps:
        said.append(
            ngettext("%(number)s stamp is owed", "%(number)s stamps are owed", stamps) % _written(stamps)
        )
    if points:
        said.append(
            ngettext("%(number)s point is owed", "%(number)s points are owed", points) % _written(points)
        )
    return said


def _written(number: int) -> dict[str, str]:
    return {"number": number_format(number, force_grouping=True)}


def _since(line: LoyaltyTransaction, day: str) -> str:
    if line.transaction_type == TransactionType.MERGE_IN:
        return _("since another card was merged into this one on %(day)s") % {"day": day}
    if line.transaction_type == TransactionType.OPENING_BALANCE:
        return _("since the balance was brought over from another system on %(day)s") % {"day": day}
    text = (
        _("since something was returned on %(day)s")
        if line.transaction_type in RETURNS
        else _("since something was taken back on %(day)s")
    ) % {"day": day}
    receipt = line.purchase.order_reference if line.purchase else line.order_reference
    return text + " " + _("(receipt %(number)s)") % {"number": receipt} if receipt else text

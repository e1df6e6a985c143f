"""Why a line of the history is as it is: "€31.95 × 10 = 319.5 points", "with 0.5 of a point kept from before"."""

import math
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.formats.currencies import minor_digits
from groundwork.formats.money import money
from loyalty import promoted
from loyalty.models import LoyaltyTransaction, ProgramTerms, TransactionType
from loyalty.outputs.owed import RETURNS
from loyalty.rules import POINT

# What is let go, or put right, pays nothing.
NOT_SETTLED = (
    TransactionType.DEBT_FORGIVEN,
    TransactionType.FORGIVENESS_ADJUSTED,
    TransactionType.EXPIRY_ADJUSTED,
)


def reasons(line: LoyaltyTransaction, currency: str) -> list[str]:
    """What explains a line, each in a few words; nothing for one that explains itself.

    `currency`: ISO 4217. The line's terms and purchase were read along.
    """
    reckoning = _reckoning(line, currency)
    said = [
        reckoning,
        *_promoted(line, is_on_top=bool(reckoning)),
        _bought(line, currency),
        _receipt(line),
        *_of_which(line),
        *_kept(line),
    ]
    return [text for text in said if text]


def fraction(units: int) -> str:
    """Ten-thousandths of a point as people read them: 5000 is 0.5."""
    return _number(Decimal(units) / POINT)


def _reckoning(line: LoyaltyTransaction, currency: str) -> str:
    """How the points of a purchase come about; empty where something else than its amount counted too."""
    cents, terms = line.purchase_amount_cents, line.terms
    if line.transaction_type != TransactionType.POINTS_EARNED or cents is None or terms is None:
        return ""
    exactly = (cents * terms.points_per_euro * POINT).scaleb(-minor_digits(currency))
    plainly = line.points_exactly - sum(part.points for part in line.parts)
    points = Decimal(plainly) / POINT
    if plainly != _earned(exactly, terms):
        return ""
    values = {
        "amount": money(cents, currency),
        "rate": _number(terms.points_per_euro),
        "points": _number(points),
    }
    text = ngettext(
        "%(amount)s × %(rate)s = %(points)s point",
        "%(amount)s × %(rate)s = %(points)s points",
        math.ceil(points),
    )
    said = text % values
    return said if exactly == plainly else said + " (" + _("rounded down") + ")"


def _promoted(line: LoyaltyTransaction, *, is_on_top: bool) -> list[str]:
    """What promotions gave, each with its name: `is_on_top` of what was reckoned before, or a part of the whole."""
    given = [
        (promotion, Decimal(part.points) / POINT if part.points else Decimal(part.stamps))
        for promotion, part in promoted.parts_of(line)
        if part.points > 0 or part.stamps > 0
    ]
    text = _("plus %(number)s: %(promotion)s") if is_on_top else _("of which %(number)s: %(promotion)s")
    return [text % {"number": _number(number), "promotion": promotion.name} for promotion, number in given]


def _earned(exactly: Decimal, terms: ProgramTerms) -> int:
    step = 1 if terms.carry_remainders else POINT
    return math.floor(exactly / step) * step


def _bought(line: LoyaltyTransaction, currency: str) -> str:
    """What a return is of."""
    if line.transaction_type not in RETURNS or line.purchase is None:
        return ""
    return _("of a purchase of %(amount)s") % {"amount": money(line.purchase.amount_cents, currency)}


def _receipt(line: LoyaltyTransaction) -> str:
    receipt = line.purchase.order_reference if line.purchase else line.order_reference
    return _("receipt %(number)s") % {"number": receipt} if receipt else ""


def _of_which(line: LoyaltyTransaction) -> list[str]:
    """What of a line went to what was owed, and what of it is owed since."""
    settled, owed = line.settled, line.newly_owed
    said = [
        ngettext(
            "of which %(number)s settled what was owed", "of which %(number)s settled what was owed", number
        )
        % {"number": _number(Decimal(number))}
        for number in (settled.stamps, settled.points)
        if number and line.transaction_type not in NOT_SETTLED
    ]
    return said + [
        ngettext("of which %(number)s was spent already", "of which %(number)s were spent already", number)
        % {"number": _number(Decimal(number))}
        for number in (owed.stamps, owed.points)
        if number
    ]


def _kept(line: LoyaltyTransaction) -> list[str]:
    """The fraction of a point that came from before, and the one that stays."""
    after, before = line.points_fraction_after, line.points_fraction_after - line.points_fraction_delta
    if line.transaction_type != TransactionType.POINTS_EARNED or line.points_owed_after:
        return []
    said = []
    if before:
        said.append(_("with %(fraction)s of a point kept from before") % {"fraction": fraction(before)})
    if after:
        said.append(_("%(fraction)s of a point is kept") % {"fraction": fraction(after)})
    return said


def _number(number: Decimal) -> str:
    whole = number == number.to_integral_value()
    return formats.number_format(
        number.quantize(Decimal(1)) if whole else number.normalize(), force_grouping=True
    )

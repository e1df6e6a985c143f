"""What a purchase is worth under a program's terms, and when two receipts are one: pure functions."""

import math
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, Self

from loyalty.rules import POINT


class Promise(Protocol):
    """What a program and its past terms have in common."""

    loyalty_type: str
    points_per_euro: Decimal
    minimum_purchase_cents: int
    carry_remainders: bool


class LoyaltyKind:
    """What the kind of a program says, of its present and of its past terms."""

    loyalty_type: str

    @property
    def has_stamps(self) -> bool:
        return self.loyalty_type in ("stamps", "hybrid")

    @property
    def has_points(self) -> bool:
        return self.loyalty_type in ("points", "hybrid")

    def gives(self, effect: str) -> bool:
        """Whether there is what a promotion gives by its effect: stamps, or points on top and times a factor."""
        return self.has_stamps if effect == "stamps" else self.has_points


@dataclass(frozen=True)
class Terms(LoyaltyKind):
    """What a program promised at a moment, as far as a purchase is concerned."""

    id: int | None
    loyalty_type: str
    points_per_euro: Decimal
    minimum_purchase_cents: int
    carry_remainders: bool

    @classmethod
    def of(cls, promise: Promise, *, terms_id: int | None) -> Self:
        """The terms that a program, or a row of its past ones, states."""
        return cls(
            terms_id,
            promise.loyalty_type,
            promise.points_per_euro,
            promise.minimum_purchase_cents,
            promise.carry_remainders,
        )

    def earns(self, amount_cents: int, *, digits: int) -> int:
        """What a purchase earns, in ten-thousandths of a point, rounded down; nothing below the minimum.

        `amount_cents` is in the currency's minor unit, of which 10 ** `digits` make a whole one. Where remainders are
        not kept, only whole points are earned.

        >>> Terms(None, "points", Decimal("1.5"), 0, True).earns(1999, digits=2)
        299850
        """
        return self.units(amount_cents, digits=digits) if self.counts(amount_cents) else 0

    def units(self, amount_cents: int, *, digits: int) -> int:
        """What an amount is worth in ten-thousandths of a point, whatever the minimum is."""
        return self.kept(amount_cents * self.points_per_euro * POINT / 10**digits)

    def counts(self, amount_cents: int) -> bool:
        """Whether a purchase of so much earns points at all."""
        return self.has_points and amount_cents >= self.minimum_purchase_cents

    def kept(self, exactly: Decimal | int) -> int:
        """Ten-thousandths of a point, rounded down: to whole points where remainders are not kept."""
        units = math.floor(exactly)
        return units if self.carry_remainders else units - units % POINT


def reference_key(reference: str) -> str:
    """A receipt's number as it is compared: NFKC, case-folded, without spaces, invisible characters and dashes.

    >>> reference_key("R - 1") == reference_key("r\u20111")
    True
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", reference).casefold())
    return "".join(character for character in folded if not _is_left_out(character))


# Dashes and minus signs that Unicode does not count among its dashes (Pd).
OTHER_DASHES = frozenset("\u02d7\u2043\u2053\u2212\u2500\u2501\u2796")
# What shows nothing and is a letter, a mark or a symbol to Unicode (its Default_Ignorable_Code_Point, and a blank).
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")


def _is_left_out(character: str) -> bool:
    category = unicodedata.category(character)
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return (
        category[0] in "ZC"  # separators; control, format and unassigned characters
        or category == "Pd"
        or character in OTHER_DASHES
        or character in BLANK
        or is_selector
    )

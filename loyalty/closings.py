"""When purchases were closed: all of them brought back, until that was undone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import Combinable

from loyalty.models import PurchaseReturn


class _Part(NamedTuple):
    of: int
    cents: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Closings:
    """What was brought back of some purchases, and since when."""

    parts: Mapping[int, Sequence[_Part]]

    @classmethod
    def of(cls, purchase_ids: Collection[int]) -> Self:
        """Of some purchases; one statement, none for none."""
        found: dict[int, list[_Part]] = defaultdict(list)
        if purchase_ids:
            rows = PurchaseReturn.objects.filter(purchase__in=purchase_ids).order_by()
            names = ("purchase_id", "purchase__amount_cents", "amount_cents", "created_at", "undone_at")
            for purchase_id, *part in rows.values_list(*names):
                found[purchase_id].append(_Part(*part))
        return cls(found)

    def were_closed(self, purchase_id: int | None, at: datetime) -> bool:
        """Whether all of a purchase (None: there is no receipt) had been brought back by a moment (UTC)."""
        parts = self.parts.get(purchase_id, ()) if purchase_id is not None else ()
        return bool(parts) and _back(parts, at) >= parts[0].of

    def cents_back(self, purchase_id: int, at: datetime) -> int:
        """How much of a purchase had been brought back by a moment (UTC), in cents."""
        return _back(self.parts.get(purchase_id, ()), at)


def _back(parts: Sequence[_Part], at: datetime) -> int:
    return sum(part.cents for part in parts if part.since <= at and (part.until is None or part.until > at))


def were_brought_back(at: datetime | Combinable) -> Q:
    """Which returns counted at a moment (UTC)."""
    return Q(created_at__lte=at) & (Q(undone_at__isnull=True) | Q(undone_at__gt=at))


def cents_brought_back(at: datetime | Combinable) -> Subquery:
    """For a query of lines: how much of a line's purchase had been brought back by a moment (UTC); null for nothing."""
    rows = PurchaseReturn.objects.filter(were_brought_back(at), purchase=OuterRef("purchase")).order_by()
    return Subquery(rows.values("purchase").annotate(cents=Sum("amount_cents")).values("cents"))


# For a query of lines that says `back` by it: those whose purchase was not closed, or that are of none.
STILL_OPEN = Q(purchase__isnull=True) | Q(back__isnull=True) | Q(back__lt=F("purchase__amount_cents"))

"""The days that are still open, counted up to a line: each minute only what was written since is added.

The till writes nothing for it. A line that is committed late is counted as well, since days are moved on only up to a
line below which none turns up any more (`groundwork.database.fences`); those after it are counted by whoever reads.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from groundwork.database import fences
from loyalty.models import DailyFigures, LoyaltyTransaction, MerchantCalendar
from loyalty.models.figures import FIGURES
from loyalty.reporting.counting import count_days, living_lines
from tenancy.models import Merchant


def merchants_behind() -> list[int]:
    """The merchants with lines that their figures do not have yet: one look at the index for each."""
    newest = LoyaltyTransaction.objects.filter(merchant=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    counted = MerchantCalendar.objects.filter(merchant=OuterRef("pk")).values("days_upto")[:1]
    behind = Merchant.objects.annotate(newest=Subquery(newest), counted=Coalesce(Subquery(counted), 0))
    return list(behind.filter(newest__gt=F("counted")).order_by("pk").values_list("pk", flat=True))


def move_days_on(calendar: MerchantCalendar) -> None:
    """Count the lines of open days that are safe by now; the caller has locked the calendar, and saves it."""
    merchant = calendar.merchant
    newest = LoyaltyTransaction.objects.filter(merchant=merchant).aggregate(id=Max("pk"))["id"] or 0
    fences.look(calendar, newest_id=newest, now=fences.snapshot())
    if calendar.open_from is None or calendar.safe_id <= calendar.days_upto:
        return
    since = count_days(
        living_lines(merchant),
        merchant,
        start=calendar.open_from,
        after_line=calendar.days_upto,
        upto_line=calendar.safe_id,
    )
    add(merchant, since, sign=+1)
    calendar.days_upto = calendar.safe_id


def add(merchant: Merchant, counted: Iterable[Mapping[str, Any]], *, sign: int) -> None:
    """Add (+1) figures by store and day to those that are kept, or take them out (-1)."""
    for row in counted:
        day, _made = DailyFigures.objects.get_or_create(
            merchant=merchant, store_id=row["store_id"], date=row["date"]
        )
        for name in FIGURES:
            setattr(day, name, getattr(day, name) + sign * row[name])
        day.save()

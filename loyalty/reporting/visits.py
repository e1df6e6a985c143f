"""Figures of visits: how often customers come, who comes back, and where new cards come from.

    visits.count(merchant, now=now)      # in the worker, once a day has closed
    visits.kept(merchant, store)         # what was counted; None: nothing yet, or by the days of another time zone

All of a closed day is in them, and nothing of later ones. They are made of the ledger anew each time; what is deleted,
brought back or merged in between has them counted again (`MerchantCalendar.visits_behind`), and meanwhile they say so.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from loyalty import rules, sources
from loyalty.models import LoyaltyCard, LoyaltyProgram, MerchantCalendar, VisitFigures
from loyalty.reporting import first_visits
from loyalty.reporting.cards_then import midnight
from loyalty.reporting.first_visits import OF_CARD
from loyalty.visiting import PERIODS, WITHIN, YEAR
from tenancy.models import Merchant, Store

CLOSED_AFTER = rules.OFFLINE_LIMIT + timedelta(hours=1)  # of the next midnight: nothing turns up any more
AGO = (0, *PERIODS)  # days before the last one, as of which it is reckoned who came back
SINCE = {f"since_{days}": days for days in PERIODS} | {f"since_{2 * days}": 2 * days for days in PERIODS}


@dataclass(frozen=True)
class Share:
    """So many of how many."""

    part: int = 0
    whole: int = 0

    @property
    def of_one(self) -> float | None:
        """How many for each of the whole; None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Visits:
    """What is kept of a merchant or a store, up to the end of the day `as_of`.

    `is_behind`: cards were deleted, brought back or merged since it was counted.
    """

    as_of: date
    is_behind: bool
    row: VisitFigures

    def visits(self, days: int) -> tuple[Share, Share]:
        """Visits among the cards that had any: in a period of so many days, and in the one before."""
        visits, cards, visits_before, cards_before = self.row.visits[str(days)]
        return Share(visits, cards), Share(visits_before, cards_before)

    def came_back(self, within: int, days: int) -> tuple[Share, Share]:
        """Cards that came back within so many days of their first visit: now, and a period of `days` earlier."""
        found = self.row.came_back[str(within)]
        return Share(*found["0"]), Share(*found[str(days)])

    def sources(self, days: int) -> list[tuple[sources.Source, int, int]]:
        """Where the new cards of a period come from, where those of the one before did; nothing of none."""
        found = self.row.sources[str(days)]
        return [(source, *found[source.value]) for source in sources.Source if source.value in found]

    def first_days(self, within: int) -> tuple[date, date]:
        """The first and last day on which the first visits lie that are looked at."""
        last = self.as_of - timedelta(days=within)
        return last - timedelta(days=YEAR - 1), last


def kept(merchant: Merchant, store: Store | None = None) -> Visits | None:
    """What was counted last of a merchant or one of its stores, in one statement."""
    behind = MerchantCalendar.objects.filter(merchant=OuterRef("merchant")).values("visits_behind")
    rows = VisitFigures.objects.filter(merchant=merchant, store=store, timezone=merchant.timezone)
    row = rows.annotate(is_behind=Subquery(behind[:1])).first()
    return None if row is None else Visits(row.as_of, bool(row.is_behind), row)


# --- Counting ---------------------------------------------------------------------------------------------


def last_closed_day(merchant: Merchant, *, now: datetime) -> date:
    """The last day that no line recorded offline reaches any more."""
    return (now - CLOSED_AFTER).astimezone(merchant.tzinfo).date() - timedelta(days=1)


def is_due(merchant: Merchant, *, now: datetime) -> bool:
    """Whether there is another day to be counted, or what was counted is behind."""
    if not LoyaltyProgram.objects.filter(merchant=merchant).exists():
        return False
    found = kept(merchant)
    return found is None or found.is_behind or found.as_of != last_closed_day(merchant, now=now)


def mark_behind(merchant_id: int) -> None:
    """Have the visits counted again: cards go, come back or are merged in this transaction."""
    calendars = MerchantCalendar.objects.filter(merchant=merchant_id, visits_behind=False)
    calendars.update(visits_behind=True)


def count(merchant: Merchant, *, now: datetime) -> int:
    """Count up to the last day that is closed, for the merchant and each store; returns how many rows there are."""
    merchant = _begin(merchant)
    with transaction.atomic():
        rows = counted(merchant, as_of=last_closed_day(merchant, now=now))
        first_visits.keep(merchant)
        _keep(merchant, rows)
    return len(rows)


@transaction.atomic
def _begin(merchant: Merchant) -> Merchant:
    """Who deletes cards just now is waited for; who does it from now on says so again."""
    calendar = _locked(merchant)
    MerchantCalendar.objects.filter(pk=calendar.pk).update(visits_behind=False)
    return calendar.merchant  # whoever calls may have read its time zone long ago


def _keep(merchant: Merchant, rows: list[VisitFigures]) -> None:
    """In the place of what was counted before; who counts at the same time waits."""
    _locked(merchant)
    VisitFigures.objects.filter(merchant=merchant).delete()
    VisitFigures.objects.bulk_create(rows)


def _locked(merchant: Merchant) -> MerchantCalendar:
    MerchantCalendar.objects.get_or_create(merchant=merchant)
    calendars = MerchantCalendar.objects.select_related("merchant")
    return calendars.select_for_update(no_key=True, of=("self",)).get(merchant=merchant)


def counted(merchant: Merchant, *, as_of: date) -> list[VisitFigures]:
    """The rows of a merchant and its stores, made of the ledger alone; they are not saved. In a transaction."""
    visits = _visits(merchant, as_of)
    new_cards = _sources(merchant, as_of)
    stores = [None, *Store.objects.filter(merchant=merchant).order_by("pk").values_list("pk", flat=True)]
    return [
        VisitFigures(
            merchant=merchant,
            store_id=store_id,
            as_of=as_of,
            timezone=merchant.timezone,
            sources={str(days): new_cards[store_id, days] for days in PERIODS},
            **_columns(visits.get(store_id, {})),
        )
        for store_id in stores
    ]


def _columns(found: dict[str, int]) -> dict[str, Any]:
    names = ("visits_{0}", "cards_{0}", "visits_before_{0}", "cards_before_{0}")
    return {
        "visits": {str(days): [found.get(name.format(days), 0) for name in names] for days in PERIODS},
        "came_back": {
            str(within): {
                str(ago): [found.get(f"{what}_{within}_{ago}", 0) for what in ("back", "first")]
                for ago in AGO
            }
            for within in WITHIN
        },
    }


# --- The statements ---------------------------------------------------------------------------------------


def _of_card() -> dict[str, str]:
    """By name, what the visits of one card amount to."""
    found = {}
    for days in PERIODS:
        before = f"day <= %(since_{days})s AND day > %(since_{2 * days})s"
        found[f"visits_{days}"] = f"COUNT(*) FILTER (WHERE day > %(since_{days})s)"
        found[f"visits_before_{days}"] = f"COUNT(*) FILTER (WHERE {before})"
    return found


def _of_all() -> dict[str, str]:
    """By name, what all cards amount to."""
    found = {}
    for days in PERIODS:
        for when in ("", "before_"):
            found[f"visits_{when}{days}"] = f"SUM(visits_{when}{days})"
            found[f"cards_{when}{days}"] = f"COUNT(*) FILTER (WHERE visits_{when}{days} > 0)"
    for within in WITHIN:
        for ago in AGO:
            last = f"%(as_of)s::date - {ago + within}"
            first = f"first_day <= {last} AND first_day > {last} - {YEAR}"
            found[f"first_{within}_{ago}"] = f"COUNT(*) FILTER (WHERE {first})"
            found[f"back_{within}_{ago}"] = (
                f"COUNT(*) FILTER (WHERE {first} AND next_day - first_day <= {within})"
            )
    return found


def _listed(columns: dict[str, str]) -> str:
    return ", ".join(f"{expression} AS {name}" for name, expression in columns.items())


FIGURES = f"SELECT store_id, {_listed(_of_all())} FROM {OF_CARD} GROUP BY store_id"


def _visits(merchant: Merchant, as_of: date) -> dict[int | None, dict[str, int]]:
    """The figures by name, of each store and of all of them (None)."""
    values: dict[str, Any] = {name: as_of - timedelta(days=days) for name, days in SINCE.items()}
    values |= {
        "merchant": merchant.pk,
        "zone": merchant.timezone,
        "until": midnight(as_of + timedelta(days=1), merchant),
        "as_of": as_of,
    }
    first_visits.gather(_listed(_of_card()), values)
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, values)
        return {
            store_id: dict(zip(_of_all(), map(int, figures), strict=True))
            for store_id, *figures in cursor.fetchall()
        }


def _sources(merchant: Merchant, as_of: date) -> dict[tuple[int | None, int], dict[str, list[int]]]:
    """By store of enrolment, or None for all, and length of a period: new cards in it and before it, by source."""

    def since(days: int) -> datetime:
        return midnight(as_of - timedelta(days=days - 1), merchant)

    made: QuerySet[Any] = LoyaltyCard.objects.filter(
        merchant=merchant,
        created_at__gte=since(2 * max(PERIODS)),
        created_at__lt=midnight(as_of + timedelta(days=1), merchant),
    )
    counts: dict[str, Count] = {}
    for days in PERIODS:
        inside, both = Q(created_at__gte=since(days)), Q(created_at__gte=since(2 * days))
        counts[f"now_{days}"] = Count("pk", filter=inside)
        counts[f"before_{days}"] = Count("pk", filter=both & ~inside)
    found: dict[tuple[int | None, int], dict[str, list[int]]] = defaultdict(dict)
    by_source = made.annotate(source=sources.source()).order_by()
    rows = by_source.values("enrolled_at_store_id", "source").annotate(**counts)
    for row in rows:
        for days in PERIODS:
            numbers = [row[f"now_{days}"], row[f"before_{days}"]]
            for store_id in {None, row["enrolled_at_store_id"]} if any(numbers) else ():
                total = found[store_id, days].setdefault(row["source"], [0, 0])
                total[:] = [a + b for a, b in zip(total, numbers, strict=True)]
    return found

"""The figures of what happens at tills, by staff PIN, till and store: one statement for each kind, whatever the ledger.

Each day of the weeks before gives one figure of each of them, the highest; each day that is looked at gives the highest
few, with the card and the moments they are about. Days and hours are those of the store's own clock.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from loyalty import hours
from loyalty.norms import Kind
from tenancy.models import Merchant, Store

WEEKS = 8  # that are the norm
HIGHEST = 5  # figures of a day that is looked at, of one person, till or store
FAVOURITES = 3  # cards whose share is looked at
LEAST_IN_A_WEEK = 40  # entries, of which a share says something
LEAST_IN_A_DAY = 10


@dataclass(frozen=True)
class Figure:
    """What one staff PIN, till or store did on a day; `about` is "staff_pin", "till" or "store"."""

    store_id: int
    about: str
    about_id: int
    day: date
    card_id: int | None
    value: int
    entries: int
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Period:
    """The days that are looked at, `first` to `last`; the weeks before `first` are the norm."""

    first: date
    last: date

    @property
    def start(self) -> date:
        return self.first - timedelta(weeks=WEEKS)


# What people did at a store, by its own clock; nothing that a customer or the system did.
ENTRIES = """
WITH entry AS (
    SELECT line.id, line.card_id, line.store_id, line.staff_pin_id, line.till_id, line.transaction_type AS kind,
        line.stamps_delta, line.points_delta, line.recorded_offline, line.voids_id, line.transaction_at AS at,
        timezone(COALESCE(NULLIF(store.timezone, ''), %(timezone)s), line.transaction_at) AS local
    FROM loyalty_loyaltytransaction line JOIN tenancy_store store ON store.id = line.store_id
    WHERE line.merchant_id = %(merchant)s AND line.transaction_at >= %(since)s AND line.transaction_at < %(until)s
        AND (line.staff_pin_id IS NOT NULL OR line.till_id IS NOT NULL OR line.user_id IS NOT NULL
            OR line.api_key_id IS NOT NULL)
), entry_of_day AS (
    SELECT *, local::date AS day FROM entry WHERE local::date BETWEEN %(start)s AND %(last)s
), giving AS (
    SELECT * FROM entry_of_day given
    WHERE (kind IN ('stamp_earned', 'points_earned') OR (kind = 'points_adjustment' AND points_delta > 0))
        AND NOT EXISTS (
            SELECT 1 FROM loyalty_loyaltytransaction undoing
            WHERE undoing.voids_id = given.id AND undoing.merchant_id = %(merchant)s
                AND undoing.transaction_type IN ('stamp_voided', 'points_voided')
        )
), {found}
SELECT kind, store_id, about, about_id, day, card_id, value, entries, since, until
FROM (
    SELECT found.*, row_number() OVER (
        PARTITION BY kind, store_id, about, about_id, day ORDER BY value DESC, card_id
    ) AS place
    FROM found
) ranked
WHERE place <= CASE WHEN day >= %(first)s THEN {highest} ELSE 1 END
ORDER BY kind, store_id, about, about_id, day, place"""

# Each row counts for the person, the till and the store.
ABOUT = """CROSS JOIN LATERAL (
    VALUES ('staff_pin', staff_pin_id), ('till', till_id), ('store', store_id)
) subject (about, about_id)"""

AN_HOUR = f"""together AS (
    SELECT store_id, staff_pin_id, till_id, day, date_part('hour', local) AS hour, card_id,
        SUM(stamps_delta) AS stamps, SUM(points_delta) AS points, COUNT(*) AS entries,
        MIN(at) AS since, MAX(at) AS until
    FROM giving GROUP BY 1, 2, 3, 4, 5, 6
), found AS (
    SELECT figure.kind, store_id, about, about_id, day, card_id, SUM(figure.value)::bigint AS value,
        SUM(entries)::bigint AS entries, MIN(since) AS since, MAX(until) AS until
    FROM together {ABOUT} CROSS JOIN LATERAL (
        VALUES ('{Kind.STAMPS_AN_HOUR}', stamps), ('{Kind.POINTS_AN_HOUR}', points)
    ) figure (kind, value)
    WHERE about_id IS NOT NULL AND figure.value > 0
    GROUP BY figure.kind, store_id, about, about_id, day, hour, card_id
)"""

# Weeks back from the last day; a week is named by its last day.
FEW_CARDS = f"""together AS (
    SELECT store_id, staff_pin_id, till_id, (%(last)s::date - day) / 7 AS week, card_id, COUNT(*) AS given,
        MIN(at) AS since, MAX(at) AS until
    FROM giving GROUP BY 1, 2, 3, 4, 5
), by_card AS (
    SELECT store_id, about, about_id, week, card_id, SUM(given) AS given, MIN(since) AS since, MAX(until) AS until
    FROM together {ABOUT} WHERE about_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5
), placed AS (
    SELECT by_card.*, row_number() OVER (
        PARTITION BY store_id, about, about_id, week ORDER BY given DESC, card_id
    ) AS card_place
    FROM by_card
), found AS (
    SELECT '{Kind.FEW_CARDS}' AS kind, store_id, about, about_id, %(last)s::date - 7 * week AS day,
        (array_agg(card_id ORDER BY card_place))[1] AS card_id,
        (100 * SUM(given) FILTER (WHERE card_place <= {FAVOURITES}) / SUM(given))::bigint AS value,
        SUM(given)::bigint AS entries, MIN(since) AS since, MAX(until) AS until
    FROM placed
    GROUP BY store_id, about, about_id, week HAVING SUM(given) >= {LEAST_IN_A_WEEK}
)"""

# What undoes a reward; or what undoes something by which a reward was had meanwhile.
REWARDS = "('stamp_redeemed', 'points_redeemed')"
UNDONE_AFTERWARDS = f"""voids_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM loyalty_loyaltytransaction before
        WHERE before.id = done.voids_id AND (before.transaction_type IN {REWARDS} OR EXISTS (
            SELECT 1 FROM loyalty_loyaltytransaction reward
            WHERE reward.card_id = done.card_id AND reward.transaction_type IN {REWARDS}
                AND reward.id > before.id AND reward.id < done.id
        ))
    )"""
# A reward on a card that its customer made alone, within the hour before.
REDEEMED_AT_ONCE = f"""kind IN {REWARDS} AND EXISTS (
        SELECT 1 FROM loyalty_loyaltytransaction made
        WHERE made.card_id = done.card_id AND made.transaction_type = 'card_created'
            AND made.transaction_at > done.at - interval '1 hour' AND made.staff_pin_id IS NULL
            AND made.user_id IS NULL AND made.api_key_id IS NULL AND made.till_id IS NULL
    )"""
MINUTE_OF_WEEK = "(date_part('epoch', local - date_trunc('week', local)) / 60)::int"
FLAGS = {
    Kind.OFFLINE: "recorded_offline",
    # A store of which nobody knows when it is open has no such figure.
    Kind.OUTSIDE_HOURS: f"NOT open.week @> {MINUTE_OF_WEEK}",
    Kind.UNDONE_AFTERWARDS: UNDONE_AFTERWARDS,
    Kind.REDEEMED_AT_ONCE: REDEEMED_AT_ONCE,
}


def _counted() -> str:
    """How many of each there are, and when; a day with entries, but with none of these, counts as 0."""
    return ", ".join(
        f"COUNT({flag}) AS {flag}_known, COUNT(*) FILTER (WHERE {flag}) AS {flag}, "
        f"MIN(at) FILTER (WHERE {flag}) AS {flag}_since, MAX(at) FILTER (WHERE {flag}) AS {flag}_until"
        for flag in FLAGS
    )


def _each_kind() -> str:
    return ", ".join(f"('{flag}', {flag}_known, {flag}, {flag}_since, {flag}_until)" for flag in FLAGS)


A_DAY = f"""flagged AS (
    SELECT done.store_id, staff_pin_id, till_id, day, at,
        {", ".join(f"{condition} AS {flag}" for flag, condition in FLAGS.items())}
    FROM entry_of_day done LEFT JOIN unnest(%(stores)s::bigint[], %(weeks)s::int4multirange[]) AS open (store_id, week)
        ON open.store_id = done.store_id
), together AS (
    SELECT store_id, staff_pin_id, till_id, day, {_counted()}
    FROM flagged GROUP BY 1, 2, 3, 4
), counted AS (
    SELECT figure.kind, store_id, about, about_id, day, SUM(figure.value) AS value,
        SUM(figure.entries)::bigint AS entries, MIN(figure.since) AS since, MAX(figure.until) AS until
    FROM together {ABOUT} CROSS JOIN LATERAL (VALUES {_each_kind()}) figure (kind, entries, value, since, until)
    WHERE about_id IS NOT NULL AND figure.entries > 0
    GROUP BY 1, 2, 3, 4, 5
), found AS (
    SELECT kind, store_id, about, about_id, day, NULL::bigint AS card_id,
        (CASE WHEN kind = '{Kind.OFFLINE}' THEN 100 * value / entries ELSE value END)::bigint AS value,
        entries, since, until
    FROM counted WHERE kind <> '{Kind.OFFLINE}' OR entries >= {LEAST_IN_A_DAY}
)"""

# What has no till counts as one at its store; the card is told where it was most.
MANY_TILLS = f"""found AS (
    SELECT '{Kind.MANY_TILLS}' AS kind, mode() WITHIN GROUP (ORDER BY store_id) AS store_id, 'store' AS about,
        mode() WITHIN GROUP (ORDER BY store_id) AS about_id, day, card_id,
        COUNT(DISTINCT COALESCE(till_id, -store_id)) AS value, COUNT(*) AS entries, MIN(at) AS since, MAX(at) AS until
    FROM entry_of_day GROUP BY day, card_id
)"""

STATEMENTS = (AN_HOUR, FEW_CARDS, A_DAY, MANY_TILLS)

WORKING_HOURS = """
SELECT store_id, extract(isodow FROM local)::int - 1 AS weekday, extract(hour FROM local)::int AS hour,
    COUNT(DISTINCT local::date)
FROM (
    SELECT line.store_id, timezone(COALESCE(NULLIF(store.timezone, ''), %(timezone)s), transaction_at) AS local
    FROM loyalty_loyaltytransaction line JOIN tenancy_store store ON store.id = line.store_id
    WHERE line.merchant_id = %(merchant)s AND transaction_at >= %(since)s AND transaction_at < %(before)s
        AND (staff_pin_id IS NOT NULL OR till_id IS NOT NULL OR user_id IS NOT NULL OR api_key_id IS NOT NULL)
) entry
GROUP BY GROUPING SETS ((store_id, weekday, hour), (store_id, weekday))"""


def figures(merchant: Merchant, period: Period) -> Iterator[tuple[Kind, Figure]]:
    """Every figure of a period, and of the weeks before it."""
    asked = _asked(merchant, period) | _as_ranges(open_hours(merchant, period))
    for found in STATEMENTS:
        sql = ENTRIES.replace("{found}", found).replace("{highest}", str(HIGHEST))
        for kind, *row in _rows(sql, asked):
            yield Kind(kind), Figure(*row)


def open_hours(merchant: Merchant, period: Period) -> dict[int, hours.Week]:
    """When each store is open: as it tells its customers, else as it has worked in the weeks before."""
    learned = _learned(merchant, period)
    found = {}
    for store in Store.objects.filter(merchant=merchant).order_by("pk"):
        said = hours.read(store.opening_hours, store.default_language)
        week = said if said is not None else learned.get(store.pk)
        if week is not None:
            found[store.pk] = hours.with_slack(week)
    return found


def _learned(merchant: Merchant, period: Period) -> dict[int, hours.Week | None]:
    active: dict[int, dict[int, int]] = defaultdict(dict)
    by_hour: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    for store_id, weekday, hour, days in _rows(WORKING_HOURS, _asked(merchant, period)):
        if hour is None:
            active[store_id][weekday] = days
        else:
            by_hour[store_id][weekday, hour] = days
    return {store_id: hours.usual(active[store_id], by_hour[store_id]) for store_id in active}


def _as_ranges(weeks: Mapping[int, hours.Week]) -> dict[str, Any]:
    """Each store's hours as one set of minutes of the week."""
    return {"stores": list(weeks), "weeks": [_as_range(week) for week in weeks.values()]}


def _as_range(week: hours.Week) -> str:
    spans = [
        f"[{weekday * hours.DAY + opens},{weekday * hours.DAY + closes})"
        for weekday, given in week.items()
        for opens, closes in given
    ]
    return "{" + ",".join(spans) + "}"


def _asked(merchant: Merchant, period: Period) -> dict[str, Any]:
    """A day more on either side: a store's own clock may be another one."""
    zone, a_day = merchant.tzinfo, timedelta(days=1)
    return {
        "merchant": merchant.pk,
        "timezone": merchant.timezone,
        "start": period.start,
        "first": period.first,
        "last": period.last,
        "since": datetime.combine(period.start - a_day, time.min, zone),
        "before": datetime.combine(period.first, time.min, zone),
        "until": datetime.combine(period.last + 2 * a_day, time.min, zone),
    }


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()

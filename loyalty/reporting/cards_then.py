"""What cards were after a line of the ledger: what they are now, less what their lines since then say.

Which lines are counted is said by a `Point`: all of before the moment `until`, at which closed days end, and of the
days since then those up to the id `upto`.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connections
from django.db.models import Min, Q

from groundwork.database import reading
from loyalty.models import CardSnapshot, LoyaltyProgram, LoyaltyTransaction
from loyalty.models import TransactionType as Kind
from tenancy.models import Merchant

RECENT_DAYS = 30  # today and the 29 before
NEWEST = 2**63 - 1
LIVING_CARDS = "card.program_id = %(program)s AND card.deleted_at IS NULL"
BATCH = "card.program_id = %(program)s AND card.deletion_batch = ANY(%(batches)s)"


@dataclass(frozen=True)
class Amount:
    """Cards, how many of them are active, and what their stamps and points are worth (cents)."""

    cards: int = 0
    active: int = 0
    liability: int = 0

    def plus(self, other: "Amount", times: int = 1) -> "Amount":
        return Amount(*[a + times * b for a, b in zip(astuple(self), astuple(other), strict=True)])


@dataclass(frozen=True)
class Point:
    """Which lines a snapshot has: all of before a moment, and those up to an id of the days since then."""

    until: datetime
    upto: int = 0

    @classmethod
    def of(cls, row: CardSnapshot) -> "Point":
        """That of a row of it."""
        return cls(row.until, row.upto)

    @property
    def values(self) -> dict[str, Any]:
        """What the statements ask for."""
        return {"until": self.until, "upto": self.upto}


def midnight(day: date, merchant: Merchant) -> datetime:
    """When a local day of a merchant begins."""
    return datetime.combine(day, time.min, tzinfo=merchant.tzinfo)


def terms(program: LoyaltyProgram) -> str:
    """What a program's liability hangs on besides the cards; a snapshot taken on other terms says nothing."""
    return f"{program.stamps_reward_value_cents or 0}/{program.stamps_target} {point_value(program)}"


def point_value(program: LoyaltyProgram) -> int:
    """What a point is worth, in ten-thousandths of a cent."""
    # It has four decimals at most: in whole ten-thousandths the division is exact.
    return int(program.point_value_cents * 10_000)


# --- The statements ---------------------------------------------------------------------------------------

SWITCHING = (
    f"('{Kind.CARD_CREATED}', '{Kind.CARD_REACTIVATED}', '{Kind.CARD_DEACTIVATED}', '{Kind.MERGE_OUT}')"
)


def _liability(stamps: str, points: str) -> str:
    """Whole cents of one card: `/` of whole numbers rounds down."""
    return (
        f"(CAST({stamps} AS bigint) * %(reward)s / %(target)s + CAST({points} AS bigint) * %(value)s / 10000)"
    )


def _net(balance: str, amount: str, moment: str) -> str:
    """What is owed is no balance: before its lines since, a card had what its net was then, or nothing."""
    return f"GREATEST(card.{balance} - card.{amount}_owed - COALESCE(since.{moment}_{amount}, 0), 0)"


# The lines that a snapshot does not have yet, and those that it has.
SINCE = "{0}.transaction_at >= %(until)s AND {0}.id > %(upto)s"
COUNTED = "({0}.transaction_at < %(until)s OR {0}.id <= %(upto)s)"


def _of_card(moment: str, upto: str) -> str:
    """What a card was before its lines above an id: `moment` begins the names of the sums of those."""
    return f"""
        1 - COALESCE(since.{moment}_new, 0) AS {moment}_there,
        CASE WHEN since.{moment}_switched = 1 THEN COALESCE((
            SELECT CASE WHEN line.transaction_type IN ('{Kind.CARD_DEACTIVATED}', '{Kind.MERGE_OUT}') THEN 0 ELSE 1 END
            FROM loyalty_loyaltytransaction line
            WHERE line.card_id = card.id AND (line.transaction_at < %(until)s OR line.id <= {upto})
                AND line.transaction_type IN {SWITCHING}
            ORDER BY line.id DESC LIMIT 1
        ), 1) WHEN card.is_active THEN 1 ELSE 0 END AS {moment}_active,
        {_liability(_net("stamp_count", "stamps", moment), _net("points_balance", "points", moment))}
            AS {moment}_liability"""


def _of_lines(moment: str, upto: str) -> str:
    """What the lines of a card above an id add up to."""
    above = f"FILTER (WHERE line.id > {upto})"
    return f"""
        SUM(stamps_delta) {above} AS {moment}_stamps, SUM(points_delta) {above} AS {moment}_points,
        MAX(CASE WHEN transaction_type = '{Kind.CARD_CREATED}' THEN 1 ELSE 0 END) {above} AS {moment}_new,
        MAX(CASE WHEN transaction_type IN {SWITCHING} THEN 1 ELSE 0 END) {above} AS {moment}_switched"""


# A card was active if the last line that switches it says so; a line that switches off may find it switched off.
AMOUNTS = f"""
SELECT store_id, SUM(after_there), SUM(after_there * after_active), SUM(after_there * after_liability),
    SUM(before_there), SUM(before_there * before_active), SUM(before_there * before_liability)
FROM (
    SELECT card.enrolled_at_store_id AS store_id, {_of_card("after", "%(moved_to)s")},
        {_of_card("before", "%(upto)s")}
    FROM loyalty_loyaltycard card {{join}} (
        SELECT card_id, {_of_lines("after", "%(moved_to)s")}, {_of_lines("before", "%(upto)s")}
        FROM loyalty_loyaltytransaction line
        WHERE line.merchant_id = %(merchant)s AND {SINCE.format("line")}
        GROUP BY card_id
    ) since ON since.card_id = card.id
    WHERE card.merchant_id = %(merchant)s AND {{where}}
) figures GROUP BY store_id"""

SEEN = f"""
SELECT {{store}}, {{days}} FROM (
    SELECT {{line_store}} line.card_id, MAX(line.transaction_at) AS seen
    FROM loyalty_loyaltytransaction line JOIN loyalty_loyaltycard card ON card.id = line.card_id
    WHERE line.merchant_id = %(merchant)s AND line.transaction_at >= %(day_0)s AND {COUNTED.format("line")}
        AND line.transaction_type <> 'points_expired' AND {{where}}
    GROUP BY {{line_store}} line.card_id
) cards {{group}}"""

# The cards with a line since, and when each was seen last before it: it is new on all the days in between.
NEWLY_SEEN = f"""
SELECT {{store}}, {{days}} FROM (
    SELECT moved.*, (
        SELECT MAX(line.transaction_at) FROM loyalty_loyaltytransaction line
        WHERE line.card_id = moved.card_id AND line.id >= %(first_line)s AND line.transaction_at >= %(day_0)s
            AND {COUNTED.format("line")} AND line.transaction_type <> 'points_expired' {{same_store}}
    ) AS seen FROM (
        SELECT DISTINCT {{line_store}} line.card_id
        FROM loyalty_loyaltytransaction line JOIN loyalty_loyaltycard card ON card.id = line.card_id
        WHERE line.merchant_id = %(merchant)s AND {SINCE.format("line")} AND line.id <= %(moved_to)s
            AND line.transaction_type <> 'points_expired' AND {LIVING_CARDS}
    ) moved
) cards {{group}}"""


# --- Asking ------------------------------------------------------------------------------------------------


def amounts(
    program: LoyaltyProgram,
    point: Point,
    where: str,
    *,
    every: bool,
    moved_to: int = NEWEST,
    **more: Any,
) -> list[tuple[int | None, Amount, Amount]]:
    """(store of enrolment, amount after a line, amount then) of `every` card, or of those with a line since."""
    values = {
        **point.values,
        "moved_to": moved_to,
        "reward": program.stamps_reward_value_cents or 0,
        "target": program.stamps_target,
        "value": point_value(program),
        **more,
    }
    rows = _rows(program, AMOUNTS.format(join="LEFT JOIN" if every else "JOIN", where=where), values)
    return [(row[0], Amount(*map(int, row[1:4])), Amount(*map(int, row[4:]))) for row in rows]


def seen_since(
    program: LoyaltyProgram, point: Point, where: str, **more: Any
) -> dict[int | None, dict[str, int]]:
    """By store, and by None for all: how many cards have a line that is counted, of a day or later."""
    return _by_day(program, SEEN, point, "SUM(CASE WHEN seen >= {0} THEN 1 ELSE 0 END)", where=where, **more)


def newly_seen(
    program: LoyaltyProgram, point: Point, first_lines: Mapping[str, int], *, moved_to: int
) -> dict[int | None, dict[str, int]]:
    """The same of the lines since then, up to an id: how many cards more."""
    counted = "SUM(CASE WHEN seen >= {0} THEN 0 ELSE 1 END)"
    first_line = min(first_lines.values(), default=0)
    return _by_day(program, NEWLY_SEEN, point, counted, first_line=first_line, moved_to=moved_to)


def _by_day(
    program: LoyaltyProgram, sql: str, point: Point, counted: str, *, where: str = "", **more: Any
) -> dict[int | None, dict[str, int]]:
    days = _closed_days(program, point.until)
    values: dict[str, Any] = {f"day_{number}": start for number, start in enumerate(days.values())}
    counts = ", ".join(counted.format(f"%({name})s") for name in values)
    values |= {**point.values, **more}
    whole = {"store": "NULL", "line_store": "", "same_store": "", "group": ""}
    stores = {
        "store": "store_id",
        "line_store": "line.store_id,",
        "same_store": "AND line.store_id = moved.store_id",
        "group": "GROUP BY store_id",
    }
    rows = _rows(program, sql.format(days=counts, where=where, **whole), values)
    rows += [
        row
        for row in _rows(program, sql.format(days=counts, where=where, **stores), values)
        if row[0] is not None
    ]
    return {row[0]: {day: int(n or 0) for day, n in zip(days, row[1:], strict=True)} for row in rows}


def first_lines(program: LoyaltyProgram, until: datetime, safe_id: int) -> dict[str, int]:
    """By closed day: an id below which no line is of this day or later, or ever will be."""
    days = _closed_days(program, until)
    lines = LoyaltyTransaction.objects.filter(
        merchant=program.merchant_id, transaction_at__gte=min(days.values())
    )
    ids = {day: Min("pk", filter=Q(transaction_at__gte=start)) for day, start in days.items()}
    return {
        day: min(line_id, safe_id) for day, line_id in lines.aggregate(**ids).items() if line_id is not None
    }


def _closed_days(program: LoyaltyProgram, until: datetime) -> dict[str, datetime]:
    """The closed days that "the last 30 days" may begin with, and when each began."""
    last = until.astimezone(program.merchant.tzinfo).date()
    days = [last - timedelta(days=number) for number in range(RECENT_DAYS - 1, 0, -1)]
    return {day.isoformat(): midnight(day, program.merchant) for day in days}


def _rows(program: LoyaltyProgram, sql: str, values: dict[str, Any]) -> list[tuple]:
    values = values | {"merchant": program.merchant_id, "program": program.pk}
    connection = connections[reading.alias()]
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(sql, {name: adapt(v) if isinstance(v, datetime) else v for name, v in values.items()})
        return cursor.fetchall()

"""The rows of a rehearsal, family by family: three cursors of the server side by side, each in the families' order.

Nothing is sorted or kept here, so memory holds a family at a time, however many there are. The cursors live within one
transaction, as a pooler that hands connections out by transactions wants it.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import connections
from psycopg import adapters
from psycopg.pq import Format

from groundwork.database import reading
from loyalty import rules
from loyalty.models import LoyaltyProgram
from loyalty.models import TransactionType as Kind
from loyalty.reporting.rehearsal.told import Family, Holder, Line, Receipt
from loyalty.triggers import CARD, LEDGER, PURCHASE, RETURN

AT_ONCE = 2_000
EVER = datetime(1970, 1, 1, tzinfo=UTC)
# psycopg's own way to read a moment: Django's is several times as slow, and there are millions of them.
MOMENT = adapters.types["timestamptz"].oid
MOMENTS = adapters.get_loader(MOMENT, Format.TEXT)
Row = TypeVar("Row", Holder, Receipt, Line)
FAMILY = "COALESCE(card.merged_into_id, card.id)"
NO_ACTIVITY = ", ".join(map(repr, sorted(map(str, rules.NOT_ACTIVITY))))
EARNED = f"'{Kind.POINTS_EARNED}', '{Kind.STAMP_EARNED}'"


@dataclass(frozen=True)
class Window:
    """The days that are played: from `start` (UTC; None: since ever) on, counted in a time zone from `first_day`."""

    zone: ZoneInfo
    first_day: date
    start: datetime | None = None


def families(
    program: LoyaltyProgram, window: Window, *, with_activity: bool = False, with_visits: bool = False
) -> Iterator[Family]:
    """Every family of a program's cards. `with_activity`, `with_visits`: with what was before the window."""
    start = window.start or EVER
    values = {
        "program": program.pk,
        "merchant": program.merchant_id,
        "start": start,
        "slack": start - rules.OFFLINE_LIMIT - rules.CLOCK_GRACE,
        "zone": str(window.zone),
        "first_day": window.first_day,
    }
    alias = reading.alias()
    connection = connections[alias]
    with reading.one_moment(alias), ExitStack() as stack:  # three statements, while tills go on
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL cursor_tuple_fraction = 1")  # all of it is read
        holders = _Stream(connection, stack, Holder, _holders(with_activity, with_visits), values)
        receipts = _Stream(connection, stack, Receipt, RECEIPTS, values)
        lines = _Stream(connection, stack, Line, LINES, values)
        while (family := holders.next_family()) is not None:
            yield Family(holders.of(family), receipts.of(family), lines.of(family))


class _Stream:
    """The rows of a statement that is ordered by families, one family after the other."""

    def __init__(
        self, connection: Any, stack: ExitStack, kind: type[Row], sql: str, values: dict[str, Any]
    ) -> None:
        self.cursor = stack.enter_context(connection.chunked_cursor())
        if MOMENTS is not None:
            self.cursor.cursor.adapters.register_loader(MOMENT, MOMENTS)
        self.cursor.execute(sql, values)
        self.make, self.rows, self.place = kind._make, [], 0  # type: ignore[var-annotated]

    def _peek(self) -> Sequence[Any] | None:
        if self.place == len(self.rows):
            self.rows, self.place = self.cursor.fetchmany(AT_ONCE), 0
        return self.rows[self.place] if self.rows else None

    def next_family(self) -> int | None:
        row = self._peek()
        return None if row is None else row[0]

    def of(self, family: int) -> list[Any]:
        found = []
        while (row := self._peek()) is not None and row[0] == family:
            found.append(self.make(row))
            self.place += 1
        return found


def _holders(with_activity: bool, with_visits: bool) -> str:
    active = ACTIVE if with_activity else "NULL"
    visits, joined = ("visited.days, visited.brought", VISITED) if with_visits else ("NULL, 0", "")
    return f"""
SELECT {FAMILY}, card.id, card.stamp_count - card.stamps_owed,
    (card.points_balance - card.points_owed) * {rules.POINT} + card.points_fraction, card.deleted_at IS NULL,
    card.last_activity_at, customer.birth_date, customer.tags, {active}, {visits}
FROM {CARD} card JOIN customers_customer customer ON customer.id = card.customer_id {joined}
WHERE card.program_id = %(program)s ORDER BY 1, 2"""


ACTIVE = f"""(SELECT MAX(transaction_at) FROM {LEDGER} WHERE card_id = card.id AND transaction_at < %(start)s
    AND transaction_type NOT IN ({NO_ACTIVITY}))"""


def _recorded(row: str, happened: str) -> str:
    return f"CASE WHEN {row}.recorded_offline THEN {row}.created_at ELSE {row}.{happened} END"


VISITED = f"""CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT day) FILTER (WHERE is_earned) AS days, COUNT(*) FILTER (WHERE NOT is_earned) AS brought
    FROM (
        SELECT (COALESCE(bought.purchased_at, first.transaction_at, line.transaction_at)
                AT TIME ZONE COALESCE(NULLIF(store.timezone, ''), %(zone)s))::date AS day,
            line.transaction_type IN ({EARNED}) AS is_earned
        FROM {LEDGER} line LEFT JOIN tenancy_store store ON store.id = line.store_id
        LEFT JOIN {PURCHASE} bought ON bought.id = line.purchase_id
        LEFT JOIN {LEDGER} taken_back ON taken_back.id = line.restores_id
        LEFT JOIN {LEDGER} first ON first.id = taken_back.voids_id
        WHERE line.card_id = card.id AND {_recorded("line", "transaction_at")} < %(start)s
            AND line.transaction_type IN ({EARNED}, '{Kind.OPENING_BALANCE}') AND bought.is_open IS NOT FALSE
            AND NOT EXISTS (SELECT 1 FROM {LEDGER} undoing WHERE undoing.voids_id = line.id)
    ) stood
) visited"""


def _local(moment: str) -> str:
    local = f"({moment} AT TIME ZONE %(zone)s)"
    return f"GREATEST({local}::date - %(first_day)s::date, 0), EXTRACT(hour FROM {local})::int"


RECEIPTS = f"""
SELECT {FAMILY}, card.id, bought.id, bought.store_id, bought.terms_id, bought.amount_cents,
    NULLIF(bought.items, '[]')::text, bought.offers::text, bought.purchased_at, {_local("bought.purchased_at")}
FROM {PURCHASE} bought JOIN {CARD} card ON card.id = bought.card_id
WHERE bought.merchant_id = %(merchant)s AND card.program_id = %(program)s
    AND {_recorded("bought", "purchased_at")} >= %(start)s
ORDER BY 1, bought.id"""

LINES = f"""
SELECT {FAMILY}, card.id, line.id, line.store_id, line.transaction_type, line.stamps_delta,
    line.points_delta * {rules.POINT} + line.points_fraction_delta,
    line.stamps_balance_after - line.stamps_owed_after,
    (line.points_balance_after - line.points_owed_after) * {rules.POINT} + line.points_fraction_after,
    CASE WHEN line.promotions IS NULL THEN 0 ELSE (
        SELECT COALESCE(SUM((part->>'stamps')::int), 0)::int FROM jsonb_array_elements(line.promotions) part) END,
    line.purchase_id, line.purchase_return_id, part.amount_cents, part.undone_at, line.voids_id,
    line.reward_id, line.reward_points_cost, CASE WHEN line.restores_id IS NOT NULL THEN (
        SELECT first.transaction_at FROM {LEDGER} undoing JOIN {LEDGER} first ON first.id = undoing.voids_id
        WHERE undoing.id = line.restores_id) END, line.transaction_at, {_local("line.transaction_at")}
FROM {LEDGER} line JOIN {CARD} card ON card.id = line.card_id
LEFT JOIN {RETURN} part ON part.id = line.purchase_return_id
WHERE line.merchant_id = %(merchant)s AND card.program_id = %(program)s AND line.transaction_at >= %(slack)s
    AND {_recorded("line", "transaction_at")} >= %(start)s
ORDER BY 1, line.id"""

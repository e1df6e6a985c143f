"""Rule 7: recomputing every card from the ledger alone, and naming those that differ.

Set-based, in ranges of card ids: the memory needed does not grow with the ledger.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from loyalty import rules
from loyalty.models import LoyaltyCard
from loyalty.models.card import COUNTERS

CARDS_AT_ONCE = 250_000
LEDGER = "loyalty_loyaltytransaction"
# The two counters of what was voided follow from the others: the table's CHECKs hold the sums together.
IMPLIED = {"total_stamps_voided", "total_points_voided"}
# A card's net, and what its lines say of it; the counters come from the tables the ledger writes by.
NETS = {
    "stamp_count": ("card.stamp_count - card.stamps_owed", "SUM(stamps_delta)"),
    "points_balance": ("card.points_balance - card.points_owed", "SUM(points_delta)"),
    "points_fraction": ("card.points_fraction", "SUM(points_fraction_delta)"),
}
FIGURES = (*NETS, *[counter for counter in COUNTERS if counter not in IMPLIED])


class CardsDiffer(Exception):
    """Some cards are not what their ledger says."""


@dataclass(frozen=True)
class Difference:
    """A card whose figure is not what its ledger says; `figure` "chain" counts broken links."""

    card_id: int
    card_number: str
    figure: str
    on_card: int
    in_ledger: int

    def __str__(self) -> str:
        number = f"{self.card_number[:4]}-{self.card_number[4:8]}-{self.card_number[8:]}"
        if self.figure == "chain":
            return f"card {self.card_id} ({number}): {self.in_ledger} broken links in its ledger"
        return f"card {self.card_id} ({number}): {self.figure} is {self.on_card}, its ledger says {self.in_ledger}"


def differences(*, progress: Callable[[int], Any] = bool) -> Iterator[Difference]:
    """Every difference, card by card; `progress` is told how many card ids have been gone through."""
    first, last = _id_range()
    starts = range(first, last + 1, CARDS_AT_ONCE)
    for start, rows in zip(starts, _wrong_rows_of_each(starts), strict=True):
        for row in rows:
            yield from _differing(row)
        progress(min(CARDS_AT_ONCE, last + 1 - start))


def _wrong_rows_of_each(starts: Sequence[int]) -> Iterator[list[tuple]]:
    """Two ranges at once, each on a connection of its own; one after the other inside a caller's transaction."""
    if connection.in_atomic_block:
        yield from map(_wrong_rows, starts)
        return
    with ThreadPoolExecutor(max_workers=2) as threads:
        yield from threads.map(_wrong_rows_apart, starts)


def _wrong_rows_apart(start: int) -> list[tuple]:
    try:
        return _wrong_rows(start)
    finally:
        connection.close()


@transaction.atomic
def _wrong_rows(start: int) -> list[tuple]:
    end = start + CARDS_AT_ONCE
    with connection.cursor() as cursor:
        # One sort of a whole range in memory; compiling the many CASEs would cost more than it saves.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(_query(), [start, end, start, end])
        return cursor.fetchall()


def card_ids() -> int:
    """How many card ids there are to go through."""
    first, last = _id_range()
    return last + 1 - first


def _id_range() -> tuple[int, int]:
    table = LoyaltyCard._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MIN(id), 1), COALESCE(MAX(id), 0) FROM {table}")
        return cursor.fetchone()


def _differing(row: tuple) -> Iterator[Difference]:
    card_id, card_number, broken, *figures = row
    on_card, in_ledger = figures[: len(FIGURES)], figures[len(FIGURES) :]
    for name, has, should in zip(FIGURES, on_card, in_ledger, strict=True):
        if has != should:
            yield Difference(card_id, card_number, name, has, int(should))
    if broken:
        yield Difference(card_id, card_number, "chain", 0, broken)


def _query() -> str:
    """Cards of an id range whose figures differ; the counters come from the very tables the ledger writes by."""
    sums = {name: sql for name, (_card, sql) in NETS.items()}
    sums |= {counter: _counter_sql(counter) for counter in FIGURES[len(NETS) :]}
    has = {name: NETS[name][0] if name in NETS else f"card.{name}" for name in FIGURES}
    expected = ", ".join(f"{sql} AS {name}" for name, sql in sums.items())
    wrong = " OR ".join(f"{has[name]} <> COALESCE(ledger.{name}, 0)" for name in FIGURES)
    on_card = ", ".join(has[name] for name in FIGURES)
    in_ledger = ", ".join(f"COALESCE(ledger.{name}, 0)" for name in FIGURES)
    return f"""
        SELECT card.id, card.card_number, COALESCE(ledger.broken, 0), {on_card}, {in_ledger}
        FROM loyalty_loyaltycard card
        LEFT JOIN (
            SELECT card_id, {expected}, SUM(is_broken) AS broken FROM ({_lines_sql()}) lines GROUP BY card_id
        ) ledger ON ledger.card_id = card.id
        WHERE card.id >= %s AND card.id < %s AND (COALESCE(ledger.broken, 0) > 0 OR {wrong})
        ORDER BY card.id"""


def _lines_sql() -> str:
    undoing = " OR ".join(f"(line.transaction_type = '{kind}')" for kind, _sign in rules.UNDONE)
    stamps, points = (
        "line.stamps_balance_after - line.stamps_owed_after",
        f"(line.points_balance_after - line.points_owed_after) * {rules.POINT} + line.points_fraction_after",
    )
    return f"""
        SELECT line.card_id, line.transaction_type, line.stamps_delta, line.points_delta,
            line.points_fraction_delta,
            CASE WHEN ({undoing}) AND (line.points_delta > 0 OR line.stamps_delta > 0)
                 THEN (SELECT transaction_type FROM {LEDGER} undone WHERE undone.id = line.voids_id) END AS undoes,
            CASE WHEN {stamps} <> LAG({stamps}, 1, 0) OVER chain + line.stamps_delta
                   OR {points} <> LAG({points}, 1, 0::bigint) OVER chain
                      + line.points_delta * {rules.POINT} + line.points_fraction_delta
                 THEN 1 ELSE 0 END AS is_broken
        FROM {LEDGER} line
        WHERE line.card_id >= %s AND line.card_id < %s
        WINDOW chain AS (PARTITION BY line.card_id ORDER BY line.id)"""


def _counter_sql(counter: str) -> str:
    """The sum of a counter over a card's lines; `rules` is the single source of which lines count."""
    tables = {"stamps_delta": rules.STAMP_COUNTERS, "points_delta": rules.POINTS_COUNTERS}
    sums = [
        _sum_sql(f"{factor} * SUM({column})", column, sign, _kinds(table, sign, (counter, factor)))
        for column, table in tables.items()
        for sign in (1, -1)
        for factor in (1, -1)
    ]
    if counter == "stamps_redeemed":
        sums = [
            _sum_sql(f"{pieces} * COUNT(*)", "stamps_delta", sign, _kinds(rules.REWARDS, sign, pieces))
            for sign in (1, -1)
            for pieces in (1, -1)
        ]
    return " + ".join(filter(None, sums))


def _kinds(table: Mapping[tuple[str, int], Any], sign: int, effect: Any) -> list[str]:
    return [kind for (kind, of_sign), has in table.items() if of_sign == sign and has == effect]


def _sum_sql(aggregate: str, column: str, sign: int, kinds: Sequence[str]) -> str:
    """An aggregate over the lines of some kinds that moved a balance up (sign 1) or down (-1); empty without kinds."""
    if not kinds:
        return ""
    condition = (
        f"{column} {'>' if sign > 0 else '<'} 0 AND transaction_type IN ({', '.join(map(repr, kinds))})"
    )
    for (kind, of_sign), (undone, _counter) in rules.UNDONE.items():
        if sign == of_sign and kind in kinds:  # those count in a counter that follows from the others
            condition += f" AND COALESCE(undoes, '') NOT IN ({', '.join(map(repr, sorted(undone)))})"
    return f"COALESCE({aggregate} FILTER (WHERE {condition}), 0)"

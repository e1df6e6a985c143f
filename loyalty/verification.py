"""Rule 7: recomputing every card from the ledger alone, and naming those that differ.

Set-based, in ranges of card ids: the memory needed does not grow with the ledger.
"""

from collections.abc import Callable, Iterator
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
FIGURES = ("stamp_count", "points_balance", *[counter for counter in COUNTERS if counter not in IMPLIED])


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
    for start in range(first, last + 1, CARDS_AT_ONCE):
        for row in _wrong_rows(start, start + CARDS_AT_ONCE):
            yield from _differing(row)
        progress(min(CARDS_AT_ONCE, last + 1 - start))


@transaction.atomic
def _wrong_rows(start: int, end: int) -> list[tuple]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
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
    sums = {"stamp_count": "SUM(stamps_delta)", "points_balance": "SUM(points_delta)"}
    sums |= {counter: f"SUM({_counter_sql(counter)})" for counter in FIGURES[2:]}
    expected = ", ".join(f"{sql} AS {name}" for name, sql in sums.items())
    wrong = " OR ".join(f"card.{name} <> COALESCE(ledger.{name}, 0)" for name in FIGURES)
    on_card = ", ".join(f"card.{name}" for name in FIGURES)
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
    return f"""
        SELECT line.card_id, line.transaction_type, line.stamps_delta, line.points_delta,
            CASE WHEN line.transaction_type = 'points_voided' AND line.points_delta > 0
                 THEN (SELECT transaction_type FROM {LEDGER} undone WHERE undone.id = line.voids_id) END AS undoes,
            CASE WHEN line.stamps_balance_after
                      <> LAG(line.stamps_balance_after, 1, 0) OVER chain + line.stamps_delta
                   OR line.points_balance_after
                      <> LAG(line.points_balance_after, 1, 0) OVER chain + line.points_delta
                 THEN 1 ELSE 0 END AS is_broken
        FROM {LEDGER} line
        WHERE line.card_id >= %s AND line.card_id < %s
        WINDOW chain AS (PARTITION BY line.card_id ORDER BY line.id)"""


def _counter_sql(counter: str) -> str:
    """What one line adds to a counter, as CASE; `rules` is the single source of which does."""
    cases = []
    for column, table in (("stamps_delta", rules.STAMP_COUNTERS), ("points_delta", rules.POINTS_COUNTERS)):
        undone = ("points_voided", 1)
        if table is rules.POINTS_COUNTERS:
            special_counter, special_factor = rules.UNDONE_ADJUSTMENT
            condition = f"{_is(*undone, column)} AND undoes = 'points_adjustment'"
            cases.append((condition, f"{special_factor} * {column}" if special_counter == counter else "0"))
        for (kind, sign), (name, factor) in table.items():
            if name == counter:
                cases.append((_is(kind, sign, column), f"{factor} * {column}"))
    if counter == "stamps_redeemed":
        cases = [
            (_is(kind, sign, "stamps_delta"), str(pieces)) for (kind, sign), pieces in rules.REWARDS.items()
        ]
    # A merge moves stamps and points in one line: each delta is looked at on its own.
    by_column: dict[str, list[str]] = {}
    for condition, value in cases:
        column = "points_delta" if "points_delta" in condition else "stamps_delta"
        by_column.setdefault(column, []).append(f"WHEN {condition} THEN {value}")
    # Most lines move only one of the two balances, and comparing a number is cheaper than comparing words.
    return " + ".join(
        f"CASE WHEN {column} = 0 THEN 0 {' '.join(whens)} ELSE 0 END" for column, whens in by_column.items()
    )


def _is(kind: str, sign: int, column: str) -> str:
    return f"{column} {'>' if sign > 0 else '<'} 0 AND transaction_type = '{kind}'"

"""Balances as German, French, Portuguese, Swiss and American settings write them: 1.234,5 is 1,234.5 is 1 234,5."""

import re
from decimal import Decimal
from typing import Any

from loyalty.imports.reading.cells import Unreadable, exact

COMMA, POINT = "comma", "point"  # what stands before the decimals
SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’]+")  # between thousands: French, Portuguese, Swiss
DIGITS = re.compile(r"[0-9]{1,15}")
DECIMALS = re.compile(r"[.,][0-9]*$")
LONGEST = 40  # characters
MARKS = {COMMA: (",", "."), POINT: (".", ",")}
FRACTION = 4  # digits that a balance of points has


def read_amount(cell: Any, *, mark: str | None, whole: bool, at_most: int) -> Decimal:
    """A balance, 0 for an empty cell. `mark`: what stands before the decimals, where only that tells 1.234.

    Raises Unreadable: "amount", "amount_whole", "amount_unclear", "too_much" or "rounded".
    """
    text = exact(cell)
    if not text:
        return Decimal(0)
    if isinstance(cell, int | float):
        amount = Decimal(text) if Decimal(text) >= 0 else None
    else:
        amount = _read(text, mark)
    if amount is None:
        raise Unreadable("amount")
    if whole and amount != int(amount):
        raise Unreadable("amount_whole")
    if amount.as_tuple().exponent < -FRACTION and amount != round(amount, FRACTION):  # type: ignore[operator]
        raise Unreadable("amount")
    if amount > at_most:
        raise Unreadable("too_much", count=at_most)
    return amount


def marks(cell: Any) -> frozenset[str]:
    """What may stand before the decimals of a cell; empty if the cell does not say, or is no number."""
    if not isinstance(cell, str) or not ("," in cell or "." in cell):
        return frozenset()
    text = SPACES.sub("", cell.strip())
    if len(text) > LONGEST:
        return frozenset()
    return frozenset(mark for mark in MARKS if _with(text, mark) is not None)


def _read(text: str, mark: str | None) -> Decimal | None:
    """The number, or None. Raises Unreadable where it is one of two."""
    bare = SPACES.sub("", text)
    if len(bare) > LONGEST or (bare != text and not _stands_in_threes(SPACES.split(text.strip()))):
        return None
    possible = {each: _with(bare, each) for each in MARKS}
    if mark is not None:
        return possible[mark]
    found = {amount for amount in possible.values() if amount is not None}
    if len(found) > 1:
        raise Unreadable("amount_unclear")
    return next(iter(found), None)


def _with(text: str, mark: str) -> Decimal | None:
    """A number whose decimals stand after a mark, and whose thousands have the other one between them."""
    decimal, thousands = MARKS[mark]
    whole, found, decimals = text.partition(decimal)
    groups = whole.split(thousands)
    if not all(DIGITS.fullmatch(group) for group in groups) or bool(found) != bool(
        DIGITS.fullmatch(decimals)
    ):
        return None
    if len(groups) > 1 and not _stands_in_threes(groups):
        return None
    return Decimal("".join(groups) + (f".{decimals}" if decimals else ""))


def _stands_in_threes(groups: list[str]) -> bool:
    """Whether thousands stand as they do in print: three digits each, but for the first, and decimals at the end."""
    first, *others = groups
    wholes = [DECIMALS.sub("", group) for group in others]
    return 1 <= len(first) <= 3 and first[0] != "0" and all(len(whole) == 3 for whole in wholes)

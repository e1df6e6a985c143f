"""Names and telephone numbers as earlier systems have them, and what spreadsheets do to them."""

import re
from typing import Any

from groundwork.formats.phone import is_national, national_prefix, to_e164
from loyalty.imports.reading.cells import Unreadable, exact, text_of

NATIONAL, INTERNATIONAL, LEFT_OUT = "national", "international", "left_out"
SHORTEST_NUMBER = 5
NOTHING_ELSE = re.compile(r"[\d ()/.-]+")  # of what a number is written with; a moment has colons and letters

SUMS = frozenset(
    {"total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "gesamtsumme", "insgesamt"}
    | {"zwischensumme", "somme", "total général", "sous-total", "soma", "total geral", "zomm", "zesummen"}
)


def is_sum(*names: str) -> bool:
    """Whether what stands as a name is the beginning of the line that says what all others make together."""
    return " ".join(names).strip(" :").casefold() in SUMS


def read_name(cell: Any, *, family_first: bool = False) -> tuple[str, str]:
    """Given and family name of a full name: "Jürgen Müller", "Müller, Jürgen", or "Müller Jürgen" if that is said."""
    text = " ".join(text_of(cell).split())
    before, comma, after = text.partition(",")
    if comma and after.strip():
        return after.strip(), before.strip()
    first, _gap, last = text.rstrip(", ").partition(" ")
    return (last, first) if family_first and last else (first, last)


def read_phone(cell: Any, *, country: str, bare: str | None) -> str:
    """A number as E.164, "" for an empty cell. `bare`: what digits mean that begin with neither + nor 0, once said.

    Raises Unreadable: "rounded", "phone", or "phone_bare" where only `bare` would tell.
    """
    text = exact(cell)
    if not text:
        return ""
    if is_bare(cell, country=country):
        if bare == NATIONAL:
            text = national_prefix(country) + text
        elif bare == INTERNATIONAL:
            text = f"+{text}"
        else:
            raise Unreadable("phone_bare")
    number = to_e164(text, country)
    if number is None:
        raise Unreadable("phone")
    return number


def is_bare(cell: Any, *, country: str) -> bool:
    """Whether a number has lost its + or its first 0, as a spreadsheet takes them: in a country (ISO 3166) where
    numbers begin with 0, or where it would be none of its own."""
    try:
        text = exact(cell)
    except Unreadable:
        return False
    digits = "".join(sign for sign in text if sign.isdecimal())
    if text[:1] not in "123456789" or len(digits) < SHORTEST_NUMBER or not NOTHING_ELSE.fullmatch(text):
        return False
    return national_prefix(country) == "0" or not is_national(digits, country)

"""Cells as files have them, before anybody knows what they mean: text, numbers, days, and formulas without a value."""

import re
from datetime import date, datetime
from typing import Any

from groundwork.formats import spreadsheets, workbooks

NOTHING = frozenset({"-", "–", "—", "n/a", "\\n"})
NO_VALUE = frozenset(
    {"#n/a", "#na", "#nv", "#ref!", "#bezug!", "#value!", "#wert!", "#valeur!", "#name?", "#div/0!", "#null!"}
    | {"#num!", "#zahl!", "#nom?", "#nombre!"}
)
ROUNDED = re.compile(r"[+-]?\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
FORMULA = re.compile(r"=[A-Z(+\-\d]", re.IGNORECASE)
# How a spreadsheet keeps as text what it would take for a formula, a number, a day or an address.
KEPT_AS_TEXT = re.compile(rf"'([\s\0]*[{spreadsheets.SIGNS}]|[0-9+(][0-9 .,:/()+\-]*$|[^\s@']+@[^\s@']+$)")
INVISIBLE = dict.fromkeys(map(ord, "\0\u200b\u200e\u200f\u2060\ufeff"))  # copied along from a web page
DIGITS_KEPT = 10**15  # what is larger has lost digits in a spreadsheet


class Unreadable(ValueError):
    """A cell that cannot mean what its column says. `why` is a key of `faults.SENTENCES`."""

    def __init__(self, why: str, **about: Any) -> None:
        super().__init__(why)
        self.why, self.about = why, about


def text_of(cell: Any) -> str:
    """A cell as one would read it, without what only a spreadsheet needs. Raises Unreadable for one without a value."""
    if cell is None:
        return ""
    if cell is workbooks.NO_VALUE:
        raise Unreadable("no_value")
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != datetime.min.time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).translate(INVISIBLE).strip()
    if text.casefold() in NO_VALUE or FORMULA.match(text):
        raise Unreadable("no_value")
    if text.casefold() in NOTHING:
        return ""
    return spreadsheets.as_it_was(text[1:] if KEPT_AS_TEXT.match(text) else text)


def _number(number: int | float) -> str:
    if abs(number) >= DIGITS_KEPT:
        raise Unreadable("rounded")
    return str(int(number)) if float(number).is_integer() else repr(number)


def shown(cell: Any) -> str:
    """A cell for people who look for it in their own file; one without a value stays one when it is read again."""
    try:
        return text_of(cell)
    except Unreadable:
        return "#N/A" if cell is workbooks.NO_VALUE else str(cell)


def exact(cell: Any) -> str:
    """The text of a cell whose every digit counts. Raises Unreadable for one that a spreadsheet has rounded."""
    text = text_of(cell)
    if ROUNDED.fullmatch(text.replace(" ", "")):
        raise Unreadable("rounded")
    return text


def packed(cell: Any) -> Any:
    """A cell as JSON has it."""
    if cell is workbooks.NO_VALUE:
        return {"no_value": True}
    if isinstance(cell, datetime):
        return {"day": cell.isoformat()}
    if isinstance(cell, float) and cell != cell:  # NaN: a spreadsheet has none
        return None
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)


def unpacked(cell: Any) -> Any:
    """What `packed` was made of."""
    if isinstance(cell, dict):
        return datetime.fromisoformat(cell["day"]) if "day" in cell else workbooks.NO_VALUE
    return cell

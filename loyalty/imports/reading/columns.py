"""Which column of a file is what: guessed by its heading and by what stands in it, asked where only its owner knows."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loyalty.imports.reading import headings
from loyalty.imports.reading.cells import shown
from loyalty.imports.reading.days import DAY_FIRST, MONTH_FIRST, orders
from loyalty.imports.reading.numbers import COMMA, POINT, marks
from loyalty.imports.reading.people import INTERNATIONAL, LEFT_OUT, NATIONAL, is_bare

ADDRESS = re.compile(r"[^@\s;,]{1,64}@[^@\s;,.]{1,63}(\.[^@\s;,.]{1,63})+")
TELEPHONE = re.compile(r"(\+|00?)[1-9][\d ()/.-]{6,20}")
LETTER = re.compile(r"[^\W\d_]")
DIGIT = re.compile(r"[0-9]")
MOST = 0.6  # of the cells that are filled have to look alike
HEADER_ROWS = 20  # among which the headings are looked for
BALANCES = ("stamps", "points", "stamps_owed", "points_owed")
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "birth_date": (DAY_FIRST, MONTH_FIRST),
    **dict.fromkeys(BALANCES, (COMMA, POINT)),
    "phone": (NATIONAL, INTERNATIONAL, LEFT_OUT),
}


@dataclass
class Content:
    """What stands in a column, counted; `unclear` has a cell for each question that it raises."""

    filled: int = 0
    addresses: int = 0
    telephones: int = 0
    words: int = 0
    orders: Counter[frozenset[str]] = field(default_factory=Counter)
    marks: Counter[frozenset[str]] = field(default_factory=Counter)
    unclear: dict[str, str] = field(default_factory=dict)

    def look(self, cell: Any, *, country: str) -> None:
        """Count one more cell; `country` (ISO 3166) is where its telephone numbers would be from."""
        text = shown(cell)
        if not text:
            return
        self.filled += 1
        self.words += bool(LETTER.search(text))
        self.addresses += bool(ADDRESS.fullmatch(text))
        self.telephones += bool(TELEPHONE.fullmatch(text))
        self._look_at(text, "birth_date", self.orders, orders(cell))
        self._look_at(text, "amount", self.marks, marks(cell))
        if "phone" not in self.unclear and text[0] in "123456789" and is_bare(cell, country=country):
            self.unclear["phone"] = text

    def _look_at(
        self, text: str, question: str, counts: Counter[frozenset[str]], found: frozenset[str]
    ) -> None:
        if found:
            counts[found] += 1
            if len(found) > 1:
                self.unclear.setdefault(question, text)

    def question(self, meant: str) -> str:
        """A cell for which it has to be asked how a column that means this is written; "" if there is none."""
        if meant == "phone":
            return self.unclear.get("phone", "")
        counts, name = (self.orders, "birth_date") if meant == "birth_date" else (self.marks, "amount")
        if meant not in ANSWERS or name not in self.unclear:
            return ""
        return "" if self._settled(counts) else self.unclear[name]

    def answer(self, meant: str) -> str:
        """What the column itself says to that question: one cell of 31/12 says it for all of them."""
        if meant == "birth_date":
            return self._settled(self.orders)
        return self._settled(self.marks) if meant in BALANCES else ""

    @staticmethod
    def _settled(counts: Counter[frozenset[str]]) -> str:
        sure = {next(iter(found)) for found in counts if len(found) == 1}
        return sure.pop() if len(sure) == 1 else ""


def numbered(count: int) -> list[str]:
    """What columns without headings are called."""
    return [_("Column %(number)d") % {"number": number + 1} for number in range(count)]


@dataclass(frozen=True)
class Columns:
    """What each column of a table means, "" for nothing, and what was answered about it, by its index."""

    fields: tuple[str, ...]
    answers: Mapping[int, str] = field(default_factory=dict)

    def of(self, meant: str) -> list[int]:
        """The columns that mean something, in order."""
        return [number for number, each in enumerate(self.fields) if each == meant]

    def in_turn(self, meant: str, names: Sequence[str]) -> list[int]:
        """Those columns by which counts first where one is enough: "Phone" goes before "Default Address Phone"."""
        return sorted(self.of(meant), key=lambda number: not headings.says_just(names[number], meant))

    @property
    def is_enough(self) -> bool:
        """Whether people can be made of it: by e-mail, phone or name."""
        return bool({"email", "phone", "first_name", "last_name", *headings.NAMES}.intersection(self.fields))


def header_of(rows: Sequence[Sequence[Any]]) -> int | None:
    """Which of a table's first rows has the headings: titles may stand above. None if it begins with a person.

    Where no heading is known it is the first row with as many cells as any, unless a value stands in it.
    """
    best, most = None, 0
    for number, row in enumerate(rows[:HEADER_ROWS]):
        texts = [shown(cell) for cell in row]
        known = sum(bool(headings.meaning(text)) for text in texts if text)
        if known > most and not any(ADDRESS.fullmatch(text) for text in texts):
            best, most = number, known
    if best is not None:
        return best
    widest = max((sum(bool(shown(cell)) for cell in row) for row in rows[:HEADER_ROWS]), default=0)
    for number, row in enumerate(rows[:HEADER_ROWS]):
        texts = [shown(cell) for cell in row]
        if widest and sum(map(bool, texts)) == widest:
            return None if any(map(_is_value, texts)) else number
    return None


def is_known(row: Sequence[Any]) -> bool:
    """Whether a row of headings has one that is known: else it may be a person of whom only words are said."""
    return any(headings.meaning(shown(cell)) for cell in row)


def _is_value(text: str) -> bool:
    """Whether a cell cannot be a heading: an address, a telephone number, a day, an amount."""
    return bool(ADDRESS.fullmatch(text) or (DIGIT.search(text) and not LETTER.search(text)))


def guess(
    names: Sequence[str], contents: Sequence[Content], remembered: Mapping[str, str] | None = None
) -> list[str]:
    """What the columns mean: as was said of such a heading before, else by the heading, else by what stands there."""
    found = headings.meanings(names)
    for number, content in enumerate(contents):
        if (
            found[number] in {*headings.NAMES, "first_name", "last_name"}
            and content.filled
            and not content.words
        ):
            found[number] = ""  # a number of a customer
    for meant, looks in (("email", "addresses"), ("phone", "telephones")):
        if meant not in found:
            for number in _alike(contents, looks):
                found[number] = found[number] or meant
    known = remembered or {}
    return [known.get(headings.plain(name), meant) for name, meant in zip(names, found, strict=True)]


def _alike(contents: Sequence[Content], looks: str) -> Iterator[int]:
    for number, content in enumerate(contents):
        if content.filled and getattr(content, looks) >= MOST * content.filled:
            yield number


def combined(meant: str, read: Sequence[tuple[str, Any]]) -> Any:
    """What several columns for one thing say together: the cells as text, and what each says.

    Balances, days and consent have to agree wherever something stands; of names and addresses the first one counts.
    Raises ValueError if they do not agree.
    """
    filled = [said for text, said in read if text]
    if meant == "marketing_consent":
        return bool(filled) and all(filled)
    if meant in headings.FIRST_OF_TWO:
        return next((said for said in filled if said), read[0][1])
    if any(said != filled[0] for said in filled):
        raise ValueError
    return filled[0] if filled else read[0][1]

"""Reading the rows of a file of customers: good ones become Lines, every bad cell is named by line and column."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings

from customers import tags
from customers.models import LONGEST_TAG, MOST_TAGS
from groundwork.formats.email import LONGEST, read_email
from loyalty import codes, rules
from loyalty.imports.faults import Fault
from loyalty.imports.lines import Line
from loyalty.imports.reading import cells, headings
from loyalty.imports.reading.cells import Unreadable, exact, text_of
from loyalty.imports.reading.columns import Columns, combined
from loyalty.imports.reading.days import read_day
from loyalty.imports.reading.numbers import read_amount
from loyalty.imports.reading.people import is_sum, read_name, read_phone
from loyalty.models import LoyaltyProgram
from tenancy.models import Store

NAME_LENGTH = 80
STAMPS_AT_MOST = 10_000
YES = frozenset(
    "1 yes y true x on oui o vrai ja j jo wahr sim s subscribed abonné abonniert inscrit ok accepted accepté".split()
)
NO = frozenset(
    "0 no n false off non faux nein neen nee falsch não nao unsubscribed désabonné abgemeldet cleaned pending "
    "non-subscribed nonsubscribed not_subscribed unknown unbekannt inconnu never none".split()
)
LANGUAGES = {
    "english": "en",
    "englisch": "en",
    "anglais": "en",
    "french": "fr",
    "français": "fr",
    "französisch": "fr",
    "german": "de",
    "deutsch": "de",
    "allemand": "de",
    "luxembourgish": "lb",
    "lëtzebuergesch": "lb",
    "luxembourgeois": "lb",
    "luxemburgisch": "lb",
}
NAMED = (*headings.NAMES, "first_name", "last_name")
ONCE = {"email": "seen_email", "phone": "seen_phone", "code": "seen_code"}


@dataclass(frozen=True)
class Read:
    """A row: the person in it, or what is wrong; neither where it says once more what stands above it."""

    number: int
    cells: Sequence[Any]
    line: Line | None
    faults: Sequence[Fault] = ()


class Reader:
    """Rows of a table for a store, one after the other; of those before it, it knows only whom they were about."""

    def __init__(
        self,
        columns: Columns,
        names: Sequence[str],
        *,
        store: Store,
        program: LoyaltyProgram,
        today: date,
    ) -> None:
        self.columns, self.names, self.program = columns, names, program
        self.readers = _readers(store.country, today)
        self.first_seen: dict[str, int] = {}
        self.namesakes: dict[str, int] = {}
        self.rows: set[int] = set()

    def read(self, rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[Read]:
        """All rows that are not blank, in order."""
        for number, row in rows:
            yield self._read(number, row)

    def _read(self, number: int, row: Sequence[Any]) -> Read:
        # Beside its own line a row is kept as a number, so that two hundred thousand of them are some megabytes.
        same = hash(tuple(map(cells.shown, row)))
        if same in self.rows:
            return Read(number, row, None)
        values, wrong = self._values(row)
        line = Line(**values)
        wrong = wrong or self._missing(line) or self._seen(line, number)
        if any(cells.shown(cell) for cell in row[len(self.columns.fields) :]):
            wrong.append((None, Unreadable("more_cells")))
        if wrong:
            return Read(number, row, None, [self._fault(number, *each) for each in wrong])
        self._note(line, number)
        self.rows.add(same)
        return Read(number, row, line)

    def _fault(self, number: int, column: int | None, wrong: Unreadable) -> Fault:
        return Fault(number, "" if column is None else self.names[column], wrong.why, wrong.about)

    def _values(self, row: Sequence[Any]) -> tuple[dict[str, Any], list[tuple[int | None, Unreadable]]]:
        """What a row says of each field, and what of it cannot be read, by column."""
        values, wrong = dict[str, Any](), list[tuple[int | None, Unreadable]]()
        for meant, read in self.readers.items():
            found = []
            for column in self.columns.in_turn(meant, self.names):
                cell = row[column] if column < len(row) else None
                try:
                    found.append((cells.shown(cell), read(cell, self.columns.answers.get(column))))
                except Unreadable as unreadable:
                    wrong.append((column, unreadable))
            values[meant] = None
            try:
                values[meant] = combined(meant, found) if found else None
            except ValueError:
                wrong.append((self.columns.of(meant)[1], Unreadable("differ")))
        return _fields(values), sorted(wrong, key=lambda each: each[0] or 0)

    def _column_of(self, *names: str) -> int | None:
        """The column of the first of some fields that the table has; None if it has none of them."""
        return next((column for name in names for column in self.columns.of(name)), None)

    def _missing(self, line: Line) -> list[tuple[int | None, Unreadable]]:
        """What a whole line lacks, or what the program has not."""
        wrong = list[tuple[int | None, Unreadable]]()
        if not (line.email or line.phone or line.first_name or line.last_name):
            wrong.append((self._column_of("email", "phone", *NAMED), Unreadable("nobody")))
        elif not (line.email or line.phone or line.code) and is_sum(line.first_name, line.last_name):
            wrong.append((self._column_of(*NAMED), Unreadable("sum")))
        if line.stamps_net and not self.program.has_stamps:
            wrong.append((self._column_of("stamps", "stamps_owed"), Unreadable("no_stamps")))
        if line.points_net and not self.program.has_points:
            wrong.append((self._column_of("points", "points_owed"), Unreadable("no_points")))
        return wrong

    def _seen(self, line: Line, number: int) -> list[tuple[int | None, Unreadable]]:
        """What of a line stands in an earlier one that was good."""
        return [
            (self.columns.of(meant)[0], Unreadable(why, line=self.first_seen[said]))
            for meant, why in ONCE.items()
            if (said := getattr(line, meant)) and said in self.first_seen
        ]

    def _note(self, line: Line, number: int) -> None:
        told = [getattr(line, meant) for meant in ONCE if getattr(line, meant)]
        self.first_seen.update(dict.fromkeys(told, number))
        if key := line.name_key:
            line.namesake = self.namesakes.get(key, 0)
            self.namesakes[key] = line.namesake + 1


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    """What a Line is made of: a full name counts where given and family name are empty."""
    full = values.pop("name") or ("", "")
    turned = values.pop("family_first") or ("", "")
    points = Decimal(values.pop("points") or 0)
    whole = int(points)
    if not values["first_name"] and not values["last_name"]:
        values["first_name"], values["last_name"] = full if any(full) else turned
    said = {meant: value for meant, value in values.items() if value}
    return said | {"points": whole, "points_fraction": int((points - whole) * rules.POINT)}


def _readers(country: str, today: date) -> Mapping[str, Callable[[Any, str | None], Any]]:
    """By field: what a cell says, with the answer to the question about its column."""
    return {
        "email": _email,
        "name": lambda cell, _answer: _short(read_name(_line(cell))),
        "family_first": lambda cell, _answer: _short(read_name(_line(cell), family_first=True)),
        "first_name": lambda cell, _answer: _short((_line(cell),))[0],
        "last_name": lambda cell, _answer: _short((_line(cell),))[0],
        "phone": lambda cell, answer: read_phone(cell, country=country, bare=answer),
        "birth_date": lambda cell, answer: read_day(cell, order=answer, today=today),
        "language": _language,
        "marketing_consent": _consent,
        "tags": _tags,
        "code": _code,
        "stamps": partial(_balance, whole=True, at_most=STAMPS_AT_MOST),
        "points": partial(_balance, whole=False, at_most=rules.MAXIMUM_ADJUSTMENT_POINTS),
        "stamps_owed": partial(_balance, whole=True, at_most=STAMPS_AT_MOST),
        "points_owed": partial(_balance, whole=True, at_most=rules.MAXIMUM_ADJUSTMENT_POINTS),
    }


def _line(cell: Any) -> str:
    """A cell of one line: where a quotation mark is missing, the lines that follow stand in it too."""
    text = text_of(cell)
    if len(text.splitlines()) > 1:
        raise Unreadable("several_lines")
    return text


def _short(parts: tuple[str, ...], longest: int = NAME_LENGTH) -> tuple[str, ...]:
    if any(len(part) > longest for part in parts):
        raise Unreadable("too_long", count=longest)
    return parts


def _email(cell: Any, _answer: str | None) -> str:
    (text,) = _short((text_of(cell),), LONGEST)
    address = read_email(text.removeprefix("mailto:"))
    if address is None:
        raise Unreadable("email")
    return address


def _language(cell: Any, _answer: str | None) -> str:
    text = text_of(cell).casefold()
    code = LANGUAGES.get(text) or text.replace("_", "-").partition("-")[0]
    if code and code not in dict(settings.LANGUAGES):
        raise Unreadable("language")
    return code


def _consent(cell: Any, _answer: str | None) -> bool:
    text = text_of(cell).casefold()
    if text and text not in YES | NO:
        raise Unreadable("yes_or_no")
    return text in YES


def _tags(cell: Any, _answer: str | None) -> tuple[str, ...]:
    try:
        return tuple(tags.split(text_of(cell)))
    except ValueError:
        raise Unreadable("tags", most=MOST_TAGS, longest=LONGEST_TAG) from None


def _code(cell: Any, _answer: str | None) -> str:
    (text,) = _short((exact(cell),), codes.LONGEST)
    code = codes.canonical(text)
    if text and not code:
        raise Unreadable("code")
    return code


def _balance(cell: Any, answer: str | None, *, whole: bool, at_most: int) -> Decimal | int:
    amount = read_amount(cell, mark=answer, whole=whole, at_most=at_most)
    return int(amount) if whole else amount

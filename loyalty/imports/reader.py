"""Reading a file of customers: CSV or XLSX, headings in four languages, every bad cell named by line and column."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from customers.services import split_name
from groundwork.formats.email import LONGEST, read_email
from groundwork.formats.phone import to_e164
from loyalty import codes, rules
from loyalty.errors import UnreadableFile
from loyalty.imports import tables
from loyalty.imports.importing import LINES_AT_MOST
from loyalty.imports.lines import Line
from loyalty.models import LoyaltyProgram
from loyalty.services.codes import NOT_A_CODE
from tenancy.models import Store

HEADINGS: Mapping[str, str] = {
    "email": "email e-mail mail e-mail-address email-address adresse-e-mail courriel e-mail-adresse",
    "name": "name full-name nom-complet kunde client customer",
    "first_name": "first-name firstname given-name prénom prenom vorname virnumm",
    "last_name": "last-name lastname surname family-name nom nachname familljennumm",
    "phone": "phone telephone mobile téléphone telephone-number telefon handy",
    "birth_date": "birth-date birthdate birthday date-of-birth date-de-naissance geburtstag geburtsdatum gebuertsdag",
    "language": "language langue sprache sprooch",
    "marketing_consent": "marketing-consent consent newsletter consentement einwilligung",
    "code": "code card-code barcode bar-code ean qr-code code-barres code-de-la-carte strichcode kartencode strichkode",
    "stamps": "stamps stamp-count tampons stempel",
    "points": "points points-balance punkte punkten",
}
COLUMNS = {heading: column for column, headings in HEADINGS.items() for heading in headings.split()}
YES = {"1", "yes", "true", "x", "oui", "vrai", "ja", "jo", "wahr"}
NO = {"", "0", "no", "false", "non", "faux", "nein", "neen", "nee", "falsch"}
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")
STAMPS_AT_MOST = 10_000
_GAP = re.compile(r"[\s_]+")
_ROUNDED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"\d{0,9}(\.0+)?")
LINES_IN_A_PART = 1_000


@dataclass(frozen=True)
class Fault:
    """A cell that is wrong: the line as a spreadsheet counts it, the column's heading, and why."""

    line: int
    column: str
    text: str


@dataclass(frozen=True)
class Part:
    """Some lines of a file: the good ones and where each stands, and the faults of the others."""

    count: int
    lines: list[Line]
    numbers: list[int]
    faults: list[Fault]


class Reader:
    """A file of customers for a store, read part by part: however long it is, one part is in memory.

    Raises UnreadableFile, at once or while it is read, if it is no table with a column of e-mail addresses or phones.
    """

    def __init__(self, file: IO[bytes], *, store: Store, program: LoyaltyProgram) -> None:
        self.rows, self.expected = tables.opened(file)
        self.headings = [str(heading or "").strip() for heading in next(self.rows, [])]
        names = [_GAP.sub("-", heading.casefold()) for heading in self.headings]
        self.columns = [COLUMNS.get(name) or f"unused-{number}" for number, name in enumerate(names)]
        if not {"email", "phone"}.intersection(self.columns):
            text = _("There is no column “email” or “phone”. The first line has to name the columns.")
            raise UnreadableFile(text)
        self.program = program
        self.cells = cells(store)
        self.first_seen: dict[str, int] = {}

    @property
    def unused(self) -> list[str]:
        """Headings that nobody knows."""
        named = zip(self.headings, self.columns, strict=True)
        return [heading for heading, column in named if heading and column.startswith("unused-")]

    def parts(self) -> Iterator[Part]:
        """All lines, in order."""
        number = 1  # the headings stand in the first line
        while rows := list(islice(self.rows, LINES_IN_A_PART)):
            if number - 1 + len(rows) > LINES_AT_MOST:
                text = _("These are more than %(count)d lines. Please import them in several files.")
                raise UnreadableFile(text % {"count": LINES_AT_MOST})
            yield self._part(rows, number)
            number += len(rows)

    def _part(self, rows: list[list[Any]], before: int) -> Part:
        part, named = Part(len(rows), [], [], []), dict(zip(self.columns, self.headings, strict=True))
        for number, row in enumerate(rows, before + 1):
            line, wrong = self._line(row)
            if not wrong:
                wrong = self._seen(line, number)
            if not wrong:
                part.lines.append(line)
                part.numbers.append(number)
            part.faults.extend(
                Fault(number, named.get(column, column), text) for column, text in wrong.items()
            )
            if any(str(cell or "").strip() for cell in row[len(self.columns) :]):
                text = _("This line has more cells than the first line has headings.")
                part.faults.append(Fault(number, "", text))
        return part

    def _seen(self, line: Line, number: int) -> dict[str, str]:
        """What of a line stands in an earlier one; else it is noted."""
        sentences = {
            "email": _("This address stands in line %(line)d already."),
            "phone": _("This number stands in line %(line)d already."),
            "code": _("This code stands in line %(line)d already."),
        }
        told = {column: getattr(line, column) for column in sentences if getattr(line, column)}
        seen = {column: self.first_seen[text] for column, text in told.items() if text in self.first_seen}
        if not seen:
            self.first_seen.update(dict.fromkeys(told.values(), number))
        return {column: sentences[column] % {"line": first} for column, first in seen.items()}

    def _line(self, row: list[Any]) -> tuple[Line, dict[str, str]]:
        """What a row says, as far as it can be read, and what is wrong with it, by column."""
        values = dict.fromkeys(self.columns, "") | dict(zip(self.columns, row, strict=False))
        if "name" in values and not values.get("first_name") and not values.get("last_name"):
            values["first_name"], values["last_name"] = split_name(str(values["name"] or ""))
        line, wrong = Line(), dict[str, str]()
        for column, cell in self.cells.items():
            try:
                setattr(line, column, cell.read(values.get(column)))
            except ValueError as error:
                wrong[column] = str(error)
        if not (line.known_by or wrong.keys() & {"email", "phone"}):
            column = "email" if "email" in self.columns else "phone"
            wrong[column] = _("An e-mail address or a phone number is needed.")
        if line.stamps and not self.program.has_stamps:
            wrong["stamps"] = _("This program has no stamps.")
        if line.points and not self.program.has_points:
            wrong["points"] = _("This program has no points.")
        return line, wrong


class Text:
    """A cell as words; the subclasses say what else it has to be."""

    def __init__(self, max_length: int = 80) -> None:
        self.max_length = max_length

    def read(self, value: Any) -> Any:
        """What a cell says. Raises ValueError, with a sentence for whoever wrote it."""
        text = "" if value is None else str(value).replace("\0", "").strip().removeprefix("'")
        if len(text) > self.max_length:
            raise ValueError(
                _("This is too long: %(count)d characters at most.") % {"count": self.max_length}
            )
        return self.parse(text, value)

    def parse(self, text: str, value: Any) -> Any:
        return text


class Email(Text):
    def parse(self, text: str, value: Any) -> str:
        address = read_email(text)
        if address is None:
            raise ValueError(_("This is no e-mail address."))
        return address


class Phone(Text):
    def __init__(self, country: str) -> None:
        super().__init__(max_length=40)
        self.country = country

    def parse(self, text: str, value: Any) -> str:
        number = to_e164(text.removesuffix(".0"), self.country) if text else ""
        if number is None:
            raise ValueError(_("This cannot be a telephone number."))
        return number


class Day(Text):
    def parse(self, text: str, value: Any) -> date | None:
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return self._in_the_past(value)
        for pattern in DATES if text else ():
            try:
                return self._in_the_past(datetime.strptime(text, pattern).date())
            except ValueError:
                continue
        if text:
            raise ValueError(_("This is no date of birth; write it like 1990-12-31."))
        return None

    def _in_the_past(self, day: date) -> date:
        if not 1900 <= day.year <= date.today().year:
            raise ValueError(_("This is no date of birth; write it like 1990-12-31."))
        return day


class Language(Text):
    def parse(self, text: str, value: Any) -> str:
        code = text.lower().partition("-")[0]
        if code and code not in dict(settings.LANGUAGES):
            raise ValueError(_("Use one of en, fr, de, lb."))
        return code


class YesNo(Text):
    def parse(self, text: str, value: Any) -> bool:
        if text.casefold() not in YES | NO:
            raise ValueError(_("Write yes or no."))
        return text.casefold() in YES


class Code(Text):
    def parse(self, text: str, value: Any) -> str:
        if _ROUNDED.fullmatch(text):
            raise ValueError(_("A spreadsheet has rounded this number: its last digits are lost."))
        code = codes.canonical(text.removesuffix(".0") if isinstance(value, float) else text)
        if text and not code:
            raise ValueError(NOT_A_CODE)
        return code


class Balance(Text):
    def __init__(self, at_most: int) -> None:
        super().__init__()
        self.at_most = at_most

    def parse(self, text: str, value: Any) -> int:
        if not _WHOLE_NUMBER.fullmatch(text):
            raise ValueError(_("Write a whole number, 0 or more."))
        number = int(float(text or 0))
        if number > self.at_most:
            raise ValueError(_("This is too much: %(count)d at most.") % {"count": self.at_most})
        return number


def cells(store: Store) -> Mapping[str, Text]:
    """The cell of each field of a Line, in the order in which their faults are told."""
    return {
        "email": Email(LONGEST),
        "first_name": Text(),
        "last_name": Text(),
        "phone": Phone(store.country),
        "birth_date": Day(),
        "language": Language(),
        "marketing_consent": YesNo(),
        "code": Code(codes.LONGEST),
        "stamps": Balance(STAMPS_AT_MOST),
        "points": Balance(rules.MAXIMUM_ADJUSTMENT_POINTS),
    }

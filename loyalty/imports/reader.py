"""Reading a file of customers: CSV or XLSX, headings in four languages, every bad cell named by line and column."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import IO, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.widgets import Widget
from tablib import Dataset

from customers.services import split_name
from groundwork.formats.email import normalize_email
from groundwork.formats.phone import to_e164
from loyalty import rules
from loyalty.errors import UnreadableFile
from loyalty.imports import tables
from loyalty.imports.importing import LINES_AT_MOST, Line
from loyalty.models import LoyaltyProgram
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
    "stamps": "stamps stamp-count tampons stempel",
    "points": "points points-balance punkte punkten",
}
COLUMNS = {heading: column for column, headings in HEADINGS.items() for heading in headings.split()}
YES = {"1", "yes", "true", "x", "oui", "vrai", "ja", "jo", "wahr"}
NO = {"", "0", "no", "false", "non", "faux", "nein", "neen", "nee", "falsch"}
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")
STAMPS_AT_MOST = 10_000
_GAP = re.compile(r"[\s_]+")
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

    Raises UnreadableFile, at once or while it is read, if it is no table with a column of e-mail addresses.
    """

    def __init__(self, file: IO[bytes], *, store: Store, program: LoyaltyProgram) -> None:
        self.rows, self.expected = tables.opened(file)
        self.headings = [str(heading or "").strip() for heading in next(self.rows, [])]
        names = [_GAP.sub("-", heading.casefold()) for heading in self.headings]
        self.columns = [COLUMNS.get(name) or f"unused-{number}" for number, name in enumerate(names)]
        if "email" not in self.columns:
            text = _("There is no column “email”. The first line has to name the columns.")
            raise UnreadableFile(text)
        self.resource = LineResource(store=store, program=program)

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
        width = len(self.columns)
        dataset = Dataset(headers=self.columns)
        for row in rows:
            dataset.append((row + [""] * width)[:width])
        self.resource.begin(before)
        result = self.resource.import_data(dataset, use_transactions=False)
        if result.has_errors():
            raise RuntimeError("A line could not be looked at.") from next(
                error.error for row in result.error_rows for error in row.errors
            )
        named = dict(zip(self.columns, self.headings, strict=True))
        faults = [
            Fault(before + row.number, named.get(column, column), text)
            for row in result.invalid_rows
            for column, texts in row.error_dict.items()
            for text in texts
        ]
        faults += [
            Fault(before + number, "", _("This line has more cells than the first line has headings."))
            for number, row in enumerate(rows, 1)
            if any(str(cell or "").strip() for cell in row[width:])
        ]
        faults.sort(key=lambda fault: fault.line)
        return Part(len(rows), self.resource.lines, self.resource.numbers, faults)


class Text(Widget):
    """A cell as words; the subclasses say what else it has to be."""

    def __init__(self, max_length: int = 80) -> None:
        super().__init__()
        self.max_length = max_length

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
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
        address = normalize_email(text)
        try:
            validate_email(address)
        except ValidationError:
            raise ValueError(
                _("This is no e-mail address.") if address else _("The e-mail address is missing.")
            ) from None
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


class NothingThere(BaseInstanceLoader):
    """Every line is looked at by itself; who is known already is found later, for all at once."""

    def get_instance(self, row: Any) -> None:
        return None


class LineResource(Resource):
    """Makes Lines of rows; nothing is saved here."""

    email = Field("email", "email", widget=Email(254))
    first_name = Field("first_name", "first_name", widget=Text())
    last_name = Field("last_name", "last_name", widget=Text())
    phone = Field("phone", "phone")
    birth_date = Field("birth_date", "birth_date", widget=Day())
    language = Field("language", "language", widget=Language())
    marketing_consent = Field("marketing_consent", "marketing_consent", widget=YesNo())
    stamps = Field("stamps", "stamps", widget=Balance(STAMPS_AT_MOST))
    points = Field("points", "points", widget=Balance(rules.MAXIMUM_ADJUSTMENT_POINTS))

    class Meta:
        import_id_fields: ClassVar[list[str]] = []
        instance_loader_class = NothingThere
        force_init_instance = True
        skip_diff = True
        use_transactions = False

    def __init__(self, *, store: Store, program: LoyaltyProgram) -> None:
        super().__init__()
        self.program = program
        self.first_seen: dict[str, int] = {}
        self.fields["phone"].widget = Phone(store.country)

    def begin(self, before: int) -> None:
        """Begin with a part of the file, after so many lines."""
        self.before = before
        self.lines: list[Line] = []
        self.numbers: list[int] = []

    def init_instance(self, row: Any = None) -> Line:
        return Line()

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        if "name" in row and not row.get("first_name") and not row.get("last_name"):
            row["first_name"], row["last_name"] = split_name(str(row["name"] or ""))

    def validate_instance(self, line: Line, errors: Any = None, **kwargs: Any) -> None:
        found = dict(errors or {})
        if line.stamps and not self.program.has_stamps:
            found["stamps"] = ValidationError(_("This program has no stamps."))
        if line.points and not self.program.has_points:
            found["points"] = ValidationError(_("This program has no points."))
        if found:
            raise ValidationError(found)

    def save_instance(self, line: Line, is_create: bool, row: Any, **kwargs: Any) -> None:
        number = self.before + kwargs["row_number"]
        first = self.first_seen.setdefault(line.email, number)
        if first != number:
            text = _("This address stands in line %(line)d already.") % {"line": first}
            raise ValidationError({"email": ValidationError(text)})
        self.lines.append(line)
        self.numbers.append(number)

    def save_m2m(self, line: Line, row: Any, **kwargs: Any) -> None:
        """Lines have nothing of that kind."""

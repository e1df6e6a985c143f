"""The second step of an import: what each column means, what is asked about it, and what the first rows become."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import date_format, number_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from customers.models import YEAR_UNKNOWN
from loyalty import rules as arithmetic
from loyalty import selectors
from loyalty.imports.checking import columns_of, names_of
from loyalty.imports.lines import Line
from loyalty.imports.reader import Read, Reader
from loyalty.imports.reading import cells, headings
from loyalty.imports.reading.columns import ANSWERS, BALANCES
from loyalty.imports.reading.days import DAY_FIRST, MONTH_FIRST
from loyalty.imports.reading.numbers import COMMA, POINT
from loyalty.imports.reading.people import INTERNATIONAL, LEFT_OUT, NATIONAL
from tenancy.models import Store

FIELDS: Mapping[str, Any] = {
    "": gettext_lazy("not used"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "name": gettext_lazy("whole name"),
    "family_first": gettext_lazy("whole name, family name first"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "birth_date": gettext_lazy("birthday"),
    "language": gettext_lazy("language"),
    "marketing_consent": gettext_lazy("wants offers by e-mail"),
    "tags": gettext_lazy("tags"),
    "code": gettext_lazy("code"),
    "stamps": gettext_lazy("stamps"),
    "points": gettext_lazy("points"),
    "stamps_owed": gettext_lazy("stamps owed"),
    "points_owed": gettext_lazy("points owed"),
}
WORDS: Mapping[str, Any] = {
    DAY_FIRST: gettext_lazy("the day comes first"),
    MONTH_FIRST: gettext_lazy("the month comes first"),
    COMMA: gettext_lazy("decimals after a comma: 1.234,5"),
    POINT: gettext_lazy("decimals after a point: 1,234.5"),
    NATIONAL: gettext_lazy("numbers of the store's country"),
    INTERNATIONAL: gettext_lazy("the + is missing in front"),
    LEFT_OUT: gettext_lazy("leave these lines out"),
}
SAMPLES_BESIDE = 3


@dataclass(frozen=True)
class Column:
    """A column as the page shows it: its heading, what stands in it, and the inputs that say what it means."""

    heading: str
    samples: Sequence[str]
    meant: forms.BoundField
    question: forms.BoundField | None
    hint: str


class ColumnsForm(forms.Form):
    """A choice for each column, and one more for each that, as it is meant now, leaves something to be asked."""

    def __init__(
        self, *args: Any, table: Mapping[str, Any], chosen: Mapping[str, Any] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about = table
        before = chosen or {"fields": table["fields"], "answers": {}}
        if table.get("unsure"):
            self.fields["first_is_person"] = forms.BooleanField(
                label=_("Line %(number)d is a person, and no headings") % {"number": table["unsure"]},
                required=False,
                initial=before.get("first_is_person", False),
                widget=UnfoldBooleanSwitchWidget,
            )
        for number, heading in enumerate(table["headings"]):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading or _("Column %(number)d") % {"number": number + 1},
                choices=list(FIELDS.items()),
                required=False,
                initial=before["fields"][number],
                widget=UnfoldAdminSelectWidget,
            )
            meant = str(self.data.get(f"column_{number}", "") if self.is_bound else before["fields"][number])
            if example := table["questions"][number].get(meant):
                self.fields[f"answer_{number}"] = forms.ChoiceField(
                    label=_("How is this written: %(example)s?") % {"example": example},
                    choices=[("", "---"), *((answer, WORDS[answer]) for answer in ANSWERS[meant])],
                    required=False,
                    initial=before["answers"].get(str(number), ""),
                    widget=UnfoldAdminSelectWidget,
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number, questions in enumerate(self.about["questions"]):
            meant = cleaned.get(f"column_{number}", "")
            answer = cleaned.get(f"answer_{number}", "")
            if meant in questions and answer not in ANSWERS[meant]:
                self.add_error(f"answer_{number}", _("Please answer this."))
        if not columns_of(self.chosen(0)).is_enough:
            raise forms.ValidationError(
                _("Say which column is the e-mail address, the phone or the name: one of them is needed.")
            )
        return cleaned

    def chosen(self, table: int) -> dict[str, Any]:
        """What was chosen, as plain data; what the column says itself is no question, and goes with it."""
        fields, answers = [], dict[str, str]()
        for number in range(len(self.about["headings"])):
            meant = self._said(f"column_{number}")
            fields.append(meant)
            settled = self.about["answers"][number].get(meant, "")
            answer = self._said(f"answer_{number}") if meant in self.about["questions"][number] else settled
            if answer:
                answers[str(number)] = answer
        chosen = {"table": table, "fields": fields, "answers": answers}
        return chosen | ({"first_is_person": True} if self._said("first_is_person") else {})

    def _said(self, name: str) -> str:
        if self.is_bound:
            return str(self.cleaned_data.get(name) or "")
        return str(self.fields[name].initial or "") if name in self.fields else ""

    def columns(self) -> Iterator[Column]:
        """The columns with their inputs and the first things that stand in them."""
        for number, heading in enumerate(self.about["headings"]):
            samples = [row[number + 1 : number + 2] for row in self.about["samples"]]
            texts = [cells.shown(cells.unpacked(cell)) for some in samples for cell in some]
            ever = headings.is_of_all_time(heading)
            yield Column(
                heading,
                [text for text in texts if text][:SAMPLES_BESIDE],
                self[f"column_{number}"],
                self[f"answer_{number}"] if f"answer_{number}" in self.fields else None,
                _("A total of all time is no balance.") if ever else "",
            )


def rules(chosen: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """How columns for one thing are combined, in sentences."""
    columns, sentences = columns_of(chosen), []
    for meant, label in FIELDS.items():
        several = [f"“{names[number]}”" for number in columns.in_turn(meant, names)] if meant else []
        if len(several) < 2:
            continue
        if meant == "marketing_consent":
            text = _("%(field)s: only who says yes in %(columns)s.")
        elif meant in BALANCES or meant == "birth_date":
            text = _("%(field)s: %(columns)s have to agree; a line where they do not is left out.")
        else:
            text = _("%(field)s: the first of %(columns)s that is not empty.")
        sentences.append(text % {"field": str(label).capitalize(), "columns": ", ".join(several)})
    return sentences


def first_rows(
    table: Mapping[str, Any], chosen: Mapping[str, Any], *, store: Store, today: date
) -> list[tuple[Read, str]]:
    """The first rows, and in words what each becomes; none while no column says who somebody is."""
    if not columns_of(chosen).is_enough:
        return []
    program = selectors.program_of(store.merchant_id)
    names, first = names_of(table, chosen), [table["first"]] if chosen.get("first_is_person") else []
    reader = Reader(columns_of(chosen), names, store=store, program=program, today=today)
    found = [*first, *table["samples"]]
    samples = [(int(row[0]), [cells.unpacked(cell) for cell in row[1:]]) for row in found]
    return [(read, _becomes(read)) for read in reader.read(samples)]


def _becomes(read: Read) -> str:
    if read.line is None:
        return " ".join(f"{fault.column}: {fault.text}" for fault in read.faults) or _(
            "Stands above already."
        )
    return " · ".join(filter(None, map(str, _facts(read.line))))


def _facts(line: Line) -> Iterator[Any]:
    yield f"{line.first_name} {line.last_name}".strip()
    yield from (line.email, line.phone, line.code, line.language)
    if line.birth_date:
        is_whole = line.birth_date.year != YEAR_UNKNOWN
        yield date_format(line.birth_date, "DATE_FORMAT" if is_whole else "MONTH_DAY_FORMAT")
    if line.marketing_consent:
        yield FIELDS["marketing_consent"]
    if line.tags:
        yield format_lazy("{}: {}", FIELDS["tags"], ", ".join(line.tags))
    if line.stamps:
        yield format_lazy("{}: {}", FIELDS["stamps"], line.stamps)
    if line.points or line.points_fraction:
        fraction = Decimal(line.points_fraction) / arithmetic.POINT
        points = line.points + fraction if fraction else line.points
        yield format_lazy("{}: {}", FIELDS["points"], number_format(points))
    for owed in ("stamps_owed", "points_owed"):
        if number := getattr(line, owed):
            yield format_lazy("{}: {}", FIELDS[owed], number_format(number))

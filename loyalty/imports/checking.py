"""Checking the rows of a file once its columns are known: what each will do, or what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from loyalty import selectors
from loyalty.imports.faults import Fault
from loyalty.imports.packing import Row
from loyalty.imports.plan import Figures, Person, foresee
from loyalty.imports.reader import Read, Reader
from loyalty.imports.reading.columns import Columns, numbered
from tenancy.models import Store

FAULTS_SHOWN = 200
PART = 1_000  # rows that are looked up in the database at once


class Checker:
    """The check of one table of a file: figures and faults grow while its rows are read."""

    def __init__(
        self,
        tables: Sequence[Mapping[str, Any]],
        chosen: Mapping[str, Any],
        *,
        store: Store,
        today: date,
    ) -> None:
        self.store, self.table = store, int(chosen["table"])
        table = tables[self.table]
        self.names = names_of(table, chosen)
        self.headings = None if chosen.get("first_is_person") else table.get("unsure")
        self.columns = columns_of(chosen)
        program = selectors.program_of(store.merchant_id)
        self.reader = Reader(self.columns, self.names, store=store, program=program, today=today)
        self.figures, self.faults = Figures(), list[Fault]()
        self.fault_count = self.faulty = self.skipped = 0
        self.seen: dict[int, int] = {}

    @property
    def unused(self) -> list[str]:
        """The headings of which nothing is made."""
        named = zip(self.names, self.columns.fields, strict=True)
        return [name for name, meant in named if name and not meant]

    def parts(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
        """All rows of the file, those of this table with what became of them."""
        rows = iter(rows)
        while part := list(islice(rows, PART)):
            ours = [row for row in part if row.table == self.table and row.number != self.headings]
            read = list(self.reader.read((row.number, row.cells) for row in ours))
            checked = dict(zip((row.number for row in ours), self._checked(read), strict=True))
            yield [
                replace(row, line=checked[row.number].line, faults=checked[row.number].faults)
                if row.table == self.table and row.number in checked
                else replace(row, line=None, faults=())
                for row in part
            ]

    def _checked(self, read: Sequence[Read]) -> list[Read]:
        """The rows again, with what only the merchant's own people say about them."""
        good = [each for each in read if each.line]
        people = dict(
            zip(
                (each.number for each in good),
                foresee(store=self.store, lines=[each.line for each in good if each.line]),
                strict=True,
            )
        )
        checked = [self._judged(each, people.get(each.number)) for each in read]
        self.figures.add(
            person for each in checked if each.line and (person := people.get(each.number)) is not None
        )
        for each in checked:
            self.skipped += each.line is None and not each.faults
            self.faulty += bool(each.faults)
            self.fault_count += len(each.faults)
            self.faults.extend(each.faults[: max(0, FAULTS_SHOWN - len(self.faults))])
        return checked

    def _judged(self, read: Read, person: Person | None) -> Read:
        if person is None:
            return read
        refused: tuple[str, str] | None = person.refused
        about: dict[str, Any] = {}
        if refused is None and person.customer is not None:
            first = self.seen.setdefault(person.customer.pk, read.number)
            if first != read.number:
                refused, about = ("email", "seen_person"), {"line": first}
        if refused is None:
            return read
        meant, why = refused
        column = next(iter(self.columns.of(meant)), None)
        fault = Fault(read.number, meant if column is None else self.names[column], why, about)
        return replace(read, line=None, faults=[fault])


def names_of(table: Mapping[str, Any], chosen: Mapping[str, Any]) -> list[str]:
    """What the columns of a table are called, by what was chosen: by its headings, if they are no person."""
    names = [str(name) for name in table["headings"]]
    return numbered(len(names)) if chosen.get("first_is_person") else names


def columns_of(chosen: Mapping[str, Any]) -> Columns:
    """What was chosen on the page of the columns, as a job's parameters keep it."""
    answers = {int(number): str(answer) for number, answer in chosen["answers"].items()}
    return Columns(tuple(chosen["fields"]), answers)

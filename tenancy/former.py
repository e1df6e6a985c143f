"""Rows as they were: what is told of a moment is told as it was then, however late it is told.

Lines of the ledger are never changed; who holds a card, what a reward costs or how a store is called is. Before such a
row changes, the database keeps what it said:

RULES = [*is_kept("loyalty_staffpin", "name")]                    # in an app's triggers
former = Former.of([pin], since=at); former.at(pin, at).name      # the name that it had
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db.models import DecimalField, Field, Model, Q, QuerySet
from django.db.models.base import ModelState

from groundwork import clock
from groundwork.database.triggers import Rule
from tenancy import scope
from tenancy.models import FormerRow

M = TypeVar("M", bound=Model)

KEPT = timedelta(days=30)
BATCH = 5_000
ITS_OWN = "SELECT {row}.merchant_id"


# --- Writing ----------------------------------------------------------------------------------------------


def is_kept(
    table: str, *columns: str, merchants: str = ITS_OWN, person: str = "NULL", is_removed: bool = False
) -> list[Rule]:
    """What a row of a table says in some columns is kept when they change, and (`is_removed`) when it goes.

    `merchants` selects whose it is, `person` is the customer whose data it is; {row} stands for the row.
    """
    said = ", ".join(f"'{column}', OLD.{column}" for column in columns)

    def rule(name: str, when: str, row: str, until: str, only_if: str) -> Rule:
        return Rule(
            f"{table}_{name}",
            table,
            when,
            f"""INSERT INTO tenancy_formerrow (merchant_id, of_table, row_id, person_id, said, until, created_at)
SELECT whose.id, '{table}', OLD.id, {person.format(row=row)}, jsonb_build_object({said}), {until}, clock_timestamp()
FROM ({merchants.format(row=row)}) AS whose (id);""",
            only_if=only_if,
        )

    differs = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    moment = "CASE WHEN NEW.updated_at <> OLD.updated_at THEN NEW.updated_at ELSE clock_timestamp() END"
    rules = [rule("is_remembered", f"AFTER UPDATE OF {', '.join(columns)}", "NEW", moment, differs)]
    if is_removed:
        rules.append(rule("is_remembered_when_gone", "AFTER DELETE", "OLD", "clock_timestamp()", "true"))
    return rules


def in_every_language(*columns: str) -> list[str]:
    """The columns of texts that are kept in every language."""
    return [f"{column}_{code}" for column in columns for code, _name in settings.LANGUAGES]


def forget(person_id: int) -> None:
    """Remove what is kept of a customer's former data; inside the transaction that erases them, at its end."""
    FormerRow.objects.filter(person_id=person_id).delete()


def clean(*, now: datetime) -> int:
    """Remove what nobody may be told of any more; returns how many rows."""
    removed = 0
    with scope.everything("30 days are 30 days for every merchant"):
        old = FormerRow.objects.filter(until__lt=now - KEPT).order_by("until")
        while ids := list(old.values_list("pk", flat=True)[:BATCH]):
            removed += FormerRow.objects.filter(pk__in=ids).delete()[0]
    return removed


def of_person(person_id: int) -> list[dict[str, Any]]:
    """What is kept of a customer's former data, oldest first, for their export."""
    rows = FormerRow.objects.filter(person_id=person_id)
    return [{"table": row.of_table, "said": row.said, "until": row.until} for row in rows]


# --- Reading ----------------------------------------------------------------------------------------------


def of_people(
    model: type[Model], person_ids: Iterable[int], *, since: datetime
) -> Mapping[int, list[FormerRow]]:
    """By customer, what rows of a table have said of them since a moment (UTC), also those that are gone."""
    rows = _since(since).filter(of_table=model._meta.db_table, person_id__in=list(person_ids))
    found: dict[int, list[FormerRow]] = defaultdict(list)
    for row in rows.order_by("until", "pk"):
        if row.person_id is not None:
            found[row.person_id].append(row)
    return found


def _since(since: datetime) -> QuerySet[FormerRow]:
    """What was said until after a moment; what the database's clock takes for later than now has changed already."""
    return FormerRow.objects.filter(until__gt=since, until__lte=clock.now())


@dataclass(frozen=True)
class Former:
    """What some rows said before they were changed."""

    rows: Mapping[tuple[str, int], Sequence[FormerRow]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Model | None], *, since: datetime) -> Self:
        """What some rows have said since a moment (UTC); one statement."""
        ids: dict[str, set[int]] = defaultdict(set)
        for row in rows:
            if row is not None and row.pk is not None:
                ids[row._meta.db_table].add(row.pk)
        found: dict[tuple[str, int], list[FormerRow]] = defaultdict(list)
        if ids:
            which = Q()
            for table in sorted(ids):
                which |= Q(of_table=table, row_id__in=sorted(ids[table]))
            for former in _since(since).filter(which).order_by("until", "pk"):
                found[former.of_table, former.row_id].append(former)
        return cls(found)

    def at(self, row: M, at: datetime) -> M:
        """A row as it was at a moment (UTC): a copy that is not to be saved; itself, where it has not changed since."""
        kept = self.rows.get((row._meta.db_table, row.pk), ())
        said = next((former.said for former in kept if former.until > at), None)
        return row if said is None else _saying(row, said)


def copied(row: M) -> M:
    """A row once more, not to be saved: what is set on it, or joined to it, is not the other's."""
    # `copy.copy` goes the way of pickling, which takes seven times as long.
    then = row.__class__.__new__(row.__class__)
    then.__dict__.update(row.__dict__)
    then._state = ModelState()
    then._state.__dict__.update(row._state.__dict__, fields_cache=dict(row._state.fields_cache))
    return then


def _saying(row: M, said: Mapping[str, Any]) -> M:
    then = copied(row)
    by_column = {each.column: each for each in row._meta.concrete_fields}
    for column, value in said.items():
        kept = by_column[column]
        setattr(then, kept.attname, None if value is None else _as_kept(kept, value))
    return then


def _as_kept(column: Field, value: Any) -> Any:
    """A value out of JSON as the column has it, a decimal with all its digits."""
    if isinstance(column, DecimalField):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-column.decimal_places))
    return column.to_python(value)

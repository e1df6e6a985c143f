"""Queries that are compiled once per process and then only executed.

Composing a wide query with Django costs several times what the database needs to answer it. The few that stand in
every call at the till are kept as SQL, with places for their parameters:

    find = Prepared(lambda *, store_code: Store.objects.filter(store_code=store_code))
    rows = find(store_code="mirabel-gare")

The builder is an ordinary function that returns a queryset, and stays the only place that says what is asked. Its
parameters are integers, texts or moments, never None, and must not change the shape of the query.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import QuerySet
from django.db.models.expressions import Combinable, DatabaseDefault, Value
from django.db.models.query import ModelIterable, ValuesIterable, get_related_populators

_FIRST_NUMBER = 2**52
_FIRST_MOMENT = datetime(1971, 1, 1, tzinfo=UTC)


Surroundings = tuple[Hashable, dict[str, Any]]


@dataclass(frozen=True)
class _Place:
    """Where a parameter goes; `wrap` is the type that the database's driver wants."""

    name: str
    wrap: Callable[[Any], Any]


class Prepared:
    """A callable like its builder, which returns the rows: model instances, or dictionaries for `.values()`.

    What a query depends on beside its parameters (a scope that is open around it) is told by a subclass, in
    `surroundings` and `within`.
    """

    def __init__(self, build: Callable[..., QuerySet]) -> None:
        self.build = build
        self._kept: dict[Hashable, _Statement] = {}

    def surroundings(self) -> Surroundings | None:
        """In what this call is made: a key for the shape of the query, and values that stand in it.

        None if it is made in something for which no statement is kept: then the builder is asked as it is.
        """
        return "", {}

    def within(self, values: Mapping[str, Any]) -> AbstractContextManager[Any]:
        """Open the same surroundings with other values, to compile in."""
        return nullcontext()

    def __call__(self, **parameters: Any) -> list[Any]:
        surroundings = self.surroundings()
        if surroundings is None:
            return list(self.build(**parameters))
        key, hidden = surroundings
        statement = self._kept.get(key)
        if statement is None:
            statement = self._kept[key] = _Statement(self, parameters, hidden)
        return statement.rows(parameters | hidden)

    def forget(self) -> None:
        """Compile again on the next call (for tests that change what the builder asks)."""
        self._kept.clear()


class _Statement:
    """One compiled query."""

    def __init__(self, prepared: Prepared, examples: dict[str, Any], hidden: dict[str, Any]) -> None:
        self.marks = _marks([*examples.items(), *hidden.items()])
        with prepared.within({name: self.marks[name] for name in hidden}):
            self.queryset = prepared.build(**{name: self.marks[name] for name in examples})
            self.compiler = self.queryset.query.get_compiler(connection=connection)
            self.sql, written = self.compiler.as_sql()
        self._read_shape()
        places = {_adapted(mark): name for name, mark in self.marks.items()}
        self.parameters = [
            _Place(places[value], _wrapper(value)) if _is_mark(value, places) else value for value in written
        ]

    def _read_shape(self) -> None:
        """Which columns of a row belong to what. Raises TypeError for rows that are neither models nor dictionaries."""
        compiler, iterable = self.compiler, self.queryset._iterable_class
        if iterable not in (ModelIterable, ValuesIterable):
            raise TypeError(
                f"Rows of {iterable.__name__} cannot be prepared: no rows of that kind are read here."
            )
        self.converters = compiler.get_converters(
            [column[0] for column in compiler.select[: compiler.col_count]]
        )
        if self.queryset._iterable_class is not ValuesIterable:
            info = compiler.klass_info
            self.first, self.end = info["select_fields"][0], info["select_fields"][-1] + 1
            self.columns = [field[0].target.attname for field in compiler.select[self.first : self.end]]
            # From Django 6.1 on a queryset says how its rows fetch what they left out, and populators ask for it.
            modes = [self.queryset._fetch_mode] if hasattr(self.queryset, "_fetch_mode") else []
            self.related = get_related_populators(info, compiler.select, connection.alias, *modes)

    def rows(self, values: dict[str, Any]) -> list[Any]:
        parameters = [
            part.wrap(_adapted(values[part.name])) if isinstance(part, _Place) else part
            for part in self.parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            found = cursor.fetchall()
        return self._instances(found) if found else []

    def _instances(self, found: Sequence[tuple]) -> list[Any]:
        """What django.db.models.query.ModelIterable and ValuesIterable do with the rows of a compiled query."""
        rows = self.compiler.apply_converters(found, self.converters) if self.converters else found
        if self.queryset._iterable_class is ValuesIterable:
            query = self.queryset.query
            names = query.selected or [*query.extra_select, *query.values_select, *query.annotation_select]
            return [dict(zip(names, row, strict=True)) for row in rows]
        model, annotations = self.compiler.klass_info["model"], self.compiler.annotation_col_map or {}
        made = []
        for row in rows:
            instance = model.from_db(connection.alias, self.columns, row[self.first : self.end])
            for populator in self.related:
                populator.populate(row, instance)
            for name, column in annotations.items():
                setattr(instance, name, row[column])
            made.append(instance)
        return made


def _marks(examples: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A value for each parameter that cannot stand in the query by chance."""
    marks: dict[str, Any] = {}
    for number, (name, example) in enumerate(examples):
        if isinstance(example, int):
            marks[name] = _FIRST_NUMBER + number
        elif isinstance(example, datetime):
            marks[name] = _FIRST_MOMENT + timedelta(days=number)
        else:
            marks[name] = f"prepared-parameter-{number}"
    return marks


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _is_mark(value: Any, places: dict[Any, str]) -> bool:
    return isinstance(value, int | str | datetime) and value in places


def _wrapper(value: Any) -> Callable[[Any], Any]:
    return type(value) if isinstance(value, int) else lambda given: given


# --- Writing rows -------------------------------------------------------------------------------------------


@cache
def _columns(model: type[models.Model]) -> tuple[models.Field, ...]:
    return tuple(f for f in model._meta.local_concrete_fields if not f.primary_key and not f.generated)


@cache
def _insert_statement(model: type[models.Model], fields: tuple[models.Field, ...]) -> tuple[str, str]:
    """The statement up to its rows, and one row."""
    columns = ", ".join(f'"{field.column}"' for field in fields)
    placeholders = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ', f"({placeholders})"


@cache
def _update_statement(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[str, tuple[models.Field, ...]]:
    by_name = {field.name: field for field in model._meta.local_concrete_fields}
    fields = tuple(by_name[name] for name in names)
    columns = ", ".join(f'"{field.column}" = %s' for field in fields)
    return f'UPDATE "{model._meta.db_table}" SET {columns} WHERE id = %s', fields


def insert(*instances: models.Model) -> None:
    """INSERT some rows of one model, with a statement that is written once per model; the instances get their ids.

    `bulk_create` hands columns over as arrays, whose quoting takes ten times as long where there are long texts.
    What the database fills by itself (`db_default`) they do not learn. Raises TypeError for other expressions, and
    where it fills other columns of one row than of another.
    """
    database = connections[DEFAULT_DB_ALIAS]
    rows = [_given(instance) for instance in instances]
    fields = tuple(rows[0])
    if any(tuple(row) != fields for row in rows[1:]):
        raise TypeError("Rows that are inserted together leave the same columns to the database.")
    into, one = _insert_statement(type(instances[0]), fields)
    values = [field.get_db_prep_save(value, database) for row in rows for field, value in row.items()]
    with database.cursor() as cursor:
        cursor.execute(f"{into}{', '.join([one] * len(rows))} RETURNING id", values)
        ids = cursor.fetchall()
    for instance, (pk,) in zip(instances, ids, strict=True):
        instance.pk = pk
        instance._state.adding, instance._state.db = False, database.alias


def _given(instance: models.Model) -> dict[models.Field, Any]:
    """The columns of a row, but for those that the database fills."""
    row = {field: _plain(field.pre_save(instance, add=True)) for field in _columns(type(instance))}
    return {field: value for field, value in row.items() if not _is_left_to_the_database(field, value)}


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Value) else value


def _is_left_to_the_database(field: models.Field, value: Any) -> bool:
    if not isinstance(value, Combinable):
        return False
    if not isinstance(value, DatabaseDefault) and value != field.db_default:
        raise TypeError(
            f"{field}: only what a column is filled with anyway can be prepared, and not {value}."
        )
    return True


def update(instance: models.Model, *names: str) -> None:
    """UPDATE the named columns of one row to what the instance holds."""
    database = connections[DEFAULT_DB_ALIAS]
    sql, fields = _update_statement(type(instance), names)
    values = [field.get_db_prep_save(getattr(instance, field.attname), database) for field in fields]
    with database.cursor() as cursor:
        cursor.execute(sql, [*values, instance.pk])

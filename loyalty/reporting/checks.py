"""What a check of the books is: a statement whose rows are violations, read as they come."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from groundwork.database import reading

Row = TypeVar("Row", bound=Model)
AT_ONCE = 2_000


@dataclass(frozen=True)
class Violation:
    """Something that a merchant's customers were not promised, in words with ids."""

    check: str
    merchant_id: int
    words: str

    def __str__(self) -> str:
        return f"merchant {self.merchant_id}: {self.words}"


@dataclass(frozen=True)
class Check:
    """A statement whose rows are violations - the merchant's id, then what `words` names in order."""

    words: str
    sql: str


def rows_of(sql: str) -> Iterator[tuple]:
    """The rows of a statement, some at a time: the memory needed does not grow with them."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def in_pieces(
    rows: QuerySet[Row], look: Callable[[Sequence[Row]], Iterable[Violation]]
) -> Iterator[Violation]:
    """What `look` finds, shown some rows at a time, by their ids; what it reads besides is of the same moment as they.

    Neither memory nor a transaction grows with the table, and what happens meanwhile is no violation.
    """
    last = 0
    while True:
        with reading.one_moment():
            some = list(rows.filter(pk__gt=last).order_by("pk")[:AT_ONCE])
            found = list(look(some)) if some else []
        yield from found
        if len(some) < AT_ONCE:
            return
        last = some[-1].pk

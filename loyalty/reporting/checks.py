"""What a check of the books is: a statement whose rows are violations, read as they come."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

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

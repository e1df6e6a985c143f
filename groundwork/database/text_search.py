"""Searches for a part of a name, or what comes near it: names without accents, and a trigram index for them.

Both need pg_trgm, an extension that comes with every PostgreSQL.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.migrations.operations.base import Operation
from django.db.models import Func, TextField

SAMPLES = 1_000  # of a column, to tell how common a part of a text is


# Letters that are written as two without their sign.
TWO_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe"}
_OF_THEIR_OWN = {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d"}


def _base(letter: str) -> str:
    """The letter of a plain keyboard below an accent; empty if there is none."""
    base = unicodedata.normalize("NFD", letter.lower())[0]
    return base if base.isascii() and base.isalpha() else _OF_THEIR_OWN.get(letter.lower(), "")


# Latin letters with a sign, in both cases, and the plain letter of each, at the same place.
ACCENTED = "".join(letter for letter in map(chr, range(0xC0, 0x180)) if _base(letter))
UNACCENTED = "".join(map(_base, ACCENTED))
_PLAIN = str.maketrans(ACCENTED, UNACCENTED)


def plain(text: str) -> str:
    """A text in small letters without accents, as names are compared; `Plain` is the same in SQL.

    >>> plain("Müller, ZOË"), plain("Weiß")
    ('muller, zoe', 'weiss')
    """
    text = text.lower()
    for letter, two in TWO_LETTERS.items():
        text = text.replace(letter, two)
    return text.translate(_PLAIN)


def _plain() -> str:
    text = "lower(%(expressions)s)"
    for letter, two in TWO_LETTERS.items():
        text = f"replace({text}, '{letter}', '{two}')"
    return f"translate({text}, '{ACCENTED}', '{UNACCENTED}')"


class Plain(Func):
    """A text as `plain` writes it, worked out by the database."""

    template = _plain()
    arity = 1
    output_field = TextField()


@contextmanager
def as_near_as(similarity: float) -> Iterator[None]:
    """A transaction whose trigram lookups take for similar what is so by this much, 0 to 1; PostgreSQL's own is 0.6."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(similarity)])
        yield


class TrigramIndex(Operation):
    """Create a GIN trigram index on one text column (and the pg_trgm extension, which is a trusted one)."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, name: str, table: str, column: str) -> None:
        self.name, self.table, self.column = name, table, column

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The index is invisible to the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {self.name} ON {self.table} USING gin ({self.column} gin_trgm_ops)"
        )
        # Whether a text is in every tenth row or in every thousandth decides how it is best looked for.
        schema_editor.execute(f"ALTER TABLE {self.table} ALTER {self.column} SET STATISTICS {SAMPLES}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f"DROP INDEX IF EXISTS {self.name}")

    def describe(self) -> str:
        return f"Trigram index on {self.table}.{self.column}"

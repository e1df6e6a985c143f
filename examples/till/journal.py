"""What the till has to send, on its disk: written before it is sent, kept until it is answered.

A till that is switched off in the middle sends the same call with the same key when it is back: it is booked once.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

TABLES = """
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, about TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting', said TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, type TEXT NOT NULL, data TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Entry:
    """A call: `kind` is "sale" or "return", `about` the card or the receipt that it is about."""

    key: str
    kind: str
    about: str
    body: dict[str, Any]
    state: str
    said: str


class Journal:
    """A file with the calls of this till, and the events that it was told of. Each method is a transaction."""

    def __init__(self, path: str) -> None:
        self.path = path
        with self._open() as database:
            database.executescript(TABLES)

    def _open(self) -> "closing[sqlite3.Connection]":
        return closing(sqlite3.connect(self.path, isolation_level=None, timeout=10))

    def note(self, kind: str, about: str, body: dict[str, Any]) -> Entry:
        """Write down a call that is to be sent, under a key of its own."""
        entry = Entry(str(uuid4()), kind, about, body, "waiting", "")
        with self._open() as database:
            database.execute(
                "INSERT INTO calls (key, kind, about, body) VALUES (?, ?, ?, ?)",
                (entry.key, kind, about, json.dumps(body)),
            )
        return entry

    def settle(self, key: str, state: str, said: str) -> None:
        """What became of a call: "done" or "refused", and in which words."""
        with self._open() as database:
            database.execute("UPDATE calls SET state = ?, said = ? WHERE key = ?", (state, said, key))

    def entries(self, state: str) -> list[Entry]:
        """The calls in a state, oldest first."""
        return list(self._entries(state))

    def _entries(self, state: str) -> Iterator[Entry]:
        with self._open() as database:
            asked = "SELECT key, kind, about, body, state, said FROM calls WHERE state = ? ORDER BY number"
            for key, kind, about, body, *rest in database.execute(asked, (state,)):
                yield Entry(key, kind, about, json.loads(body), *rest)

    def hear(self, event_id: str, kind: str, data: Any) -> bool:
        """Write down an event; False if it was heard before."""
        with self._open() as database:
            heard = database.execute(
                "INSERT INTO events VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (event_id, kind, json.dumps(data)),
            )
            return heard.rowcount == 1

    def heard(self) -> list[tuple[str, str]]:
        """The events so far: id and type."""
        with self._open() as database:
            return list(database.execute("SELECT id, type FROM events ORDER BY rowid"))

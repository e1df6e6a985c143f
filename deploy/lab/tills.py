"""Tills that stamp, sell and enrol, and write down what they were told: key, answer, time.

What is not answered is sent again with its key, as a terminal does, until it is. `against_the_ledger` compares the
log with the database.
"""

import http.client
import itertools
import json
import random
import ssl
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAUSE = 0.15  # seconds between two customers at a till
AGAIN = 0.5  # seconds until what was not answered is sent again
PATIENCE = 10.0  # seconds for an answer
PASSING = {0, 429, 500, 502, 503, 504}  # 0: no answer
LINES = """SELECT notes, count(*), min(id) FROM loyalty_loyaltytransaction
    WHERE merchant_id = %s AND notes LIKE 'lab-%%' GROUP BY notes"""


@dataclass
class Answer:
    """One sending, and what came of it; `status` 0 is nothing, times are of time.monotonic()."""

    key: str
    card: int
    began: float
    ended: float
    status: int
    code: str = ""
    line: int = 0
    retry_after: str = ""
    till: int = 0

    @property
    def took(self) -> float:
        return self.ended - self.began


@dataclass
class Street:
    """Tills of one shop at one site. `answers` is their log, in the order in which they heard."""

    port: int
    certificate: Path
    shop: dict[str, Any]
    log: Path
    seed: int
    count: int = 4
    enrols: float = 0.0  # how many of a hundred customers are new ones, of one
    answers: list[Answer] = field(default_factory=list)
    unsettled: dict[str, int] = field(default_factory=dict)
    halted: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    cards: list[int] = field(default_factory=list)

    def open(self) -> None:
        """Let the tills begin."""
        self.cards = list(self.shop["cards"])
        self._lock, self._file = threading.Lock(), self.log.open("a")
        self.threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(self.count)
        ]
        for thread in self.threads:
            thread.start()

    def close(self, seconds: float = 60) -> None:
        """Let each till settle what it is at, for so long at most."""
        self.halted.set()
        deadline = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self.closed.set()
        for thread in self.threads:
            thread.join(PATIENCE + 1)
        self._file.close()

    def since(self, began: float) -> list[Answer]:
        """All answers that were heard after a moment."""
        return [answer for answer in self.answers if answer.ended >= began]

    def _work(self, number: int) -> None:
        chance = random.Random(f"{self.seed} {number}")
        till = Line(self, number)
        while not self.halted.is_set():
            key, card = f"lab-{uuid.UUID(int=chance.getrandbits(128))}", chance.choice(self.cards)
            path, body = self._wish(chance, key, card)
            self._settle(till, key, card, path, body)
            time.sleep(PAUSE)

    def _wish(self, chance: random.Random, key: str, card: int) -> tuple[str, dict[str, Any]]:
        wish = chance.random()
        if wish < self.enrols:
            return "cards/", {"email": f"{key}@example.com", "name": "Anna Weber", "create_if_missing": True}
        if wish < 0.65:
            return f"cards/{card}/stamps/", {"notes": key}
        return f"cards/{card}/points/", {
            "notes": key,
            "purchase_amount_cents": chance.randint(100, 5000),
            "order_reference": key,
        }

    def _settle(self, till: "Line", key: str, card: int, path: str, body: dict[str, Any]) -> None:
        """Send it until it is answered for good."""
        while not self.closed.is_set():
            answer = till.post(key, card, path, body)
            with self._lock:
                self.answers.append(answer)
                self._file.write(json.dumps(vars(answer) | {"at": time.time()}) + "\n")
                if answer.status not in PASSING:
                    self.unsettled.pop(key, None)
                    return
                self.unsettled[key] = card
            time.sleep(AGAIN)


class Line:
    """A till's connection, kept open as long as it holds."""

    def __init__(self, street: Street, number: int) -> None:
        self.street, self.number = street, number
        self.context = ssl.create_default_context(cafile=str(street.certificate))
        self.connection: http.client.HTTPSConnection | None = None

    def post(self, key: str, card: int, path: str, body: dict[str, Any]) -> Answer:
        """Send one operation."""
        began = time.monotonic()
        try:
            status, told, again = self._call(key, path, body)
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            return Answer(key, card, began, time.monotonic(), 0, type(error).__name__, till=self.number)
        line = (told.get("transaction") or {}).get("id", 0) if status < 300 else 0
        return Answer(
            key, card, began, time.monotonic(), status, str(told.get("code", "")), line, again, self.number
        )

    def _call(self, key: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
        shop = self.street.shop
        if self.connection is None:
            port = self.street.port
            self.connection = http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=PATIENCE, context=self.context
            )
        headers = {
            "Authorization": f"Bearer {shop['key']}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        self.connection.request("POST", f"/api/v1/stores/{shop['store']}/{path}", json.dumps(body), headers)
        response = self.connection.getresponse()
        content = response.read()
        try:
            told = json.loads(content)
        except ValueError:  # the proxy's own words
            told = {}
        return (
            response.status,
            told if isinstance(told, dict) else {},
            response.headers.get("Retry-After", ""),
        )

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


# --- What they were told, and what is so ------------------------------------------------------------------


@dataclass
class Verdict:
    """What the log says against what the ledger says; all lists are keys."""

    settled: int
    again: int
    lost: list[str]
    doubled: list[str]
    untold: list[str]
    open: list[str]
    refused: Counter[str]

    @property
    def is_green(self) -> bool:
        return not (self.lost or self.doubled or self.untold or self.open or self.refused)

    def __str__(self) -> str:
        return (
            f"{self.settled} operations acknowledged ({self.again} of them after they were sent again), "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.untold)} in the ledger that nobody was "
            f"told of, {len(self.open)} not settled, {sum(self.refused.values())} refused"
        )


def against_the_ledger(answers: list[Answer], connection: Any, merchant: int) -> Verdict:
    """Compare: each acknowledged operation is one line, that which the till was told, and nothing else is there."""
    lines = {notes: (count, first) for notes, count, first in connection.execute(LINES, [merchant])}
    told = {answer.key: answer.line for answer in answers if answer.status == 201 and answer.line}
    enrolled = {answer.key for answer in answers if answer.status in (200, 201) and not answer.line}
    settled = {answer.key for answer in answers if answer.status not in PASSING}
    sent = Counter(answer.key for answer in answers)
    refused = {
        answer.key: answer.code for answer in answers if answer.status not in PASSING and answer.status >= 300
    }
    return Verdict(
        settled=len(told) + len(enrolled),
        again=sum(sent[key] > 1 for key in told),
        lost=[key for key, line in told.items() if lines.get(key, (0, 0))[1] != line],
        doubled=[key for key, (count, _first) in lines.items() if count > 1],
        untold=[key for key in lines if key not in told],
        open=[key for key in sent if key not in settled],
        refused=Counter(refused.values()),
    )


def silence(answers: list[Answer], began: float, ended: float) -> float:
    """The longest time in which no till was told of anything done, in seconds."""
    heard = [
        began,
        *sorted(a.ended for a in answers if a.status in (200, 201) and began <= a.ended <= ended),
        ended,
    ]
    return max(later - earlier for earlier, later in itertools.pairwise(heard))


def statuses(answers: Iterable[Answer]) -> str:
    """How many of them there were of each status, in words."""
    counted = sorted(Counter(answer.status for answer in answers).items())
    return ", ".join(f"{count} x {status or 'no answer'}" for status, count in counted) or "none"

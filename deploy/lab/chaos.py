"""Take the lab's parts away while tills stamp; then compare what tills were told with the ledger.

make chaos                                       # all faults, one after the other
python -m deploy.lab chaos primary-lost --seed 7 # one of them
"""

import json
import os
import platform
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.request import urlopen

import psycopg

from deploy.lab import faults, needs, tills
from deploy.lab.cluster import Lab
from deploy.lab.faults.bounds import TILL_SECONDS
from deploy.lab.kept import kept_running
from deploy.lab.parts import LabError, until
from deploy.lab.plan import HERE

CARDS = 200
QUIET_SECONDS = 4.0  # of ordinary work before each fault


@dataclass
class Row:
    """What came of a fault."""

    name: str
    seen: str
    silence: float
    answered: int
    troubled: str
    slowest: float
    wrong: list[str]


@dataclass
class Day:
    """The lab, its tills, and what must hold of them. `short` makes the faults short."""

    lab: Lab
    street: tills.Street
    short: bool = False
    wrong: list[str] = field(default_factory=list)
    fault_at: float = 0.0

    def must(self, holds: bool, what: str) -> None:
        """Note what does not hold; the fault goes on, so that it is mended."""
        if not holds:
            self.wrong.append(f"not so: {what}")

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def long(self, seconds: int) -> int:
        """How long a fault lasts in this run."""
        return min(seconds, 8) if self.short else seconds

    def until_tills_answer(self) -> float:
        """Wait until every till has been told of something done that it asked for from now on.

        Returns the seconds from the fault until then.
        """
        asked = time.monotonic()
        until(lambda: self._all_answered(asked), "every till is answered", seconds=90, every=0.05)
        return max(self._first_answers(asked).values()) - self.fault_at

    def touched(self, seconds: int) -> str:
        """Let a fault that touches every till last, and hold that each hears 503 and when to come again, in time."""
        began = time.monotonic()
        with Probes(self.lab) as probes:
            self.wait(seconds)
        answers = [answer for answer in self.street.since(began + 0.5) if answer.status != 201]
        self.must(bool(answers), "tills notice it")
        refused = [answer for answer in answers if answer.status == 503]
        self.must(all(answer.retry_after for answer in refused), "each 503 says when to come again")
        self.must(len(refused) == len(answers), f"nothing but 503 ({tills.statuses(answers)})")
        slowest = max((answer.took for answer in answers), default=0.0)
        late = [answer for answer in answers if answer.began > began and answer.took > TILL_SECONDS]
        self.must(not late, f"within {TILL_SECONDS:.0f} s, of what was asked for since")
        self.must(not probes.failed, f"/healthz answers ({probes.failed} times it did not)")
        return (
            f"{seconds} s: {tills.statuses(answers)}, the slowest after {slowest:.1f} s; "
            f"/healthz {probes.asked} times, the slowest {probes.slowest:.2f} s"
        )

    def _first_answers(self, asked: float) -> dict[int, float]:
        first: dict[int, float] = {}
        for answer in self.street.since(asked):
            if answer.status in (200, 201) and answer.began >= asked:
                first.setdefault(answer.till, answer.ended)
        return first

    def _all_answered(self, asked: float) -> bool:
        return len(self._first_answers(asked)) == self.street.count


class Probes:
    """Asks both groups of web processes whether they live, past the proxy, twice a second."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.asked, self.failed, self.slowest = lab, 0, 0, 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> "Probes":
        self._thread.start()
        return self

    def __exit__(self, *about: object) -> None:
        self._over.set()
        self._thread.join(10)

    def _ask(self) -> None:
        while not self._over.wait(0.5):
            for web in ("web1", "web2"):
                began = time.monotonic()
                try:
                    urlopen(f"http://{HERE}:{self.lab.ports[web]}/healthz", timeout=3).close()
                except OSError:
                    self.failed += 1
                self.asked += 1
                self.slowest = max(self.slowest, time.monotonic() - began)


def shop(lab: Lab, cards: int = CARDS) -> dict[str, object]:
    """A new shop in the lab, with its key and its cards."""
    hook = f"http://{HERE}:{lab.ports['webhooks']}/"
    made: dict[str, object] = json.loads(
        lab.python("-m", "deploy.lab.shop", str(cards), hook).splitlines()[-1]
    )
    return made


def run(lab: Lab, names: Sequence[str], *, seed: int, short: bool = False, tell: object = print) -> bool:
    """Do the faults one after the other; prints what came of each, and returns whether all is well."""
    log = lab.home / "tills.jsonl"
    log.unlink(missing_ok=True)
    street = tills.Street(lab.ports["https"], lab.certificate, shop(lab), log, seed, enrols=0.03)
    day = Day(lab, street, short)
    print(f"{needs.versions()}.\n{machine()}; seed {seed}; {street.count} tills, {CARDS} cards.", flush=True)
    street.open()
    rows = []
    with kept_running(lab.of_the_site()) as begun_again:
        try:
            for name in names:
                rows.append(one(day, name))
                print(told(rows[-1]), flush=True)
        finally:
            street.close()
    print(f"ended by themselves and begun again: {', '.join(begun_again) or 'none'}", flush=True)
    return settle(day, rows)


def one(day: Day, name: str) -> Row:
    """One fault, after a while of ordinary work."""
    day.wrong = []
    day.fault_at = time.monotonic()
    until(lambda: day._all_answered(day.fault_at), "tills work", seconds=60)
    day.wait(QUIET_SECONDS)
    day.fault_at = time.monotonic()
    try:
        seen = faults.FAULTS[name](day)
    except LabError as error:
        seen, day.wrong = "it did not end", [*day.wrong, str(error)]
    ended = time.monotonic()
    answers = day.street.since(day.fault_at)
    bad = [answer for answer in answers if answer.status not in (200, 201)]
    slowest = max((answer.took for answer in answers), default=0.0)
    quiet = tills.silence(answers, day.fault_at, ended)
    return Row(name, seen, quiet, len(answers) - len(bad), tills.statuses(bad), slowest, day.wrong)


def told(row: Row) -> str:
    """A fault in three lines."""
    verdict = "ok" if not row.wrong else "; ".join(row.wrong)
    return (
        f"{row.name}: {verdict}\n    {row.seen}\n    {row.answered} operations answered, {row.troubled} besides; "
        f"longest silence {row.silence:.1f} s, slowest answer {row.slowest:.1f} s"
    )


def settle(day: Day, rows: Sequence[Row]) -> bool:
    """Compare the tills' log with the ledger, and let the site verify its own."""
    until(day.lab.is_whole, "three nodes", seconds=120)
    with psycopg.connect(day.lab.database("postgres", port="primary")) as connection:
        verdict = tills.against_the_ledger(day.street.answers, connection, int(day.street.shop["merchant"]))
    print(f"{verdict}.  ({day.street.log})")
    verified = day.lab.manage("verify_ledger").strip().splitlines()
    print(f"verify_ledger: {verified[-1] if verified else 'nothing said'}")
    green = verdict.is_green and not any(row.wrong for row in rows)
    print("All is well." if green else "NOT ALL IS WELL.", flush=True)
    return green


def machine() -> str:
    """Where it ran, and how busy that was."""
    linux, load = platform.release().split("-")[0], os.getloadavg()[0]
    return f"{os.cpu_count()} cores of {platform.machine()}, Linux {linux}, load {load:.1f} at the start"

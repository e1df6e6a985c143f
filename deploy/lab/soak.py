"""Minutes of everything at once in the lab, with faults from a seed; in the end all is verified, and memory is flat.

make soak                                  # ten minutes
make soak ARGS="--minutes 5 --seed 7"
"""

import json
import random
import threading
import time
from dataclasses import dataclass, field

import psutil

from deploy.lab import chaos, needs, passes, tills
from deploy.lab.cluster import Lab
from deploy.lab.kept import kept_running
from deploy.lab.parts import LabError, until
from deploy.lab.plan import SITE

# What ends and begins web processes anew says nothing of their memory: `make chaos` does that.
FAULTS = (
    "primary-lost",
    "replica-lost",
    "etcd-minority-lost",
    "pgbouncer-restarted",
    "redis-lost",
    "table-locked",
)
FAULTS += ("database-silent", "card-held", "mail-hangs")
REST = (10, 30)  # seconds from one fault to the next, at least and at most
SAMPLES = 5.0  # seconds from one look at the memory to the next
MAY_GROW, MAY_VARY = 1.10, 12.0  # times, and MB besides: from the middle to the end
DRAIN_SECONDS = 240
VERIFICATIONS = (("verify_ledger",), ("verify_fairness",), ("rehearse", "--check"))


@dataclass
class Memory:
    """What each process of the site holds, in MB, as time goes by."""

    lab: Lab
    seen: dict[tuple[str, int], list[tuple[float, float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *about: object) -> None:
        self._over.set()
        self._thread.join(10)

    def _look(self) -> None:
        while not self._over.wait(SAMPLES):
            for name in SITE:
                for process in self.lab.parts[name].family():
                    try:
                        held = process.memory_info().rss / 1e6
                    except psutil.NoSuchProcess:
                        continue
                    self.seen.setdefault((name, process.pid), []).append((time.monotonic(), held))

    def grown(self, middle: float) -> list[str]:
        """Those that hold more at the end than in the middle, in words. Raises LabError where nothing was seen."""
        if not self.seen:
            raise LabError("no memory was looked at")
        told = []
        for (name, pid), samples in self.seen.items():
            before = sorted(held for at, held in samples if middle <= at < middle + 60)
            after = sorted(held for _at, held in samples[-6:])
            if before and after and after[3 % len(after)] > before[len(before) // 2] * MAY_GROW + MAY_VARY:
                told.append(
                    f"{name} ({pid}): {before[len(before) // 2]:.0f} MB, then {after[3 % len(after)]:.0f}"
                )
        return told

    def together(self, at: float) -> float:
        """What all that ran about a moment held then."""
        nearest = [min(samples, key=lambda each: abs(each[0] - at)) for samples in self.seen.values()]
        return sum(held for seen_at, held in nearest if abs(seen_at - at) <= 2 * SAMPLES)


def run(lab: Lab, *, minutes: float, seed: int) -> bool:
    """So many minutes of it; prints what happened, and returns whether all is well."""
    chance = random.Random(seed)
    log = lab.home / "tills.jsonl"
    log.unlink(missing_ok=True)
    street = tills.Street(
        lab.ports["https"], lab.certificate, chaos.shop(lab), log, seed, count=3, enrols=0.08
    )
    day = chaos.Day(lab, street, short=True)
    print(f"{needs.versions()}.\n{chaos.machine()}; seed {seed}; {minutes:g} minutes.", flush=True)
    begun, rows = time.monotonic(), []
    end = begun + minutes * 60
    with kept_running(lab.of_the_site()) as begun_again:
        with Memory(lab) as memory, passes.Wallets(lab, street) as wallets:
            street.open()
            try:
                while time.monotonic() < end:
                    rows.append(chaos.one(day, chance.choice(FAULTS)))
                    print(chaos.told(rows[-1]), flush=True)
                    day.wait(min(chance.uniform(*REST), max(0.0, end - time.monotonic())))
            finally:
                street.close()
            over = time.monotonic()
        day.wrong = []
        drained(day)
    print(f"ended by themselves and begun again: {', '.join(begun_again) or 'none'}")
    verified(day)
    middle = begun + (over - begun) / 2
    grown = memory.grown(middle)
    day.must(not grown, f"memory is flat ({'; '.join(grown)})")
    day.must(wallets.fetched > 0 and not wallets.wrong, f"passes are made ({'; '.join(wallets.wrong[:3])})")
    print(
        f"memory of the site's processes: {memory.together(middle):.0f} MB in the middle, "
        f"{memory.together(over):.0f} MB at the end\n"
        f"passes made: {wallets.fetched} ({wallets.again} asked for again)\n{outside(lab, day)}"
    )
    rows.append(chaos.Row("in the end", "", 0, 0, "", 0, day.wrong))
    for what in day.wrong:
        print(what)
    return chaos.settle(day, rows)


def drained(day: "chaos.Day") -> None:
    """Hold that every queue is empty before long."""
    try:
        took = until(lambda: not waiting(day.lab), "all queues are empty", seconds=DRAIN_SECONDS, every=5)
        print(f"all queues are empty after {took:.0f} s")
    except LabError as error:
        day.wrong.append(f"{error}: {waiting(day.lab)}")


def waiting(lab: Lab) -> dict[str, int]:
    """How many rows wait in each queue that is not empty, or were given up."""
    queues = json.loads(lab.manage("outbox_lag", "--json"))["queues"]
    rows = {name: queue["waiting"] + queue["dead"] for name, queue in queues.items()}
    return {name: count for name, count in rows.items() if count}


def verified(day: "chaos.Day") -> None:
    """Hold that the site finds nothing wrong with itself."""
    for command in VERIFICATIONS:
        try:
            said = day.lab.manage(*command).strip().splitlines()
            print(f"{' '.join(command)}: {said[-1] if said else 'nothing'}")
        except LabError as error:
            day.wrong.append(f"{' '.join(command)}: {error}")


def outside(lab: Lab, day: "chaos.Day") -> str:
    """What arrived at the mail server and at the merchant's own, and how much of it twice."""
    told = []
    for name, file in (("letters", "letters.jsonl"), ("webhooks", "hooks.jsonl")):
        path = lab.home / "site" / file
        ids = [json.loads(line)["id"] for line in path.read_text().splitlines()] if path.exists() else []
        day.must(bool(ids), f"{name} arrive")
        told.append(f"{name}: {len(set(ids))} arrived, {len(ids) - len(set(ids))} of them once more")
    return "\n".join(told)

"""What happens to the lab, each by its name: a fault, how long it lasts, and what must be true meanwhile.

A fault takes the day (`chaos.Day`), does its harm, mends it, and returns what it has seen in words. What must hold is
held by `day.must`.
"""

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
from redis import Redis

from deploy.lab.cluster import Lab
from deploy.lab.parts import until
from deploy.lab.plan import HERE

if TYPE_CHECKING:
    from deploy.lab.chaos import Day

FAILOVER_SECONDS = 30.0
TILL_SECONDS = 3.0  # a till has its answer by then, also where that is "later"
WHOLE_SECONDS = 120
Fault = Callable[["Day"], str]


# --- PostgreSQL -------------------------------------------------------------------------------------------


def primary_lost(day: "Day") -> str:
    """The primary's machine is gone, and its disk with it; a new one takes its place."""
    lab, lost = day.lab, day.lab.primary()
    kill(lab, lost)
    shutil.rmtree(lab.data(lost))
    took = day.until_tills_answer()
    leads = lab.primary()
    day.must(took <= FAILOVER_SECONDS, f"tills answer again within {FAILOVER_SECONDS:.0f} s")
    day.must(leads != lost, "another one leads")
    lab.start(lost)
    whole = until(lab.is_whole, "three nodes again", seconds=WHOLE_SECONDS)
    return f"{lost} gone, {leads} leads; tills answer after {took:.1f} s; {lost} made anew in {whole:.0f} s"


def replica_lost(day: "Day") -> str:
    """The replica that every commit waits for is gone; the other one takes its place."""
    lab = day.lab
    (lost,) = lab.synchronous()
    kill(lab, lost)
    took = day.until_tills_answer()
    day.must(took <= FAILOVER_SECONDS, f"tills answer again within {FAILOVER_SECONDS:.0f} s")
    until(
        lambda: lab.synchronous() not in ([], [lost]), "the other replica is in step", seconds=WHOLE_SECONDS
    )
    follows = lab.synchronous()[0]
    lab.start(lost)
    until(lab.is_whole, "three nodes again", seconds=WHOLE_SECONDS)
    return f"{lost} gone, commits wait for {follows} instead; tills answer after {took:.1f} s"


def nobody_in_step(day: "Day") -> str:
    """The replica in step falls silent while nobody can name another one: what only one machine has is not told."""
    lab = day.lab
    (first,) = lab.synchronous()
    pid, leader = lab.postmaster(first), lab.primary()
    lab.parts[leader].signal(signal.SIGSTOP)  # Patroni, which would change who is in step
    with stopped(pid):
        began = time.monotonic()
        day.wait(6)
        told = [
            answer
            for answer in day.street.since(began + 1)
            if answer.status == 201 and answer.began > began + 0.5
        ]
        day.must(not told, "nothing is acknowledged while the replica in step is silent")
    lab.parts[leader].signal(signal.SIGCONT)
    took = day.until_tills_answer()
    until(lab.is_whole, "three nodes again", seconds=WHOLE_SECONDS)
    return f"{first} silent for 6 s, and nobody to replace it: {len(told)} acknowledged; afterwards after {took:.1f} s"


def silent(day: "Day") -> str:
    """The primary's PostgreSQL stops and says nothing (SIGSTOP); its connections stay open."""
    lab, leader = day.lab, day.lab.primary()
    with stopped(lab.postmaster(leader)):
        seen = day.touched(day.long(12))
    took = day.until_tills_answer()
    until(lab.is_whole, "three nodes again", seconds=WHOLE_SECONDS)
    return f"{seen}; answers again {took:.1f} s after it woke up; {lab.primary()} leads"


def table_locked(day: "Day") -> str:
    """A migration holds the table of cards."""
    with holding(day.lab, "LOCK TABLE loyalty_loyaltycard IN ACCESS EXCLUSIVE MODE"):
        seen = day.touched(day.long(10))
    took = day.until_tills_answer()
    return f"{seen}; answers again after {took:.1f} s"


def card_held(day: "Day") -> str:
    """Somebody holds one card's row; the tills of all others go on."""
    card = day.street.cards[0]
    seconds = day.long(60)
    # Half of the street's customers have this card meanwhile, so that it is asked for all the time.
    others = list(day.street.cards)
    day.street.cards = [*others, *[card] * (len(others) // 10)]
    began = time.monotonic()
    with holding(day.lab, f"SELECT 1 FROM loyalty_loyaltycard WHERE id = {card} FOR UPDATE"):
        day.wait(seconds)
        answers = day.street.since(began)
        held = [answer for answer in answers if answer.card == card and answer.began > began + 0.3]
        free = [answer for answer in answers if answer.card != card and answer.status == 201]
    day.street.cards = others
    are_told = bool(held) and all(answer.status == 503 and answer.retry_after for answer in held)
    day.must(are_told, "its tills are told 503, and when to come again")
    day.must(max((a.took for a in held), default=0) <= TILL_SECONDS, f"within {TILL_SECONDS:.0f} s")
    day.must(bool(free), "other cards are stamped")
    slowest = max(answer.took for answer in held)
    return (
        f"held for {seconds} s: {statuses(held)} for it, the slowest after {slowest:.1f} s; "
        f"{len(free)} of other cards answered"
    )


# --- What stands before and beside it ---------------------------------------------------------------------


def etcd_minority_lost(day: "Day") -> str:
    """One of three members of etcd is gone: the two others are enough."""
    part = day.lab.parts["etcd1"]
    part.kill()
    leads = day.lab.primary()
    day.wait(day.long(15))
    day.must(day.lab.primary() == leads, "the same one leads")
    part.start()
    return f"{leads} leads as before"


def pgbouncer_restarted(day: "Day") -> str:
    """PgBouncer ends and begins."""
    part = day.lab.parts["pgbouncer"]
    part.kill()
    part.start()
    took = day.until_tills_answer()
    day.must(took <= FAILOVER_SECONDS, f"tills answer again within {FAILOVER_SECONDS:.0f} s")
    return f"tills answer after {took:.1f} s"


def redis_lost(day: "Day") -> str:
    """The Redis that is the primary is gone; Sentinel makes the other one the primary."""
    lab = day.lab
    masters = [name for name in ("cache1", "cache2") if redis_role(lab, name) == "master"]
    lost, other = (masters[0], "cache2" if masters[0] == "cache1" else "cache1")
    lab.parts[lost].kill()
    took = day.until_tills_answer()
    promoted = until(lambda: redis_role(lab, other) == "master", f"{other} is the primary", seconds=60)
    lab.parts[lost].start()
    until(lambda: redis_role(lab, lost) == "slave", f"{lost} follows", seconds=90)
    return f"{lost} gone: tills answer after {took:.1f} s; {other} is the primary after {promoted:.1f} s"


def mail_hangs(day: "Day") -> str:
    """The mail server takes letters and never answers; the relay, passes and webhooks do not wait for it."""
    hangs = day.lab.home / "site/mail-hangs"
    hooks = day.lab.home / "site/hooks.jsonl"
    before = lines(hooks)
    hangs.touch()
    day.wait(max(day.long(30), 20))
    arrived = lines(hooks) - before
    letters = lines(day.lab.home / "site/letters.jsonl")
    hangs.unlink()
    day.must(arrived > 0, "webhooks go on")
    late = until(
        lambda: lines(day.lab.home / "site/letters.jsonl") > letters, "letters are sent again", seconds=150
    )
    return f"meanwhile {arrived} webhooks arrived; the first letter {late:.0f} s after it was well again"


# --- The site's own processes -----------------------------------------------------------------------------


def web_renewed(day: "Day") -> str:
    """An update: the web groups are renewed one after the other, by HUP, and then by ending and starting them."""
    lab, began = day.lab, time.monotonic()
    for name in ("web1", "web2"):
        lab.parts[name].signal(signal.SIGHUP)
        day.wait(5)
        lab.ready()
    for name in ("web1", "web2"):
        lab.parts[name].end()
        lab.start(name)
        lab.ready()
    day.wait(2)
    answers = day.street.since(began)
    bad = [answer for answer in answers if answer.status not in (200, 201)]
    slowest = max(answer.took for answer in answers)
    day.must(not any(answer.status == 502 for answer in bad), "no 502")
    return f"{len(answers)} answers, {len(bad)} of them not 2xx ({statuses(bad)}), the slowest after {slowest:.1f} s"


def clock_lost(day: "Day") -> str:
    """The clock that acts is killed; the other one follows."""
    lab = day.lab
    holder = clock_holder(lab)
    pids = {name: lab.parts[name].process() for name in ("beat1", "beat2")}
    acting = next(name for name, process in pids.items() if process and str(process.pid) in holder.split())
    lab.parts[acting].kill()
    took = until(lambda: clock_holder(lab) != holder, "the other clock acts", seconds=60)
    lab.start(acting)
    day.must(took <= 40, "within 40 s")
    return f"{acting} killed: the other one acts after {took:.0f} s"


FAULTS: dict[str, Fault] = {
    "primary-lost": primary_lost,
    "replica-lost": replica_lost,
    "nobody-in-step": nobody_in_step,
    "etcd-minority-lost": etcd_minority_lost,
    "pgbouncer-restarted": pgbouncer_restarted,
    "redis-lost": redis_lost,
    "table-locked": table_locked,
    "database-silent": silent,
    "card-held": card_held,
    "web-renewed": web_renewed,
    "mail-hangs": mail_hangs,
    "clock-lost": clock_lost,
}
SHORT = ("primary-lost", "pgbouncer-restarted", "table-locked", "card-held")


# --- Doing it ---------------------------------------------------------------------------------------------


def kill(lab: Lab, node: str) -> None:
    """A machine of PostgreSQL loses its power: Patroni, PostgreSQL and all its processes at once."""
    server = psutil.Process(lab.postmaster(node))
    family = [server, *server.children(recursive=True)]
    lab.parts[node].kill()
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=5)
    (lab.data(node) / "postmaster.pid").unlink(missing_ok=True)


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """PostgreSQL and all its processes stand still."""
    server = psutil.Process(pid)
    family = [server, *server.children(recursive=True)]
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        yield
    finally:
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.resume()


@contextmanager
def holding(lab: Lab, statement: str) -> Iterator[None]:
    """Somebody has said something in a transaction, and does not end it."""
    with psycopg.connect(lab.database("postgres", port="primary")) as connection:
        connection.execute(statement.encode())
        yield
        connection.rollback()


def redis_role(lab: Lab, name: str) -> str:
    """Whether a Redis is `master` or `slave`; empty where it does not answer."""
    with (
        suppress(Exception),
        Redis(HERE, lab.ports[name], password=lab.secrets["redis"], socket_timeout=1) as client,
    ):
        return str(client.info("replication")["role"])
    return ""


def clock_holder(lab: Lab) -> str:
    with psycopg.connect(lab.database("postgres", port="primary")) as connection:
        row = connection.execute("SELECT held_by FROM tenancy_pulse WHERE name = 'beat'").fetchone()
    return row[0] if row else ""


def lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


def statuses(answers: list) -> str:
    counted: dict[int, int] = {}
    for answer in answers:
        counted[answer.status] = counted.get(answer.status, 0) + 1
    return (
        ", ".join(f"{count} x {status or 'no answer'}" for status, count in sorted(counted.items())) or "none"
    )

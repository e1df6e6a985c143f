"""PostgreSQL is lost, is silent, or is held up."""

import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import psutil
import psycopg

from deploy.lab.cluster import Lab
from deploy.lab.faults.bounds import FAILOVER_SECONDS, TILL_SECONDS, WHOLE_SECONDS
from deploy.lab.parts import until
from deploy.lab.tills import statuses

if TYPE_CHECKING:
    from deploy.lab.chaos import Day


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

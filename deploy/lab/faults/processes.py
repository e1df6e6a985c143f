"""The site's own processes are renewed, or lost."""

import signal
import time
from typing import TYPE_CHECKING

import psycopg

from deploy.lab.cluster import Lab
from deploy.lab.parts import until
from deploy.lab.tills import statuses

if TYPE_CHECKING:
    from deploy.lab.chaos import Day


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
    day.must(not bad, "nobody is turned away")
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


def clock_holder(lab: Lab) -> str:
    with psycopg.connect(lab.database("postgres", port="primary")) as connection:
        row = connection.execute("SELECT held_by FROM tenancy_pulse WHERE name = 'beat'").fetchone()
    return row[0] if row else ""

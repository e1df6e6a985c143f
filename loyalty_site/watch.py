"""What an operator is told: what does not run, what fails, and what waits for too long. For metrics and `doctor`."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from groundwork.messaging.monitoring import queues
from groundwork.watching import pulses
from groundwork.watching.pulses import Pulse
from loyalty_site import beat, keeping
from loyalty_site.celery import JOBS
from loyalty_site.keeping import backups

BEAT_RESTS = timedelta(seconds=90)
MINUTES = timedelta(
    minutes=5
)  # what runs each minute has run within these; what runs nightly may not have run yet
NOT_YET = "has not run yet: it does within a minute of the start"
LATE = timedelta(minutes=2)
NIGHTLY = timedelta(hours=27)
# Who may not look at other roles' sessions (pg_monitor) sees that there is a replica, and nothing more of it.
REPLICAS = """SELECT count(*), count(*) FILTER (WHERE state IS NULL),
    coalesce(extract(epoch FROM max(replay_lag)), 0)::float FROM pg_stat_replication"""


def rests() -> dict[str, timedelta]:
    """How long each name may rest that runs again and again."""
    return {beat.PULSE: BEAT_RESTS, **{job.task: job.longest_rest for job in JOBS}}


def overdue(known: list[Pulse]) -> dict[str, bool]:
    """Whether each of these names has rested for too long; one that was never heard of has, if it runs each minute."""
    ages = {pulse.name: pulse.age for pulse in known}
    return {
        name: ages[name] > longest if name in ages else longest <= MINUTES
        for name, longest in rests().items()
    }


def faults() -> Iterator[str]:
    """A sentence for each thing that somebody has to look at; none if all is well."""
    known = pulses.known()
    heard_of = {pulse.name for pulse in known}
    for name, is_overdue in overdue(known).items():
        if is_overdue:
            yield f"{name} {'does not run' if name in heard_of else NOT_YET}"
    for pulse in known:
        if pulse.failing_for is not None:
            yield f"{pulse.name} fails each time, for {_minutes(pulse.failing_for)} now: {pulse.fault}"
    for name, age in kept(known).items():
        if age is None or age > NIGHTLY:
            yield f"the {name} that ended well: {f'{age // timedelta(hours=1)} hours ago' if age else 'never'}"
    for queue in queues:
        late = timedelta(seconds=queue.lag()["late_seconds"])
        if late > LATE:
            yield f"{queue.name}: the first of what is due waits for {_minutes(late)}"
        if failing := queue.failing():
            yield f"{queue.name}: {failing} have failed three times or more"
    if replicas()[1] is None:
        yield "how far replicas are behind is hidden from the database's role: GRANT pg_monitor to it"


def replicas() -> tuple[int, float | None]:
    """How many replicas stream, and by how many seconds the last is behind: None where our role may not see that."""
    with connection.cursor() as cursor:
        cursor.execute(REPLICAS)
        count, hidden, lag = cursor.fetchone()
    return count, None if hidden else lag


def kept(known: list[Pulse]) -> dict[str, timedelta | None]:
    """How long ago a backup and a drill last ended well (None: never); nothing where no backups are made."""
    ages = {pulse.name: pulse.age for pulse in known}
    named = (keeping.LAST_BACKUP, keeping.LAST_DRILL) if backups.is_set_up() else ()
    return {name: ages.get(name) for name in named}


def _minutes(time: timedelta) -> str:
    return f"{time.total_seconds() / 60:.0f} minutes"

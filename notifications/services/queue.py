"""The queue of e-mails: taking one up, settling it. The table `EmailLog` is the queue (`enqueue` fills it).

What is its own among queues (`groundwork.queue`): a worker that is lost counts as an attempt, since nobody knows
whether the e-mail went out; and one that has failed may still be due, while the mail server is away.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from groundwork.database import locks
from groundwork.messaging import doorbell
from groundwork.queue import clock
from groundwork.queue.pauses import Pauses
from groundwork.queue.queue import NOBODYS, Queue
from notifications.models import EmailLog, Fault, Status
from notifications.posting import Failure

SEND_TASK = "loyalty.send_notification_email"
SWEEP_TASK = "notifications.sweep_email_log"

MAXIMUM_ATTEMPTS = 4
# While the mail server cannot be reached at all, e-mails that have failed over it are tried again each hour.
LATE_PAUSE = timedelta(hours=1)
LATE_LIMIT = timedelta(days=3)

EMAILS: Queue[EmailLog] = Queue(
    name="e-mails",
    model=lambda: EmailLog,
    waiting=Q(next_attempt_at__isnull=False),
    dead=Q(status=Status.FAILED, next_attempt_at__isnull=True),
    lease=timedelta(minutes=5),
    pauses=Pauses(first=timedelta(seconds=60), factor=2, longest=timedelta(seconds=240)),
    counts_taking=True,
    taken={"status": Status.SENDING, "fault": ""},
    put_back={"status": Status.QUEUED},
)

_LOST_FOR_GOOD = Q(status=Status.SENDING, attempts__gte=MAXIMUM_ATTEMPTS)


# --- Taking up --------------------------------------------------------------------------------------------


def take(log_id: int) -> EmailLog | None:
    """Take one row up, if it is due and nobody else has it."""
    return _take(Q(pk=log_id))


def take_next() -> EmailLog | None:
    """Take up the row that has been due for longest and that nobody else is taking."""
    return _take(Q())


def _take(which: Q) -> EmailLog | None:
    return next(iter(EMAILS.take(EmailLog.objects.filter(which).exclude(_LOST_FOR_GOOD))), None)


def give_up_lost() -> int:
    """Fail what was lost with its worker at the last attempt too, so that nobody knows whether it went out.

    Returns how many.
    """
    lost = EMAILS.due(EmailLog.objects.filter(_LOST_FOR_GOOD)).order_by()
    reason = "the worker was lost while sending; the e-mail may have gone out"
    failed = {"status": Status.FAILED, "fault": Fault.INTERRUPTED, "error": reason, "next_attempt_at": None}
    with transaction.atomic():
        locks.in_id_order(lost)
        return lost.update(**failed, **NOBODYS, updated_at=timezone.now())


# --- Afterwards -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Next:
    """What becomes of an e-mail that did not go out: its status, and how long it pauses; None if that was all."""

    status: Status
    wait: timedelta | None


def after(failure: Failure, *, attempts: int, waited: timedelta) -> Next:
    """Pure: three more attempts for what may pass, then failed; failed at once for what will not."""
    if failure.permanent:
        return Next(Status.FAILED, None)
    if attempts < MAXIMUM_ATTEMPTS:
        return Next(Status.QUEUED, timedelta())
    if failure.fault == Fault.UNREACHABLE and waited < LATE_LIMIT:
        return Next(Status.FAILED, LATE_PAUSE)
    return Next(Status.FAILED, None)


def fail(log: EmailLog, failure: Failure, **words: str) -> tuple[Status, bool]:
    """Note that an e-mail did not go out; returns its status, and whether it was still ours to say so."""
    waited = log.taken_at - log.created_at  # type: ignore[attr-defined]  # both by the database's clock
    following = after(failure, attempts=log.attempts, waited=waited)
    noted = {"status": following.status, "fault": failure.fault, "error": failure.reason, **words}
    if following.wait is None:
        return following.status, settle(log, **noted)
    ours = EMAILS.postpone(log, wait=following.wait, updated_at=timezone.now(), **noted)
    return following.status, ours


def settle(log: EmailLog, **changes: Any) -> bool:
    """Write that an e-mail is done with; False if the lease had run out and somebody else has the row by now."""
    return EMAILS.settle([log], next_attempt_at=None, updated_at=timezone.now(), **changes) == 1


# --- Again ------------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(log_id: int) -> EmailLog:
    """Enqueue an e-mail once more: the same row if it never went out, a new one (a new Message-ID) if it did.

    Runs in an open tenant scope. Returns the row that will be sent.
    """
    log = EmailLog.objects.select_for_update(of=("self",)).get(pk=log_id)
    if log.status == Status.SENT:
        log.context = {**log.context, "again_of": log.pk}
        log.dedup_key = f"{log.dedup_key[:80]}:again={uuid4().hex}"
        log.pk, log.sent_at, log._state.adding = None, None, True
    if log.status != Status.SENDING:
        log.status, log.fault, log.error = Status.QUEUED, "", ""
        log.attempts, log.next_attempt_at = 0, clock.now()
        log.save()
        log.refresh_from_db(fields=["next_attempt_at"])
    doorbell.ring(SEND_TASK, email_log_id=log.pk)
    return log

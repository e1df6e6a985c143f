"""The queue of e-mails: taking one up, settling it. The table `EmailLog` is the queue (`enqueue` fills it).

What is its own among queues (`groundwork.queue`): when a worker is lost, nobody knows whether the e-mail went out. So
that is counted, and does not go on for long; what may pass otherwise is tried for three days.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
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

TRIES_FOR = timedelta(hours=72)
PAUSES = Pauses(first=timedelta(seconds=60), factor=2, longest=timedelta(hours=1))
MAXIMUM_LOSSES = 3
MORE = 50  # e-mails

_WAS_LOST = Case(When(status=Status.SENDING, then=1), default=0)

EMAILS: Queue[EmailLog] = Queue(
    name="e-mails",
    model=lambda: EmailLog,
    waiting=Q(next_attempt_at__isnull=False),
    dead=Q(status=Status.FAILED),
    lease=timedelta(minutes=5),
    pauses=PAUSES,
    tries_for=TRIES_FOR,
    since="queued_at",
    counts_taking=True,
    taken={"status": Status.SENDING, "fault": "", "losses": F("losses") + _WAS_LOST},
    put_back={"status": Status.QUEUED},
    given_up={"status": Status.FAILED, "next_attempt_at": None},
    outcome="status",
)

_LOST_FOR_GOOD = Q(status=Status.SENDING, losses__gte=MAXIMUM_LOSSES)


# --- Taking up --------------------------------------------------------------------------------------------


def take(log_id: int) -> EmailLog | None:
    """Take one row up, if it is due and nobody else has it."""
    return next(iter(EMAILS.take(_may_go_out().filter(pk=log_id))), None)


def take_next(limit: int = 1) -> list[EmailLog]:
    """Take up to so many rows that have been due for longest and that nobody else is taking."""
    return EMAILS.take(_may_go_out(), limit=limit)


def _may_go_out() -> QuerySet[EmailLog]:
    return EmailLog.objects.exclude(_LOST_FOR_GOOD)


def give_up_lost() -> int:
    """Fail what was lost with its worker once too often, so that nobody knows whether it went out; returns how many."""
    lost = EMAILS.due(EmailLog.objects.filter(_LOST_FOR_GOOD)).order_by()
    reason = "the worker was lost while sending; the e-mail may have gone out"
    failed = {**EMAILS.given_up, "fault": Fault.INTERRUPTED, "error": reason}
    with transaction.atomic():
        locks.in_id_order(lost)
        return lost.update(**failed, **NOBODYS, updated_at=timezone.now())


def ring_for_more() -> None:
    """Ring for another worker where there is more than one sends in a while: so many come as there are free."""
    if len(EMAILS.due(_may_go_out())[:MORE]) == MORE:
        doorbell.ring(SWEEP_TASK)


# --- Afterwards -------------------------------------------------------------------------------------------


def fail(log: EmailLog, failure: Failure, **words: Any) -> tuple[Status, bool]:
    """Note that an e-mail did not go out; returns its status, and whether it was still ours to say so."""
    is_final = failure.permanent or EMAILS.is_last_attempt(log)
    status = Status.FAILED if is_final else Status.QUEUED
    noted = {"fault": failure.fault, "error": failure.reason, **words}
    if failure.permanent:
        return status, settle(log, status=status, **noted)
    return status, EMAILS.postpone(log, updated_at=timezone.now(), **noted)


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
        log.attempts, log.losses = 0, 0
        log.next_attempt_at = log.queued_at = clock.now()
        log.save()
        log.refresh_from_db(fields=["next_attempt_at", "queued_at"])
    doorbell.ring(SEND_TASK, email_log_id=log.pk)
    return log

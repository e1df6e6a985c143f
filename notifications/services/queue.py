"""The queue of e-mails: taking one up, settling it. The table `EmailLog` is the queue (`owing` fills it).

A row is *taken up* by one worker at a time, for as long as its lease; then it is *settled*: sent, failed, suppressed,
or put back for a later attempt. A worker that dies leaves a lease that runs out, by the database's clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from groundwork.database import locks
from groundwork.messaging import doorbell
from notifications import selectors
from notifications.models import EmailLog, Fault, Status
from notifications.posting import Failure

SEND_TASK = "loyalty.send_notification_email"
SWEEP_TASK = "notifications.sweep_email_log"

LEASE = timedelta(minutes=5)
PAUSES = (timedelta(seconds=60), timedelta(seconds=120), timedelta(seconds=240))
MAXIMUM_ATTEMPTS = 1 + len(PAUSES)
# While the mail server cannot be reached at all, e-mails that have failed over it are tried again each hour.
LATE_PAUSE = timedelta(hours=1)
LATE_LIMIT = timedelta(days=3)

_LOST_FOR_GOOD = Q(status=Status.SENDING, attempts__gte=MAXIMUM_ATTEMPTS)


# --- Taking up --------------------------------------------------------------------------------------------


def take(log_id: int, *, now: datetime) -> EmailLog | None:
    """Take one row up, if it is due and nobody else has it."""
    return _take(selectors.due(now).filter(pk=log_id), now)


def take_next(*, now: datetime) -> EmailLog | None:
    """Take up the row that has been due for longest and that nobody else is taking."""
    return _take(selectors.due(now).order_by("next_attempt_at", "id"), now)


@transaction.atomic(durable=True)
def _take(due: QuerySet[EmailLog], now: datetime) -> EmailLog | None:
    log = due.exclude(_LOST_FOR_GOOD).select_for_update(skip_locked=True, of=("self",)).first()
    if log is None:
        return None
    log.status, log.fault, log.attempts = Status.SENDING, "", log.attempts + 1
    taken = {"status": log.status, "fault": log.fault, "attempts": log.attempts, "updated_at": now}
    EmailLog.objects.filter(pk=log.pk).update(**taken, next_attempt_at=Now() + LEASE)
    return log


def give_up_lost(*, now: datetime) -> int:
    """Fail what was lost with its worker at the last attempt too, so that nobody knows whether it went out.

    Returns how many.
    """
    lost = selectors.due(now).filter(_LOST_FOR_GOOD)
    reason = "the worker was lost while sending; the e-mail may have gone out"
    failed = {"status": Status.FAILED, "fault": Fault.INTERRUPTED, "error": reason}
    with transaction.atomic():
        locks.in_id_order(lost)
        return lost.update(**failed, next_attempt_at=None, updated_at=now)


# --- Settling ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Next:
    """What becomes of an e-mail that did not go out: its status, and when it is tried again, if ever."""

    status: Status
    at: datetime | None


def after(failure: Failure, *, attempts: int, owed_at: datetime, now: datetime) -> Next:
    """Pure: three more attempts for what may pass, then failed; failed at once for what will not."""
    if failure.permanent:
        return Next(Status.FAILED, None)
    if attempts <= len(PAUSES):
        return Next(Status.QUEUED, now + PAUSES[attempts - 1])
    if failure.fault == Fault.UNREACHABLE and now - owed_at < LATE_LIMIT:
        return Next(Status.FAILED, now + LATE_PAUSE)
    return Next(Status.FAILED, None)


def settle(log: EmailLog, **changes: Any) -> bool:
    """Write the outcome of an attempt; False if the lease had run out and somebody else has the row by now."""
    rows = EmailLog.objects.filter(pk=log.pk, status=Status.SENDING, attempts=log.attempts)
    return rows.update(**changes, updated_at=timezone.now()) == 1


# --- Again ------------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(log_id: int) -> EmailLog:
    """Owe an e-mail once more: the same row if it never went out, a new one (a new Message-ID) if it did.

    Runs in an open tenant scope. Returns the row that will be sent.
    """
    log = EmailLog.objects.select_for_update(of=("self",)).get(pk=log_id)
    if log.status == Status.SENT:
        log.context = {**log.context, "again_of": log.pk}
        log.dedup_key = f"{log.dedup_key[:80]}:again={uuid4().hex}"
        log.pk, log.sent_at, log._state.adding = None, None, True
    if log.status != Status.SENDING:
        log.status, log.fault, log.error = Status.QUEUED, "", ""
        log.attempts, log.next_attempt_at = 0, timezone.now()
        log.save()
    doorbell.ring(SEND_TASK, email_log_id=log.pk)
    return log

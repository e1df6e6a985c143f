"""The queue of e-mails: owing them, taking one up, settling it. The table `EmailLog` is the queue.

A row is *taken up* by one worker at a time, for as long as its lease; then it is *settled*: sent, failed, suppressed,
or put back for a later attempt. A worker that dies leaves a lease that runs out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from loyalty.models import LoyaltyCard
from notifications import selectors
from notifications.codes import Code
from notifications.models import EmailLog, Fault, Status
from notifications.posting import Failure
from notifications.variables import home_store, language_of
from tenancy import doorbell

SEND_TASK = "loyalty.send_notification_email"
SWEEP_TASK = "notifications.sweep_email_log"

LEASE = timedelta(minutes=5)
PAUSES = (timedelta(seconds=60), timedelta(seconds=120), timedelta(seconds=240))
MAXIMUM_ATTEMPTS = 1 + len(PAUSES)
# While the mail server cannot be reached at all, e-mails that have failed over it are tried again each hour.
LATE_PAUSE = timedelta(hours=1)
LATE_LIMIT = timedelta(days=3)

RING_ONE_BY_ONE = 20


# --- Owing ------------------------------------------------------------------------------------------------


def owe(
    *,
    merchant_id: int,
    code: Code,
    card_ids: Sequence[int],
    cause: Callable[[LoyaltyCard], str],
    context: Callable[[LoyaltyCard], dict[str, Any]] = lambda card: {},
) -> None:
    """Put one e-mail for each card into the queue, unless the same cause has put it there before.

    A fixed number of statements, however many cards. Parameters: cause - what caused a card's e-mail, as part of
    the dedup key (a ledger line, a span of time); context - what it is about, by ids.
    """
    cards = selectors.cards_to_write_about(merchant_id, card_ids)
    now = timezone.now()
    rows = [_row(card, code, cause(card), context(card), now) for card in cards]
    EmailLog.objects.bulk_create(rows, ignore_conflicts=True)
    _ring([row for row in rows if row.status == Status.QUEUED])


def _row(card: LoyaltyCard, code: Code, cause: str, context: dict[str, Any], now: datetime) -> EmailLog:
    reason = why_not(card)
    return EmailLog(
        merchant_id=card.merchant_id,
        store=home_store(card),
        customer_id=card.customer_id,
        card=card,
        code=code,
        language=language_of(card),
        to=card.customer.email or "",
        context=context,
        status=Status.SUPPRESSED if reason else Status.QUEUED,
        error=reason,
        next_attempt_at=None if reason else now,
        dedup_key=f"{code}:card={card.pk}:{cause}",
    )


def why_not(card: LoyaltyCard) -> str:
    """Why this card's person is written nothing; empty if they are."""
    customer = card.customer
    if customer.erased_at is not None:
        return "the customer's data were erased"
    if customer.is_deleted or card.is_deleted:
        return "the customer or the card was deleted"
    if not customer.email:
        return "the customer has no e-mail address"
    return ""


def _ring(rows: Sequence[EmailLog]) -> None:
    if len(rows) > RING_ONE_BY_ONE:
        doorbell.ring(SWEEP_TASK)
        return
    for log_id in selectors.queued_ids([row.dedup_key for row in rows]):
        doorbell.ring(SEND_TASK, email_log_id=log_id)


# --- Taking up --------------------------------------------------------------------------------------------


def take(log_id: int, *, now: datetime) -> EmailLog | None:
    """Take one row up, if it is due and nobody else has it."""
    return _take(selectors.due(now).filter(pk=log_id), now)


def take_next(*, now: datetime) -> EmailLog | None:
    """Take up the row that has been due for longest and that nobody else is taking."""
    return _take(selectors.due(now).order_by("next_attempt_at", "id"), now)


@transaction.atomic(durable=True)
def _take(due: QuerySet[EmailLog], now: datetime) -> EmailLog | None:
    log = due.select_for_update(skip_locked=True, of=("self",)).first()
    if log is None:
        return None
    if log.status == Status.SENDING and log.attempts >= MAXIMUM_ATTEMPTS:
        _give_up(log)
        return None
    log.status, log.fault = Status.SENDING, ""
    log.attempts, log.next_attempt_at = log.attempts + 1, now + LEASE
    log.save(update_fields=["status", "fault", "attempts", "next_attempt_at", "updated_at"])
    return log


def _give_up(log: EmailLog) -> None:
    """The worker was lost at the last attempt too; whether that one went out is not known."""
    log.status, log.next_attempt_at = Status.FAILED, None
    log.fault, log.error = (
        Fault.INTERRUPTED,
        "the worker was lost while sending; the e-mail may have gone out",
    )
    log.save(update_fields=["status", "next_attempt_at", "fault", "error", "updated_at"])


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

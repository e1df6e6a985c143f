"""E-mails about accounts: enqueueing them, and sending them. The table `AccountEmail` is the queue.

A row says what kind of e-mail waits and what it is about, no more: whom it goes to, its words and the signed link in
it come into being when it is sent, and leave no copy here.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone

from groundwork.messaging import doorbell
from groundwork.queue import clock
from groundwork.queue.pauses import Pauses
from groundwork.queue.queue import Queue
from notifications import account_kinds, posting
from notifications.models import AccountEmail, Fault, Status
from notifications.posting import Failure, Mailbox
from tenancy import scope

logger = logging.getLogger(__name__)

SEND_TASK = "notifications.send_account_emails"
MAXIMUM_ATTEMPTS = 8  # over an hour and a half: who waits for a link has asked again by then
KEEP = timedelta(days=7)

ACCOUNT_EMAILS: Queue[AccountEmail] = Queue(
    name="account e-mails",
    model=lambda: AccountEmail,
    waiting=Q(status__in=[Status.QUEUED, Status.SENDING]),
    dead=Q(status=Status.FAILED),
    lease=timedelta(minutes=5),
    pauses=Pauses(first=timedelta(minutes=1), factor=2, longest=timedelta(minutes=30)),
    maximum_attempts=MAXIMUM_ATTEMPTS,
    counts_taking=True,
    taken={"status": Status.SENDING, "fault": ""},
    put_back={"status": Status.QUEUED},
    given_up={"status": Status.FAILED},
)


def enqueue(event: Mapping[str, Any]) -> None:
    """Enqueue the e-mail of an `AccountEmailRequested`, unless it was just asked for. Raises KeyError for no kind."""
    kind, about_id = event["kind"], event["about_id"]
    once_in = account_kinds.KINDS[kind].once_in
    when = str(int(timezone.now().timestamp()) // once_in) if once_in else uuid4().hex
    row = AccountEmail(
        kind=kind,
        about_id=about_id,
        dedup_key=f"{kind}:{about_id}:{when}",
        next_attempt_at=clock.now(),
    )
    AccountEmail.objects.bulk_create([row], ignore_conflicts=True)
    doorbell.ring(SEND_TASK)


def send_due(*, seconds: float = 50.0) -> int:
    """Send what is due, oldest first, for so long at most; returns how many rows were taken up.

    Safe on several workers. It ends early if the mail server cannot be reached: the others would only wait for it too.
    """
    taken, end = 0, monotonic() + seconds
    with scope.everything("a person's account belongs to no merchant"), Mailbox() as mailbox:
        while monotonic() < end:
            rows = ACCOUNT_EMAILS.take()
            if not rows:
                break
            taken += 1
            if _send(rows[0], mailbox) == Fault.UNREACHABLE:
                break
    return taken


def _send(row: AccountEmail, mailbox: Mailbox) -> str:
    """Write and post an e-mail that was taken up, and settle it; returns what kept it from going out, if anything."""
    try:
        kind = account_kinds.KINDS[row.kind]
        to = kind.find(row.about_id)
        if to is None:
            _settle(row, status=Status.SUPPRESSED)
            return ""
        message = posting.account_message(row, account_kinds.letter(kind, to), to.email)
    except Exception as error:
        logger.exception("account e-mail could not be prepared", extra={"account_email_id": row.pk})
        return _fail(row, Failure(Fault.ACCIDENT, type(error).__name__))
    failure = mailbox.post(message)
    if failure:
        return _fail(row, failure)
    _settle(row, status=Status.SENT)
    return ""


def _settle(row: AccountEmail, **changes: Any) -> None:
    ACCOUNT_EMAILS.settle([row], updated_at=timezone.now(), **changes)


def _fail(row: AccountEmail, failure: Failure) -> str:
    """Note a failure; a server's own words are not kept, as they repeat the address."""
    if failure.permanent:
        _settle(row, status=Status.FAILED, fault=failure.fault)
    else:
        ACCOUNT_EMAILS.postpone(row, fault=failure.fault, updated_at=timezone.now())
    about = {"account_email_id": row.pk, "fault": failure.fault, "attempts": row.attempts}
    logger.warning("account e-mail not sent", extra=about)
    return failure.fault


def clean(*, now: datetime) -> int:
    """Remove what was settled a week ago or earlier; returns how many."""
    settled = Q(status__in=[Status.SENT, Status.SUPPRESSED, Status.FAILED])
    return AccountEmail.objects.filter(settled, updated_at__lt=now - KEEP).delete()[0]

"""E-mails about accounts: enqueueing them, and sending them. The table `AccountEmail` is the queue.

A row says what kind of e-mail waits and what it is about, no more: whom it goes to, its words and the signed link in
it come into being when it is sent, and leave no copy here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from groundwork.messaging import doorbell
from groundwork.queue import clock
from notifications import account_kinds, posting
from notifications.models import AccountEmail
from notifications.services import notices, queue

SEND_TASK = "notifications.send_account_emails"

ACCOUNT_EMAILS = notices.queue_of(
    "account e-mails",
    lambda: AccountEmail,
    lease=timedelta(minutes=5),
    pauses=queue.PAUSES,
    tries_for=queue.TRIES_FOR,
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
    """Send what is due, oldest first, for so long at most; returns how many rows were taken up."""
    server = posting.mail_server()
    return notices.Sender(ACCOUNT_EMAILS, _written, server.post, server.breaker).send_due(seconds=seconds)


def _written(row: AccountEmail) -> EmailMultiAlternatives | None:
    """An e-mail as it is true now; None if the person or what it is about is gone."""
    kind = account_kinds.KINDS[row.kind]
    to = kind.find(row.about_id)
    return posting.account_message(row, account_kinds.letter(kind, to), to.email) if to else None


def clean(*, now: datetime) -> int:
    """Remove what was settled a week ago or earlier; returns how many."""
    return notices.clean(ACCOUNT_EMAILS, now=now)

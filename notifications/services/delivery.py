"""Sending what is enqueued. No transaction is open while the mail server is spoken to."""

import logging
from datetime import datetime
from time import monotonic
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from loyalty.models import LoyaltyCard
from notifications import posting, rendering, selectors, variables
from notifications.errors import NothingToSay, TextRefused
from notifications.models import AddressProblem, EmailLog, Fault, Status
from notifications.posting import Failure, Mailbox
from notifications.rendering import Wording
from notifications.services import queue
from tenancy import scope

logger = logging.getLogger(__name__)

FAILURES_THAT_COUNT = 3
# What says nothing about an address: our text, our program, a mail server that nobody can reach.
_OURS = (Fault.TEXT, Fault.ACCIDENT, Fault.UNREACHABLE)


def deliver(log_id: int) -> str | None:
    """Send one e-mail if it is due; returns its status afterwards, None if there was nothing to do."""
    with scope.everything("the row says whose it is"), Mailbox() as mailbox:
        log = queue.take(log_id)
        return _send(log, mailbox) if log else None


def sweep(*, seconds: float = 50.0) -> int:
    """Send what is due, oldest first, for so long at most; returns how many rows were taken up.

    Safe on several workers. It ends early if the mail server cannot be reached: the others would only wait for it too.
    """
    taken, end = 0, monotonic() + seconds
    with scope.everything("the queue holds all merchants' e-mails"), Mailbox() as mailbox:
        queue.give_up_lost()
        while monotonic() < end:
            log = queue.take_next()
            if log is None:
                break
            taken += 1
            _send(log, mailbox)
            if log.fault == Fault.UNREACHABLE:
                break
    return taken


def _send(log: EmailLog, mailbox: Mailbox) -> str:
    """Render and post a row that was taken up, and settle it."""
    with scope.merchant(log.merchant_id):
        try:
            message, complaint = _prepare(log)
        except NothingToSay as nothing:
            return _suppress(log, nothing.reason)
        except TextRefused as error:
            return _fail(log, Failure(Fault.TEXT, str(error), permanent=True))
        except Exception as error:
            logger.exception("e-mail could not be prepared", extra={"email_log_id": log.pk})
            return _fail(log, Failure(Fault.ACCIDENT, f"{type(error).__name__}: {error}"))
        failure = mailbox.post(message)
        return _fail(log, failure) if failure else _note_sent(log, complaint)


def _prepare(log: EmailLog) -> tuple[EmailMultiAlternatives, str]:
    """What the e-mail says now, and what was wrong with its text; writes address and words onto the instance."""
    card = selectors.with_facts(selectors.card_of(log)).first()
    if card is None:
        raise NothingToSay("the card is gone")
    if reason := variables.why_not(card, log.code):
        raise NothingToSay(reason)
    if selectors.is_said_by_a_newer(log):
        raise NothingToSay("a newer e-mail says it")
    log.to, log.language = variables.recipient(card, log.code), variables.language_of(card)
    filled = fill_in(card, code=log.code, language=log.language, context=log.context)
    log.subject, log.body = filled.subject, filled.body
    letter = rendering.letter(subject=log.subject, body=log.body, language=log.language, card=card)
    return posting.message(log, letter, card.merchant), filled.complaint


def fill_in(card: LoyaltyCard, *, code: str, language: str, context: dict[str, Any]) -> Wording:
    """The words of an e-mail about a card, from the texts that apply. Raises NothingToSay or TextRefused."""
    store = variables.home_store(card)
    values = variables.of(card, code=code, language=language, context=context, now=timezone.now())
    order = rendering.languages(language, (store or card.merchant).default_language)
    return rendering.wording(selectors.texts(code, store), order, values)


# --- Outcomes ---------------------------------------------------------------------------------------------


def _suppress(log: EmailLog, reason: str) -> str:
    queue.settle(log, status=Status.SUPPRESSED, error=reason)
    return Status.SUPPRESSED


@transaction.atomic
def _note_sent(log: EmailLog, complaint: str) -> str:
    words = {"to": log.to, "language": log.language, "subject": log.subject, "body": log.body}
    sent = {"status": Status.SENT, "sent_at": timezone.now()}
    if queue.settle(log, **words, **sent, fault="", error=complaint) and log.customer_id is not None:
        AddressProblem.objects.filter(customer_id=log.customer_id, address=log.to).delete()
    return Status.SENT


@transaction.atomic
def _fail(log: EmailLog, failure: Failure) -> str:
    log.fault = failure.fault
    words = {"to": log.to, "language": log.language, "subject": log.subject, "body": log.body}
    status, settled = queue.fail(log, failure, **words)
    is_final = failure.permanent or log.attempts == queue.MAXIMUM_ATTEMPTS
    if settled and is_final and failure.fault not in _OURS and log.customer_id:
        _note_address(log, log.customer_id, failure, timezone.now())
    logger.warning(
        "e-mail not sent",
        extra={
            "email_log_id": log.pk,
            "fault": failure.fault,
            "attempts": log.attempts,
            "status": status,
        },
    )
    return status


def _note_address(log: EmailLog, customer_id: int, failure: Failure, now: datetime) -> None:
    """Count a failed e-mail to an address; a permanent refusal, or the third in a row, marks it as not working."""
    problem, _ = AddressProblem.objects.select_for_update().get_or_create(
        customer_id=customer_id, defaults={"merchant_id": log.merchant_id, "address": log.to}
    )
    if problem.address != log.to:
        problem.address, problem.failures, problem.broken_since = log.to, 0, None
    problem.failures += 1
    problem.reason = failure.reason
    if problem.broken_since is None and (failure.about_address or problem.failures >= FAILURES_THAT_COUNT):
        problem.broken_since = now
    problem.save()

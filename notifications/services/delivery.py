"""Sending what is enqueued. No transaction is open while the mail server is spoken to."""

import logging
from datetime import datetime
from functools import cache
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from groundwork.queue.sending import Contact, Line, drain
from loyalty.models import LoyaltyCard
from notifications import posting, rendering, selectors, variables
from notifications.errors import NothingToSay, TextRefused
from notifications.models import AddressProblem, EmailLog, Fault, Status
from notifications.posting import Failure
from notifications.rendering import Wording
from notifications.services import queue
from tenancy import scope

logger = logging.getLogger(__name__)

FAILURES_THAT_COUNT = 3
# What says nothing about an address: our text, our program, a mail server that nobody can reach.
_OURS = (Fault.TEXT, Fault.ACCIDENT, Fault.UNREACHABLE)


def deliver(log_id: int) -> str | None:
    """Send one e-mail if it is due; returns its status afterwards, None if there was nothing to do."""
    with scope.everything("the row says whose it is"):
        line = _line()
        log = None if line.breaker.is_open() else queue.take(log_id)
        if log is None:
            return None
        line.send_one(log)
        return log.status


def sweep(*, seconds: float = 50.0) -> int:
    """Send what is due, oldest first, for so long at most; returns how many rows were taken up.

    Safe on several workers, of which as many come as are free while there is more than one can do.
    """
    with scope.everything("the queue holds all merchants' e-mails"):
        queue.give_up_lost()
        line = _line()
        if not line.breaker.is_open():
            queue.ring_for_more()
        return drain(line, seconds=seconds)


def _line() -> Line[EmailLog, EmailMultiAlternatives, Failure | None]:
    server = posting.mail_server()
    return Line(
        take=queue.take_next,
        prepare=_written,
        send=server.post,
        note=_note,
        breaker=server.breaker,
    )


def _written(log: EmailLog) -> EmailMultiAlternatives | None:
    """Render a row that was taken up; where there is nothing to send it is settled, and None is returned."""
    with scope.merchant(log.merchant_id):
        try:
            return _prepare(log)
        except NothingToSay as nothing:
            _suppress(log, nothing.reason)
        except TextRefused as error:
            _fail(log, Failure(Fault.TEXT, str(error), permanent=True))
        except Exception as error:
            logger.exception("e-mail could not be prepared", extra={"email_log_id": log.pk})
            _fail(log, Failure(Fault.ACCIDENT, f"{type(error).__name__}: {error}"))
    return None


def _note(log: EmailLog, failure: Failure | None) -> Contact:
    """Settle a row by what the mail server said."""
    with scope.merchant(log.merchant_id):
        if failure is None:
            _note_sent(log)
            return Contact.ANSWERED
        _fail(log, failure)
        return failure.contact


def _prepare(log: EmailLog) -> EmailMultiAlternatives:
    """What the e-mail says now; writes address and words, and what was wrong with them, onto the instance."""
    card = selectors.card_of(log)
    if card is None:
        raise NothingToSay("the card is gone")
    if reason := variables.why_not(card, log.code):
        raise NothingToSay(reason)
    if selectors.is_said_by_a_newer(log):
        raise NothingToSay("a newer e-mail says it")
    log.to, log.language = variables.recipient(card, log.code), variables.language_of(card)
    code = variables.told_as(card, log.code, log.context)
    filled = fill_in(card, code=code, language=log.language, context=log.context)
    log.subject, log.body, log.language = filled.subject, filled.body, filled.language
    log.error = filled.complaint
    letter = rendering.letter(
        code=log.code, subject=log.subject, body=log.body, language=log.language, card=card
    )
    return posting.message(log, letter, card.merchant)


def fill_in(card: LoyaltyCard, *, code: str, language: str, context: dict[str, Any]) -> Wording:
    """The words of an e-mail about a card, from the texts that apply. Raises NothingToSay or TextRefused."""
    store = variables.home_store(card)
    order = rendering.languages(language, (store or card.merchant).default_language)
    now = timezone.now()

    @cache
    def values_in(language: str) -> dict[str, Any]:
        return variables.of(card, code=code, language=language, context=context, now=now)

    return rendering.wording(selectors.texts(code, store), order, values_in)


# --- Outcomes ---------------------------------------------------------------------------------------------


def _suppress(log: EmailLog, reason: str) -> None:
    queue.settle(log, status=Status.SUPPRESSED, error=reason)
    log.status = Status.SUPPRESSED


@transaction.atomic
def _note_sent(log: EmailLog) -> None:
    words = {"to": log.to, "language": log.language, "subject": log.subject, "body": log.body}
    sent = {"status": Status.SENT, "sent_at": timezone.now()}
    if queue.settle(log, **words, **sent, fault="", error=log.error) and log.customer_id is not None:
        AddressProblem.objects.filter(customer_id=log.customer_id, address=log.to).delete()
    log.status = Status.SENT


@transaction.atomic
def _fail(log: EmailLog, failure: Failure) -> None:
    words = {"to": log.to, "language": log.language, "subject": log.subject, "body": log.body}
    log.status, settled = queue.fail(log, failure, **words)
    is_final = log.status == Status.FAILED
    if settled and is_final and failure.fault not in _OURS and log.customer_id:
        _note_address(log, log.customer_id, failure, timezone.now())
    logger.warning(
        "e-mail not sent",
        extra={
            "email_log_id": log.pk,
            "fault": failure.fault,
            "attempts": log.attempts,
            "status": log.status,
        },
    )


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

"""Text messages: enqueueing them, and sending them. The table `TextMessage` is the queue.

A row says what kind of message waits and for which card, no more: the number, the words and the code in them come into
being when it is sent, and leave no copy here.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override

from customers import phone_codes
from groundwork.messaging import doorbell
from groundwork.queue import clock
from groundwork.queue.pauses import Pauses
from groundwork.queue.queue import Queue
from loyalty import links
from loyalty.models import LoyaltyCard
from notifications import texting, variables
from notifications.models import Fault, Status, TextKind, TextMessage
from notifications.posting import Failure
from notifications.texting import Carrier
from tenancy import scope

logger = logging.getLogger(__name__)

SEND_TASK = "notifications.send_text_messages"
# Over some ten minutes: a code is over by then, and who waits for a link has asked again.
MAXIMUM_ATTEMPTS = 6
KEEP = timedelta(days=7)

TEXT_MESSAGES: Queue[TextMessage] = Queue(
    name="text messages",
    model=lambda: TextMessage,
    waiting=Q(status__in=[Status.QUEUED, Status.SENDING]),
    dead=Q(status=Status.FAILED),
    lease=timedelta(minutes=2),
    pauses=Pauses(first=timedelta(seconds=20), factor=2, longest=timedelta(minutes=5)),
    maximum_attempts=MAXIMUM_ATTEMPTS,
    counts_taking=True,
    taken={"status": Status.SENDING, "fault": ""},
    put_back={"status": Status.QUEUED},
    given_up={"status": Status.FAILED},
)


def enqueue(kind: TextKind, cards: Sequence[LoyaltyCard], cause: Mapping[int, str]) -> None:
    """Enqueue one message for each card, unless the same cause (by the card's id) has enqueued it before."""
    rows = [
        TextMessage(
            merchant_id=card.merchant_id,
            card=card,
            kind=kind,
            dedup_key=f"{kind}:{card.pk}:{cause[card.pk]}",
            next_attempt_at=clock.now(),
        )
        for card in cards
    ]
    if rows and texting.can_text():
        TextMessage.objects.bulk_create(rows, ignore_conflicts=True)
        doorbell.ring(SEND_TASK)


def send_due(*, seconds: float = 50.0) -> int:
    """Send what is due, oldest first, for so long at most; returns how many rows were taken up.

    Safe on several workers. It ends early if the provider cannot be reached: the others would only wait for it too.
    """
    taken, end, carrier = 0, monotonic() + seconds, texting.carrier()
    with scope.everything("the queue holds all merchants' messages"):
        while carrier is not None and monotonic() < end:
            rows = TEXT_MESSAGES.take()
            if not rows:
                break
            taken += 1
            if _send(rows[0], carrier) == Fault.UNREACHABLE:
                break
    return taken


def _send(row: TextMessage, carrier: Carrier) -> str:
    """Write and hand over a message that was taken up, and settle it; returns what kept it from going out."""
    try:
        message = _message(row)
        if message is None:
            _settle(row, status=Status.SUPPRESSED)
            return ""
        to, text = message
        failure = carrier.send(to=to, text=text, reference=f"text-{row.pk}-{row.created_at:%Y%m%d%H%M%S}")
    except Exception as error:
        logger.exception("text message could not be prepared", extra={"text_message_id": row.pk})
        failure = Failure(Fault.ACCIDENT, type(error).__name__)
    if failure:
        return _fail(row, failure)
    _settle(row, status=Status.SENT)
    return ""


def _message(row: TextMessage) -> tuple[str, str] | None:
    """Whom a message goes to now, and what it says; None if there is nothing to say any more."""
    cards = LoyaltyCard.objects.select_related("customer", "merchant", "scope_store", "enrolled_at_store")
    card = cards.filter(pk=row.card_id, customer__deleted_at__isnull=True).first()
    if card is None or card.customer.erased_at is not None:
        return None
    person, shop = card.customer, " ".join(card.merchant.name.split())
    with override(variables.language_of(card)):
        if row.kind in (TextKind.CARD_LINK, TextKind.ERASURE):
            return (person.phone, _with_link(row.kind, card, shop)) if person.phone else None
        if not phone_codes.runs(person, timezone.now()):
            return None
        text = gettext("%(shop)s: %(code)s is your code. It works for 10 minutes. Tell it to nobody.")
        return person.pending_phone, text % {"shop": shop, "code": phone_codes.code_of(person)}


def _with_link(kind: str, card: LoyaltyCard, shop: str) -> str:
    if kind == TextKind.CARD_LINK:
        return gettext("%(shop)s: your card is here: %(url)s") % {"shop": shop, "url": links.card_url(card)}
    text = gettext("%(shop)s: here you confirm that your data is deleted: %(url)s")
    return text % {"shop": shop, "url": links.erasure_url(card)}


def _settle(row: TextMessage, **changes: Any) -> None:
    TEXT_MESSAGES.settle([row], updated_at=timezone.now(), **changes)


def _fail(row: TextMessage, failure: Failure) -> str:
    """Note a failure; a provider's own words are not kept, as they may repeat the number."""
    if failure.permanent:
        _settle(row, status=Status.FAILED, fault=failure.fault)
    else:
        TEXT_MESSAGES.postpone(row, fault=failure.fault, updated_at=timezone.now())
    about = {"text_message_id": row.pk, "fault": failure.fault, "attempts": row.attempts}
    logger.warning("text message not sent: %s", failure.reason, extra=about)
    return failure.fault


def clean(*, now: datetime) -> int:
    """Remove what was settled a week ago or earlier; returns how many."""
    settled = Q(status__in=[Status.SENT, Status.SUPPRESSED, Status.FAILED])
    with scope.everything("a week is a week for every merchant"):
        return TextMessage.objects.filter(settled, updated_at__lt=now - KEEP).delete()[0]

"""Text messages: enqueueing them, and sending them. The table `TextMessage` is the queue.

A row says what kind of message waits and for which card, no more: the number, the words and the code in them come into
being when it is sent, and leave no copy here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext, override

from customers import phone_codes
from groundwork.messaging import doorbell
from groundwork.queue import clock
from groundwork.queue.pauses import Pauses
from loyalty import links
from loyalty.models import LoyaltyCard
from notifications import texting, variables
from notifications.models import TextKind, TextMessage
from notifications.services import notices
from notifications.texting import Text

SEND_TASK = "notifications.send_text_messages"
# Over some ten minutes: a code is over by then, and who waits for a link has asked again.
MAXIMUM_ATTEMPTS = 6

TEXT_MESSAGES = notices.queue_of(
    "text messages",
    lambda: TextMessage,
    lease=timedelta(minutes=2),
    pauses=Pauses(first=timedelta(seconds=20), factor=2, longest=timedelta(minutes=5)),
    maximum_attempts=MAXIMUM_ATTEMPTS,
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
    """Send what is due, oldest first, for so long at most; returns how many rows were taken up."""
    carrier = texting.carrier()
    if carrier is None:
        return 0
    sender = notices.Sender(TEXT_MESSAGES, _message, carrier.send, texting.breaker())
    return sender.send_due(seconds=seconds)


def _message(row: TextMessage) -> Text | None:
    """Whom a message goes to now, and what it says; None if there is nothing to say any more."""
    cards = LoyaltyCard.objects.select_related("customer", "merchant", "scope_store", "enrolled_at_store")
    card = cards.filter(pk=row.card_id, customer__deleted_at__isnull=True).first()
    if card is None or card.customer.erased_at is not None:
        return None
    reference = f"text-{row.pk}-{row.created_at:%Y%m%d%H%M%S}"
    person, shop = card.customer, " ".join(card.merchant.name.split())
    with override(variables.language_of(card)):
        if row.kind in (TextKind.CARD_LINK, TextKind.ERASURE):
            return Text(person.phone, _with_link(row.kind, card, shop), reference) if person.phone else None
        if not phone_codes.runs(person, timezone.now()):
            return None
        text = gettext("%(shop)s: %(code)s is your code. It works for 10 minutes. Tell it to nobody.")
        code = phone_codes.code_of(person)
        return Text(person.pending_phone, text % {"shop": shop, "code": code}, reference)


def _with_link(kind: str, card: LoyaltyCard, shop: str) -> str:
    if kind == TextKind.CARD_LINK:
        return gettext("%(shop)s: your card is here: %(url)s") % {"shop": shop, "url": links.card_url(card)}
    text = gettext("%(shop)s: here you confirm that your data is deleted: %(url)s")
    return text % {"shop": shop, "url": links.erasure_url(card)}


def clean(*, now: datetime) -> int:
    """Remove what was settled a week ago or earlier; returns how many."""
    return notices.clean(TEXT_MESSAGES, now=now)

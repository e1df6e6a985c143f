"""What loyalty announced becomes e-mails in the queue. One batch, one statement.

A handler runs in the relay's transaction and in the merchant's scope; raising means it is tried again.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from loyalty.models import LoyaltyCard, LoyaltyTransaction, TransactionType
from notifications.codes import Code
from notifications.models import TextKind
from notifications.services import accounts, enqueue, text_messages

# Somebody who types an address again and again gets one e-mail in this time (seconds).
THROTTLE = 600


def on_cards_enrolled(event: Mapping[str, Any]) -> None:
    """Welcome: here is your card. Where a bonus came with it, the e-mail about that says so."""
    bonus = LoyaltyTransaction.objects.filter(
        card_id=OuterRef("card_id"), transaction_type=TransactionType.WELCOME_BONUS
    )
    lines = LoyaltyTransaction.objects.filter(pk__in=event["transaction_ids"]).exclude(Exists(bonus))
    _about_lines({**event, "transaction_ids": list(lines.values_list("pk", flat=True))}, Code.ENROLLMENT)


def on_welcome_bonus_given(event: Mapping[str, Any]) -> None:
    """Welcome: here is your card, with points to begin with."""
    _about_lines(event, Code.WELCOME_BONUS)


def on_reward_ready(event: Mapping[str, Any]) -> None:
    """The card is full."""
    _about_lines(event, Code.REWARD_READY)


def on_points_expired(event: Mapping[str, Any]) -> None:
    """The points are gone."""
    _about_lines(event, Code.POINTS_EXPIRED)


def on_owed_anew(event: Mapping[str, Any]) -> None:
    """Something was taken back that was spent already."""
    _about_lines(event, Code.OWED)


def on_friend_rewarded(event: Mapping[str, Any]) -> None:
    """A friend came, and this is for it."""
    _about_lines(event, Code.FRIEND_CAME)


def on_points_about_to_expire(event: Mapping[str, Any]) -> None:
    """The points will be gone; a warning has no ledger line and is known by its time."""
    enqueue.for_cards(
        merchant_id=event["merchant_id"],
        code=Code.POINTS_EXPIRING,
        card_ids=event["card_ids"],
        cause=Concat(Value("warned="), Cast("last_expiration_warning_at", TextField())),
    )


def on_card_link_requested(event: Mapping[str, Any]) -> None:
    """The card's address again."""
    _on_request(event, Code.CARD_LINK)


def on_card_link_requested_by_phone(event: Mapping[str, Any]) -> None:
    """The card's address again, for whoever has a phone alone."""
    _on_request_by_phone(event, TextKind.CARD_LINK)


def on_phone_to_confirm(event: Mapping[str, Any]) -> None:
    """Is this your number? One message for each code."""
    cards = list(LoyaltyCard.objects.select_related("customer").filter(pk__in=event["card_ids"]))
    causes = {card.pk: f"code={card.customer.phone_code_at}" for card in cards}
    text_messages.enqueue(TextKind.CONFIRM_PHONE, cards, causes)


def on_erasure_requested(event: Mapping[str, Any]) -> None:
    """Please confirm."""
    _on_request(event, Code.ERASE_CONFIRMATION)


def on_erasure_requested_by_phone(event: Mapping[str, Any]) -> None:
    """Please confirm, for whoever has a phone alone."""
    _on_request_by_phone(event, TextKind.ERASURE)


def on_email_to_confirm(event: Mapping[str, Any]) -> None:
    """Is this your address? Once for each change of the person."""
    enqueue.for_cards(
        merchant_id=event["merchant_id"],
        code=Code.CONFIRM_EMAIL,
        card_ids=event["card_ids"],
        cause=Concat(Value("changed="), Cast("customer__updated_at", TextField())),
    )


def on_account_email_requested(event: Mapping[str, Any]) -> None:
    """Something about an account: a link, or a notice."""
    accounts.enqueue(event)


def _about_lines(event: Mapping[str, Any], code: Code) -> None:
    """One e-mail for each ledger line."""
    enqueue.for_lines(merchant_id=event["merchant_id"], code=code, transaction_ids=event["transaction_ids"])


def _on_request(event: Mapping[str, Any], code: Code) -> None:
    """One e-mail in ten minutes, however often it is asked for."""
    enqueue.for_cards(
        merchant_id=event["merchant_id"], code=code, card_ids=event["card_ids"], cause=f"asked={_span()}"
    )


def _on_request_by_phone(event: Mapping[str, Any], kind: TextKind) -> None:
    """Where there is no e-mail address but a phone: one message in ten minutes."""
    cards = list(
        LoyaltyCard.objects.select_related("customer").filter(pk__in=event["card_ids"], customer__email=None)
    )
    reachable = [card for card in cards if card.customer.phone]
    text_messages.enqueue(kind, reachable, dict.fromkeys(event["card_ids"], f"asked={_span()}"))


def _span() -> int:
    return int(timezone.now().timestamp()) // THROTTLE

"""Codes of cards that are there already: attached to a card, found again, taken off."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from groundwork.errors import Invalid
from groundwork.idempotency.once import exactly_once
from loyalty import codes, ledger
from loyalty.errors import CardCodeNotFound, CardCodeTaken, CardInactive, CardNotFound, TooManyCardCodes
from loyalty.models import CardCode, LoyaltyCard, PrintedCard
from tenancy.actor import Actor
from tenancy.models import Store

MOST_CODES = 20  # of one card
NOT_ALIVE = 0
NOT_A_CODE = _("This cannot be the code of a card: 1 to 128 letters, digits and signs of a plain keyboard.")


@dataclass(frozen=True)
class Attached:
    """A code with its card; `was_there`: it had been attached before, and nothing was done."""

    code: CardCode
    was_there: bool


@exactly_once
def attach(*, store: Store, card_id: int, actor: Actor, code: str) -> Attached:
    """Have a code that stands on a customer's old card mean this card from now on.

    Raises Invalid for a text that is no code, CardNotFound, CardInactive, TooManyCardCodes, or CardCodeTaken.
    """
    text = require(code)
    card = ledger.lock_one(store=store, card_id=card_id)
    if card is None:
        raise CardNotFound()
    if not card.is_active:
        raise CardInactive()
    known = CardCode.objects.filter(card=card)
    if existing := known.filter(code=text).first():
        return Attached(existing, was_there=True)
    if known.count() >= MOST_CODES:
        raise TooManyCardCodes()
    return Attached(_put(card, text), was_there=False)


@exactly_once
def remove(*, store: Store, card_id: int, actor: Actor, code_id: int) -> LoyaltyCard:
    """Take a code off a card. Raises ManagerRequired, CardNotFound or CardCodeNotFound."""
    actor.require_manager()
    card = ledger.lock_one(store=store, card_id=card_id)
    if card is None:
        raise CardNotFound()
    removed, _kinds = CardCode.objects.filter(card=card, pk=code_id).delete()
    if not removed:
        raise CardCodeNotFound()
    return card


def require(text: str) -> str:
    """A code as it is kept. Raises Invalid."""
    code = codes.canonical(text)
    if not code:
        raise Invalid.field("code", NOT_A_CODE)
    return code


def holders(merchant_id: int, among: Collection[str]) -> dict[str, int]:
    """Which of some codes mean a living card of a merchant, and which one; a card's own number as well.

    0, which no card has, for a number that is printed on one that has not come alive under it.
    """
    living = {"merchant_id": merchant_id, "card__deleted_at__isnull": True, "code__in": among}
    numbers = {code.removeprefix("0"): code for code in among} | {code: code for code in among}
    those = {"merchant_id": merchant_id, "card_number__in": numbers}
    printed = PrintedCard.objects.filter(**those).values_list("card_number", flat=True)
    cards = LoyaltyCard.all_objects.filter(**those).values_list("card_number", "pk")
    own = {numbers[number]: NOT_ALIVE for number in printed} | {numbers[number]: pk for number, pk in cards}
    return own | dict(CardCode.objects.filter(**living).values_list("code", "card_id"))


def let_go_of_deleted(merchant_id: int, among: Collection[str]) -> None:
    """Take codes off cards that were deleted: a customer who comes with such a card can have it attached anew."""
    deleted = {"merchant_id": merchant_id, "card__deleted_at__isnull": False, "code__in": among}
    CardCode.objects.filter(**deleted).delete()


def _put(card: LoyaltyCard, code: str) -> CardCode:
    if code in holders(card.merchant_id, [code]):
        raise CardCodeTaken()
    let_go_of_deleted(card.merchant_id, [code])
    try:
        with transaction.atomic():
            return CardCode.objects.create(merchant_id=card.merchant_id, card=card, code=code)
    except IntegrityError:  # somebody attached it at this very moment
        raise CardCodeTaken() from None

"""Finding cards: the one that was scanned or typed in, and those that a search fits."""

import re

from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.selectors import SHORT, typed, with_word, words
from groundwork.formats.email import normalize_email
from groundwork.formats.phone import to_e164
from loyalty import rules
from loyalty.errors import CardAmbiguous, CardNotFound, CardNumberMistyped
from loyalty.models import LoyaltyCard
from loyalty.selectors import cards_at
from loyalty.tokens import ALPHABET, LENGTH
from tenancy.models import Store

QR_TEXT = re.compile(rf"^[{ALPHABET}]{{{LENGTH}}}$", re.IGNORECASE)
GAP = re.compile(r"[\s-]")


def find_card(store: Store, text: str) -> LoyaltyCard:
    """The one card that a scanned or typed text means: QR letters, e-mail, phone or card number.

    Who is found by address or phone has the card that theirs was merged into. Raises CardNotFound, CardNumberMistyped
    (twelve digits with a slip) or CardAmbiguous (with `matches`).
    """
    text = typed(text)
    if QR_TEXT.match(text):
        return _only(store, cards_at(store).filter(qr_code_data=text.upper()))
    if "@" in text:
        return _only(store, _of_person(store, email=normalize_email(text)), of_person=True)
    if text.startswith(("+", "00")):
        return _by_phone(store, text)
    digits = GAP.sub("", text)
    if len(digits) == 12 and digits.isascii() and digits.isdecimal():
        return _by_number(store, digits)
    return _by_phone(store, text)


def remaining(store: Store, card: LoyaltyCard) -> LoyaltyCard:
    """The card that a merged one's balances are on now, if it is valid at a store; else the card itself."""
    into = cards_at(store).filter(pk=card.merged_into_id).first() if card.merged_into_id else None
    return remaining(store, into) if into else card


def _by_number(store: Store, digits: str) -> LoyaltyCard:
    is_number = rules.luhn_is_valid(digits)
    card = cards_at(store).filter(card_number=digits).first() if is_number else None
    if card is not None:
        return card
    try:
        return _by_phone(store, digits)
    except CardNotFound:
        if is_number:
            raise
        raise CardNumberMistyped() from None


def _by_phone(store: Store, text: str) -> LoyaltyCard:
    phone = to_e164(text, store.country)
    if not phone:
        raise CardNotFound()
    return _only(store, _of_person(store, phone=phone), of_person=True)


def _of_person(store: Store, **known: str) -> QuerySet[LoyaltyCard]:
    # The customer's own merchant is what their indexes begin with.
    person = {"merchant_id": store.merchant_id, "deleted_at__isnull": True, **known}
    return cards_at(store).filter(**{f"customer__{field}": value for field, value in person.items()})


def _only(store: Store, cards: QuerySet[LoyaltyCard], *, of_person: bool = False) -> LoyaltyCard:
    """The single card, or the single active one. Raises CardNotFound or CardAmbiguous."""
    matches = list(cards.order_by("-id")[:20])
    if of_person:
        matches = list({card.pk: card for card in (remaining(store, match) for match in matches)}.values())
    if not matches:
        raise CardNotFound()
    active = [card for card in matches if card.is_active]
    if len(matches) > 1 and len(active) != 1:
        raise CardAmbiguous(matches=matches)
    return (active or matches)[0]


def search_cards(
    store: Store, *, text: str = "", is_active: bool | None = None, enrolled_here: bool | None = None
) -> QuerySet[LoyaltyCard]:
    """Cards at a store whose number, or customer's name, e-mail or phone contains a text; newest first."""
    cards = matching(cards_at(store), text)
    if is_active is not None:
        cards = cards.filter(is_active=is_active)
    if enrolled_here is not None:
        here = Q(enrolled_at_store=store)
        cards = cards.filter(here if enrolled_here else ~here | Q(enrolled_at_store__isnull=True))
    return cards.order_by("-id")


def matching(cards: QuerySet[LoyaltyCard], text: str) -> QuerySet[LoyaltyCard]:
    """Narrow cards to those that each word of a text fits: the number, or the customer.

    Each side has its trigram index (PostgreSQL) and is asked for itself: no index serves "one or the other".
    """
    sought = words(text)
    numbers = [word for word in sought if word.replace("-", "").isdecimal()]
    for word in numbers:
        cards = cards.filter(pk__in=_with_number(word.replace("-", "")).union(_of_customers([word])))
    names = [word for word in sought if word not in numbers]
    return cards.filter(customer__in=_customers(names)) if names else cards


def _with_number(digits: str) -> QuerySet:
    part = "contains" if len(digits) > SHORT else "startswith"
    return LoyaltyCard.all_objects.order_by().filter(**{f"card_number__{part}": digits}).values("pk")


def _of_customers(sought: list[str]) -> QuerySet:
    return LoyaltyCard.all_objects.order_by().filter(customer__in=_customers(sought)).values("pk")


def _customers(sought: list[str]) -> QuerySet:
    customers = Customer.all_objects.order_by()
    for word in sought:
        customers = with_word(customers, word)
    return customers.values("pk")

"""Finding cards: the one that was scanned or typed in, and those that a search fits."""

from collections.abc import Iterable
from itertools import chain

from django.db.models import Q, QuerySet

from customers.models import Customer
from customers.selectors import SHORT, as_typed_first, nearly, typed, with_words, words
from groundwork.formats.email import normalize_email
from groundwork.formats.phone import to_e164
from loyalty import codes
from loyalty.codes import canonical
from loyalty.errors import CardAmbiguous, CardNotFound, CardNumberMistyped
from loyalty.models import CardCode, LoyaltyCard
from loyalty.selectors import cards_at
from tenancy.models import Store

MOST_MATCHES = 20


def find_card(store: Store, text: str) -> LoyaltyCard:
    """The one card that a scanned or typed text means: its QR letters or number, the code of an earlier card, or
    its customer's e-mail or phone.

    Of a card that was merged into another one it is that one which is meant. Raises CardNotFound, CardNumberMistyped
    (twelve digits with a slip) or CardAmbiguous (with `matches`).
    """
    text = typed(text)
    own = codes.of_a_card(text)
    if own is not None:
        card = cards_at(store).filter(**own).first()
        if card is not None:
            return remaining(store, card)
    people = [remaining(store, card) for card in _newest(_of_person(store, text))]
    matches = {card.pk: card for card in chain(_with_code(store, text), people)}
    if not matches and own is None and codes.is_number(text):
        raise CardNumberMistyped()
    return _only(matches.values())


def remaining(store: Store, card: LoyaltyCard) -> LoyaltyCard:
    """The card that a merged one's balances are on now, if it is valid at a store; else the card itself."""
    into = cards_at(store).filter(pk=card.merged_into_id).first() if card.merged_into_id else None
    return remaining(store, into) if into else card


def _with_code(store: Store, text: str) -> Iterable[LoyaltyCard]:
    """The card that a code of an earlier system means."""
    code = canonical(text)
    known = CardCode.objects.filter(merchant_id=store.merchant_id, code=code)
    return cards_at(store).filter(pk__in=known.values("card")) if code else ()


def _of_person(store: Store, text: str) -> QuerySet[LoyaltyCard]:
    """The cards of whoever has an e-mail address or a phone number."""
    known = {"email": normalize_email(text)} if "@" in text else {"phone": to_e164(text, store.country)}
    if not all(known.values()):
        return LoyaltyCard.objects.none()
    # The customer's own merchant is what their indexes begin with.
    person = {"merchant_id": store.merchant_id, "deleted_at__isnull": True, **known}
    return cards_at(store).filter(**{f"customer__{field}": value for field, value in person.items()})


def _newest(cards: QuerySet[LoyaltyCard]) -> QuerySet[LoyaltyCard]:
    return cards.order_by("-id")[:MOST_MATCHES]


def _only(cards: Iterable[LoyaltyCard]) -> LoyaltyCard:
    """The single card, or the single active one. Raises CardNotFound or CardAmbiguous."""
    matches = list(cards)
    if not matches:
        raise CardNotFound()
    active = [card for card in matches if card.is_active]
    if len(matches) > 1 and len(active) != 1:
        raise CardAmbiguous(matches=matches)
    return (active or matches)[0]


def search_cards(
    store: Store, *, text: str = "", is_active: bool | None = None, enrolled_here: bool | None = None
) -> QuerySet[LoyaltyCard]:
    """Cards at a store whose number, or customer's name, e-mail or phone contains a text; newest first.

    Names that only come near it follow those that fit.
    """
    cards = cards_at(store).order_by("-id")
    if is_active is not None:
        cards = cards.filter(is_active=is_active)
    if enrolled_here is not None:
        here = Q(enrolled_at_store=store)
        cards = cards.filter(here if enrolled_here else ~here | Q(enrolled_at_store__isnull=True))
    return matching(cards, text)


def with_whole_code(text: str) -> QuerySet[LoyaltyCard]:
    """The cards that a text means at whatever merchant, by a number or code of their own or of an earlier card."""
    text = typed(text)
    own, code = codes.of_a_card(text), canonical(text)
    cards = LoyaltyCard.objects.order_by()
    if own is not None:
        return cards.filter(**own)
    return cards.filter(pk__in=CardCode.objects.filter(code=code).values("card")) if code else cards.none()


def matching(cards: QuerySet[LoyaltyCard], text: str) -> QuerySet[LoyaltyCard]:
    """Narrow cards to those that each word of a text fits: the number, the code of an earlier card, or the customer.

    Where few names fit as they are typed, those that come near follow them.
    Each side has its trigram index and is asked for itself: no index serves "one or the other".
    """
    if (code := canonical(typed(text))) and (holder := CardCode.objects.filter(code=code)).exists():
        return cards.filter(pk__in=holder.values("card").union(_of_customers(words(text))))
    sought = words(text)
    numbers = [word for word in sought if word.replace("-", "").isdecimal()]
    for word in numbers:
        digits = word.replace("-", "")
        cards = cards.filter(pk__in=_with_number(digits).union(_with_digits(digits), _of_customers([word])))
    names = [word for word in sought if word not in numbers]
    found = nearly(Customer.all_objects.order_by(), names)
    if found is None:
        return cards.filter(customer__in=_customers(names)) if names else cards
    as_typed, near = found
    rows = cards.filter(customer__in=as_typed | near)
    return as_typed_first(rows, Q(customer__in=as_typed)) if near else rows


def _with_number(digits: str) -> QuerySet:
    part = "contains" if len(digits) > SHORT else "startswith"
    return LoyaltyCard.all_objects.order_by().filter(**{f"card_number__{part}": digits}).values("pk")


def _with_digits(digits: str) -> QuerySet:
    part = {"code__contains": digits} if len(digits) > SHORT else {"code": digits}
    return CardCode.objects.order_by().filter(**part).values("card")


def _of_customers(sought: list[str]) -> QuerySet:
    return LoyaltyCard.all_objects.order_by().filter(customer__in=_customers(sought)).values("pk")


def _customers(sought: list[str]) -> QuerySet:
    return with_words(Customer.all_objects.order_by(), sought).values("pk")

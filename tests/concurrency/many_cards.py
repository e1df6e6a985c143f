"""Many cards for a race, made faster than people could enrol."""

from django.db import transaction
from django.utils import timezone

from customers.models import Customer
from loyalty import ledger, tokens
from loyalty.models import LoyaltyCard, TransactionType
from tests import factories


def many_cards(shop: factories.Shop, count: int, points: int = 0) -> list[LoyaltyCard]:
    """Cards of as many people, with points from an import, in a few statements."""
    about = {"merchant": shop.merchant}
    people = [Customer(email=f"person{factories.number()}@example.com", **about) for _one in range(count)]
    names = [(tokens.card_number(), tokens.letters(), tokens.letters()) for _one in range(count)]
    cards = [
        LoyaltyCard(
            customer=person,
            program=shop.program,
            card_number=number,
            qr_code_data=code,
            access_token=token,
            **about,
        )
        for person, (number, code, token) in zip(Customer.objects.bulk_create(people), names, strict=True)
    ]
    LoyaltyCard.objects.bulk_create(cards)
    entries = [
        ledger.Entry(card=card, kind=TransactionType.OPENING_BALANCE, points_delta=points) for card in cards
    ]
    with transaction.atomic():
        ledger.post(entries, now=timezone.now())
    return cards

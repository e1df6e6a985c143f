"""Erasure of a person: asked for on the card page, carried out only from the link in the e-mail."""

from django.db import transaction

from customers import services as customers
from groundwork.messaging import outbox
from loyalty import links
from loyalty.errors import CardNotFound
from loyalty.events import ErasureRequested
from loyalty.models import LoyaltyCard


@transaction.atomic
def request(*, card: LoyaltyCard) -> None:
    """Have the link that confirms the erasure sent to the customer's e-mail address."""
    outbox.record(ErasureRequested(merchant_id=card.merchant_id, card_ids=[card.pk]))


def confirm(*, card: LoyaltyCard, confirmation: str) -> None:
    """Erase the person of a card. Raises CardNotFound unless `confirmation` is from that e-mail and still good."""
    if not links.is_erasure_of(card, confirmation):
        raise CardNotFound()
    customers.erase_person(customer=card.customer)

"""What a person changes about themselves on their card's page. A new address counts once it is confirmed from there."""

from django.db import transaction

from customers import services as customers
from customers.services import OwnData
from groundwork.messaging import outbox
from loyalty import links
from loyalty.errors import CardNotFound
from loyalty.events import EmailToConfirm
from loyalty.models import LoyaltyCard


@transaction.atomic
def change(*, card: LoyaltyCard, data: OwnData) -> bool:
    """Keep what was changed; says whether a link went to a new address, which has to be confirmed."""
    waits = customers.change_own_data(customer=card.customer, data=data)
    if waits:
        outbox.record(EmailToConfirm(merchant_id=card.merchant_id, card_ids=[card.pk]))
    return waits


def confirm_email(*, card: LoyaltyCard, confirmation: str) -> None:
    """Take over the new address. Raises CardNotFound unless the link is from its e-mail and good, or EmailTaken."""
    digest = links.confirmed_email(card, confirmation)
    if digest is None or not customers.confirm_email(customer=card.customer, digest=digest):
        raise CardNotFound()

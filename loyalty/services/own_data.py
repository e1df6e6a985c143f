"""What a person changes about themselves on their card's page.

A new address or number counts once it is confirmed from there.
"""

from django.db import transaction

from customers import email_confirmation, phone_codes
from customers import services as customers
from customers.services import OwnData, Waiting
from groundwork.messaging import outbox
from loyalty.errors import CardNotFound
from loyalty.events import EmailToConfirm, PhoneToConfirm
from loyalty.models import LoyaltyCard


@transaction.atomic
def change(*, card: LoyaltyCard, data: OwnData) -> Waiting:
    """Keep what was changed; says whether a link or a code went out, by which something new has to be confirmed."""
    waits = customers.change_own_data(customer=card.customer, data=data)
    if waits.email:
        outbox.record(EmailToConfirm(merchant_id=card.merchant_id, card_ids=[card.pk]))
    if waits.phone:
        outbox.record(PhoneToConfirm(merchant_id=card.merchant_id, card_ids=[card.pk]))
    return waits


@transaction.atomic
def send_code(*, card: LoyaltyCard) -> None:
    """Send a new code to the person's number that is not confirmed, if there is one."""
    if phone_codes.begin_anew(customer=card.customer):
        outbox.record(PhoneToConfirm(merchant_id=card.merchant_id, card_ids=[card.pk]))


def confirm_phone(*, card: LoyaltyCard, code: str) -> bool:
    """Take over the new number, if that is the code that was sent there. Raises PhoneTaken."""
    return phone_codes.confirm(customer=card.customer, code=code)


def confirm_email(*, card: LoyaltyCard, digest: str) -> None:
    """Take over the new address, of this digest. Raises CardNotFound if it is another one by now, or EmailTaken."""
    if not email_confirmation.confirm(customer=card.customer, digest=digest):
        raise CardNotFound()

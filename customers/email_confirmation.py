"""The link that confirms an e-mail address: whoever opens it reads the letters that go there."""

from django.db import IntegrityError, transaction

from customers.errors import EmailTaken
from customers.models import Customer
from customers.services import announce
from groundwork import clock
from groundwork.web.attempts import digest as digest_of


def is_confirmed(person: Customer, digest: str) -> bool:
    """Whether the address that counts is the one of this digest, and was confirmed."""
    return person.email_confirmed_at is not None and digest_of(person.email or "") == digest


def waits(person: Customer, digest: str) -> bool:
    """Whether the address of this digest is the one that waits."""
    return bool(person.pending_email) and digest_of(person.pending_email or "") == digest


@transaction.atomic
def confirm(*, customer: Customer, digest: str) -> bool:
    """Take over the address that waits, of which somebody has got the link; False if it is another one by now.

    True once more where that has been done: the answer may have been lost. Raises EmailTaken if it is another living
    customer's: whoever reads its letters may have both brought together.
    """
    person = Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)
    if not waits(person, digest):
        return is_confirmed(person, digest)
    person.email, person.pending_email = person.pending_email, None
    person.email_confirmed_at = clock.now()
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "pending_email", "email_confirmed_at", "updated_at"])
    except IntegrityError:
        raise EmailTaken() from None
    announce(person)
    return True

"""The code that confirms a phone number: six digits, good for ten minutes and five tries, and kept nowhere.

It is reckoned from the person, the number that waits and the moment when it was asked for, with the site's secret: who
has a copy of the table has no code, and a message that is sent twice says the same one.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from customers.errors import PhoneTaken
from customers.events import CustomerChanged
from customers.models import Customer
from groundwork import clock
from groundwork.messaging import outbox

DIGITS = 6
LIFE = timedelta(minutes=10)
MOST_TRIES = 5


def code_of(customer: Customer) -> str:
    """The code for the number that waits. Call it only for one that `runs`."""
    assert customer.phone_code_at is not None
    asked = f"{customer.pk}:{customer.pending_phone}:{customer.phone_code_at.isoformat()}"
    made = salted_hmac("customers.phone_codes", asked, algorithm="sha256").digest()
    return f"{int.from_bytes(made) % 10**DIGITS:0{DIGITS}d}"


def runs(customer: Customer, now: datetime) -> bool:
    """Whether a number waits whose code may still be tried."""
    asked_at = customer.phone_code_at
    is_fresh = asked_at is not None and now - asked_at < LIFE
    return bool(customer.pending_phone) and is_fresh and customer.phone_code_tries < MOST_TRIES


def fits(customer: Customer, typed: str) -> bool:
    """Whether a typed code is the one that was sent, spaces aside."""
    digits = "".join(typed.split())
    return constant_time_compare(digits.encode(), code_of(customer).encode())


def begin(person: Customer, number: str) -> None:
    """A number (E.164) waits, with a code of its own from now on; whoever calls saves it."""
    person.pending_phone, person.phone_code_at, person.phone_code_tries = number, clock.now(), 0


@transaction.atomic
def begin_anew(*, customer: Customer) -> bool:
    """A new code for the number that waits, or that is known and not confirmed; False if there is none."""
    person = _locked(customer)
    number = person.pending_phone or ("" if person.phone_confirmed_at else person.phone)
    if not number:
        return False
    begin(person, number)
    person.save(update_fields=["pending_phone", "phone_code_at", "phone_code_tries", "updated_at"])
    return True


@transaction.atomic
def confirm(*, customer: Customer, code: str) -> bool:
    """Take over the number that waits, if this is the code that was sent there; a wrong one is one of five tries.

    Raises PhoneTaken if it is another living customer's: whoever reads its messages may have both brought together.
    """
    person = _locked(customer)
    if not runs(person, clock.now()):
        return False
    if not fits(person, code):
        person.phone_code_tries += 1
        person.save(update_fields=["phone_code_tries", "updated_at"])
        return False
    person.phone, person.pending_phone, person.phone_code_at = person.pending_phone, "", None
    person.phone_confirmed_at = clock.now()
    try:
        with transaction.atomic():
            person.save(
                update_fields=["phone", "pending_phone", "phone_code_at", "phone_confirmed_at", "updated_at"]
            )
    except IntegrityError:
        raise PhoneTaken() from None
    outbox.record(CustomerChanged(merchant_id=person.merchant_id, customer_id=person.pk))
    return True


def _locked(customer: Customer) -> Customer:
    return Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)

"""The code that confirms a phone number: six digits, good for ten minutes and five tries, and kept nowhere.

It is reckoned from the person, the number that waits and the moment when it was asked for, with the site's secret: who
has a copy of the table has no code, and a message that is sent twice says the same one.
"""

from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from customers.models import Customer

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

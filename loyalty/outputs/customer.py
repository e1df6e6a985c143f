"""Customers, as who holds a card."""

from typing import TypedDict

from customers.models import Customer
from groundwork.formats.wire import Day, day
from loyalty.models import LoyaltyCard


class CustomerFacts(TypedDict):
    """What somebody has told about themselves; a `birth_date` without its year is of 1904, a leap year."""

    id: int
    name: str
    email: str | None
    phone: str
    birth_date: Day | None
    language: str
    tags: list[str]


class CardHolder(CustomerFacts):
    """Whose card it is; `email_problem` if letters to that address come back."""

    email_problem: bool


def customer(row: Customer) -> CustomerFacts:
    return {
        "id": row.pk,
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "birth_date": day(row.birth_date),
        "language": row.preferred_language,
        "tags": row.tags,
    }


def card_holder(row: LoyaltyCard) -> CardHolder:
    return {**customer(row.customer), "email_problem": bool(getattr(row, "email_problem", False))}

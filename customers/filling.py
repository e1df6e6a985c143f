"""What an import says of people who are known: filled in where nothing stands, and taken out again."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from customers.events import CustomerRenamed
from customers.models import Customer
from customers.services import NAME_FIELDS
from groundwork.messaging import outbox

EMPTY: Mapping[str, Callable[[], Any]] = {"email": lambda: None, "birth_date": lambda: None, "tags": list}


def fill_gaps(customer: Customer, said: Mapping[str, Any]) -> None:
    """Note what was said of somebody where nothing stands; a name is announced. Call it inside a transaction.

    Raises IntegrityError if an address or number is somebody else's by now.
    """
    for field, value in said.items():
        setattr(customer, field, value)
    _save_announced(customer, said)


def take_out(customer: Customer, said: Mapping[str, Any]) -> None:
    """Remove what was said of somebody (as JSON has it), but for what was changed since.

    Call it inside a transaction.
    """
    unchanged = [field for field, value in said.items() if _is_as_said(customer, field, value)]
    for field in unchanged:
        setattr(customer, field, EMPTY.get(field, lambda: "")())
    _save_announced(customer, unchanged)


def _is_as_said(customer: Customer, field: str, value: Any) -> bool:
    now = getattr(customer, field)
    return now == value if isinstance(value, list) else str(now or "") == value


def _save_announced(customer: Customer, changed: Collection[str]) -> None:
    if changed:
        customer.save(update_fields=[*changed, "updated_at"])
    if NAME_FIELDS.intersection(changed):
        outbox.record(CustomerRenamed(merchant_id=customer.merchant_id, customer_id=customer.pk))

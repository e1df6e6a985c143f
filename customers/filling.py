"""What an import says of people who are known: filled in where nothing stands, and taken out again."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils import timezone

from customers.events import CustomerRenamed
from customers.models import Customer
from customers.services import NAME_FIELDS
from groundwork.database import bulk, locks
from groundwork.messaging import outbox

EMPTY: Mapping[str, Callable[[], Any]] = {"email": lambda: None, "birth_date": lambda: None, "tags": list}
Said = tuple[Customer, Mapping[str, Any]]


def fill_gaps(said: Iterable[Said]) -> None:
    """Note what was said of people where nothing stands; a name is announced. Call it inside a transaction.

    Raises IntegrityError if an address or number is somebody else's by now.
    """
    _save_announced(said)


def take_out(said: Iterable[Said]) -> None:
    """Remove what was said of people (as JSON has it), but for what was changed since.

    Call it inside a transaction that has them locked.
    """
    _save_announced(
        (
            customer,
            {
                field: EMPTY.get(field, lambda: "")()
                for field, value in fields.items()
                if _is_as_said(customer, field, value)
            },
        )
        for customer, fields in said
    )


def _is_as_said(customer: Customer, field: str, value: Any) -> bool:
    now = getattr(customer, field)
    return now == value if isinstance(value, list) else str(now or "") == value


def _save_announced(changes: Iterable[Said]) -> None:
    """Write these fields of each person, and no others; a statement for all of whom the same ones change."""
    alike: dict[frozenset[str], list[Customer]] = defaultdict(list)
    now = timezone.now()
    for customer, fields in changes:
        if fields:
            for field, value in {**fields, "updated_at": now}.items():
                setattr(customer, field, value)
            alike[frozenset(fields)].append(customer)
    people = [customer for some in alike.values() for customer in some]
    if not people:
        return
    locks.in_id_order(Customer.all_objects.filter(pk__in=[customer.pk for customer in people]))
    for names, some in alike.items():
        bulk.update(some, *sorted(names), "updated_at")
    renamed = [
        CustomerRenamed(merchant_id=customer.merchant_id, customer_id=customer.pk)
        for names, some in alike.items()
        if NAME_FIELDS.intersection(names)
        for customer in some
    ]
    outbox.record(*renamed)

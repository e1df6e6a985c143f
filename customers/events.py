"""What customers announces, through the outbox. Events carry ids; a handler reads the present."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class CustomerRenamed:
    """A person's name was put right."""

    name: ClassVar[str] = "customers.customer_renamed"

    merchant_id: int
    customer_id: int

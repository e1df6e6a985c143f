"""What customers announces, through the outbox. Events carry ids; a handler reads the present."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class CustomerRenamed:
    """A person's name was put right."""

    name: ClassVar[str] = "customers.customer_renamed"

    merchant_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerChanged:
    """Something of what is known about a person has changed, their name or anything else."""

    name: ClassVar[str] = "customers.customer_changed"

    merchant_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class CustomerErased:
    """A person was erased; their id is all that is left."""

    name: ClassVar[str] = "customers.customer_erased"

    merchant_id: int
    customer_id: int

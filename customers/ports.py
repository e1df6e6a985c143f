"""What customers asks of the apps above it."""

from typing import Any, Protocol

from customers.models import Customer
from groundwork.messaging.wiring import Port


class PersonalData(Protocol):
    """What an app keeps about a person."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """All of it, as data for JSON, by names of its own."""
        ...

    def erase(self, customer: Customer) -> None:
        """Blank it, in the transaction that erases the person; doing it twice changes nothing."""
        ...


personal_data: Port[PersonalData] = Port()

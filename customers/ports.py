"""What customers asks of the apps above it."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from django.contrib.admin import ListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from customers.models import Customer
from groundwork.console.sections import Section
from groundwork.messaging.wiring import Port


class PersonalData(Protocol):
    """What an app keeps about a person."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """All of it, as data for JSON, by names of its own."""
        ...

    def erase(self, customer: Customer) -> None:
        """Blank it, in the transaction that erases the person; doing it twice changes nothing."""
        ...


class CustomerPage(Protocol):
    """What an app adds to a customer's page in the console."""

    def customer_sections(self, request: HttpRequest, customer: Customer) -> Sequence[Section]:
        """Its tables, with as much in them as whoever asks may see, and the buttons that would work for them."""
        ...


class CustomerList(Protocol):
    """What an app adds to the list of customers in the console."""

    def with_balances(self, customers: QuerySet[Customer]) -> QuerySet[Customer]:
        """Customers with what they have on all their cards: `stamps`, `points`, `owed`, and `last_activity_at`."""
        ...

    def with_nets(self, customers: QuerySet[Customer]) -> QuerySet[Customer]:
        """Customers with what `on_one_card` reads."""
        ...

    def on_one_card(self, customer: Customer) -> Mapping[str, int | Decimal]:
        """What somebody would have if all their cards were one: `stamps`, `stamps_owed`, `points`, `points_owed`."""
        ...

    def customer_filters(self) -> Sequence[type[ListFilter]]:
        """What their list can be asked of those."""
        ...

    def balances_are_kept(self) -> bool:
        """Whether each customer has a `standing` by whose columns, of the same names, they can be sorted."""
        ...

    def customers_of_code(self, text: str) -> Collection[int]:
        """The ids of those whom a whole code or number means that was typed or scanned."""
        ...


personal_data: Port[PersonalData] = Port()
customer_page: Port[CustomerPage] = Port()
customer_list: Port[CustomerList] = Port()

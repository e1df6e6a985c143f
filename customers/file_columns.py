"""What the file of customers says of their cards: a row is a person, and brings one card to whoever imports it
(`CustomerList.on_one_card`). Each card by itself is a row of the cards' file.
"""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.models import Customer
from customers.ports import customer_list


class FileColumns:
    """Columns of the file, for the console's page of customers."""

    def rows_shown(self, request: HttpRequest) -> QuerySet:
        rows: Any = super().rows_shown(request)
        for app in customer_list:
            rows = app.with_nets(rows)
        return rows

    def stamps_of_all(self, customer: Customer) -> int | Decimal:
        return _on_one_card(customer, "stamps")

    def points_of_all(self, customer: Customer) -> int | Decimal:
        return _on_one_card(customer, "points")

    @display(description=_("stamps owed"))
    def stamps_owed(self, customer: Customer) -> int | Decimal:
        return _on_one_card(customer, "stamps_owed")

    @display(description=_("points owed"))
    def points_owed(self, customer: Customer) -> int | Decimal:
        return _on_one_card(customer, "points_owed")


def _on_one_card(customer: Customer, name: str) -> int | Decimal:
    return sum(app.on_one_card(customer)[name] for app in customer_list)

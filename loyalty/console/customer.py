"""What loyalty adds to a customer's page: their cards."""

from collections.abc import Collection, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from groundwork.console.grants import Grants
from loyalty import finding
from loyalty.console.card import state_of, valid_at
from loyalty.models import LoyaltyCard
from tenancy.console.base import ReadOnlyInline
from tenancy.roles import READERS


class CardInline(ReadOnlyInline):
    """The living cards of a customer; the number leads to the card's page and its buttons."""

    grants = Grants(view=READERS)
    model = LoyaltyCard
    fk_name = "customer"
    hide_title = True
    ordering = ["-id"]
    fields = ["number", "stamp_count", "points_balance", "valid_at", "state", "last_activity_at"]

    @display(description=_("card number"))
    def number(self, card: LoyaltyCard) -> str:
        page = reverse("admin:loyalty_loyaltycard_change", args=[card.pk])
        return format_html('<a class="console-link" href="{}">{}</a>', page, card.display_number)

    @display(description=_("valid at"))
    def valid_at(self, card: LoyaltyCard) -> Any:
        return valid_at(card)

    @display(description=_("state"))
    def state(self, card: LoyaltyCard) -> Any:
        return state_of(card)[1]


def customer_inlines() -> Sequence[type]:
    """The table of a customer's cards."""
    return [CardInline]


def customers_of_code(text: str) -> Collection[int]:
    """The customers of the cards that a whole number, QR code or code of an earlier card means."""
    return list(finding.with_whole_code(text).values_list("customer", flat=True))

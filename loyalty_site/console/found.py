"""What the menu's search finds beside pages: customers, cards and receipts, as far as the user sees them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.dataclasses import SearchResult

from customers.models import Customer
from groundwork.models import LIVING
from loyalty.models import LoyaltyCard, Purchase
from loyalty.terms import reference_key

FEW = 5  # of each kind
SHORTEST = 3  # letters: fewer fit everybody


def found(site: Any, request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """The first rows that a search of their lists finds; nothing of a list that does not open for this user."""
    if len(term) < SHORTEST:
        return
    for model, kind in ((Customer, _("customer")), (LoyaltyCard, _("card")), (Purchase, _("purchase"))):
        page = site.get_model_admin(model)
        if page.has_view_permission(request):
            for row in _rows(page, request, term)[:FEW]:
                yield SearchResult(_title(row), kind, page.page_of(row), page.menu_icon)


def _rows(page: Any, request: HttpRequest, term: str) -> QuerySet:
    rows = page.get_queryset(request)
    if page.model is Purchase:  # by its receipt alone: the card is found as a card
        key = reference_key(term)
        return rows.filter(reference_key=key) if key else rows.none()
    found, _may_repeat = page.get_search_results(request, rows.filter(LIVING), term)
    return found.select_related("customer") if page.model is LoyaltyCard else found


def _title(row: Any) -> str:
    return f"{row}, {row.customer}" if isinstance(row, LoyaltyCard) else str(row)

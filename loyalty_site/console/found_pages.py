"""What the menu's search finds of pages and of settings: by the words that somebody reads there, accents or not."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import SearchResult

from groundwork.models import LIVING
from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings
from tenancy.models import Merchant, Store

# Where things are set; each of their fields is found by its name.
SETTINGS = (LoyaltyProgram, MerchantLoyaltySettings, Merchant, Store)
BESIDE_STORES = (
    (_("Poster"), "join-poster", "print"),
    (_("Enrolment page"), "join", "open_in_new"),
    (_("Terminal"), "terminal", "point_of_sale"),
)
SHORTEST = 3  # letters
FEW = 5  # stores


def plain(text: Any) -> str:
    """Small letters without accents: "reglages" finds "Réglages"."""
    parts = unicodedata.normalize("NFKD", str(text).casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def pages(site: Any, request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """The entries of this user's menu whose title, or whose kind of row, holds the term."""
    names = dict(_kinds(site))
    for group in site.get_sidebar_list(request):
        for item in group["items"]:
            words = f"{item['title']} {names.get(str(item['link']), '')}"
            if term in plain(words):
                title = capfirst(str(item["title"]))
                yield SearchResult(title, str(group["title"]), str(item["link"]), item["icon"])


def _kinds(site: Any) -> Iterator[tuple[str, str]]:
    """What the rows of each list are called, by its address."""
    for model, _page in site._registry.items():
        meta = model._meta
        yield reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"), str(meta.verbose_name_plural)


def beside_stores(site: Any, request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """What each store of this user has beside its page: for the counter, for customers, for staff."""
    page = site.get_model_admin(Store)
    wanted = [each for each in BESIDE_STORES if term in plain(each[0])]
    if len(term) < SHORTEST or not wanted or not page.has_view_permission(request):
        return
    for store in page.get_queryset(request).filter(LIVING)[:FEW]:
        for title, address, icon in wanted:
            yield SearchResult(str(title), store.name, reverse(address, args=[store.store_code]), icon)


def settings(site: Any, request: HttpRequest, term: str) -> Iterator[SearchResult]:
    """What can be set, on pages that open for this user."""
    if len(term) < SHORTEST:
        return
    for model in SETTINGS:
        page = site.get_model_admin(model)
        if not page.has_view_permission(request):
            continue
        meta = model._meta
        link = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        for name in flatten_fieldsets(page.fieldsets or ()):
            label = _label(page, name)
            if term in plain(label):
                yield SearchResult(capfirst(label), str(meta.verbose_name), link, page.menu_icon)


def _label(page: Any, name: str) -> str:
    try:
        return str(label_for_field(name, page.model, page))
    except (AttributeError, FieldDoesNotExist):
        return ""  # a field of the form alone

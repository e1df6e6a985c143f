"""A page of the console leads nowhere where its reader may not go: what such a link says stays, as text.

Links stand in fields, columns, sections and sentences, made by Django, by Unfold and by us, and what they lead to may
be another role's, or another store's. So they are judged where they have come together: in the page as it is sent.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse

from tenancy.roles import EVERYWHERE

LINK = re.compile(r'<a\b[^<>]*?\bhref="(?P<path>[^"?#]*)[^"]*"[^<>]*>(?P<text>.{0,2000}?)</a>', re.DOTALL)
# A list, or something about a row of it: as Django's admin makes its addresses.
PLACE = re.compile(r"(?P<kind>[a-z]{1,40}/[a-z]{1,40})/(?:(?P<row>[0-9]{1,18})/[a-z_]{1,40}/)?")

Rows = dict[str, set[int]]


def only_open(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A page without its links to pages that whoever asked for it may not open; any other answer as it is.

    It is asked within the scope of whoever reads it.
    """
    if isinstance(response, TemplateResponse) and response.get("Content-Type", "").startswith("text/html"):
        text = response.content.decode()
        places = _places(text)
        shut = _shut(request, places)
        if shut:
            response.content = LINK.sub(lambda link: _as_allowed(link, shut), text)
    return response


def _place_of(path: str) -> tuple[str, int] | None:
    """The kind of row that an address of the console is about, and which: 0 for the list of them."""
    index = reverse("admin:index")
    found = PLACE.fullmatch(path.removeprefix(index)) if path.startswith(index) else None
    return (found["kind"].replace("/", "."), int(found["row"] or 0)) if found else None


def _places(text: str) -> Rows:
    """What a page leads to, by kind of row."""
    found: Rows = defaultdict(set)
    for link in LINK.finditer(text):
        if place := _place_of(link["path"]):
            found[place[0]].add(place[1])
    return found


def _shut(request: HttpRequest, places: Rows) -> set[tuple[str, int]]:
    pages = {model._meta.label_lower: page for model, page in admin.site._registry.items()}
    known = ((kind, pages[kind], rows) for kind, rows in places.items() if kind in pages)
    return {(kind, row) for kind, page, rows in known for row in _shut_of(request, page, rows)}


def _shut_of(request: HttpRequest, page: Any, rows: set[int]) -> Iterable[int]:
    """Those of some rows of a kind that are not open; the database is asked only for whoever has some of them."""
    if not page.has_view_permission(request):
        return rows
    if rows == {0} or page.roles(request) <= EVERYWHERE:
        return ()
    asked = rows - {0}
    return asked.difference(
        page.get_queryset(request).order_by().filter(pk__in=asked).values_list("pk", flat=True)
    )


def _as_allowed(link: re.Match[str], shut: set[tuple[str, int]]) -> str:
    return link["text"] if _place_of(link["path"]) in shut else link[0]

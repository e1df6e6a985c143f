"""What loyalty adds to a store's page: its poster, its QR code as a file, and the way to its till."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from groundwork.formats import qr
from loyalty import links
from tenancy.console.merchant import StoreAdmin
from tenancy.models import Store


def store_actions() -> Sequence[str | dict[str, Any]]:
    """The way to the till, and what lies on the counter."""
    on_the_counter = {
        "title": _("For the counter"),
        "icon": "qr_code_2",
        "items": ["poster", "qr_picture", "qr_drawing", "join_page"],
    }
    return ["terminal", on_the_counter, "transactions"]


@action(description=_("Poster"), permissions=["living"], icon="print", attrs={"target": "_blank"})
def poster(page: StoreAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    return _to("join-poster", page.row(request, object_id))


@action(
    description=_("Enrolment page"),
    permissions=["living"],
    icon="open_in_new",
    attrs={"target": "_blank"},
)
def join_page(page: StoreAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    return _to("join", page.row(request, object_id))


@action(description=_("Terminal"), permissions=["living"], icon="point_of_sale", attrs={"target": "_blank"})
def terminal(page: StoreAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    return _to("terminal", page.row(request, object_id))


@action(description=_("Transactions"), permissions=["living"], icon="receipt_long")
def transactions(page: StoreAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    asked = urlencode({"store__id__exact": page.row(request, object_id).pk})
    return HttpResponseRedirect(f"{reverse('admin:loyalty_loyaltytransaction_changelist')}?{asked}")


@action(description=_("QR code as PNG"), permissions=["living"], icon="image")
def qr_picture(page: StoreAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    store = page.row(request, object_id)
    return _file(qr.png(links.join_url(store), scale=20), "image/png", f"{store.store_code}.png")


@action(description=_("QR code as SVG"), permissions=["living"], icon="polyline")
def qr_drawing(page: StoreAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    store = page.row(request, object_id)
    return _file(qr.svg_file(links.join_url(store)), "image/svg+xml", f"{store.store_code}.svg")


def _to(page: str, store: Store) -> HttpResponse:
    return HttpResponseRedirect(reverse(page, args=[store.store_code]))


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

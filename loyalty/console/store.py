"""What loyalty adds to a store's page: its poster, its QR code as a file, and the way to its till."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from groundwork.formats import qr
from loyalty import links
from tenancy.console.merchant import StoreAdmin
from tenancy.models import Store

admin.site.unregister(Store)


@admin.register(Store)
class CounterStoreAdmin(StoreAdmin):
    """A store with what lies on its counter."""

    actions_detail = (
        "terminal",
        {
            "title": _("For the counter"),
            "icon": "qr_code_2",
            "items": ["poster", "qr_picture", "qr_drawing", "join_page"],
        },
    )

    def has_counter_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        store = self.row(request, obj)
        return store is not None and not store.is_deleted and self.may(request, "act", store)

    @action(description=_("Poster"), permissions=["counter"], icon="print", attrs={"target": "_blank"})
    def poster(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return _to("join-poster", self.row(request, object_id))

    @action(
        description=_("Enrolment page"),
        permissions=["counter"],
        icon="open_in_new",
        attrs={"target": "_blank"},
    )
    def join_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return _to("join", self.row(request, object_id))

    @action(
        description=_("Terminal"), permissions=["counter"], icon="point_of_sale", attrs={"target": "_blank"}
    )
    def terminal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return _to("terminal", self.row(request, object_id))

    @action(description=_("QR code as PNG"), permissions=["counter"], icon="image")
    def qr_picture(self, request: HttpRequest, object_id: str) -> HttpResponse:
        store = self.row(request, object_id)
        return _file(qr.png(links.join_url(store), scale=20), "image/png", f"{store.store_code}.png")

    @action(description=_("QR code as SVG"), permissions=["counter"], icon="polyline")
    def qr_drawing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        store = self.row(request, object_id)
        return _file(qr.svg_file(links.join_url(store)), "image/svg+xml", f"{store.store_code}.svg")


def _to(page: str, store: Store) -> HttpResponse:
    return HttpResponseRedirect(reverse(page, args=[store.store_code]))


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

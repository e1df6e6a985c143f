"""What wallet adds to a customer's page in the console: the passes of their cards, and the devices that hold them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models import Customer
from groundwork.console.actions import buttons
from groundwork.console.sections import Column, Section, link, with_remarks
from wallet.console import arrival
from wallet.models import AppleDeviceRegistration, Platform, WalletPass

PASSES_SHOWN = 20


def customer_sections(request: HttpRequest, customer: Customer) -> Sequence[Section]:
    """The passes that this user may see: made, saved, fetched, and whether the newest version is there."""
    page = admin.site.get_model_admin(WalletPass)
    if not page.has_view_permission(request):
        return []
    seen = page.get_queryset(request).filter(card__customer=customer).select_related("card")
    found = list(seen.annotate(devices=Count("registrations")).order_by("-id")[:PASSES_SHOWN])
    named = _devices(request, found)
    names = (
        _("card"),
        _("wallet"),
        _("made"),
        _("saved"),
        _("last fetched"),
        _("update"),
        _("devices"),
        _("actions"),
    )
    return [
        Section(
            key="passes",
            title=_("Wallet passes"),
            columns=[Column(name) for name in names],
            rows=[_row(request, page, row, named.get(row.pk, "")) for row in found],
            empty=_("No card of this person is in a wallet."),
        )
    ]


def _row(request: HttpRequest, page: Any, row: Any, devices: str) -> Sequence[Any]:
    word = arrival(row)[1]
    text = ngettext("%(number)d device", "%(number)d devices", row.devices)
    return (
        str(row.card),
        with_remarks(link(row.get_platform_display(), page.page_of(row)), row.get_state_display()),
        _moment(row.created_at),
        _moment(row.saved_at),
        _moment(row.fetched_at),
        with_remarks(word, row.last_error),
        with_remarks(text % {"number": row.devices}, devices) if row.platform == Platform.APPLE else "",
        buttons(page, request, row, back=request.path),
    )


def _moment(moment: Any) -> str:
    return localize(timezone.localtime(moment)) if moment else ""


def _devices(request: HttpRequest, passes: Sequence[WalletPass]) -> Mapping[int, str]:
    """The devices of some passes, by the pass's id, for those who may see them."""
    page: Any = admin.site.get_model_admin(AppleDeviceRegistration)
    if not page.has_view_permission(request):
        return {}
    by_pass: dict[int, list[tuple[str, Any]]] = {}
    for device in (
        page.get_queryset(request).filter(wallet_pass__in=[row.pk for row in passes]).order_by("id")
    ):
        by_pass.setdefault(device.wallet_pass_id, []).append((page.page_of(device), device))
    link_to = '<a class="console-link" href="{}">{}</a>'
    return {pk: format_html_join(", ", link_to, devices) for pk, devices in by_pass.items()}

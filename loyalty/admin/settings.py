"""A merchant's settings: one page for an owner, a list for operators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty.models import MerchantLoyaltySettings
from tenancy.admin_access import OWNERS, Grants, has_one_merchant
from tenancy.admin_base import ConsoleAdmin


@admin.register(MerchantLoyaltySettings)
class MerchantLoyaltySettingsAdmin(ConsoleAdmin):
    """What a merchant has decided about all their stores."""

    grants = Grants(view=OWNERS, add=OWNERS, change=OWNERS)
    menu_title = _("Settings")
    menu_icon = "tune"
    list_display = [
        "merchant",
        "allow_cross_location_redemption",
        "allow_self_enrollment",
        "void_window_hours",
    ]
    list_select_related = ["merchant"]
    search_fields = ["merchant__name"]
    autocomplete_fields = ["merchant"]
    fieldsets = [
        (None, {"fields": ["merchant", "allow_cross_location_redemption", "allow_self_enrollment"]}),
        (
            _("At the till"),
            {"fields": ["allow_void_transactions", "void_window_hours", "require_order_reference"]},
        ),
        (
            _("Security"),
            {
                "fields": [
                    ("staff_pin_lockout_attempts", "staff_pin_lockout_minutes"),
                    "log_ip_addresses",
                ]
            },
        ),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one row per merchant."""
        if has_one_merchant(request.user) and self.get_queryset(request).exists():
            return False
        return super().has_add_permission(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An owner of one merchant has one page and no list."""
        if not has_one_merchant(request.user) or not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        row = self.get_queryset(request).first()
        if row is None:
            return HttpResponseRedirect(reverse("admin:loyalty_merchantloyaltysettings_add"))
        return HttpResponseRedirect(self.page_of(row))

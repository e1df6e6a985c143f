"""A merchant's settings: one page for an owner, a list for operators."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from groundwork.console.grants import Grants
from loyalty.models import MerchantLoyaltySettings
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.single import OnePerMerchant
from tenancy.roles import AUDITORS, OWNERS, has_one_merchant


class SettingsForm(ConsoleForm):
    """What a merchant decides, with what it means where the name alone does not say it."""

    class Meta:
        model = MerchantLoyaltySettings
        fields = ["merchant"]
        help_texts = {
            "allow_cross_location_redemption": _(
                "Otherwise a card is valid only where it was given out. Cards that exist keep where they are valid."
            ),
            "allow_self_enrollment": _(
                "With the QR code on the counter; otherwise only staff give cards out."
            ),
            "require_order_reference": _("One receipt earns points once."),
            "log_ip_addresses": _(
                "The network address of the device at each transaction, to look into misuse."
            ),
        }


@admin.register(MerchantLoyaltySettings)
class MerchantLoyaltySettingsAdmin(OnePerMerchant, ConsoleAdmin):
    """What a merchant has decided about all their stores."""

    grants = Grants(view=AUDITORS, add=OWNERS, change=OWNERS)
    menu_title = _("Settings")
    menu_icon = "tune"
    form = SettingsForm
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

    def name_in_history(self, row: MerchantLoyaltySettings) -> str:
        return row.merchant.name

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one row per merchant."""
        if has_one_merchant(request.user) and self.get_queryset(request).exists():
            return False
        return super().has_add_permission(request, obj)

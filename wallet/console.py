"""Passes in the console: what is wanted, what has arrived, what went wrong, and trying again."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork.console.filters import ConditionFilter
from groundwork.console.grants import Grants
from tenancy.console.base import ConsoleAdmin, ReadOnlyInline
from tenancy.roles import MANAGERS, OPERATORS, READERS, is_operator, visible_to
from wallet import set_up
from wallet.funnels import funnels
from wallet.models import (
    AppleDeviceRegistration,
    PassDesign,
    PassState,
    Platform,
    Synced,
    WalletOffer,
    WalletPass,
)
from wallet.services import channel, designs, doctor, passes

COLORS = {
    PassState.ACTIVE.value: "info",
    PassState.SAVED.value: "success",
    PassState.REMOVED.value: "default",
    PassState.VOID.value: "danger",
}
ARRIVAL_COLORS = {"behind": "warning", "failed": "danger", "there": "success"}


def arrival(row: Synced) -> tuple[str, str]:
    """Whether the newest version has arrived, in a word."""
    if not row.is_lagging:
        return "there", gettext("up to date")
    return ("failed", gettext("failed")) if row.last_error else ("behind", gettext("on its way"))


class Arrival:
    """The columns that passes and designs share."""

    @display(description=_("update"), label=ARRIVAL_COLORS)
    def arrival(self, row: Synced) -> tuple[str, str]:
        return arrival(row)

    @display(description=_("update"))
    def arrived(self, row: Synced) -> str:
        """The same where no badges are drawn: on a row's own page, and in tables on other pages."""
        return arrival(row)[1]

    @display(description=_("refused and left out"))
    def without(self, row: Synced) -> str:
        """The parts that the wallet does not take, in its own words."""
        return "; ".join(f"{part}: {words}" for part, words in row.left_out.items()) or "-"

    @display(description=_("wanted / synced"))
    def versions(self, row: Synced) -> str:
        return f"{row.wanted_version} / {row.synced_version}"


class BehindFilter(ConditionFilter):
    """Passes whose newest version has not arrived, and among them those that failed."""

    title = _("update")
    parameter_name = "update"
    conditions = MappingProxyType(
        {
            "behind": (_("not up to date"), Synced.LAGGING),
            "failed": (_("failed"), Synced.LAGGING & ~Q(last_error="")),
        }
    )


@admin.register(WalletPass)
class WalletPassAdmin(Arrival, ConsoleAdmin):
    """To look at; a pass can be sent again. Serial number, token and devices are secrets and not shown."""

    grants = Grants(view=READERS, act=MANAGERS)
    menu_title = _("Wallet passes")
    menu_icon = "wallet"
    empty_help = _("A pass is listed here as soon as a customer adds their card to a wallet.")
    ordering = ["-id"]
    list_display = [
        "card",
        "platform",
        "pass_state",
        "merchant",
        "arrival",
        "versions",
        "last_modified",
        "fetched_at",
        "last_error",
    ]
    list_display_links = ["card", "platform"]
    list_filter = ["platform", "state", BehindFilter, "merchant"]
    list_select_related = ["card", "merchant"]
    search_fields = ["card__card_number"]
    search_help_text = _("Part of a card number")
    list_before_template = "admin/wallet/set_up.html"
    actions = ["try_again"]
    actions_list = ("examine",)
    actions_detail = ("try_this_again",)
    fieldsets = [
        (None, {"fields": [("card", "merchant"), ("platform", "state"), ("created_at", "retired_at")]}),
        (
            _("Updates"),
            {
                "fields": [
                    ("arrived", "wanted_version", "synced_version"),
                    ("last_modified", "fetched_at", "device_count"),
                    ("attempts", "next_attempt_at"),
                    "last_error",
                    "without",
                ]
            },
        ),
    ]
    readonly_fields = ["arrived", "device_count", "without", "created_at", "retired_at", "fetched_at"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Tells operators what to do about a wallet that is not set up, and everybody how far their cards come."""
        invitations = set_up.invitations() if is_operator(request.user) else []
        offers = visible_to(request.user, WalletOffer.objects.all())
        shown = {"invitations": invitations, "funnels": funnels(offers)}
        return super().changelist_view(request, (extra_context or {}) | shown)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        digits = search_term.replace("-", "").replace(" ", "")
        return (queryset.filter(card__card_number__contains=digits) if digits else queryset), False

    @display(description=_("state"), ordering="state", label=COLORS)
    def pass_state(self, row: WalletPass) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("devices"))
    def device_count(self, row: WalletPass) -> str:
        return str(row.registrations.count()) if row.platform == Platform.APPLE else "-"

    # --- the doctor ---

    def has_examine_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_operator(request.user)

    @action(description=_("Examine"), permissions=["examine"], icon="stethoscope", url_path="examine")
    def examine(self, request: HttpRequest) -> HttpResponse:
        """Have the set-up looked at, and see a pass on one's own phone."""
        if request.method == "POST":
            doctor.ask(request.user)  # type: ignore[arg-type]
            messages.success(
                request, gettext("The result is on the overview in a minute; an e-mail is on its way.")
            )
            return HttpResponseRedirect(reverse("admin:wallet_walletpass_changelist"))
        shown = {
            "title": gettext("Examine the wallets"),
            "explanation": gettext(
                "A pass is made, verified and fetched as a phone would do it, and Google is asked about each card. "
                "You get an e-mail with a pass to try on your own phone."
            ),
            "submit_label": gettext("Examine"),
            "form": forms.Form(),
            "back": reverse("admin:wallet_walletpass_changelist"),
        }
        context = {**self.admin_site.each_context(request), "opts": self.opts, "subtitle": None, **shown}
        return TemplateResponse(request, "admin/ask.html", context)

    # --- again ---

    def _send(self, request: HttpRequest, rows: QuerySet[WalletPass]) -> int:
        if is_operator(request.user):
            # Whoever runs the platform may also end a pause of the whole wallet.
            for platform in set(rows.values_list("platform", flat=True)):
                channel.resume(Platform(platform))
        return passes.try_again(WalletPass.objects.filter(pk__in=rows.values("pk")))

    @admin.action(description=_("Try again"), permissions=["act"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[WalletPass]) -> None:
        count = self._send(request, queryset)
        text = ngettext("%(count)d pass is sent again.", "%(count)d passes are sent again.", count)
        messages.success(request, text % {"count": count})

    @action(description=_("Try again"), permissions=["act"], icon="refresh", variant=ActionVariant.PRIMARY)
    def try_this_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Try again"),
            explanation=_("The pass is sent to its wallet again, as the card is now."),
            perform=self._try_this_again,
        )

    def _try_this_again(self, request: HttpRequest, row: WalletPass, cleaned: dict[str, Any]) -> str:
        self._send(request, WalletPass.objects.filter(pk=row.pk))
        return gettext("The pass is on its way.")


@admin.register(PassDesign)
class PassDesignAdmin(Arrival, ConsoleAdmin):
    """How far a program's look has come: at Google, and over all its passes."""

    grants = Grants(view=OPERATORS, act=OPERATORS)
    menu_title = _("Pass designs")
    menu_icon = "palette"
    list_display = ["program", "merchant", "arrival", "versions", "is_spread", "last_error", "without"]
    list_select_related = ["program", "merchant"]
    actions = ["try_again"]
    fieldsets = [
        (None, {"fields": [("program", "merchant"), ("arrived", "wanted_version", "synced_version")]}),
        (_("Updates"), {"fields": [("attempts", "next_attempt_at"), "is_spread", "last_error", "without"]}),
    ]
    readonly_fields = ["arrived", "is_spread", "without"]

    @display(description=_("reached all passes"), boolean=True)
    def is_spread(self, row: PassDesign) -> bool:
        return row.spread_after_id is None and row.spread_version == row.wanted_version

    @admin.action(description=_("Send to all passes again"), permissions=["act"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[PassDesign]) -> None:
        channel.resume(Platform.GOOGLE)
        count = designs.send_again(queryset)
        text = ngettext("%(count)d design is sent again.", "%(count)d designs are sent again.", count)
        messages.success(request, text % {"count": count})


@admin.register(AppleDeviceRegistration)
class AppleDeviceRegistrationAdmin(ConsoleAdmin):
    """Which devices hold passes; their push tokens are secrets and not shown."""

    grants = Grants(view=OPERATORS)
    menu_title = _("Devices")
    menu_icon = "phone_iphone"
    ordering = ["-id"]
    list_display = ["device", "wallet_pass", "merchant", "renewed_at", "pushed_version"]
    list_select_related = ["wallet_pass", "merchant"]
    fieldsets = [
        (None, {"fields": ["device", ("wallet_pass", "merchant"), ("renewed_at", "pushed_version")]})
    ]
    readonly_fields = ["device"]

    @display(description=_("device"))
    def device(self, row: AppleDeviceRegistration) -> str:
        return str(row)


class PassInline(Arrival, ReadOnlyInline):
    """The passes of a card, on the card's page."""

    grants = Grants(view=READERS)
    model = WalletPass
    fk_name = "card"
    verbose_name_plural = _("Wallet passes")
    hide_title = True
    show_change_link = True
    fields = ["platform", "state", "arrived", "versions", "fetched_at", "last_error"]


def card_inlines() -> Sequence[type]:
    """The table of a card's passes."""
    return [PassInline]

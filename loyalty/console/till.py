"""Tills: made for a store, shown to their device as a code, revoked when a tablet is lost."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from groundwork.console.grants import Grants
from groundwork.formats import qr
from loyalty import links
from tenancy import tills
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.revoking import Revocable, revoking
from tenancy.models import Till
from tenancy.roles import MANAGERS

COLORS = {"revoked": "danger", "in_use": "success", "waiting": "info", "code_over": "warning"}


class TillForm(ConsoleForm):
    """A new till; its name is free again once the one before it is revoked."""

    class Meta:
        model = Till
        fields = ["name", "store"]

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"revoked_at"}


@admin.register(Till)
class TillAdmin(Revocable, ConsoleAdmin):
    """The devices on the counters. A code is shown once, when it is made; what a device carries, never."""

    grants = Grants(view=MANAGERS, add=MANAGERS, act=MANAGERS)
    revoked_with = "act"
    menu_icon = "tablet"
    form = TillForm
    empty_help = _(
        "A tablet on the counter is made a till once, with a code: nobody's password is needed there."
    )
    list_display = ["name", "store", "merchant", "state", "last_seen_at", "app_version", "lost"]
    list_filter = ["store"]
    list_select_related = ["store", "merchant"]
    search_fields = ["name", "store__name"]
    actions_detail = ("new_code", "revoke")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        trace = ["created_by", "created_at", "enrolled_at", "last_seen_at", "app_version", "revoked_at"]
        return [(None, {"fields": ["name", "store", *(trace if obj else [])]})]

    @display(description=_("state"), label=COLORS)
    def state(self, row: Till) -> tuple[str, str]:
        if row.revoked_at:
            return "revoked", gettext("revoked")
        if row.enrolled_at:
            return "in_use", gettext("in use")
        if tills.is_waiting(row):
            return "waiting", gettext("waits for its device")
        return "code_over", gettext("needs a new code")

    @display(description=_("lost tablet"))
    def lost(self, row: Till) -> str:
        """From the list straight to the question: two clicks for a tablet that is gone."""
        if row.revoked_at:
            return ""
        return format_html(
            '<a class="console-danger" href="{}">{}</a>', _page(row, "revoke"), gettext("Revoke")
        )

    # --- the code ---

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made, code = tills.make(store=obj.store, name=obj.name, by=request.user)  # type: ignore[arg-type]
        obj.__dict__.update(made.__dict__)
        obj.shown_once = code

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the code on this very page: it is kept as a hash only."""
        return self._show_code(request, obj, obj.shown_once)

    def has_new_code_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        waits = row is not None and row.enrolled_at is None and row.revoked_at is None
        return waits and self.may(request, "act", row)

    @action(description=_("Show a new code"), permissions=["new_code"], icon="qr_code_2")
    def new_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method == "POST":
            row = self.row(request, object_id)
            code = tills.new_code(till=row)
            self.log_change(request, row, _("Show a new code"))
            return self._show_code(request, row, code)
        return self.ask(
            request,
            object_id,
            title=_("Show a new code"),
            explanation=_("It works once, for 15 minutes. The code before it ends."),
            perform=lambda *_unused: "",
        )

    def _show_code(self, request: HttpRequest, row: Till, code: str) -> HttpResponse:
        address = links.till_url(code)
        half = len(code) // 2
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Set up the till"),
            "subtitle": row.name,
            "code": f"{code[:half]}-{code[half:]}",
            "qr_svg": qr.svg(address, title=gettext("QR code that opens the terminal with this code")),
            "terminal": links.till_url(),
            "until": row.code_expires_at,
            "back": self.page_of(row),
        }
        response = TemplateResponse(request, "admin/till_code.html", context)
        response["Cache-Control"] = "no-store, private"
        return response

    # --- the end ---

    revoke = revoking(
        _("Lost tablet: revoke"),
        title=_("Revoke this till"),
        explanation=_(
            "The device is refused from now on, whoever has it. Stamps that wait on it without a network stay "
            "there. This cannot be undone; the same tablet can be made a till again."
        ),
        done=_("The device is no longer a till."),
        by=lambda request, row: tills.revoke(till=row),
    )


def _page(row: Till, page: str) -> str:
    return reverse(f"admin:tenancy_till_{page}", args=[row.pk])

"""Deliveries in the console: what was sent, what was answered, and sending it again."""

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork.console.grants import Grants
from tenancy.console.base import ConsoleAdmin
from tenancy.roles import OWNERS
from webhooks.models import Delivery, State
from webhooks.services import endpoints

COLORS = {
    State.WAITING.value: "info",
    State.DELIVERED.value: "success",
    State.FAILED.value: "warning",
    State.DEAD.value: "danger",
}


@admin.register(Delivery)
class DeliveryAdmin(ConsoleAdmin):
    """To look at; a delivery can be sent again."""

    grants = Grants(view=OWNERS, act=OWNERS)
    menu_title = _("Webhook deliveries")
    menu_icon = "outbox"
    empty_help = _(
        "Every event that is sent to an endpoint is listed here for 30 days, with what it answered."
    )
    ordering = ["-id"]
    list_display = ["created_at", "kind", "endpoint", "merchant", "standing", "attempts", "response_status"]
    list_display_links = ["created_at", "kind"]
    list_filter = ["state", "endpoint", "merchant"]
    list_select_related = ["merchant", "endpoint", "event"]
    actions = ["send_again"]
    actions_detail = ("send_this_again",)
    fieldsets = [
        (None, {"fields": [("kind", "state"), ("endpoint", "merchant"), "event_id"]}),
        (
            _("How it went"),
            {
                "fields": [
                    ("attempts", "created_at"),
                    ("attempted_at", "next_attempt_at"),
                    ("response_status", "trouble"),
                ]
            },
        ),
        (_("What was sent"), {"fields": ["sent"]}),
        (_("What was answered"), {"fields": ["answered"]}),
    ]
    readonly_fields = ["kind", "event_id", "sent", "answered", "created_at"]

    @display(description=_("event"), ordering="event__type")
    def kind(self, row: Delivery) -> str:
        return row.event.type

    @display(description=_("state"), ordering="state", label=COLORS)
    def standing(self, row: Delivery) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("id"))
    def event_id(self, row: Delivery) -> str:
        return row.event.event_id

    @display(description=_("what it says"))
    def sent(self, row: Delivery) -> str:
        text = json.dumps(json.loads(row.event.body), indent=2, ensure_ascii=False)
        return format_html('<pre class="whitespace-pre-wrap break-all">{}</pre>', text)

    @display(description=_("what it answered"))
    def answered(self, row: Delivery) -> str:
        return format_html('<pre class="whitespace-pre-wrap break-all">{}</pre>', row.response_body)

    def name_in_history(self, row: Delivery) -> str:
        return f"#{row.pk}"

    # --- again ---

    @admin.action(description=_("Send again"), permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        for row in queryset:
            endpoints.resend(delivery_id=row.pk)
            self.log_change(request, row, _("Sent again"))
        count = len(queryset)
        text = ngettext("%(count)d delivery is sent again.", "%(count)d deliveries are sent again.", count)
        messages.success(request, text % {"count": count})

    @action(description=_("Send again"), permissions=["act"], icon="send", variant=ActionVariant.PRIMARY)
    def send_this_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Send again"),
            explanation=_("With the same id and the same words, so that it is known again."),
            perform=self._send_again,
        )

    def _send_again(self, request: HttpRequest, row: Delivery, cleaned: dict[str, Any]) -> str:
        endpoints.resend(delivery_id=row.pk)
        return gettext("It is on its way.")

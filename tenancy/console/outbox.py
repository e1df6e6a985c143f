"""The outbox: announcements that wait for a listener, and those that were given up."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from groundwork.console.grants import Grants
from groundwork.messaging import outbox
from tenancy.console.base import ConsoleAdmin
from tenancy.models import OutboxMessage
from tenancy.roles import OPERATORS


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ConsoleAdmin):
    """To look at; a dead one can be sent round again."""

    grants = Grants(view=OPERATORS, act=OPERATORS)
    menu_icon = "outbox"
    empty_help = _("Nothing waits here: whatever happened has been passed on.")
    ordering = ["-id"]
    list_display = [
        "event",
        "subscriber",
        "merchant",
        "state_label",
        "attempts",
        "next_attempt_at",
        "created_at",
    ]
    list_filter = ["state", "event", "subscriber"]
    list_select_related = ["merchant"]
    actions = ["try_again"]

    @display(
        description=_("state"),
        ordering="state",
        label={"waiting": "info", "done": "success", "dead": "danger"},
    )
    def state_label(self, message: OutboxMessage) -> tuple[str, str]:
        return message.state, message.get_state_display()

    @admin.action(description=_("Try dead ones again"), permissions=["act"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        for message in queryset:
            self.log_change(request, message, _("Try dead ones again"))
        count = outbox.try_again(list(queryset.values_list("pk", flat=True)))
        text = ngettext("%(count)d message is tried again.", "%(count)d messages are tried again.", count)
        messages.success(request, text % {"count": count})

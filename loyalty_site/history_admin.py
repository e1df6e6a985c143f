"""The history of the whole console, for operators; each row's own history is on its page, for whoever may see it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from tenancy.admin_access import OPERATORS, Grants
from tenancy.admin_base import ConsoleAdmin

FLAGS = {
    ADDITION: ("added", _("added")),
    CHANGE: ("changed", _("changed")),
    DELETION: ("deleted", _("deleted")),
}


@admin.register(LogEntry)
class LogEntryAdmin(ConsoleAdmin):
    """Who did what in the console, newest first; to look at."""

    grants = Grants(view=OPERATORS)
    menu_title = _("History")
    menu_icon = "history"
    list_display = ["action_time", "user", "what", "content_type", "object_repr", "message"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__email"]
    fields = ["action_time", "user", "what", "content_type", "object_repr", "message"]
    readonly_fields = ["what", "message"]
    ordering = ["-id"]

    @display(
        description=_("what"),
        ordering="action_flag",
        label={"added": "success", "changed": "info", "deleted": "danger"},
    )
    def what(self, entry: LogEntry) -> tuple[str, Any]:
        return FLAGS[entry.action_flag]

    @display(description=_("details"))
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message()

"""The log of e-mails in the console: what went to whom, what did not, and sending it again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork.console.grants import Grants
from notifications import markup, rendering, selectors
from notifications.models import EmailLog, Status
from notifications.services import queue
from tenancy.console.base import ConsoleAdmin
from tenancy.roles import MANAGERS, READERS

COLORS = {
    Status.QUEUED.value: "info",
    Status.SENDING.value: "info",
    Status.SENT.value: "success",
    Status.FAILED.value: "danger",
    Status.SUPPRESSED.value: "default",
}


@admin.register(EmailLog)
class EmailLogAdmin(ConsoleAdmin):
    """To look at; an e-mail can be sent again."""

    grants = Grants(view=READERS, act=MANAGERS)
    menu_title = _("E-mails")
    menu_icon = "mail"
    empty_help = _("Every e-mail to a customer is listed here, with what became of it.")
    ordering = ["-id"]
    list_display = [
        "created_at",
        "email",
        "to",
        "subject",
        "merchant",
        "store",
        "state",
        "attempts",
        "sent_at",
    ]
    list_display_links = ["created_at", "email"]
    list_filter = ["status", "code", "language", "fault", "store", "merchant"]
    list_select_related = ["merchant", "store"]
    search_fields = ["to"]
    search_help_text = _("Part of the customer's name or e-mail, or the whole address it went to")
    actions = ["send_again"]
    actions_detail = ("send_this_again",)
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("email", "status"),
                    ("to", "language"),
                    ("customer", "card"),
                    ("merchant", "store"),
                ]
            },
        ),
        (
            _("How it went"),
            {"fields": [("attempts", "created_at"), ("next_attempt_at", "sent_at"), "fault", "error"]},
        ),
        (_("What it says"), {"fields": ["subject", "message"]}),
    ]
    readonly_fields = ["email", "message", "created_at"]

    class Media:
        css = {"all": ["notifications/preview.css"]}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return selectors.emails_matching(queryset, search_term), False

    @display(description=_("e-mail"), ordering="code")
    def email(self, log: EmailLog) -> str:
        return log.get_code_display()

    @display(description=_("status"), ordering="status", label=COLORS)
    def state(self, log: EmailLog) -> tuple[str, str]:
        return log.status, log.get_status_display()

    @display(description=_("text"))
    def message(self, log: EmailLog) -> str:
        """As it looks in a mail program, and as plain text."""
        if not log.body:
            return gettext("It is filled in when it is sent.")
        card = selectors.card_of(log)
        letter = card and rendering.letter(
            code=log.code, subject=log.subject, body=log.body, language=log.language or "en", card=card
        )
        context = {"html": letter.html if letter else "", "text": markup.plain_text(log.body)}
        return render_to_string("admin/notifications/message.html", context)

    def name_in_history(self, row: EmailLog) -> str:
        return f"#{row.pk}"

    # --- again ---

    def has_send_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return self.may(request, "act", row) and getattr(row, "status", None) != Status.SENDING

    @admin.action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[EmailLog]) -> None:
        for log in queryset:
            queue.send_again(log.pk)
            self.log_change(request, log, _("Sent again"))
        count = len(queryset)
        text = ngettext("%(count)d e-mail is sent again.", "%(count)d e-mails are sent again.", count)
        messages.success(request, text % {"count": count})

    @action(description=_("Send again"), permissions=["send"], icon="send", variant=ActionVariant.PRIMARY)
    def send_this_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Send again"),
            explanation=_("It goes to the customer's present address and says what is true now."),
            perform=self._send_again,
        )

    def _send_again(self, request: HttpRequest, row: EmailLog, cleaned: dict[str, Any]) -> str:
        queue.send_again(row.pk)
        return gettext("The e-mail is on its way.")

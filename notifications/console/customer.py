"""What notifications adds to a customer's page: the e-mails to them, with their text."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from groundwork.console.actions import buttons
from groundwork.console.sections import Column, Section, link, with_remarks
from notifications import markup
from notifications.models import EmailLog

EMAILS_SHOWN = 10


def customer_sections(request: HttpRequest, customer: Customer) -> Sequence[Section]:
    """The newest e-mails that this user may see; the rest is in the list of all."""
    page = admin.site.get_model_admin(EmailLog)
    if not page.has_view_permission(request):
        return []
    seen = page.get_queryset(request).filter(customer=customer).order_by("-id")
    newest = list(seen[: EMAILS_SHOWN + 1])
    names = (_("when"), _("e-mail"), _("to"), _("status"), _("actions"))
    everything = (
        reverse("admin:notifications_emaillog_changelist") + "?" + urlencode({"q": customer.email or ""})
    )
    return [
        Section(
            key="emails",
            title=_("E-mails"),
            columns=[Column(name) for name in names],
            rows=[_row(request, page, log) for log in newest[:EMAILS_SHOWN]],
            empty=_("No e-mail has gone to this person."),
            more=link(_("All e-mails"), everything) if len(newest) > EMAILS_SHOWN and customer.email else "",
        )
    ]


def _row(request: HttpRequest, page: Any, log: EmailLog) -> Sequence[Any]:
    what = with_remarks(log.get_code_display(), log.subject)
    if log.body:
        template = '{}<details><summary>{}</summary><pre class="letter">{}</pre></details>'
        what = format_html(template, what, gettext("What it says"), markup.plain_text(log.body))
    return (
        link(localize(timezone.localtime(log.created_at)), page.page_of(log)),
        what,
        log.to,
        with_remarks(log.get_status_display(), log.get_fault_display()),
        buttons(page, request, log, back=request.path),
    )

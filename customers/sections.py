"""What a customer's page in the console shows beside the person: the apps' tables, consents, what was changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import agreements
from customers.models import Customer
from customers.ports import customer_page
from groundwork.console.history import history_section
from groundwork.console.sections import Column, Section


def sections(request: HttpRequest, customer: Customer) -> Sequence[Section]:
    """All of them, in the order of the page, with as much in them as whoever asks may see."""
    of_apps = [section for app in customer_page for section in app.customer_sections(request, customer)]
    return [*of_apps, _agreed(customer), history_section(customer)]


def _agreed(customer: Customer) -> Section:
    """What they agreed to and took back, the newest first, in the words that they read."""
    return Section(
        key="agreed",
        title=_("Consents"),
        columns=[Column(_("when")), Column(_("what")), Column(_("in these words"))],
        rows=list(_noted(customer)),
        empty=_("Nothing is noted: the person has agreed to nothing here."),
    )


def _noted(customer: Customer) -> Iterator[Sequence[Any]]:
    for noted in reversed(customer.agreements):
        at = timezone.localtime(datetime.fromisoformat(noted["at"]))
        words = noted["wording"]
        if noted["kind"] == agreements.TERMS:
            words = gettext("rules of the program, version %(version)s") % {"version": noted["version"]}
        yield localize(at), _("agreed") if noted["given"] else _("withdrawn"), words

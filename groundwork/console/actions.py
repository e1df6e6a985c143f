"""Doing something with one row: a page that says what will happen, asks for the reason, and calls one service."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from groundwork.console.written import Refusing
from groundwork.errors import DomainError, Invalid

Text = str | Promise
Perform = Callable[[HttpRequest, Any, dict[str, Any]], Text]
BACK = "back"  # ?back=/admin/...: the page to go back to, where it is not the row's own


class QuestionForm(Refusing, forms.Form):
    """The form of such a page; takes the row and the request, for choices that depend on them."""

    def __init__(self, *args: Any, row: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.row, self.request = row, request
        super().__init__(*args, **kwargs)


class ReasonForm(QuestionForm):
    """Asks why, for the ledger."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Stays in the history of the card."),
    )


class Asking:
    """Gives an admin class `ask`, for the methods in its `actions_detail`."""

    def ask(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: Text,
        perform: Perform,
        form_class: type[QuestionForm] = QuestionForm,
        explanation: Text = "",
        submit: Text = "",
    ) -> HttpResponse:
        """Show the page, or do it and go back to the row, or to the page that led here.

        `perform(request, row, cleaned_data)` returns the sentence that says what was done; what it refuses
        (DomainError) is said above the form, and nothing has changed.
        """
        row = self.row(request, object_id)  # type: ignore[attr-defined]
        sent = request.POST if request.method == "POST" else None
        form = form_class(sent, row=row, request=request)
        if request.method == "POST" and (done := _performed(perform, form)) is not None:
            self.log_change(request, row, title)  # type: ignore[attr-defined]
            messages.success(request, str(done))
            return HttpResponseRedirect(self.way_back(request, row))
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": row,
            "title": title,
            "subtitle": None,
            "explanation": explanation,
            "submit_label": submit or title,
            "form": form,
            "back": self.way_back(request, row),
        }
        return TemplateResponse(request, "admin/ask.html", context)

    def page_of(self, row: Any) -> str:
        """The address of a row's page."""
        meta = row._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])

    def way_back(self, request: HttpRequest, row: Any) -> str:
        """The page of the console that led here, if one did; else the row's own."""
        back = request.GET.get(BACK, "")
        return back if back.startswith(reverse("admin:index")) else self.page_of(row)


def buttons(page: Any, request: HttpRequest, row: Any, *, back: str) -> str:
    """The buttons of a row's own page, to be shown on another one, to which each of them leads back.

    Only those that would work are there. `row` comes with all that the page asks of it; its permissions say what.
    """
    shown = (
        (f"{reverse(f'admin:{each.action_name}', args=[row.pk])}?{urlencode({BACK: back})}", each.description)
        for each in page.get_actions_detail(request, row)
    )
    links = format_html_join(" ", '<a class="row-button" href="{}">{}</a>', shown)
    return format_html('<span class="row-buttons">{}</span>', links) if links else ""


def _performed(perform: Perform, form: QuestionForm) -> Text | None:
    """What was done, if the form is valid and nobody refuses; else its errors say why not."""
    if not form.is_valid():
        return None
    try:
        return perform(form.request, form.row, form.cleaned_data)
    except Invalid as error:
        for problem in error.extra.get("errors", []):
            known = problem["field"] if problem["field"] in form.fields else None
            form.add_error(known, problem["message"])
    except DomainError as error:
        form.add_error(None, str(error))
    return None

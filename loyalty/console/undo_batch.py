"""Lines that were undone together: what would come of it, what came of it, and taking it back."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork.console.actions import ReasonForm
from groundwork.console.grants import Grants
from groundwork.jobs.models import JobKind
from loyalty.console import undo_work
from loyalty.console.undoing import work_on
from loyalty.models import UndoBatch, UndoneLine, UndoState
from loyalty.services import undoing
from loyalty.services.undoing import Figures
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.roles import MANAGERS, READERS

REASONS = 20  # of those why lines cannot be undone, on the batch's page; all are in the list


class BatchReasonForm(ReasonForm):
    """Asks why, for every line."""


BatchReasonForm.base_fields["reason"].help_text = _("Stays in the history of each card.")


@admin.register(UndoBatch)
class UndoBatchAdmin(ConsoleAdmin):
    """Lines of the ledger that are undone together, begun in the list of transactions."""

    grants = Grants(view=READERS, act=MANAGERS)
    menu_icon = "undo"
    empty_help = _(
        "Choose lines in the list of transactions, and “Undo these”: what comes back and what will be owed is said "
        "first."
    )
    list_display = ["number", "what", "created_at", "user", "state", "done", "refused", "reason", "merchant"]
    list_display_links = ["number"]
    list_filter = ["merchant"]
    list_select_related = ["user", "merchant"]
    actions_detail = ("undo_now", "take_back")
    fieldsets = [
        (None, {"fields": ["merchant", "what", "user", ("created_at", "finished_at"), "standing", "reason"]}),
        (
            _("What comes of it"),
            {"fields": [("done", "concerned"), ("moved", "owing"), "refused", "why", "all_lines"]},
        ),
    ]
    readonly_fields = [
        "what",
        "standing",
        "done",
        "concerned",
        "moved",
        "owing",
        "refused",
        "why",
        "all_lines",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("reverses", "user")

    @display(description=_("number"), ordering="id")
    def number(self, batch: UndoBatch) -> str:
        return str(batch)

    @display(description=_("what"))
    def what(self, batch: UndoBatch) -> str:
        if batch.reverses_id is None:
            return gettext("Undoing")
        page = reverse("admin:loyalty_undobatch_change", args=[batch.reverses_id])
        text = gettext("Takes back the undoing #%(number)s") % {"number": batch.reverses_id}
        return format_html('<a class="console-link" href="{}">{}</a>', page, text)

    @display(
        description=_("state"),
        label={"looking": "info", "foreseen": "warning", "going": "info", "done": "success"},
    )
    def state(self, batch: UndoBatch) -> tuple[str, Any]:
        if batch.finished_at:
            return "done", _("done")
        if batch.confirmed_at:
            return "going", _("under way")
        if batch.foreseen_at:
            return "foreseen", _("nothing has changed yet")
        return "looking", _("is being looked at")

    @display(description=_("state"))
    def standing(self, batch: UndoBatch) -> str:
        """The state as its page says it."""
        return capfirst(self.state(batch)[1])

    @display(description=_("undone"))
    def done(self, batch: UndoBatch) -> str:
        return number_format(_figures(batch).done, force_grouping=True)

    @display(description=_("concerns"))
    def concerned(self, batch: UndoBatch) -> str:
        figures = _figures(batch)
        cards = ngettext("%(number)s card", "%(number)s cards", figures.cards)
        people = ngettext("%(number)s customer", "%(number)s customers", figures.customers)
        numbers = [
            {"number": number_format(each, force_grouping=True)}
            for each in (figures.cards, figures.customers)
        ]
        return f"{cards % numbers[0]}, {people % numbers[1]}"

    @display(description=_("all cards together"))
    def moved(self, batch: UndoBatch) -> str:
        return undo_work.moves(_figures(batch)) or "-"

    @display(description=_("owed by it"))
    def owing(self, batch: UndoBatch) -> str:
        return undo_work.owes(_figures(batch)) or "-"

    @display(description=_("cannot be undone"))
    def refused(self, batch: UndoBatch) -> str:
        return number_format(_figures(batch).refused, force_grouping=True)

    @display(description=_("why not"))
    def why(self, batch: UndoBatch) -> str:
        """The reasons, with how many lines have each, and the lines as a file."""
        rows = UndoneLine.objects.filter(batch=batch, state=UndoState.REFUSED).order_by()
        reasons = rows.values_list("why").annotate(count=Count("pk")).order_by("-count", "why")[:REASONS]
        told = format_html_join(
            "",
            "<li>{}: {}</li>",
            ((why, number_format(count, force_grouping=True)) for why, count in reasons),
        )
        if not told:
            return "-"
        asked = urlencode({"batch": str(batch.pk), "state": UndoState.REFUSED.value})
        file = reverse("admin:loyalty_undoneline_export", args=["csv"])
        return format_html(
            '<ul class="undoing-list">{}</ul><a class="console-link" href="{}?{}">{}</a>',
            told,
            file,
            asked,
            gettext("These lines as a file"),
        )

    @display(description=_("line by line"))
    def all_lines(self, batch: UndoBatch) -> str:
        page = reverse("admin:loyalty_undoneline_changelist")
        count = _figures(batch).lines or batch.lines.count()
        text = ngettext("%(count)s line", "%(count)s lines", count)
        return format_html(
            '<a class="console-link" href="{}?{}">{}</a>',
            page,
            urlencode({"batch": batch.pk}),
            text % {"count": number_format(count, force_grouping=True)},
        )

    # --- doing it ---

    def has_undo_now_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        batch = self.row(request, obj)
        if batch is None or batch.foreseen_at is None or batch.finished_at is not None:
            return False
        return bool(_figures(batch).done) and self.may(request, "act", batch)

    @action(description=_("Do this"), permissions=["undo_now"], icon="undo", variant=ActionVariant.DANGER)
    def undo_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do it; where that takes long, on to the page that tells how far it is."""
        batch = self.row(request, object_id)
        under_way: list[str] = []

        def undo(request: HttpRequest, batch: UndoBatch, cleaned: dict[str, Any]) -> str:
            undoing.confirm(batch=batch, reason=cleaned["reason"])
            told = work_on(request, batch, JobKind.UNDO, _figures(batch).lines)
            batch.refresh_from_db()
            if batch.finished_at is None:
                under_way.append(told)
                return gettext("It is done in the background; this page says when.")
            return undo_work.in_words(_figures(batch))

        answer = self.ask(
            request,
            object_id,
            title=_("Undo these") if batch.reverses_id is None else _("Take the undoing back"),
            explanation=_expected(batch),
            form_class=BatchReasonForm,
            perform=undo,
        )
        return HttpResponseRedirect(under_way[0]) if under_way else answer

    # --- taking it back ---

    def has_take_back_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        batch = self.row(request, obj)
        if batch is None or batch.finished_at is None:
            return False
        return bool(_figures(batch).done) and self.may(request, "act", batch)

    @action(description=_("Take this back"), permissions=["take_back"], icon="redo")
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The reverse of a batch is a batch of its own, whose page says first what would come of it."""
        begun: list[str] = []

        def begin(request: HttpRequest, batch: UndoBatch, _cleaned: dict[str, Any]) -> Any:
            reverse_of = undoing.begin_reverse(batch=batch, actor=actor_for(request, batch.merchant_id))
            begun.append(work_on(request, reverse_of, JobKind.FORESEE, _figures(batch).lines))
            return _("Look at what would come of it. Nothing has changed yet.")

        answer = self.ask(
            request,
            object_id,
            title=_("Take this back"),
            explanation=_(
                "What was undone is written again, as long as nothing else has happened to it since. The next page "
                "says what would come of it, before anything changes."
            ),
            perform=begin,
            submit=_("Look first"),
        )
        return HttpResponseRedirect(begun[0]) if begun else answer


def _figures(batch: UndoBatch) -> Figures:
    return Figures(**(batch.figures or batch.foreseen))


def _expected(batch: UndoBatch) -> str:
    """What is about to happen, in sentences."""
    figures = _figures(batch)
    if batch.reverses_id is None:
        rule = gettext(
            "The opposite of each is written to the ledger. What of it is spent already is owed from then on."
        )
    else:
        rule = gettext("What was undone is written to the ledger again.")
    count = ngettext("%(count)s line", "%(count)s lines", figures.done)
    told = [
        count % {"count": number_format(figures.done, force_grouping=True)},
        undo_work.moves(figures),
        undo_work.owes(figures),
    ]
    return f"{rule} {'; '.join(filter(None, told))}."

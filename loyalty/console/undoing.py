"""Undoing the lines that are ticked: what comes back, what will be owed, what cannot be undone; and then, why."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from groundwork.console.actions import ReasonForm
from groundwork.formats.numbers import signed
from loyalty.models import LoyaltyTransaction
from loyalty.outputs import owed
from loyalty.services import undoing
from loyalty.services.undoing import MOST_AT_ONCE, Undoing
from tenancy.actor import Actor, actor_for


class UndoingMany:
    """Gives the list of the ledger the action `undo_these`."""

    actions = ("undo_these",)

    @admin.action(description=_("Undo these"), permissions=["act"])
    def undo_these(self, request: HttpRequest, queryset: QuerySet[LoyaltyTransaction]) -> HttpResponse | None:
        """The page that says what will happen and asks why; sent, it is done."""
        lines = list(queryset.select_related("store", "card__enrolled_at_store")[: MOST_AT_ONCE + 1])
        if len(lines) > MOST_AT_ONCE:
            text = gettext("At most %(count)d transactions can be undone at once. Narrow the list down.")
            messages.error(request, text % {"count": MOST_AT_ONCE})
            return None

        def actor_of(line: LoyaltyTransaction) -> Actor | None:
            may = self.may(request, "act", line)  # type: ignore[attr-defined]
            return actor_for(request, line.merchant_id) if may else None

        form = ReasonForm(request.POST if "post" in request.POST else None, row=None, request=request)
        if form.is_valid():
            done = undoing.undo(lines, actor_of=actor_of, reason=form.cleaned_data["reason"])
            self._say(request, done)
            return None
        foreseen = undoing.foresee(lines, actor_of=actor_of, reason="-")
        return self._page(request, lines, form, foreseen)

    def _page(
        self, request: HttpRequest, lines: list[LoyaltyTransaction], form: ReasonForm, foreseen: Undoing
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": LoyaltyTransaction._meta,
            "title": _("Undo these"),
            "subtitle": None,
            "form": form,
            "foreseen": foreseen,
            "sums": [
                (name, signed(number))
                for name, number in ((_("Stamps"), foreseen.stamps), (_("Points"), foreseen.points))
            ],
            "owing": [
                (foreseen.cards[card_id], ", ".join(owed.amounts(stamps=each.stamps, points=each.points)))
                for card_id, each in foreseen.owed.items()
            ],
            "ticked": [line.pk for line in lines],
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/undo_these.html", context)

    def _say(self, request: HttpRequest, done: Undoing) -> None:
        """What was done, for whoever asked and for the history."""
        for line in LoyaltyTransaction.objects.filter(pk__in=done.undone):
            self.log_change(request, line, _("Undone together with others"))  # type: ignore[attr-defined]
        count = len(done.undone)
        text = ngettext("%(count)d transaction was undone.", "%(count)d transactions were undone.", count)
        if count:
            messages.success(request, text % {"count": count})
        for refused in done.refused:
            messages.warning(request, f"#{refused.line.pk}: {refused.why}")

"""The honest till in the console: what stands out, beside what is usual, with the lines behind it."""

from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from groundwork import clock
from groundwork.console.actions import QuestionForm
from groundwork.console.filters import ConditionFilter
from groundwork.console.grants import Grants
from groundwork.errors import DomainError
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from groundwork.jobs.progress import Progress
from loyalty.console.lines import ledger_link
from loyalty.models import Observation
from loyalty.outputs import observed
from loyalty.services import guard
from tenancy import scope
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.models import BackgroundJob, Merchant
from tenancy.roles import MANAGERS, READERS, merchant_ids

ABOUT = Observation._meta.label_lower


class SeenFilter(ConditionFilter):
    title = _("seen or not")
    parameter_name = "seen"
    conditions = MappingProxyType(
        {
            "no": (_("Nobody has looked yet"), Q(seen_at__isnull=True)),
            "yes": (_("Seen, fine"), Q(seen_at__isnull=False)),
        }
    )


class SeenForm(QuestionForm):
    """What somebody found out."""

    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("For yourselves: “bought for the whole office”. Please name no customer."),
    )


@admin.register(Observation)
class ObservationAdmin(ConsoleAdmin):
    """What clearly stands out at a till. Why it does, people know."""

    grants = Grants(view=READERS, act=MANAGERS)
    menu_title = _("Honest till")
    menu_icon = "visibility"
    empty_help = _(
        "Each night the entries of every staff PIN, till and store are compared with the eight weeks before. What "
        "clearly stands out is listed here; so far nothing does."
    )
    ordering = ["-id"]
    list_display = ["day", "sentence", "store", "merchant", "seen"]
    list_display_links = ["day"]
    list_filter = [SeenFilter, "kind", "store", "merchant"]
    list_select_related = ["store__merchant", "merchant", "staff_pin", "till", "seen_by"]
    actions_list = ("look_now",)
    actions_detail = ("fine",)
    fieldsets = [
        (
            None,
            {"fields": ["merchant", "sentence", "lines", ("kind", "day"), ("store", "staff_pin", "till")]},
        ),
        (_("Seen, fine"), {"fields": [("seen_at", "seen_by"), "note"]}),
    ]
    readonly_fields = ["sentence", "lines"]

    @display(description=_("what stands out"))
    def sentence(self, row: Observation) -> str:
        return observed.sentence(row)

    @display(description=_("the lines behind it"))
    def lines(self, row: Observation) -> str:
        return ledger_link(_("Show them"), **observed.link(row))

    @display(description=_("state"), ordering="seen_at", label={"fine": "success", "new": "warning"})
    def seen(self, row: Observation) -> tuple[str, Any]:
        return ("fine", _("seen, fine")) if row.seen_at else ("new", _("to look at"))

    # --- seen, fine ---

    def has_fine_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.seen_at is None and self.may(request, "act", row)

    @action(description=_("Seen, fine"), permissions=["fine"], icon="done")
    def fine(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Seen, fine"),
            explanation=_("The same will not be listed again, until it is clearly more."),
            form_class=SeenForm,
            perform=self._seen,
        )

    def _seen(self, request: HttpRequest, row: Observation, cleaned: dict[str, Any]) -> str:
        actor = actor_for(request, row.merchant_id)
        guard.seen(observation_id=row.pk, actor=actor, note=cleaned["note"], now=clock.now())
        return gettext("Noted.")

    # --- on demand ---

    def has_look_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(merchant_ids(request.user, MANAGERS))

    @action(description=_("Look now"), permissions=["look"], icon="search", url_path="look")
    def look_now(self, request: HttpRequest) -> HttpResponse:
        """Have a worker look, as it does each night."""
        if not self.has_look_permission(request):
            raise PermissionDenied
        form, back = forms.Form(request.POST or None), reverse("admin:loyalty_observation_changelist")
        if request.method == "POST":
            user: Any = request.user
            try:
                return HttpResponseRedirect(
                    jobs.ask(user=user, kind=JobKind.GUARD, about=ABOUT, parameters={}).page()
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
        shown = {
            "title": gettext("Look now"),
            "explanation": gettext(
                "The last days that are over are compared with the eight weeks before, as it is done each night."
            ),
            "submit_label": gettext("Look now"),
            "form": form,
            "back": back,
        }
        context = {**self.admin_site.each_context(request), "opts": self.opts, "subtitle": None, **shown}
        return TemplateResponse(request, "admin/ask.html", context)


def look(job: BackgroundJob, progress: Progress) -> None:
    """The work of looking, at every merchant that whoever asked may still do it for."""
    user: Any = job.user
    merchants = Merchant.objects.filter(pk__in=merchant_ids(user, MANAGERS)).order_by("pk")
    progress.begin(len(merchants))
    found = 0
    for merchant in merchants:
        with scope.merchant(merchant):
            found += guard.look(merchant, now=clock.now())
        progress.advance(1)
    jobs.finish(job, outcome={"found": found})

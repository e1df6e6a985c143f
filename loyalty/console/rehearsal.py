"""Rehearsals in the console: asked from a program, or from its form before that is saved; played in the background."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldBooleanWidget

from groundwork import clock
from groundwork.console.actions import QuestionForm
from groundwork.console.export import asked
from groundwork.errors import DomainError, NoLongerAllowed
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind, JobState
from groundwork.jobs.progress import Progress
from loyalty import promotion_words, selectors
from loyalty.console.promotion_sentence import names_of
from loyalty.console.rehearsal_charts import charts
from loyalty.models import LoyaltyCard, LoyaltyProgram, Promotion
from loyalty.outputs import rehearsal as shown
from loyalty.outputs import rehearsal_answer as answers
from loyalty.reporting import promotions as reporting
from loyalty.reporting.rehearsal import rehearsing
from loyalty.reporting.rehearsal.draft import DECIMALS, Draft
from loyalty.reporting.rehearsal.figures import Outcome, as_iso
from tenancy.models import BackgroundJob
from tenancy.roles import still_reaches

ABOUT = LoyaltyProgram._meta.label_lower
RESULT = "admin:loyalty_loyaltyprogram_rehearsed"
QUESTION = "admin:loyalty_loyaltyprogram_rehearse"
SALT = "a draft to rehearse"
PROMOTION_ID = re.compile(r"[0-9]{1,18}")
NOTHING: dict[str, Any] = {"changes": {}, "rewards": None, "promotions": [], "before": {}}


class RehearsalForm(QuestionForm):
    """Over how many days, with which promotions; the draft of an unsaved form comes along, signed."""

    days = forms.ChoiceField(label=_("Over"), initial="90", widget=UnfoldAdminRadioSelectWidget)
    draft = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        periods: Any = self.fields["days"]
        periods.choices = [
            (str(days), gettext("the last %(days)s days") % {"days": days}) for days in rehearsing.PERIODS
        ]
        self.promotions = list(
            Promotion.objects.filter(program=self.row, planned_at__isnull=True).order_by("pk")
        )
        names, wanted = names_of(self.promotions), asked_for(self.request)
        for promotion in self.promotions:
            self.fields[f"promotion_{promotion.pk}"] = forms.BooleanField(
                label=gettext("With “%(promotion)s”") % {"promotion": promotion.name},
                help_text=promotion_words.sentence(promotion.rule(), names[promotion.merchant_id]),
                initial=promotion.pk == wanted,
                required=False,
                widget=UnfoldBooleanWidget,
            )

    def clean_draft(self) -> dict[str, Any]:
        try:
            return (
                signing.loads(self.cleaned_data["draft"], salt=SALT)
                if self.cleaned_data["draft"]
                else NOTHING
            )
        except signing.BadSignature:
            raise forms.ValidationError(_("This draft is not one of ours. Please begin again.")) from None

    def chosen(self) -> dict[str, Any]:
        """The draft as a job keeps it, with the promotions that were ticked."""
        ticked = [each.pk for each in self.promotions if self.cleaned_data[f"promotion_{each.pk}"]]
        return {**self.cleaned_data["draft"], "promotions": ticked}


def asked_for(request: HttpRequest) -> int:
    """The promotion from which somebody comes to the question; 0 for none."""
    text = request.GET.get("promotion", "")
    return int(text) if PROMOTION_ID.fullmatch(text) else 0


class Rehearsed:
    """Gives the program's admin class the question, and the page of what was found."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("rehearsed/<int:job_id>/", view(self.rehearsed), name="loyalty_loyaltyprogram_rehearsed"),
            *super().get_urls(),
        ]

    def has_rehearse_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)  # type: ignore[attr-defined]
        return row is not None and self.has_change_permission(request, row)  # type: ignore[attr-defined]

    @action(description=_("Rehearse"), permissions=["rehearse"], icon="science")
    def rehearse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask over how many days, and begin; or show that question for the form that was sent, unsaved."""
        row = self.row(request, object_id)  # type: ignore[attr-defined]
        if request.method == "POST" and "days" in request.POST:
            form = RehearsalForm(request.POST, row=row, request=request)
            if form.is_valid() and (begun := _begun(form)) is not None:
                return begun
            return self._question(request, row, form)
        draft, faults = NOTHING, list[str]()
        if request.method == "POST":
            draft, faults = self._draft_of_form(request, row)
        form = RehearsalForm(row=row, request=request, initial={"draft": signing.dumps(draft, salt=SALT)})
        return self._question(request, row, form, draft, faults)

    def _draft_of_form(self, request: HttpRequest, row: LoyaltyProgram) -> tuple[dict[str, Any], list[str]]:
        """What the form changes, and what is wrong in it: that is played as it is saved."""
        form = self.get_form(request, row, change=True)(request.POST, request.FILES, instance=row)  # type: ignore[attr-defined]
        form.is_valid()
        before, rewards = form.before, selectors.rewards_of(form.before)
        offered = self.rewards_of_form(request, form.instance)  # type: ignore[attr-defined]
        found = Draft.between(
            before, form.instance, besides=form.errors, rewards_before=rewards, rewards_after=offered
        )
        faults = [
            f"{form.fields[name].label}: {' '.join(texts)}"
            for name, texts in form.errors.items()
            if name in form.fields and name != "confirm"
        ]
        return found.as_data() | {"before": _values(before, found)}, faults

    def _question(
        self,
        request: HttpRequest,
        row: LoyaltyProgram,
        form: RehearsalForm,
        draft: dict[str, Any] = NOTHING,
        faults: list[str] | None = None,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": row,
            "title": gettext("Rehearse"),
            "subtitle": None,
            "form": form,
            "changes": shown.changes_in_words(row, draft, []),
            "faults": faults or [],
            "back": self.page_of(row),  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/rehearse.html", context)

    def rehearsed(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """What a rehearsal found, the check before anything else; for whoever asked for it."""
        job, row = self._own_rehearsal(request, job_id)
        if job.state != JobState.DONE or not job.is_kept:
            return HttpResponseRedirect(job.page())
        found, kept = Outcome.from_data(job.outcome["found"]), job.outcome["promotions"]
        promotions = Promotion.all_objects.in_bulk([each["id"] for each in kept])
        drafts = [each for each in promotions.values() if not each.planned_at and not each.is_deleted]
        said = _called(kept, [each for each in promotions.values() if each.updated_at <= job.created_at])
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": row,
            "title": gettext("Rehearsal"),
            "subtitle": None,
            "found": found,
            "check": shown.check_in_words(found.check),
            "answer": answers.answer(found, row, said, is_all=_is_all(job.parameters["draft"])),
            "further": answers.further(found, row),
            "sentences": [*answers.promotions(found, row, said, promotions), *shown.in_words(found)],
            "assumptions": answers.assumptions(found, row, said),
            "changes": shown.changes_in_words(row, job.parameters["draft"], [_played(each) for each in said]),
            "rows": shown.rows(found, row),
            "charts": charts(found, date.fromisoformat(job.outcome["until"])),
            "drafts": drafts,
            "again": reverse(QUESTION, args=[row.pk], query={"promotion": drafts[0].pk} if drafts else None),
            "back": self.page_of(row),  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/rehearsed.html", context)

    def _own_rehearsal(self, request: HttpRequest, job_id: int) -> tuple[BackgroundJob, LoyaltyProgram]:
        """A rehearsal of whoever asks. Raises for anybody else, and for who has lost a role since."""
        job = BackgroundJob.objects.filter(pk=job_id, user_id=request.user.pk, kind=JobKind.REHEARSE).first()
        if job is None or not still_reaches(request.user, job.reach):
            raise Http404
        row = self.get_object(request, str(job.parameters["program"]))  # type: ignore[attr-defined]
        if row is None or not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return job, row


def _begun(form: RehearsalForm) -> HttpResponse | None:
    """The page of the job that was asked for; None if that is refused."""
    parameters = {
        "program": form.row.pk,
        "days": int(form.cleaned_data["days"]),
        "draft": form.chosen(),
    }
    user: Any = form.request.user
    try:
        job = jobs.ask(user=user, kind=JobKind.REHEARSE, about=ABOUT, parameters=parameters)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    return HttpResponseRedirect(job.page())


def _values(program: LoyaltyProgram, draft: Draft) -> dict[str, Any]:
    """What of a program a draft changes, as it is."""
    values = {name: getattr(program, name) for name in draft.changes}
    return {name: str(value) if name in DECIMALS else value for name, value in values.items()}


def _is_all(draft: Mapping[str, Any]) -> bool:
    """Whether a draft, as a job keeps it, is nothing but promotions."""
    return not draft["changes"] and draft["rewards"] is None


def _kept(promotion: Promotion) -> dict[str, Any]:
    """What a job keeps of a promotion besides what it would have given."""
    return {
        "friend_cents": reporting.a_friend_costs(promotion),
        "id": promotion.pk,
        "name": promotion.name,
        "budget": promotion.budget,
        "first_day": as_iso(promotion.first_day),
        "last_day": as_iso(promotion.last_day),
    }


def _called(said: Sequence[dict[str, Any]], unchanged: Iterable[Promotion]) -> list[dict[str, Any]]:
    """What a job has kept of promotions, with their names and sentences in the language of whoever reads it.

    One that was changed since is called as it was, and what it says now is not told.
    """
    rows = {row.pk: row for row in unchanged}
    names = names_of(list(rows.values()))
    called = []
    for each in said:
        row = rows.get(each["id"])
        now = (
            {"name": row.name, "says": promotion_words.sentence(row.rule(), names[row.merchant_id])}
            if row
            else {}
        )
        called.append(each | now)
    return called


def _played(each: Mapping[str, Any]) -> str:
    if "says" not in each:
        return gettext("“%(name)s”") % {"name": each["name"]}
    return gettext("“%(name)s”: %(says)s") % {"name": each["name"], "says": each["says"]}


# --- The work -------------------------------------------------------------------------------------------------


def play(job: BackgroundJob, progress: Progress) -> None:
    """The work of a rehearsal, for whoever asked, if they may change the program still."""
    page, request = admin.site.get_model_admin(LoyaltyProgram), asked(job.user)
    program: Any = page.get_object(request, str(job.parameters["program"]))
    if program is None or not page.has_change_permission(request, program):
        raise NoLongerAllowed()
    kept, now = job.parameters["draft"], clock.now()
    promotions = list(Promotion.objects.filter(program=program, pk__in=kept["promotions"]).order_by("pk"))
    draft = Draft.from_data(kept, [promotion.rule() for promotion in promotions])
    progress.begin(LoyaltyCard.all_objects.filter(program=program).count())
    days = job.parameters["days"]
    found = rehearsing.rehearse(program, draft, days=days, now=now, counted=progress.advance)
    outcome = {
        "page": RESULT,
        "row": job.pk,
        "found": found.as_data(),
        "promotions": [_kept(promotion) for promotion in promotions],
        "until": now.astimezone(program.merchant.tzinfo).date().isoformat(),
    }
    jobs.finish(job, outcome=outcome)

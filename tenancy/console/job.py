"""Imports and exports that run in the background: everybody's own, with progress and a download at the end."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from groundwork.console.grants import NOBODY, Grants
from groundwork.formats import spreadsheets
from groundwork.jobs import files as job_files
from groundwork.jobs.models import JobKind, JobState
from tenancy.console.base import ConsoleAdmin
from tenancy.models import BackgroundJob
from tenancy.roles import READERS, roles_of, still_reaches

# What the bar counts, by kind: a label before the number, which is right of any number of them.
COUNTED = {
    JobKind.EXPORT: _("Rows written"),
    JobKind.LOOK: _("Lines read"),
    JobKind.CHECK: _("Lines checked"),
    JobKind.IMPORT: _("Lines brought over"),
    JobKind.REVERT: _("Lines taken back"),
    JobKind.PRINT: _("Cards drawn"),
    JobKind.FORESEE: _("Lines looked at"),
    JobKind.UNDO: _("Lines done"),
    JobKind.WHOLE: _("Rows written"),
    JobKind.REHEARSE: _("Cards played"),
}
DOWNLOADED = (JobKind.EXPORT, JobKind.PRINT, JobKind.WHOLE)
KINDS = {**spreadsheets.KINDS, "pdf": "application/pdf", "zip": "application/zip"}


@admin.register(BackgroundJob)
class BackgroundJobAdmin(ConsoleAdmin):
    """A job is for whoever asked for it, and for nobody else; not for operators either."""

    grants = Grants(view=READERS)
    menu_title = _("Imports and exports")
    menu_icon = "swap_vert"
    list_display = ["what", "kind_label", "file_name", "state_label", "count", "created_at", "expires_at"]
    list_display_links = ["what"]
    ordering = ["-id"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:job_id>/progress/", view(self.progress), name="tenancy_backgroundjob_progress"),
            path("<int:job_id>/download/", view(self.download), name="tenancy_backgroundjob_download"),
            *super().get_urls(),
        ]

    # --- Whose ---

    def visible(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        return rows.filter(user_id=request.user.pk) if roles_of(request.user) & READERS else rows.none()

    def may(self, request: HttpRequest, grant: str, row: Any = None) -> bool:
        granted = getattr(self.grants, grant) if row is None or row.user_id == request.user.pk else NOBODY
        return bool(roles_of(request.user) & granted)

    def own(self, request: HttpRequest, job_id: int) -> BackgroundJob:
        """A job of whoever asks. Raises Http404 for anybody else, and for who has lost a role since."""
        job: BackgroundJob = self.row(request, str(job_id))
        about = self.admin_site.get_model_admin(apps.get_model(job.about))
        if not still_reaches(request.user, job.reach) or not about.has_view_permission(request):
            raise Http404
        return job

    # --- The list ---

    @display(description=_("what"))
    def what(self, job: BackgroundJob) -> str:
        return name_of(job)

    @display(description=_("kind"), ordering="kind")
    def kind_label(self, job: BackgroundJob) -> str:
        return job.get_kind_display()

    @display(
        description=_("state"),
        ordering="state",
        label={
            "waiting": "default",
            "running": "info",
            "checked": "info",
            "done": "success",
            "failed": "danger",
        },
    )
    def state_label(self, job: BackgroundJob) -> tuple[str, str]:
        if job.kind in (JobKind.LOOK, JobKind.CHECK) and job.state == JobState.DONE:
            return "checked", gettext("begun") if job.kind == JobKind.LOOK else gettext("checked")
        return job.state, job.get_state_display()

    @display(description=_("rows"), ordering="total")
    def count(self, job: BackgroundJob) -> str:
        return number_format(job.total, force_grouping=True) if job.total else ""

    # --- One job ---

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of a job: how far it is, then what came of it."""
        job = self.row(request, object_id)
        if job.state == JobState.DONE and "page" in job.outcome and (job.has_file or "row" in job.outcome):
            return HttpResponseRedirect(reverse(job.outcome["page"], args=[job.outcome.get("row", job.pk)]))
        meta = apps.get_model(job.about)._meta
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": job,
            "job": job,
            "title": f"{name_of(job)}: {job.get_kind_display()}",
            "subtitle": None,
            "words": words_for(job),
            "can_download": can_download(job),
            "list": reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
            "again": job.parameters.get("again"),
        }
        return TemplateResponse(request, "admin/job.html", context)

    def progress(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """How far a job is, for the script of its page."""
        job = self.own(request, job_id)
        facts = {"state": job.state, "kind": job.kind, "done": job.done, "total": job.total}
        return JsonResponse({**facts, "words": words_for(job)})

    def download(self, request: HttpRequest, job_id: int) -> HttpResponseBase:
        """The file that a job has made."""
        job = self.own(request, job_id)
        if not can_download(job):
            raise Http404
        response = StreamingHttpResponse(job_files.pieces(job), content_type=KINDS[job.parameters["kind"]])
        response["Content-Length"] = str(job.file_size)
        response["Content-Disposition"] = content_disposition_header(True, job.file_name) or "attachment"
        return response


def name_of(job: BackgroundJob) -> str:
    """What a job is about, as people call it."""
    return capfirst(str(apps.get_model(job.about)._meta.verbose_name_plural))


def can_download(job: BackgroundJob) -> bool:
    """Whether a job has made a file that is still there."""
    return job.state == JobState.DONE and job.kind in DOWNLOADED and job.has_file


def _after_export(job: BackgroundJob) -> str:
    if not job.has_file:
        return gettext("The file was removed, as all files are after some hours.")
    count = ngettext("%(count)s row is in the file.", "%(count)s rows are in the file.", job.total)
    return count % {"count": number_format(job.total, force_grouping=True)}


def _after_print(job: BackgroundJob) -> str:
    if not job.has_file:
        return gettext("The file was removed, as all files are after some hours.")
    count = ngettext("%(count)s card is in the file.", "%(count)s cards are in the file.", job.total)
    return count % {"count": number_format(job.total, force_grouping=True)}


def _after_check(job: BackgroundJob) -> str:
    if not job.has_file:
        return gettext("This preview is too old. Please choose the file again.")
    return gettext("All lines are read.")


def _after_guard(job: BackgroundJob) -> str:
    found = job.outcome["found"]
    if not found:
        return gettext("Nothing new stands out.")
    count = ngettext("%(count)s thing stands out.", "%(count)s things stand out.", found)
    return count % {"count": number_format(found, force_grouping=True)}


def words_for(job: BackgroundJob) -> str:
    """Where a job stands, in a sentence."""
    if job.state == JobState.WAITING:
        return gettext("It begins as soon as it is its turn.")
    if job.is_over:
        return job.error or {
            JobKind.EXPORT: _after_export,
            JobKind.LOOK: _after_check,
            JobKind.CHECK: _after_check,
            JobKind.IMPORT: lambda job: job.outcome["sentence"],
            JobKind.REVERT: lambda job: job.outcome["sentence"],
            JobKind.PRINT: _after_print,
            JobKind.FORESEE: lambda job: job.outcome["sentence"],
            JobKind.UNDO: lambda job: job.outcome["sentence"],
            JobKind.WHOLE: _after_export,
            JobKind.REHEARSE: lambda job: gettext("The rehearsal is over."),
            JobKind.GUARD: _after_guard,
        }[JobKind(job.kind)](job)
    return _how_far(job)


def _how_far(job: BackgroundJob) -> str:
    """How much of how much is done, or how much where nobody knows of how much."""
    if job.kind == JobKind.GUARD:
        return gettext("The tills are being looked at.")
    text = gettext("%(what)s: %(done)s of %(total)s") if job.total else gettext("%(what)s: %(done)s")
    numbers = {
        "done": number_format(job.done, force_grouping=True),
        "total": number_format(job.total, force_grouping=True),
    }
    return text % {"what": COUNTED[JobKind(job.kind)], **numbers}

"""Imports that were brought over: what each did, its faulty lines, and taking it back within thirty days."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork.console.grants import Grants
from groundwork.formats.numbers import grouped
from groundwork.jobs import service as jobs
from groundwork.jobs.models import AbstractBackgroundJob, JobKind, JobState
from groundwork.web import client
from loyalty.imports import reverting
from loyalty.imports.plan import Figures
from loyalty.models import ImportBatch
from loyalty.outputs import imported
from tenancy.console.base import ConsoleAdmin
from tenancy.models import BackgroundJob
from tenancy.roles import OWNERS


@admin.register(ImportBatch)
class ImportBatchAdmin(ConsoleAdmin):
    """A file of customers that was brought over; its people are in the lists of customers and cards."""

    grants = Grants(view=OWNERS, act=OWNERS)
    menu_icon = "upload_file"
    empty_help = _(
        "Files of customers that you import are listed here, and can be taken back for thirty days."
    )
    list_display = ["file", "store", "done", "created_at", "state"]
    list_filter = ["store"]
    list_select_related = ["store", "merchant"]
    search_fields = ["file_name"]
    actions_detail = ("take_back",)
    fieldsets = [
        (None, {"fields": ["file", "store", "user", ("created_at", "finished_at")]}),
        (_("What it did"), {"fields": ["done", "known", "left_out", "faulty"]}),
        (_("Taking it back"), {"fields": ["until", "taken"]}),
    ]
    readonly_fields = ["file", "done", "known", "left_out", "faulty", "until", "taken"]

    @display(description=_("file"), ordering="file_name")
    def file(self, batch: ImportBatch) -> str:
        return str(batch)

    @display(description=_("brought in"))
    def done(self, batch: ImportBatch) -> str:
        return imported.brought(Figures(**batch.figures))

    @display(description=_("known already"))
    def known(self, batch: ImportBatch) -> str:
        figures = Figures(**batch.figures)
        return imported.known(figures)

    @display(description=_("left out meanwhile"))
    def left_out(self, batch: ImportBatch) -> str:
        return grouped(Figures(**batch.figures).left_out)

    @display(description=_("faulty lines"))
    def faulty(self, batch: ImportBatch) -> str:
        job = BackgroundJob.objects.filter(pk=batch.job_id, kind=JobKind.IMPORT, state=JobState.DONE).first()
        if job is None or not job.outcome.get("faulty") or not job.has_file:
            return "-"
        address = reverse("admin:loyalty_loyaltycard_import_faults", args=[job.pk])
        count = int(job.outcome["faulty"])
        text = ngettext("%(count)s line, as a file to mend", "%(count)s lines, as a file to mend", count)
        return format_html(
            '<a class="console-link" href="{}">{}</a>', address, text % {"count": grouped(count)}
        )

    @display(description=_("possible until"))
    def until(self, batch: ImportBatch) -> str:
        return str(localize(timezone.localtime(batch.reverted_until)))

    @display(description=_("taken back"))
    def taken(self, batch: ImportBatch) -> str:
        return reverting.in_words(batch) if batch.reverted_at else "-"

    @display(
        description=_("state"),
        label={"going": "info", "done": "success", "returning": "warning", "returned": "default"},
    )
    def state(self, batch: ImportBatch) -> tuple[str, Any]:
        if batch.reverted_at:
            return "returned", _("taken back")
        if batch.reverting_at:
            return "returning", _("being taken back")
        return ("done", _("brought in")) if batch.finished_at else ("going", _("under way"))

    # --- taking it back ---

    def has_take_back_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.may_be_reverted and self.may(request, "act", row)

    @action(
        description=_("Take this import back"),
        permissions=["take_back"],
        icon="undo",
        variant=ActionVariant.DANGER,
    )
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do it; where that takes long, on to the page that tells how far it is."""
        jobs_begun: list[AbstractBackgroundJob] = []

        def take_back(request: HttpRequest, batch: ImportBatch, cleaned: dict[str, Any]) -> str:
            jobs_begun.append(job := self._take_back(request, batch))
            return job.outcome.get("sentence") or gettext(
                "It is taken back in the background; this page says when."
            )

        answer = self.ask(
            request,
            object_id,
            title=_("Take this import back"),
            explanation=imported.expected(Figures(**self.row(request, object_id).figures)),
            perform=take_back,
        )
        under_way = [job for job in jobs_begun if not job.is_over]
        return HttpResponseRedirect(under_way[0].page()) if under_way else answer

    def _take_back(self, request: HttpRequest, batch: ImportBatch) -> AbstractBackgroundJob:
        """The job that takes an import back, done already if it is short."""
        with transaction.atomic():
            reverting.begin(batch=batch)
            job = jobs.ask(
                user=request.user,  # type: ignore[arg-type]
                kind=JobKind.REVERT,
                about=ImportBatch._meta.label_lower,
                parameters={
                    "store": batch.store_id,
                    "batch": batch.pk,
                    "ip_address": client.address(request) or None,
                    "user_agent": client.agent(request),
                },
                file_name=batch.file_name,
            )
        if Figures(**batch.figures).lines <= settings.BACKGROUND_ROWS:
            job = jobs.run(job)
        return job

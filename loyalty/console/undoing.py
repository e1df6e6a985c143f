"""Undoing the lines that are ticked, or all that answer to the filters: they become a batch with a page of its own."""

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from groundwork.web import client
from loyalty.models import LoyaltyTransaction, UndoBatch
from loyalty.services import undoing
from tenancy.actor import Actor

ABOUT = UndoBatch._meta.label_lower


class UndoingMany:
    """Gives the list of the ledger the action `undo_these`."""

    actions = ("undo_these",)

    @admin.action(description=_("Undo these"), permissions=["act"])
    def undo_these(self, request: HttpRequest, queryset: QuerySet[LoyaltyTransaction]) -> HttpResponse | None:
        """Choose these lines, and go to where it is said what undoing them would do."""
        actor = Actor(user=request.user)  # type: ignore[arg-type]
        try:
            batch = undoing.begin(lines=queryset, actor=actor)
            return HttpResponseRedirect(
                work_on(request, batch, JobKind.FORESEE, undoing.figures_of(batch).lines)
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return None


def work_on(request: HttpRequest, batch: UndoBatch, kind: JobKind, lines: int) -> str:
    """Have a batch looked at or done: here and now if it is short. Returns the address that tells of it."""
    job = jobs.ask(
        user=request.user,  # type: ignore[arg-type]
        kind=kind,
        about=ABOUT,
        parameters={
            "batch": batch.pk,
            "ip_address": client.address(request) or None,
            "user_agent": client.agent(request),
        },
    )
    if lines <= settings.BACKGROUND_ROWS // LINES_OF_A_ROW:
        job = jobs.run(job)
        if job.error:
            messages.error(request, job.error)
        return reverse("admin:loyalty_undobatch_change", args=[batch.pk])
    return job.page()


LINES_OF_A_ROW = 10  # to undo a line takes as long as to write so many rows of a file

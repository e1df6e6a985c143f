"""What a worker does with lines to be undone: it looks what would happen, and does it once that is confirmed."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext, ngettext

from groundwork.console.export import asked
from groundwork.console.history import remember_list
from groundwork.errors import NoLongerAllowed
from groundwork.formats.numbers import grouped, signed
from groundwork.jobs import service as jobs
from groundwork.jobs.progress import Progress
from loyalty.models import UndoBatch
from loyalty.outputs import owed
from loyalty.services import undoing
from loyalty.services.undoing import Figures
from tenancy.actor import Actor
from tenancy.models import BackgroundJob
from tenancy.roles import role_for

PAGE = "admin:loyalty_undobatch_change"


def foresee(job: BackgroundJob, progress: Progress) -> None:
    """Note line by line what would happen."""
    batch = _batch_of(job)
    progress.begin(batch.lines.count())
    undoing.foresee(batch=batch, actor=_actor(job, batch), counted=progress.advance)
    jobs.finish(job, outcome={"page": PAGE, "row": batch.pk, "sentence": gettext("All lines are looked at.")})


def carry_out(job: BackgroundJob, progress: Progress) -> None:
    """Undo what is still to be undone; a worker that follows one that was lost goes on."""
    batch = _batch_of(job)
    progress.begin(batch.lines.count())
    figures = undoing.carry_out(batch=batch, actor=_actor(job, batch), counted=progress.advance)
    with transaction.atomic():
        sentence = in_words(figures)
        remember_list(UndoBatch, job.user, f"{batch}: {sentence}", merchant_id=batch.merchant_id)
        jobs.finish(job, outcome={"page": PAGE, "row": batch.pk, "sentence": sentence})


def _batch_of(job: BackgroundJob) -> UndoBatch:
    """The batch, for whoever may undo it still. Raises NoLongerAllowed."""
    page: Any = admin.site.get_model_admin(UndoBatch)
    request = asked(job.user)
    batch: UndoBatch | None = page.get_object(request, str(job.parameters["batch"]))
    if batch is None or not page.may(request, "act", batch):
        raise NoLongerAllowed()
    return batch


def _actor(job: BackgroundJob, batch: UndoBatch) -> Actor:
    kept = job.parameters
    return Actor(
        user=job.user,
        role=role_for(job.user, batch.merchant_id),
        ip_address=kept["ip_address"],
        user_agent=kept["user_agent"],
    )


def in_words(figures: Figures) -> str:
    """What a batch did, in a sentence: "12 lines are done: −36 stamps; 4 stamps are owed. 2 could not be done."."""
    done = ngettext("%(count)s line is done", "%(count)s lines are done", figures.done)
    text = done % {"count": grouped(figures.done)}
    if moved := moves(figures):
        text = f"{text}: {moved}"
    if owing := owes(figures):
        text = f"{text}; {owing}"
    if not figures.refused:
        return f"{text}."
    left = ngettext("%(count)s could not be done.", "%(count)s could not be done.", figures.refused)
    return f"{text}. {left % {'count': grouped(figures.refused)}}"


def moves(figures: Figures) -> str:
    """By how much all cards together change, in words; empty for nothing."""
    stamps = ngettext("%(number)s stamp", "%(number)s stamps", abs(figures.stamps))
    points = ngettext("%(number)s point", "%(number)s points", abs(figures.points))
    parts = [
        stamps % {"number": signed(figures.stamps)} if figures.stamps else "",
        points % {"number": signed(figures.points)} if figures.points else "",
    ]
    return ", ".join(filter(None, parts))


def owes(figures: Figures) -> str:
    """What is owed more since, in words; empty for nothing."""
    stamps, points = max(figures.stamps_owed, 0), max(figures.points_owed, 0)
    return ", ".join(owed.amounts(stamps=stamps, points=points))

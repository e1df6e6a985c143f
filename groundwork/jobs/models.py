"""Tables of imports and exports that are too long for a request, and of their files. The table is the queue."""

from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped
from groundwork.queue.models import Leased


class JobKind(models.TextChoices):
    """What a worker does. A file to import is looked at, checked once its owner has said what its columns are, and
    brought over when that is confirmed; later it may be taken back."""

    EXPORT = "export", _("export")
    LOOK = "look", _("import")
    CHECK = "check", _("import")
    IMPORT = "import", _("import")
    REVERT = "revert", _("taking back")
    PRINT = "print", _("for the printer")
    REHEARSE = "rehearse", _("rehearsal")
    FORESEE = "foresee", _("preview of an undoing")
    UNDO = "undo", _("undoing")
    WHOLE = "whole", _("everything of a merchant")
    GUARD = "guard", _("honest till")


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class AbstractBackgroundJob(Leased, TimeStamped):
    """One person's job, about the rows of a model (`about`, "app.model").

    `reach` is what their roles covered when they asked: who has lost some of it gets nothing.
    `outcome` is what the work found out, for its page.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("user"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=10, choices=JobKind.choices)
    about = models.CharField(_("about"), max_length=80)
    parameters = models.JSONField(default=dict)
    reach = models.JSONField(default=list)
    language = models.CharField(max_length=10)
    timezone = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    outcome = models.JSONField(default=dict)
    error = models.TextField(_("error"), blank=True)
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        abstract = True
        verbose_name = _("import or export")
        verbose_name_plural = _("imports and exports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="job_of_user"),
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state__in=["waiting", "running"]),
                name="job_due",
            ),
            models.Index(fields=["expires_at"], name="job_expiry"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=JobKind.values), name="job_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="running", leased_until__isnull=False)
                | (~Q(state="running") & Q(leased_until__isnull=True)),
                name="job_is_leased_while_it_runs",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], expires_at__isnull=True)
                | Q(state__in=["done", "failed"], expires_at__isnull=False),
                name="job_expires_once_it_is_over",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(error="")) | (~Q(state="failed") & Q(error="")),
                name="job_says_why_it_failed",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.get_kind_display()

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def is_kept(self) -> bool:
        """Whether what it found can still be had; after its time it counts as removed, also before the cleaning."""
        return self.expires_at is None or self.expires_at > timezone.now()

    @property
    def has_file(self) -> bool:
        return self.file_size > 0 and self.is_kept

    def page(self) -> str:
        """The address of its page in the console."""
        return reverse(f"admin:{self._meta.app_label}_{self._meta.model_name}_change", args=[self.pk])

    @classmethod
    def reach_of(cls, user: Any) -> list[list[int]]:
        """What somebody's roles cover, as plain data to keep in `reach`."""
        raise NotImplementedError

    def scope(self) -> AbstractContextManager[None]:
        """What whoever asked may see, to do the job in; sets `user`.

        Raises NoLongerAllowed if their roles do not cover `reach` any more.
        """
        raise NotImplementedError


class AbstractFilePiece(models.Model):
    """Half a megabyte of a job's file, so that web and worker need share nothing but the database.

    The concrete table adds the `job`, with the related name "pieces".
    """

    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        abstract = True
        verbose_name = _("piece of a file")
        verbose_name_plural = _("pieces of files")
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_piece_of_a_file_per_number"),
        ]

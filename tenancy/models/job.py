"""BackgroundJob: an import or export that is too long for a request. FilePiece: its file. The table is the queue."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped


class JobKind(models.TextChoices):
    """What a worker does; a file to import is checked first, and brought over when its owner has confirmed it."""

    EXPORT = "export", _("export")
    CHECK = "check", _("import")
    IMPORT = "import", _("import")


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class BackgroundJob(TimeStamped):
    """One person's job, about the rows of a model (`about`, "app.model").

    `reach` is what their roles covered when they asked (`scope.reach_of`): who has lost some of it gets nothing.
    `outcome` is what the work found out, for its page.
    """

    user = models.ForeignKey(
        "tenancy.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("user"), db_index=False
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
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("import or export")
        verbose_name_plural = _("imports and exports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="job_of_user"),
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "running"]), name="job_due"),
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


class FilePiece(models.Model):
    """Half a megabyte of a job's file, so that web and worker need share nothing but the database."""

    job = models.ForeignKey(BackgroundJob, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("piece of a file")
        verbose_name_plural = _("pieces of files")
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_piece_of_a_file_per_number"),
        ]

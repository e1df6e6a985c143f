"""The audit log's table: who did what in the console, and when."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped


class AuditAction(models.TextChoices):
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")


class AbstractHistoryEntry(TimeStamped):
    """One action of one person, about a row (`content_type` and `object_id`) or a whole list (no `object_id`).

    `message` holds English texts that are translated when they are read (`groundwork.console.history.in_words`).
    The concrete table (settings.HISTORY_MODEL) adds whose it is, so that more people than operators can be shown it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    action = models.CharField(_("what"), max_length=10, choices=AuditAction.choices)
    content_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    object_id = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200)
    message = models.JSONField(default=list)

    class Meta:
        abstract = True
        verbose_name = _("history entry")
        verbose_name_plural = _("history entries")
        ordering = ["-id"]
        indexes = [models.Index(fields=["content_type", "object_id", "-id"], name="history_of_row")]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=AuditAction.values), name="history_action_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_action_display()}"

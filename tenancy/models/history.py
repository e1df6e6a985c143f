"""HistoryEntry: who did what in the console, and when."""

from typing import ClassVar

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import TimeStamped
from tenancy import scope


class Deed(models.TextChoices):
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")


class HistoryManager(models.Manager):
    """Entries of the open scope; those of the platform (without a merchant) are in the scope of everything only."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(scope.InScope())


class HistoryEntry(TimeStamped):
    """One deed of one person, about a row (`content_type` and `object_id`) or a whole list (no `object_id`).

    Django's own log knows no merchant, so that nobody but an operator could be shown more of it than one row's.
    `message` holds English texts that are translated when they are read (`groundwork.console.history.in_words`).
    """

    merchant_path: ClassVar[str] = "merchant_id"

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("merchant"),
    )
    store = models.ForeignKey(
        "tenancy.Store", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("store")
    )
    user = models.ForeignKey(
        "tenancy.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    deed = models.CharField(_("what"), max_length=10, choices=Deed.choices)
    content_type = models.ForeignKey(
        ContentType, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind")
    )
    object_id = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=200)
    message = models.JSONField(default=list)

    objects = HistoryManager()

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history entries")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["content_type", "object_id", "-id"], name="history_of_row"),
            models.Index(fields=["merchant", "-id"], name="history_of_merchant"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(deed__in=Deed.values), name="history_deed_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_deed_display()}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

"""The bases of tables: times, and soft deletion."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from safedelete.managers import SafeDeleteManager
from safedelete.models import SafeDeleteModel

from groundwork import clock

LIVING = Q(deleted_at__isnull=True)


class StampedField(models.DateTimeField):
    """Django's moment of making or changing a row, by the clock that services read; in migrations Django's own."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if not (self.auto_now or (self.auto_now_add and add)):
            return super().pre_save(model_instance, add)
        moment = clock.now()
        setattr(model_instance, self.attname, moment)
        return moment

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


class LinesField(models.TextField):
    """A text of several lines, each ending as we end lines: forms send a carriage return before every newline."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        text = super().pre_save(model_instance, add)
        if not isinstance(text, str):
            return text
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        setattr(model_instance, self.attname, text)
        return text

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs


class TimeStamped(models.Model):
    """When a row was made and last changed (UTC)."""

    created_at = StampedField(_("created"), auto_now_add=True)
    updated_at = StampedField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True


class SoftQuerySet(models.QuerySet):
    """A plain queryset that cannot remove rows: deletion is `groundwork.deletion.soft_delete`."""

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Use groundwork.deletion.soft_delete: rows are never removed.")

    delete.alters_data = True  # type: ignore[attr-defined]


class SoftManager(SafeDeleteManager):
    """Living rows, filtered when the query is written.

    Replaces safedelete's lazy visibility, whose `update()` and joins pass over deleted rows in silence.
    """

    wanted: ClassVar[Q | None] = LIVING

    def get_queryset(self) -> models.QuerySet:
        queryset: models.QuerySet = SoftQuerySet(self.model, using=self._db)
        return queryset if self.wanted is None else queryset.filter(self.wanted)

    def all(self, **kwargs: Any) -> models.QuerySet:
        return self.get_queryset()


class SoftAllManager(SoftManager):
    """Living and deleted rows."""

    wanted = None


class SoftDeletedManager(SoftManager):
    """Deleted rows only."""

    wanted = ~LIVING


class SoftDeletable(SafeDeleteModel):
    """A row that is hidden, not removed; who, when and which batch went together is kept.

    `deleted_with` names the foreign keys to the parents whose deletion takes this row along.
    """

    deleted_with: ClassVar[tuple[str, ...]] = ()
    deleted_by_cascade = None  # a batch id says more than safedelete's boolean

    # safedelete's own field, with a name for people
    deleted_at = models.DateTimeField(_("deleted"), editable=False, null=True, db_index=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("deleted by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    deletion_batch = models.UUIDField(null=True, blank=True, editable=False, db_index=True)

    objects = SoftManager()
    all_objects = SoftAllManager()
    deleted_objects = SoftDeletedManager()

    class Meta:
        abstract = True

    def save(self, keep_deleted: bool = True, **kwargs: Any) -> None:
        """Save; never brings a deleted row back, as safedelete's own does."""
        super().save(keep_deleted=True, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Use groundwork.deletion.soft_delete: it records who deleted and what went along.")

    def undelete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Use groundwork.deletion.restore: it brings back exactly what went together.")

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


def new_batch() -> uuid.UUID:
    """A fresh id for what is deleted together."""
    return uuid.uuid4()

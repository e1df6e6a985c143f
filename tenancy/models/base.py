"""The bases of every tenant's table: whose a row is, and managers that see only the open scope."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import SoftAllManager, SoftDeletable, SoftDeletedManager, SoftManager, TimeStamped
from tenancy import scope


class InOpenScope(models.Manager):
    """Mixed into a manager: rows of the open tenant scope; a query outside of any raises `scope.ScopeError`."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(scope.InScope())


class TenantManager(InOpenScope):
    """Rows of the open scope."""


class TenantOwned(TimeStamped):
    """A row that belongs to exactly one merchant, for ever."""

    merchant_path: ClassVar[str] = "merchant_id"

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", verbose_name=_("merchant")
    )

    objects = TenantManager()

    class Meta:
        abstract = True

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        """Which of the merchant's rows the manager of some stores may see; all, unless a model narrows it."""
        return Q()


class Revocable(TenantOwned):
    """What somebody of the merchant makes, and what ends for good once it is revoked."""

    created_by = models.ForeignKey(
        "tenancy.User",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("made by"),
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        abstract = True


class TenantSoftManager(InOpenScope, SoftManager):
    """Living rows of the open scope."""


class TenantSoftAllManager(InOpenScope, SoftAllManager):
    """Living and deleted rows of the open scope."""


class TenantSoftDeletedManager(InOpenScope, SoftDeletedManager):
    """Deleted rows of the open scope."""


class TenantSoftDeletable(SoftDeletable, TenantOwned):
    """Tenant data that is soft-deleted: both of the above, and managers that know both."""

    objects = TenantSoftManager()
    all_objects = TenantSoftAllManager()
    deleted_objects = TenantSoftDeletedManager()

    class Meta:
        abstract = True

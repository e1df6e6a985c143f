"""HistoryEntry: the console's audit log, by merchant and store."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.console.models import AbstractHistoryEntry
from tenancy.models.base import TenantManager


class HistoryEntry(AbstractHistoryEntry):
    """One action in the console. Without a merchant it is the platform's: in the scope of everything only."""

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

    objects = TenantManager()

    class Meta(AbstractHistoryEntry.Meta):
        indexes = [
            *AbstractHistoryEntry.Meta.indexes,
            models.Index(fields=["merchant", "-id"], name="history_of_merchant"),
        ]

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

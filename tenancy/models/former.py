"""FormerRow: what a row said before it was changed, for as long as somebody may still be told of that time."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantOwned


class FormerRow(TenantOwned):
    """What a row of a table said until a moment (UTC). The database writes it (`tenancy.former.is_kept`).

    `person_id`: the customer whose data it is, and with whom it goes. Kept for 30 days.
    """

    updated_at: Any = None

    of_table = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"))
    person_id = models.BigIntegerField(_("customer"), null=True)
    said = models.JSONField(_("what it said"))
    until = models.DateTimeField(_("until"))

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("former row")
        verbose_name_plural = _("former rows")
        ordering = ["until", "id"]
        indexes = [
            models.Index(fields=["of_table", "row_id", "until"], name="former_row_of_row"),
            models.Index(
                fields=["person_id"], condition=Q(person_id__isnull=False), name="former_row_of_person"
            ),
            models.Index(fields=["until"], name="former_row_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.of_table} #{self.row_id}"

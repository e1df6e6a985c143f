"""ImportBatch: a file of customers that was brought over. ImportedPerson: what one line of it made and moved."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantOwned

REVERT_DAYS = 30


class ImportBatch(TenantOwned):
    """What a file has brought, counted in `figures`; what taking it back came to, in `taken_back`."""

    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="+", verbose_name=_("store")
    )
    user = models.ForeignKey(
        "tenancy.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("user")
    )
    job_id = models.BigIntegerField(null=True, unique=True)  # whose rows are gone before these
    file_name = models.CharField(_("file"), max_length=120, blank=True)
    figures = models.JSONField(default=dict)
    taken_back = models.JSONField(default=dict)
    finished_at = models.DateTimeField(_("brought in"), null=True)
    reverting_at = models.DateTimeField(_("taken back since"), null=True)
    reverted_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports of customers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverted_at__isnull=True) | Q(reverting_at__isnull=False),
                name="an_import_is_being_taken_back_first",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or f"#{self.pk}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

    @property
    def reverted_until(self) -> datetime:
        """Until when it can be taken back."""
        return self.created_at + timedelta(days=REVERT_DAYS)

    @property
    def may_be_reverted(self) -> bool:
        """Also once it has begun: a worker that was lost is followed by one that goes on."""
        is_begun = self.reverting_at is not None
        return self.reverted_at is None and (is_begun or timezone.now() < self.reverted_until)


class ImportedPerson(TenantOwned):
    """One line of a file. `filled` has what it said of a person who was known and where nothing stood before.

    `key` finds a line without address, phone and code again (`Line.name_key`). `kept` says why taking it back left
    something there.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="people", db_index=False)
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=32, blank=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    made_customer = models.BooleanField(default=False)
    made_card = models.BooleanField(default=False)
    filled = models.JSONField(default=dict)
    code = models.CharField(max_length=128, blank=True)
    stamps_line = models.ForeignKey(
        "loyalty.LoyaltyTransaction", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    points_line = models.ForeignKey(
        "loyalty.LoyaltyTransaction", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reverted_at = models.DateTimeField(null=True)
    kept = models.CharField(max_length=20, blank=True)

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("imported person")
        verbose_name_plural = _("imported people")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["merchant", "key"], condition=~Q(key=""), name="imported_person_by_name"),
            models.Index(fields=["card"], condition=Q(made_card=True), name="card_that_was_imported"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="a_line_is_brought_in_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(batch__store_id__in=store_ids)

"""Purchase: one receipt, and what has been brought back of it. PurchaseReturn: one time something was brought back."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantOwned


class Purchase(TenantOwned):
    """What was bought on one receipt. Its lines of the ledger say what it gave, and what of that was taken back.

    `reference_key` is the receipt's number as it is compared (`terms.reference_key`). `is_open` is false once all of
    it is returned or undone: only then its receipt may earn again.
    """

    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        on_delete=models.PROTECT,
        related_name="purchases",
        db_index=False,
        verbose_name=_("card"),
    )
    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("store")
    )
    terms = models.ForeignKey(
        "loyalty.ProgramTerms", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    order_reference = models.CharField(_("receipt number"), max_length=64, blank=True)
    reference_key = models.TextField(blank=True)
    amount_cents = models.PositiveBigIntegerField(_("purchase"))
    returned_cents = models.PositiveBigIntegerField(_("returned"), default=0)
    items = models.JSONField(_("items"), default=list)
    # The promotions that held for it: [{"promotion": id, "cents": that count, "room": its parts at most, or null}].
    offers = models.JSONField(_("promotions offered"), null=True, editable=False)
    is_open = models.BooleanField(_("open"), default=True)
    purchased_at = models.DateTimeField(_("when"))
    recorded_offline = models.BooleanField(_("recorded offline"), default=False)

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("merchant"),
    )

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["merchant", "reference_key", "-id"],
                condition=~Q(reference_key=""),
                name="purchase_of_receipt",
            ),
            models.Index(fields=["card", "-id"], name="purchase_of_card"),
            models.Index(fields=["merchant", "-id"], name="purchase_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "reference_key"],
                condition=Q(is_open=True) & ~Q(reference_key=""),
                name="one_receipt_earns_once",
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="a_purchase_costs_something"),
            models.CheckConstraint(
                condition=Q(returned_cents__gte=0, returned_cents__lte=F("amount_cents")),
                name="no_more_is_returned_than_was_bought",
            ),
            models.CheckConstraint(
                condition=Q(is_open=False) | Q(returned_cents__lt=F("amount_cents")),
                name="what_is_wholly_returned_is_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.order_reference or f"#{self.pk}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

    @property
    def recorded_at(self) -> datetime:
        """When it was recorded: later than it happened, if that was offline."""
        return self.created_at if self.recorded_offline else self.purchased_at

    @property
    def kept_cents(self) -> int:
        """What is left bought."""
        return self.amount_cents - self.returned_cents


class PurchaseReturn(TenantOwned):
    """Something of a purchase was brought back; `undone_at` if that was a mistake. Its lines say by whom and why."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="returns")
    amount_cents = models.PositiveBigIntegerField(_("returned"))
    returned_at = models.DateTimeField(_("when"))
    undone_at = models.DateTimeField(_("undone"), null=True)

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["id"]
        indexes = [models.Index(fields=["merchant", "-id"], name="return_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="a_return_is_of_something"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(purchase__store_id__in=store_ids)

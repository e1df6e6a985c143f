"""PromotionUse: what a promotion gave, line by line."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.models.promotion import Promotion
from tenancy.models.base import TenantOwned


class PromotionUse(TenantOwned):
    """What a line of the ledger gave by a promotion, or took back of it. The database writes it with the line.

    `at` (UTC) is the moment of the purchase, also where something of it is taken back later: that is where it counts.
    """

    updated_at = None

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="uses", db_index=False)
    line = models.ForeignKey(
        "loyalty.LoyaltyTransaction", on_delete=models.PROTECT, related_name="+", verbose_name=_("line")
    )
    purchase = models.ForeignKey(
        "loyalty.Purchase", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    points = models.BigIntegerField(_("ten-thousandths of a point"), default=0)
    stamps = models.IntegerField(_("stamps"), default=0)
    at = models.DateTimeField(_("when"))

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("use of a promotion")
        verbose_name_plural = _("uses of promotions")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["card", "promotion"], name="use_of_card"),
            models.Index(fields=["promotion", "at"], name="use_of_promotion"),
            models.Index(fields=["purchase"], condition=Q(purchase__isnull=False), name="use_of_purchase"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(points=0, stamps=0), name="a_use_of_a_promotion_is_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

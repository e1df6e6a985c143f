"""CardCode: what stands on a card that was there before, and is found like the card's own."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty import codes
from tenancy.models.base import TenantOwned


class CardCode(TenantOwned):
    """A code of an earlier system that means a card: an EAN, a QR text, an NFC id, as `codes.canonical` writes it."""

    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="codes", verbose_name=_("card")
    )
    code = models.CharField(_("code"), max_length=codes.LONGEST)

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("code of an earlier card")
        verbose_name_plural = _("codes of earlier cards")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="a_code_means_one_card"),
            models.CheckConstraint(condition=~Q(code=""), name="a_code_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.code

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(card__scope_store__isnull=True) | Q(card__scope_store_id__in=store_ids)

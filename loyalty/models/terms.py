"""ProgramTerms: what a program promised from a moment on, never changed. The database writes them with the program."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty.terms import Terms
from tenancy.models.base import TenantOwned

# The program's fields of earning, redeeming and expiry: whenever one of them changes, new terms begin.
PROMISED = (
    "loyalty_type",
    "stamps_target",
    "points_per_euro",
    "minimum_purchase_cents",
    "minimum_redemption_points",
    "carry_remainders",
    "points_expiration_days",
    "expiry_requires_warning",
)


class ProgramTerms(TenantOwned):
    """The terms of a program from `valid_from` (UTC) until its next ones begin; its first ones hold since ever."""

    updated_at = None

    program = models.ForeignKey("loyalty.LoyaltyProgram", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField(_("valid from"))
    loyalty_type = models.CharField(_("kind"), max_length=10)
    stamps_target = models.PositiveSmallIntegerField(_("stamps for a reward"))
    points_per_euro = models.DecimalField(_("points per unit of currency"), max_digits=7, decimal_places=2)
    minimum_purchase_cents = models.PositiveIntegerField(_("minimum purchase"))
    minimum_redemption_points = models.PositiveIntegerField(_("minimum points to redeem"))
    carry_remainders = models.BooleanField(_("remainders are kept"))
    points_expiration_days = models.PositiveSmallIntegerField(_("points expire after (days)"), null=True)
    expiry_requires_warning = models.BooleanField(_("expire only after a warning"))

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        ordering = ["valid_from", "id"]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}"

    def rules(self) -> Terms:
        """These terms as `loyalty.rules` reckons with them."""
        return Terms.of(self, terms_id=self.pk)

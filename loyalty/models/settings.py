"""MerchantLoyaltySettings: what a merchant has decided about all their stores."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantOwned


class MerchantLoyaltySettings(TenantOwned):
    """One row per merchant."""

    merchant = models.OneToOneField(
        "tenancy.Merchant",
        on_delete=models.PROTECT,
        related_name="loyalty_settings",
        verbose_name=_("merchant"),
    )
    allow_cross_location_redemption = models.BooleanField(_("cards are valid at all stores"), default=True)
    allow_self_enrollment = models.BooleanField(_("customers may enrol by themselves"), default=True)
    allow_void_transactions = models.BooleanField(_("staff may undo"), default=True)
    void_window_hours = models.PositiveSmallIntegerField(
        _("hours in which staff may undo"),
        default=24,
        validators=[MaxValueValidator(8760)],
        help_text=_("Managers are not bound by it."),
    )
    require_order_reference = models.BooleanField(_("points need a receipt number"), default=False)
    staff_pin_lockout_attempts = models.PositiveSmallIntegerField(
        _("wrong PINs until a lock-out"), default=5, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    staff_pin_lockout_minutes = models.PositiveSmallIntegerField(
        _("minutes of a lock-out"), default=30, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    import_columns = models.JSONField(default=dict, editable=False)  # what a heading meant the last time
    poster_opened_at = models.DateTimeField(null=True, editable=False)
    log_ip_addresses = models.BooleanField(_("keep addresses in the ledger"), default=True)

    class Meta:
        verbose_name = _("loyalty settings")
        verbose_name_plural = _("loyalty settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(staff_pin_lockout_attempts__gte=1), name="lockout_after_an_attempt"
            ),
        ]

    def __str__(self) -> str:
        return capfirst(str(self._meta.verbose_name))

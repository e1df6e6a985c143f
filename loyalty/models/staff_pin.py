"""StaffPin: who is acting at a shared terminal. StaffToken: that they have typed their PIN a moment ago."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import LIVING
from tenancy.models.base import TenantOwned, TenantSoftDeletable


class StaffPin(TenantSoftDeletable):
    """A name on the terminal's chooser and the hash of a PIN of 4 to 8 digits. It gives no role."""

    deleted_with = ("merchant", "store")

    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="staff_pins", verbose_name=_("store")
    )
    name = models.CharField(_("name"), max_length=60)
    staff_code = models.CharField(_("staff code"), max_length=30, blank=True)
    pin_hash = models.CharField(max_length=128, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    failed_attempts = models.PositiveSmallIntegerField(_("wrong attempts"), default=0)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("staff PIN")
        verbose_name_plural = _("staff PINs")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "name"],
                condition=LIVING,
                name="one_pin_per_name_and_store",
                violation_error_message=_("Somebody at this store has this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

    def is_locked(self, now: datetime) -> bool:
        """Whether the right PIN would be refused too, just now."""
        return self.locked_until is not None and self.locked_until > now


class TokenEnd(models.TextChoices):
    CHANGED = "changed", _("PIN changed")
    LOCKED = "locked", _("PIN locked")
    REMOVED = "removed", _("PIN removed")


class StaffToken(TenantOwned):
    """A staff token, kept on the server by its SHA-256, so that it can end before its time; good on one device."""

    LIFE = timedelta(hours=12)
    IDLE = timedelta(minutes=10)

    staff_pin = models.ForeignKey(StaffPin, on_delete=models.PROTECT, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    device = models.CharField(max_length=80)  # where the PIN was typed, as `Actor.device` names it
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=10, choices=TokenEnd.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="staff_token_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | Q(ended_at__isnull=False),
                name="a_token_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_pin_id}"

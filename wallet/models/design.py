"""A program as the wallets know it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantOwned
from wallet.models.synced import Synced


class PassDesign(Synced, TenantOwned):
    """A program as the wallets know it: Google's class, and how far a changed look has been spread.

    Google's class has `synced_version`, or `is_refused` for good. The change `spread_version` has been spread up to the
    pass `spread_after_id` (null: to all). `look_again_at`: when a promotion begins or ends.
    """

    program = models.OneToOneField(
        "loyalty.LoyaltyProgram",
        on_delete=models.PROTECT,
        related_name="pass_design",
        verbose_name=_("program"),
    )
    class_id = models.CharField(max_length=128, unique=True, null=True, blank=True, editable=False)
    is_refused = models.BooleanField(default=False, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    checked_at = models.DateTimeField(default=timezone.now, editable=False)
    look_again_at = models.DateTimeField(null=True, editable=False)
    spread_version = models.PositiveIntegerField(default=1)
    spread_after_id = models.BigIntegerField(null=True)

    # While Google is not set up there is no class, and nothing to bring anywhere.
    LAGGING = Synced.LAGGING & Q(class_id__isnull=False)

    class Meta:
        verbose_name = _("pass design")
        verbose_name_plural = _("pass designs")
        constraints = [
            models.CheckConstraint(
                condition=Q(synced_version__lte=F("wanted_version"), spread_version__lte=F("wanted_version")),
                name="pass_design_syncs_what_is_wanted",
            ),
        ]

    def __str__(self) -> str:
        return str(self.program)

    @property
    def is_lagging(self) -> bool:
        return self.class_id is not None and super().is_lagging

"""A card in a wallet, the way there, and the devices that want to hear of its changes."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantOwned
from wallet.models.synced import PassState, Platform, Synced, this_second

# An object that was taken out of the wallet is shown to nobody, and not sent. An iPhone's pass costs nothing.
SLEEPING = Q(platform=Platform.GOOGLE, state=PassState.REMOVED)
KEPT_UP = Q(retired_at__isnull=True) & ~SLEEPING


class WalletPass(Synced, TenantOwned):
    """A card in one wallet. `retired_at`: its card was replaced, deleted or erased, and a new pass may be made.

    `asked_at`: when somebody last asked for it. `saved_at`: when the holder first had it in the wallet. `told_at`: the
    newest word of Google's about it that counted, as its expiry in milliseconds since 1970.

    Serial number and token never change: the phone knows the pass by them. `card_key` is a fingerprint of the
    card's codes when the pass was made, by which a replaced card is told. `last_modified` strictly increases.
    """

    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="wallet_passes", verbose_name=_("card")
    )
    platform = models.CharField(_("wallet"), max_length=10, choices=Platform.choices)
    serial_number = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    object_id = models.CharField(max_length=128, unique=True, null=True, blank=True, editable=False)
    auth_token = models.CharField(max_length=64, blank=True, editable=False)
    card_key = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=PassState.choices, default=PassState.ACTIVE)
    state_before_void = models.CharField(max_length=10, choices=PassState.choices, blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(_("saved"), null=True, editable=False)
    told_at = models.BigIntegerField(default=0, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)
    last_modified = models.DateTimeField(_("changed"), default=this_second)
    update_tag = models.BigIntegerField(default=0, editable=False)
    tagged_version = models.PositiveIntegerField(default=0, editable=False)
    fetched_at = models.DateTimeField(_("last fetched"), null=True, editable=False)
    fetched_version = models.PositiveIntegerField(default=0, editable=False)
    is_notable = models.BooleanField(default=False, editable=False)
    notified_at = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("wallet pass")
        verbose_name_plural = _("wallet passes")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["merchant", "id"], name="wallet_pass_of_merchant"),
            models.Index(
                fields=["platform", "next_attempt_at", "id"],
                condition=Synced.LAGGING,
                name="wallet_pass_lagging",
            ),
            models.Index(
                fields=["id"],
                condition=Q(platform=Platform.APPLE, wanted_version__gt=F("tagged_version")),
                name="wallet_pass_untagged",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["card", "platform"],
                condition=Q(retired_at__isnull=True),
                name="one_living_pass_per_card_and_wallet",
            ),
            models.CheckConstraint(
                condition=Q(platform="apple", serial_number__isnull=False, object_id__isnull=True)
                | Q(platform="google", serial_number__isnull=True, object_id__isnull=False),
                name="wallet_pass_has_the_id_of_its_wallet",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PassState.values), name="wallet_pass_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(synced_version__lte=F("wanted_version")), name="wallet_pass_syncs_what_is_wanted"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(state=PassState.VOID), name="a_retired_pass_is_void"
            ),
        ]

    def __str__(self) -> str:
        return self.get_platform_display()

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(card__scope_store__isnull=True) | Q(card__scope_store_id__in=store_ids)


class WalletOffer(TenantOwned):
    """A card's way into one wallet: when each step was first taken. `removed_at` is empty once it was saved anew."""

    card = models.ForeignKey(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="wallet_offers", verbose_name=_("card")
    )
    platform = models.CharField(_("wallet"), max_length=10, choices=Platform.choices)
    offered_at = models.DateTimeField(default=timezone.now)
    clicked_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("wallet offer")
        verbose_name_plural = _("wallet offers")
        constraints = [
            models.UniqueConstraint(fields=["card", "platform"], name="one_offer_per_card_and_wallet"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(saved_at__isnull=False),
                name="what_was_removed_had_been_saved",
            ),
        ]

    def __str__(self) -> str:
        return self.get_platform_display()

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(card__enrolled_at_store_id__in=store_ids)


class AppleDeviceRegistration(TenantOwned):
    """A device that holds a pass. `pushed_version` is the last one it was told of."""

    wallet_pass = models.ForeignKey(
        WalletPass, on_delete=models.CASCADE, related_name="registrations", verbose_name=_("wallet pass")
    )
    device_library_identifier = models.CharField(max_length=128)
    push_token = models.CharField(max_length=200)
    renewed_at = models.DateTimeField(_("registered"), default=timezone.now)
    pushed_version = models.PositiveIntegerField(_("version it was told of"), default=0)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.UniqueConstraint(
                fields=["device_library_identifier", "wallet_pass"],
                name="one_registration_per_device_and_pass",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_library_identifier[:6]}…"

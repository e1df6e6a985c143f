"""LoyaltyProgram: a merchant's one program. PointsReward: what its points buy."""

import re
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from groundwork.models import LIVING, LinesField
from loyalty.rules import LARGEST_AMOUNT_CENTS, largest_purchase_cents
from loyalty.terms import LoyaltyKind
from tenancy.models.base import TenantSoftDeletable

AMOUNT = MaxValueValidator(LARGEST_AMOUNT_CENTS)
HEX_COLOR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("A colour like #1f5c4a."))


# A reward that is drunk gets cups for stamps, any other stars.
DRINK = re.compile(
    r"\b(coffee|caf[eé]|kaffi|kaffee|cappuccin|espresso|latte|flat white|tea\b|thé\b|tee\b|chocolat|schokela"
    r"|drink|boisson|getränk|gedrénk)",
    re.IGNORECASE,
)


class LoyaltyType(models.TextChoices):
    STAMPS = "stamps", _("stamps")
    POINTS = "points", _("points")
    HYBRID = "hybrid", _("stamps and points")


class LoyaltyProgram(LoyaltyKind, TenantSoftDeletable):
    """How a merchant rewards customers: stamps, points, or both. Cents are its currency's minor unit."""

    deleted_with = ("merchant",)

    loyalty_type = models.CharField(
        _("kind"), max_length=10, choices=LoyaltyType.choices, default=LoyaltyType.STAMPS
    )

    stamps_target = models.PositiveSmallIntegerField(
        _("stamps for a reward"), default=10, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    stamps_reward_description = models.CharField(_("reward for a full card"), max_length=200, blank=True)
    stamps_reward_value_cents = models.PositiveIntegerField(_("value of that reward"), null=True, blank=True)

    points_per_euro = models.DecimalField(
        _("points per unit of currency"),
        max_digits=7,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(10_000))],
    )
    minimum_purchase_cents = models.PositiveBigIntegerField(
        _("minimum purchase"), default=0, validators=[AMOUNT]
    )
    maximum_purchase_cents = models.PositiveBigIntegerField(
        _("largest purchase"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), AMOUNT],
        help_text=_("A larger amount is taken for a mistake. Leave empty for about 10,000 euros."),
    )
    minimum_redemption_points = models.PositiveIntegerField(_("minimum points to redeem"), default=0)
    welcome_bonus_points = models.PositiveIntegerField(
        _("welcome bonus (points)"), default=0, validators=[MaxValueValidator(1_000_000)]
    )
    points_expiration_days = models.PositiveSmallIntegerField(
        _("points expire after (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_("Days without any activity. Leave empty if points never expire."),
    )
    expiry_requires_warning = models.BooleanField(
        _("expire only after a warning"),
        default=False,
        help_text=_("A card that was never warned is warned first and expires 7 days later at the earliest."),
    )
    expiry_not_before = models.DateTimeField(
        _("nothing expires before"), null=True, blank=True, editable=False
    )
    point_value_cents = models.DecimalField(
        _("value of a point"),
        max_digits=8,
        decimal_places=4,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("For the estimated liability, in the smallest unit of the currency."),
    )

    carry_remainders = models.BooleanField(
        _("keep remainders"),
        default=True,
        help_text=_("Amounts that make no whole point stay on the card until they do."),
    )

    cooldown_minutes = models.PositiveSmallIntegerField(
        _("minutes between two stamps"), default=15, validators=[MaxValueValidator(10_080)]
    )
    max_daily_stamps = models.PositiveSmallIntegerField(
        _("stamps a day"), default=5, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    require_staff_pin = models.BooleanField(_("staff type a PIN"), default=True)

    card_name = models.CharField(_("name of the card"), max_length=80, blank=True)
    card_color = models.CharField(_("colour"), max_length=7, default="#1f5c4a", validators=[HEX_COLOR])
    card_secondary_color = models.CharField(
        _("second colour"), max_length=7, default="#f2d43d", validators=[HEX_COLOR]
    )
    logo = models.ImageField(_("logo"), upload_to="programs/", null=True, blank=True)
    hero_image = models.ImageField(_("picture"), upload_to="programs/", null=True, blank=True)
    terms_text = LinesField(_("terms"), blank=True, max_length=20_000)
    privacy_url = models.URLField(_("privacy notice"), blank=True)

    is_active = models.BooleanField(_("active"), default=True)
    activated_at = models.DateTimeField(_("activated"), null=True, blank=True, editable=False)
    terms = models.ForeignKey(
        "loyalty.ProgramTerms",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        editable=False,
        verbose_name=_("terms"),
    )
    # Kept by the database: whether any promotion was ever planned, so that a till need not ask where there is none.
    has_promotions = models.BooleanField(default=False, db_default=False, editable=False)
    terms_since = models.DateTimeField(_("terms since"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("loyalty program")
        verbose_name_plural = _("loyalty programs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=LIVING,
                name="one_living_program_per_merchant",
                violation_error_message=_("This merchant has a loyalty program already."),
            ),
            models.CheckConstraint(
                condition=Q(loyalty_type__in=LoyaltyType.values), name="program_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(stamps_target__gte=1, stamps_target__lte=50), name="stamps_target_is_1_to_50"
            ),
            models.CheckConstraint(condition=Q(points_per_euro__gt=0), name="points_per_euro_is_positive"),
            models.CheckConstraint(
                condition=Q(maximum_purchase_cents=None)
                | Q(maximum_purchase_cents__gt=0, maximum_purchase_cents__gte=F("minimum_purchase_cents")),
                name="the_largest_purchase_is_not_below_the_minimum",
            ),
            models.CheckConstraint(
                condition=Q(points_expiration_days=None) | Q(points_expiration_days__gt=0),
                name="points_expiration_is_never_or_days",
            ),
            models.CheckConstraint(condition=Q(max_daily_stamps__gte=1), name="at_least_one_stamp_a_day"),
            models.CheckConstraint(
                condition=Q(point_value_cents__gte=0), name="a_point_is_worth_nothing_or_more"
            ),
        ]

    def __str__(self) -> str:
        return self.card_name or self.get_loyalty_type_display()

    def clean(self) -> None:
        """Refuse a program in which nothing could be bought."""
        if self.merchant_id and self.largest_purchase_cents < self.minimum_purchase_cents:
            text = _("The largest purchase must not be below the minimum purchase.")
            raise ValidationError({"maximum_purchase_cents": ValidationError(text, code="too_small")})

    @property
    def largest_purchase_cents(self) -> int:
        """What one purchase may be at most; reads `merchant`."""
        return largest_purchase_cents(self.maximum_purchase_cents, self.merchant.currency)

    @property
    def stamp_icon(self) -> str:
        """What a stamp shows, on pages and passes, in every language: "cup" or "star"."""
        said = (
            getattr(self, f"stamps_reward_description_{language}") for language, _name in settings.LANGUAGES
        )
        return "cup" if any(DRINK.search(text or "") for text in said) else "star"


class PointsReward(TenantSoftDeletable):
    """Something that a customer gets for points."""

    deleted_with = ("program",)

    program = models.ForeignKey(
        LoyaltyProgram, on_delete=models.PROTECT, related_name="rewards", verbose_name=_("program")
    )
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    points_cost = models.PositiveIntegerField(_("cost (points)"), validators=[MinValueValidator(1)])
    value_cents = models.PositiveIntegerField(_("value"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        ordering = ["position", "points_cost", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(points_cost__gt=0), name="reward_costs_points"),
        ]

    def __str__(self) -> str:
        return self.name

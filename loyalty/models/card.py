"""LoyaltyCard: a customer's balance in a program. Only `loyalty.ledger` writes the balances.

Beside each balance stands what is owed: what was given back after it had been spent. The net, balance less owed, is
what the ledger moves; at most one of the two is above 0. Points have a fraction besides, in ten-thousandths, always 0
to 9999: the net in points is balance - owed + fraction / 10000.
"""

from django.db import models
from django.db.models import Case, F, Func, Q, When
from django.utils.translation import gettext_lazy as _

from groundwork.models import LIVING
from loyalty import tokens
from tenancy.models.base import TenantSoftDeletable

COUNTERS = (
    "total_stamps_earned",
    "total_stamps_spent",
    "total_stamps_voided",
    "stamps_redeemed",
    "total_points_earned",
    "points_redeemed",
    "total_points_voided",
)


# Points are counted whole, as they come and go: undoing a return may give one whole point more than it had taken, where
# the cents of another purchase make it full.
NEVER_NEGATIVE = tuple(counter for counter in COUNTERS if counter != "total_points_voided")

# What only the ledger moves, and each of its lines repeats.
BALANCES = ("stamp_count", "stamps_owed", "points_balance", "points_owed", "points_fraction")


class LoyaltyCard(TenantSoftDeletable):
    """A customer's card. `scope_store` null: valid at all stores of the merchant; a store: valid there only."""

    deleted_with = ("merchant", "customer", "program", "scope_store")

    program = models.ForeignKey(
        "loyalty.LoyaltyProgram", on_delete=models.PROTECT, related_name="cards", verbose_name=_("program")
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="cards", verbose_name=_("customer")
    )
    enrolled_at_store = models.ForeignKey(
        "tenancy.Store",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("enrolled at"),
    )
    scope_store = models.ForeignKey(
        "tenancy.Store",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("valid only at"),
    )
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("merged into"),
    )

    card_number = models.CharField(_("card number"), max_length=12, unique=True)
    qr_code_data = models.CharField(max_length=30, unique=True)
    access_token = models.CharField(max_length=30, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    stamp_count = models.IntegerField(_("stamps"), default=0)
    stamps_owed = models.IntegerField(_("stamps owed"), default=0, db_default=0)
    total_stamps_earned = models.IntegerField(_("stamps earned"), default=0)
    total_stamps_spent = models.IntegerField(_("stamps spent"), default=0)
    total_stamps_voided = models.IntegerField(_("stamps undone"), default=0)
    stamps_redeemed = models.IntegerField(_("rewards for stamps"), default=0)

    points_balance = models.BigIntegerField(_("points"), default=0)
    points_owed = models.BigIntegerField(_("points owed"), default=0, db_default=0)
    points_fraction = models.SmallIntegerField(_("ten-thousandths of a point"), default=0, db_default=0)
    total_points_earned = models.BigIntegerField(_("points earned"), default=0)
    points_redeemed = models.BigIntegerField(_("points redeemed"), default=0)
    total_points_voided = models.BigIntegerField(_("points undone or expired"), default=0)

    last_stamp_at = models.DateTimeField(_("last stamp"), null=True, blank=True)
    last_points_at = models.DateTimeField(_("last points"), null=True, blank=True)
    last_redemption_at = models.DateTimeField(_("last redemption"), null=True, blank=True)
    last_activity_at = models.DateTimeField(_("last activity"), null=True, blank=True)
    last_expiration_warning_at = models.DateTimeField(_("last warning of expiry"), null=True, blank=True)
    expiry_not_before = models.DateTimeField(_("does not expire before"), null=True, blank=True)
    # By which cards near their expiry are found. An index of the moment itself would have to be written, and with it
    # all others of the card, at each stamp; the month stays what it is (a heap-only update of PostgreSQL).
    points_idle_month = models.GeneratedField(
        expression=Case(
            When(
                points_balance__gt=0,
                then=Func(
                    "last_activity_at", template="date_trunc('month', %(expressions)s AT TIME ZONE 'UTC')"
                ),
            )
        ),
        output_field=models.DateField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="card_of_merchant"),
            models.Index(fields=["merchant", "-id"], condition=Q(is_active=False), name="card_switched_off"),
            models.Index(
                fields=["program", "points_idle_month"],
                condition=Q(points_idle_month__isnull=False, is_active=True, deleted_at__isnull=True),
                name="card_points_by_month",
            ),
            models.Index(
                fields=["program"],
                condition=Q(points_owed__gt=0) | Q(stamps_owed__gt=0),
                name="card_that_owes",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(stamp_count__gte=0),
                name="stamps_are_never_negative",
                violation_error_message=_("A card cannot have less than no stamps."),
            ),
            models.CheckConstraint(
                condition=Q(points_balance__gte=0),
                name="points_are_never_negative",
                violation_error_message=_("A card cannot have less than no points."),
            ),
            models.CheckConstraint(
                condition=Q(stamps_owed=0) | Q(stamps_owed__gt=0, stamp_count=0),
                name="no_stamps_beside_owed_ones",
            ),
            models.CheckConstraint(
                condition=Q(points_owed=0) | Q(points_owed__gt=0, points_balance=0),
                name="no_points_beside_owed_ones",
            ),
            models.CheckConstraint(
                condition=Q(points_fraction__gte=0, points_fraction__lte=9999),
                name="points_fraction_is_less_than_a_point",
            ),
            models.CheckConstraint(
                condition=Q(
                    stamp_count=F("total_stamps_earned")
                    - F("total_stamps_spent")
                    - F("total_stamps_voided")
                    + F("stamps_owed")
                ),
                name="stamps_are_earned_less_spent_less_voided",
            ),
            models.CheckConstraint(
                condition=Q(
                    points_balance=F("total_points_earned")
                    - F("points_redeemed")
                    - F("total_points_voided")
                    + F("points_owed")
                ),
                name="points_are_earned_less_redeemed_less_voided",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{counter}__gte": 0 for counter in NEVER_NEGATIVE}),
                name="card_counters_are_never_negative",
            ),
            models.UniqueConstraint(
                fields=["customer", "program"],
                condition=LIVING & Q(scope_store__isnull=True),
                name="one_card_per_customer_everywhere",
            ),
            models.UniqueConstraint(
                fields=["customer", "program", "scope_store"],
                condition=LIVING & Q(scope_store__isnull=False),
                name="one_card_per_customer_and_store",
            ),
        ]

    def __str__(self) -> str:
        return self.display_number

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(scope_store__isnull=True) | Q(scope_store_id__in=store_ids)

    @property
    def display_number(self) -> str:
        """The number as people read it."""
        return tokens.as_read(self.card_number)

"""LoyaltyTransaction: a line of the ledger, never changed and never removed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty import rules
from loyalty.earning import Part
from loyalty.models.kinds import HOW_CARDS_ARE_MADE, TransactionType
from tenancy.models.base import TenantManager, TenantOwned


class LoyaltyTransaction(TenantOwned):
    """What happened to a card, with the balances and what is owed after it.

    Who: all null is the system or the customer. A line moves the net by its deltas, exactly: `points_delta` whole
    points and `points_fraction_delta` ten-thousandths (-9999 to 9999) of another.
    """

    updated_at = None  # a line of the ledger is never updated

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the indexes below begin with it
        verbose_name=_("merchant"),
    )
    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        on_delete=models.PROTECT,
        related_name="transactions",
        db_index=False,
        verbose_name=_("card"),
    )
    store = models.ForeignKey(
        "tenancy.Store",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("store"),
    )
    staff_pin = models.ForeignKey(
        "loyalty.StaffPin",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("staff"),
    )
    user = models.ForeignKey(
        "tenancy.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("user"),
    )
    api_key = models.ForeignKey(
        "tenancy.ApiKey",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("API key"),
    )
    till = models.ForeignKey(
        "tenancy.Till",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("till"),
    )
    transaction_type = models.CharField(_("kind"), max_length=20, choices=TransactionType.choices)
    stamps_delta = models.IntegerField(_("stamps"), default=0)
    stamps_balance_after = models.IntegerField(_("stamps after"))
    stamps_owed_after = models.IntegerField(_("stamps owed after"), default=0, db_default=0)
    points_delta = models.BigIntegerField(_("points"), default=0)
    points_balance_after = models.BigIntegerField(_("points after"))
    points_owed_after = models.BigIntegerField(_("points owed after"), default=0, db_default=0)
    points_fraction_delta = models.SmallIntegerField(_("ten-thousandths of a point"), default=0, db_default=0)
    points_fraction_after = models.SmallIntegerField(
        _("ten-thousandths of a point after"), default=0, db_default=0
    )
    purchase = models.ForeignKey(
        "loyalty.Purchase",
        null=True,
        on_delete=models.PROTECT,
        related_name="transactions",
        db_index=False,
        verbose_name=_("purchase"),
    )
    purchase_return = models.ForeignKey(
        "loyalty.PurchaseReturn",
        null=True,
        on_delete=models.PROTECT,
        related_name="transactions",
        db_index=False,
        verbose_name=_("return"),
    )
    terms = models.ForeignKey(
        "loyalty.ProgramTerms",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("terms"),
    )
    # What promotions gave of it, or took: [{"promotion": id, "points": ten-thousandths, "stamps": number}], by id.
    promotions = models.JSONField(_("promotions"), null=True)
    purchase_amount_cents = models.PositiveBigIntegerField(_("purchase"), null=True)
    order_reference = models.CharField(_("receipt number"), max_length=64, blank=True)
    reward = models.ForeignKey(
        "loyalty.PointsReward",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("reward"),
    )
    reward_name = models.CharField(_("reward then"), max_length=200, blank=True)
    reward_points_cost = models.PositiveIntegerField(_("cost then (points)"), null=True)
    voids = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="voided_by", verbose_name=_("undoes")
    )
    restores = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="restored_by",
        db_index=False,
        verbose_name=_("takes back the undoing"),
    )
    notes = models.CharField(_("notes"), max_length=500, blank=True)
    ip_address = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("program"), max_length=200, blank=True)
    recorded_offline = models.BooleanField(_("recorded offline"), default=False)
    transaction_at = models.DateTimeField(_("when"))

    objects = TenantManager()

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["card", "id"], name="transaction_of_card"),
            models.Index(
                fields=["card", "transaction_at"],
                condition=Q(transaction_type="stamp_earned"),
                name="stamps_of_card",
            ),
            models.Index(
                fields=["store", "id"], condition=Q(store__isnull=False), name="transaction_of_store"
            ),
            models.Index(fields=["merchant", "transaction_at"], name="transaction_of_merchant"),
            # In the order in which lines are written, though the newest are asked for: an index that grows at its end
            # is full, and one that grows at the beginning of each part is half empty.
            models.Index(fields=["merchant", "id"], name="lines_of_merchant"),
            # The filters of the console's list that find few among many; what the till writes all day is not in them.
            models.Index(
                fields=["merchant", "transaction_type", "-id"],
                condition=~Q(transaction_type__in=["stamp_earned", "points_earned"]),
                name="transaction_of_a_rare_kind",
            ),
            models.Index(
                fields=["merchant", "-id"],
                condition=Q(recorded_offline=True),
                name="transaction_recorded_offline",
            ),
            # Also which purchases were the large ones; a stamp that nobody typed an amount for is not in it.
            models.Index(
                fields=["merchant", "purchase_amount_cents", "id"],
                condition=Q(purchase_amount_cents__isnull=False),
                name="lines_of_an_amount",
            ),
            # Who did it, and what was given for it.
            models.Index(
                fields=["staff_pin", "id"], condition=Q(staff_pin__isnull=False), name="lines_of_staff_pin"
            ),
            models.Index(fields=["user", "id"], condition=Q(user__isnull=False), name="lines_of_user"),
            models.Index(
                fields=["api_key", "id"], condition=Q(api_key__isnull=False), name="lines_of_api_key"
            ),
            models.Index(fields=["till", "id"], condition=Q(till__isnull=False), name="lines_of_till"),
            models.Index(
                fields=["reward", "-id"], condition=Q(reward__isnull=False), name="transaction_of_reward"
            ),
            *HOW_CARDS_ARE_MADE,
            models.Index(
                fields=["merchant", "order_reference"],
                condition=~Q(order_reference=""),
                name="transaction_of_receipt",
            ),
            models.Index(
                fields=["purchase"], condition=Q(purchase__isnull=False), name="transaction_of_purchase"
            ),
            models.Index(
                fields=["purchase_return"],
                condition=Q(purchase_return__isnull=False),
                name="transaction_of_return",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(transaction_type__in=TransactionType.values), name="transaction_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(stamps_balance_after__gte=0, points_balance_after__gte=0),
                name="balances_after_are_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(stamps_owed_after=0) | Q(stamps_owed_after__gt=0, stamps_balance_after=0),
                name="no_stamps_after_beside_owed_ones",
            ),
            models.CheckConstraint(
                condition=Q(points_owed_after=0) | Q(points_owed_after__gt=0, points_balance_after=0),
                name="no_points_after_beside_owed_ones",
            ),
            models.CheckConstraint(
                condition=Q(points_fraction_after__gte=0, points_fraction_after__lte=9999),
                name="points_fraction_after_is_less_than_a_point",
            ),
            models.UniqueConstraint(
                fields=["restores"],
                condition=Q(restores__isnull=False),
                name="an_undoing_is_taken_back_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_transaction_type_display()}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

    @property
    def recorded_at(self) -> datetime:
        """When it was recorded: later than it happened, if that was offline."""
        return self.created_at if self.recorded_offline else self.transaction_at

    @property
    def parts(self) -> tuple[Part, ...]:
        """What promotions gave of it, or took; the rest is what it gives without them."""
        return tuple(
            Part(part["promotion"], part["points"], part["stamps"]) for part in self.promotions or ()
        )

    @property
    def points_exactly(self) -> int:
        """By how much this line moves the net, in ten-thousandths of a point."""
        return self.points_delta * rules.POINT + self.points_fraction_delta

    def fills(self, stamps_target: int) -> bool:
        """Whether the stamps given by this line took the card from below the target to it."""
        is_given = self.transaction_type in (TransactionType.STAMP_EARNED, TransactionType.FRIEND_BONUS)
        is_given = is_given and self.restores_id is None  # it was told when it was given
        return is_given and 0 <= self.stamps_balance_after - stamps_target < self.stamps_delta

    @property
    def newly_owed(self) -> rules.Amounts:
        """The stamps and points that are owed since this line, and were not before it."""
        return newly_owed([self])

    @property
    def settled(self) -> rules.Amounts:
        """The stamps and points owed before this line that it paid."""
        return settled([self])


def newly_owed(lines: Sequence[LoyaltyTransaction]) -> rules.Amounts:
    """The stamps and points that are owed since some consecutive lines of a card, and were not before them."""
    return _owed_change(lines, 1)


def settled(lines: Sequence[LoyaltyTransaction]) -> rules.Amounts:
    """The stamps and points owed before some consecutive lines of a card that they paid."""
    return _owed_change(lines, -1)


def _owed_change(lines: Sequence[LoyaltyTransaction], sign: int) -> rules.Amounts:
    if not lines:
        return rules.Amounts()
    last = lines[-1]
    stamps = rules.owed_change(
        last.stamps_balance_after - last.stamps_owed_after, sum(line.stamps_delta for line in lines)
    )
    points = rules.owed_change(
        last.points_balance_after - last.points_owed_after, sum(line.points_delta for line in lines)
    )
    return rules.Amounts(max(0, sign * stamps), max(0, sign * points))

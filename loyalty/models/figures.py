"""What the nightly work keeps: all of it can be made again from the ledger.

DailyFigures: a day of a store. CardSnapshot: what the cards were. VisitFigures: how often they came.
MerchantCalendar: how far all of them have come.
"""

from django.db import models
from django.db.models import Q

from groundwork.database.fences import Fenced
from tenancy.models.base import TenantOwned

FIGURES = (
    "new_cards",
    "stamps",
    "stamps_redeemed",
    "points_issued",
    "points_redeemed",
    "points_redemptions",
    "points_expired",
    "points_voided",
)


class DailyFigures(TenantOwned):
    """What happened at a store on one local day of the merchant; undone operations are netted out.

    A closed day has all of it, one that is still open what happened up to the line `MerchantCalendar.days_upto`.
    `store` null is the system (expiry). `stamps_redeemed` and `points_redemptions` count rewards. All of it can be
    made again from the ledger: `manage.py rebuild_statistics`.
    """

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    store = models.ForeignKey(
        "tenancy.Store", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    date = models.DateField()
    new_cards = models.IntegerField(default=0)
    stamps = models.IntegerField(default=0)
    stamps_redeemed = models.IntegerField(default=0)
    points_issued = models.BigIntegerField(default=0)
    points_redeemed = models.BigIntegerField(default=0)
    points_redemptions = models.IntegerField(default=0)
    points_expired = models.BigIntegerField(default=0)
    points_voided = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "date"],
                condition=Q(store__isnull=False),
                name="one_roll_up_per_store_day",
            ),
            models.UniqueConstraint(
                fields=["merchant", "date"],
                condition=Q(store__isnull=True),
                name="one_roll_up_per_system_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}"


class CardSnapshot(TenantOwned):
    """What a program's living cards were after some of its lines: all of them (`store` null), or a store's.

    Those lines are all of before `until`, the end of the closed days, and of the days since then those up to the id
    `upto`. A store's cards are those enrolled there; `seen_since` counts those with a transaction there, other than an
    expiry, on a closed day ({"2026-06-29": 12, ...}) or later. `first_lines` has an id for each of these days, below
    which no line is of this day or later. `terms` is what `liability_cents` was reckoned with, `timezone` what the days
    are days of.
    """

    merchant = models.ForeignKey("tenancy.Merchant", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey(
        "loyalty.LoyaltyProgram", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    store = models.ForeignKey(
        "tenancy.Store", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    until = models.DateTimeField()
    upto = models.BigIntegerField(default=0, db_default=0)
    timezone = models.CharField(max_length=64, default="")
    terms = models.CharField(max_length=60)
    cards = models.IntegerField(default=0)
    active_cards = models.IntegerField(default=0)
    liability_cents = models.BigIntegerField(default=0)
    seen_since = models.JSONField(default=dict)
    first_lines = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "store"],
                condition=Q(store__isnull=False),
                name="one_snapshot_per_store",
            ),
            models.UniqueConstraint(
                fields=["program"], condition=Q(store__isnull=True), name="one_snapshot_of_all_stores"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d}"


class VisitFigures(TenantOwned):
    """How often customers came, up to the end of the closed day `as_of`: at all stores (`store` null), or at one.

    `visits`, by length of a period in days: visits and cards with one in it, and both of the period before.
    `came_back`, by days within which, and by how many days before `as_of` it is reckoned: cards that came back, and of
    how many. `sources`, by length of a period: new cards by where they come from, in it and in the one before; a
    store's are those enrolled there. `loyalty.reporting.visits` says what each of the words means.
    """

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    store = models.ForeignKey(
        "tenancy.Store", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    as_of = models.DateField()
    timezone = models.CharField(max_length=64)
    visits = models.JSONField(default=dict)
    came_back = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store"], nulls_distinct=False, name="one_count_of_visits_per_store"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}"


class MerchantCalendar(Fenced, TenantOwned):
    """One row per merchant: the first day that is still open, and the last local date of the expiry.

    The open days are counted up to the line `days_upto`; no line up to `safe_id` will turn up any more.
    `standings_upto`: the line up to which `CardStanding` and `CustomerStanding` have all; 0: they are not made yet.
    `timezone` is the one that the closed days are days of: those of another than the merchant's say nothing.
    `visits_behind`: cards were deleted, brought back or merged since their visits were counted.
    `unfair`: how many violations `loyalty.reporting.fairness` found the last time it looked.
    """

    merchant = models.OneToOneField("tenancy.Merchant", on_delete=models.PROTECT, related_name="+")
    open_from = models.DateField(null=True)
    days_upto = models.BigIntegerField(default=0, db_default=0)
    safe_id = models.BigIntegerField(default=0, db_default=0)
    standings_upto = models.BigIntegerField(default=0, db_default=0)
    fence_id = models.BigIntegerField(default=0, db_default=0)
    timezone = models.CharField(max_length=64, default="")
    visits_behind = models.BooleanField(default=False, db_default=False)
    points_expired_on = models.DateField(null=True)
    fairness_verified_at = models.DateTimeField(null=True)
    unfair = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.merchant_id}"

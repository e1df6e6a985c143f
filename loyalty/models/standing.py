"""What lists are sorted by, and asked for, at a size at which nobody looks at each card: kept by the worker.

CardStanding, CustomerStanding: what a card and a customer had a moment ago, by indexes that a till need not write at
each stamp. CardVisits: when a card was there first, as the figures of visits count it.
"""

from typing import Any

from django.db import models

from tenancy.models.base import TenantOwned


class Standing(TenantOwned):
    """Balances as they were after a line of the ledger (`MerchantCalendar.standings_upto`).

    `owed`: stamps and points together. `last_activity_at`: of what nothing has happened to yet, when it was made.
    """

    created_at = None
    updated_at = None

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stamps = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0)
    owed = models.BigIntegerField(default=0)
    last_activity_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"#{self.pk}"


def sorted_by_each(of: str) -> list[models.Index]:
    """An index for each figure by which a list is sorted, and among equals by whose it is."""
    figures = ("stamps", "points", "owed", "last_activity_at")
    return [models.Index(fields=["merchant", figure, of], name=f"{of}_by_{figure}") for figure in figures]


class CardStanding(Standing):
    """What a card had; there is one of each from the moment it is made."""

    card: Any = models.OneToOneField(
        "loyalty.LoyaltyCard", on_delete=models.PROTECT, primary_key=True, related_name="standing"
    )

    class Meta:
        indexes = sorted_by_each("card")


class CustomerStanding(Standing):
    """What all living cards of a customer had together."""

    customer: Any = models.OneToOneField(
        "customers.Customer", on_delete=models.PROTECT, primary_key=True, related_name="standing"
    )

    class Meta:
        indexes = sorted_by_each("customer")


class CardVisits(TenantOwned):
    """The first day of a card and the next one, at any store (`store` null) or at one; see `VisitFigures`."""

    created_at = None
    updated_at = None

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    store = models.ForeignKey(
        "tenancy.Store", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    card = models.ForeignKey("loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    next_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "store", "card"],
                include=["first_day", "next_day"],
                nulls_distinct=False,
                name="visits_of_a_card_are_kept_once_per_store",
            ),
            models.CheckConstraint(
                condition=models.Q(next_day__isnull=True) | models.Q(next_day__gt=models.F("first_day")),
                name="the_next_visit_is_after_the_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}"

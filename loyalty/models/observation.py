"""Observation: a figure of one day that clearly stands out from a store's own weeks before."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.norms import Kind
from tenancy.models.base import TenantOwned


class ObservationKind(models.TextChoices):
    """What is looked at, by the name of its norm."""

    STAMPS_AN_HOUR = Kind.STAMPS_AN_HOUR.value, _("many stamps on one card")
    POINTS_AN_HOUR = Kind.POINTS_AN_HOUR.value, _("many points on one card")
    FEW_CARDS = Kind.FEW_CARDS.value, _("much of it on few cards")
    UNDONE_AFTERWARDS = Kind.UNDONE_AFTERWARDS.value, _("undone after a reward")
    OUTSIDE_HOURS = Kind.OUTSIDE_HOURS.value, _("outside of opening hours")
    MANY_TILLS = Kind.MANY_TILLS.value, _("one card at many tills")
    REDEEMED_AT_ONCE = Kind.REDEEMED_AT_ONCE.value, _("new cards with a reward at once")
    OFFLINE = Kind.OFFLINE.value, _("much without a connection")


class Observation(TenantOwned):
    """It is about a staff PIN, else a till, else the whole `store`; `card` is the one that the figure is about.

    `figure` of `kind` on `day` stood beside `usual` (None: there was no norm yet); `entries` is how many lines it is a
    share of. The lines behind it are those from `since` to `until`. Nothing in it names a customer.
    """

    kind = models.CharField(_("what"), max_length=20, choices=ObservationKind.choices)
    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="+", verbose_name=_("store")
    )
    staff_pin = models.ForeignKey(
        "loyalty.StaffPin",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("staff PIN"),
    )
    till = models.ForeignKey(
        "tenancy.Till", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("till")
    )
    card = models.ForeignKey(
        "loyalty.LoyaltyCard", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("card")
    )
    day = models.DateField(_("day"))
    since = models.DateTimeField()
    until = models.DateTimeField()
    figure = models.PositiveBigIntegerField()
    usual = models.PositiveBigIntegerField(null=True)
    entries = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(_("seen"), null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("seen by"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # the constraint and the index begin with it
        verbose_name=_("merchant"),
    )

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["merchant", "-day"], condition=Q(seen_at__isnull=True), name="observation_not_seen"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "store", "staff_pin", "till", "card", "day"],
                nulls_distinct=False,
                name="one_observation_of_a_kind_and_day",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ObservationKind.values), name="observation_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(staff_pin__isnull=True) | Q(till__isnull=True),
                name="an_observation_is_about_a_pin_or_a_till",
            ),
            models.CheckConstraint(
                condition=Q(since__lte=models.F("until")), name="an_observation_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=False) | Q(seen_by__isnull=True, note=""),
                name="an_observation_is_noted_when_it_is_seen",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)

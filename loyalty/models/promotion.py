"""Promotion: what a program gives more, when, to whom and for what."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty import offers
from loyalty.rules import LARGEST_AMOUNT_CENTS
from tenancy.models.base import TenantSoftDeletable

LARGEST_GIFT = 1_000_000
LARGEST_BOUND = 10**9
BOUND = (MinValueValidator(1), MaxValueValidator(LARGEST_BOUND))
DAYS = (date(2000, 1, 1), date(2999, 12, 31))  # beyond, there is no day after the last one
MOST_FRIENDS = 1000  # that somebody brings in a month


class Effect(models.TextChoices):
    FACTOR = offers.FACTOR, _("points times a factor")
    POINTS = offers.POINTS, _("points on top")
    STAMPS = offers.STAMPS, _("stamps on top")


class Audience(models.TextChoices):
    EVERYBODY = offers.EVERYBODY, _("everybody")
    FIRST_PURCHASE = offers.FIRST_PURCHASE, _("whoever buys for the first time")
    BIRTHDAY = offers.BIRTHDAY, _("whoever has a birthday")
    EVERY_VISIT = offers.EVERY_VISIT, _("every so many visits")
    BACK_AFTER = offers.BACK_AFTER, _("whoever comes back after a time")
    TAGGED = offers.TAGGED, _("customers with a tag")
    FRIEND = offers.FRIEND, _("a friend who is brought, and who brings them")


class PromotionState(models.TextChoices):
    """What a promotion is at a moment; `Promotion.state_at` says it."""

    DRAFT = offers.DRAFT, _("draft")
    PLANNED = offers.PLANNED, _("planned")
    RUNNING = offers.RUNNING, _("running")
    ENDED = offers.ENDED, _("ended")
    STOPPED = offers.STOPPED, _("stopped")


# What a purchase is valued by, then and for ever: once somebody has had something of a promotion, this stays.
KEPT = ("effect", "factor", "amount", "least_cents", "skus", "categories", "not_with", "friend_amount")


def whole_minute(value: time) -> None:
    """Refuse a time that is told otherwise than it holds: everywhere, hours are said to the minute."""
    if value.second or value.microsecond:
        raise ValidationError(_("Hours and minutes, without seconds."), code="seconds")


def _list_of(field: models.Field, name: Any) -> ArrayField:
    return ArrayField(field, verbose_name=name, default=list, blank=True)


class Promotion(TenantSoftDeletable):
    """A promotion of a program. Empty lists and nulls ask for nothing of their kind.

    `amount` and the bounds are in what it gives: points, or stamps. Cents are the currency's minor unit. Days and hours
    are those of the store; hours over midnight belong to the day on which they begin. `planned_at` and `stopped_at`
    (UTC): when somebody decided so. `spent`: of a budget, in ten-thousandths of a point or in stamps; the database
    counts it. Of a friend who is brought, `amount` is the newcomer's, `friend_amount` goes to whoever brought them.
    """

    deleted_with = ("program",)

    program = models.ForeignKey(
        "loyalty.LoyaltyProgram",
        on_delete=models.PROTECT,
        related_name="promotions",
        verbose_name=_("program"),
    )
    name = models.CharField(_("name"), max_length=80)

    effect = models.CharField(_("gives"), max_length=10, choices=Effect.choices, default=Effect.FACTOR)
    factor = models.DecimalField(
        _("factor"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("1.01")), MaxValueValidator(offers.LARGEST_FACTOR)],
    )
    amount = models.PositiveIntegerField(
        _("points or stamps"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_GIFT)],
    )

    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    weekdays = _list_of(models.PositiveSmallIntegerField(), _("days of the week"))
    from_time = models.TimeField(_("from"), null=True, blank=True, validators=[whole_minute])
    until_time = models.TimeField(_("until"), null=True, blank=True, validators=[whole_minute])
    store_ids = _list_of(models.BigIntegerField(), _("stores"))

    audience = models.CharField(_("for"), max_length=20, choices=Audience.choices, default=Audience.EVERYBODY)
    days = models.PositiveSmallIntegerField(
        _("days"), null=True, blank=True, validators=[MaxValueValidator(3650)]
    )
    every = models.PositiveSmallIntegerField(
        _("every so many visits"),
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
    )
    tag = models.CharField(_("tag"), max_length=40, blank=True)
    friend_amount = models.PositiveIntegerField(
        _("for whoever brings a friend"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_GIFT)],
    )
    month_limit = models.PositiveSmallIntegerField(
        _("friends a month, at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_FRIENDS)],
    )

    least_cents = models.PositiveBigIntegerField(
        _("least amount"), default=0, validators=[MaxValueValidator(LARGEST_AMOUNT_CENTS)]
    )
    skus = _list_of(models.CharField(max_length=64), _("article numbers"))
    categories = _list_of(models.CharField(max_length=64), _("categories"))

    card_day_limit = models.PositiveIntegerField(
        _("at most, a card and day"), null=True, blank=True, validators=BOUND
    )
    card_limit = models.PositiveIntegerField(_("at most, a card"), null=True, blank=True, validators=BOUND)
    budget = models.PositiveIntegerField(
        _("at most, in all"),
        null=True,
        blank=True,
        validators=BOUND,
    )
    not_with = _list_of(models.BigIntegerField(), _("not together with"))

    planned_at = models.DateTimeField(_("planned since"), null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True, editable=False)
    spent = models.BigIntegerField(_("given of the budget"), default=0, editable=False)

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(effect__in=Effect.values), name="promotion_effect_is_known"),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="promotion_audience_is_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    effect=Effect.FACTOR,
                    factor__isnull=False,
                    factor__gt=1,
                    factor__lte=offers.LARGEST_FACTOR,
                    amount=None,
                )
                | Q(
                    ~Q(effect=Effect.FACTOR),
                    factor=None,
                    amount__isnull=False,
                    amount__gte=1,
                    amount__lte=LARGEST_GIFT,
                ),
                name="a_promotion_gives_a_factor_or_an_amount",
                violation_error_message=_(
                    "Say either by how much points are multiplied, or how many are given."
                ),
            ),
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="a_promotion_ends_after_it_begins",
                violation_error_message=_("The last day is before the first one."),
            ),
            models.CheckConstraint(
                condition=(Q(first_day=None) | Q(first_day__range=DAYS))
                & (Q(last_day=None) | Q(last_day__range=DAYS)),
                name="a_promotion_lies_within_the_calendar",
                violation_error_message=_("Its days lie between the years 2000 and 2999."),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="weekdays_are_1_to_7",
            ),
            models.CheckConstraint(
                condition=Q(from_time=None, until_time=None)
                | Q(~Q(from_time=F("until_time")), from_time__isnull=False, until_time__isnull=False),
                name="hours_have_a_beginning_and_another_end",
                violation_error_message=_("Say from when until when, or neither for the whole day."),
            ),
            models.CheckConstraint(
                condition=Q(
                    audience=Audience.BIRTHDAY, days__isnull=False, days__lte=offers.LARGEST_BIRTHDAY_WINDOW
                )
                | Q(audience=Audience.BACK_AFTER, days__isnull=False, days__gte=1)
                | Q(~Q(audience__in=[Audience.BIRTHDAY, Audience.BACK_AFTER]), days=None),
                name="days_are_said_where_they_count",
                violation_error_message=_(
                    "Say how many days: up to 30 around a birthday, 1 or more to come back."
                ),
            ),
            models.CheckConstraint(
                condition=Q(audience=Audience.EVERY_VISIT, every__isnull=False, every__gte=2)
                | Q(~Q(audience=Audience.EVERY_VISIT), every=None),
                name="visits_are_said_where_they_count",
                violation_error_message=_("Say which visit counts: every second one, or more."),
            ),
            models.CheckConstraint(
                condition=Q(audience=Audience.TAGGED) & ~Q(tag="") | ~Q(audience=Audience.TAGGED) & Q(tag=""),
                name="a_tag_is_said_where_it_counts",
                violation_error_message=_("Say which tag the customers have."),
            ),
            models.CheckConstraint(
                condition=Q(audience=Audience.FRIEND, friend_amount__isnull=False, friend_amount__gte=1)
                | Q(~Q(audience=Audience.FRIEND), friend_amount=None, month_limit=None),
                name="who_brings_a_friend_gets_something",
                violation_error_message=_("Say how much whoever brings a friend gets."),
            ),
            models.CheckConstraint(
                condition=~Q(audience=Audience.FRIEND, effect=Effect.FACTOR),
                name="friends_are_given_points_or_stamps",
                violation_error_message=_("Friends are given points or stamps, and no factor."),
            ),
            models.CheckConstraint(
                condition=Q(month_limit=None) | Q(month_limit__gte=1),
                name="a_month_has_room_for_a_friend",
            ),
            models.CheckConstraint(
                condition=(Q(card_day_limit=None) | Q(card_day_limit__gte=1))
                & (Q(card_limit=None) | Q(card_limit__gte=1))
                & (Q(budget=None) | Q(budget__gte=1)),
                name="a_bound_of_a_promotion_leaves_something",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(planned_at__isnull=False),
                name="a_stopped_promotion_was_planned",
            ),
            models.CheckConstraint(condition=Q(spent__gte=0), name="no_less_than_nothing_is_spent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int | None:
        """What is left of its budget, in ten-thousandths of a point or in stamps; None without one."""
        return None if self.budget is None else max(0, self.budget * self.rule().unit - self.spent)

    def state_at(self, now: datetime, zone: ZoneInfo) -> PromotionState:
        """What it is at a moment (UTC), with the days of a time zone."""
        return PromotionState(offers.state(self.rule(), now=now, zone=zone, left=self.left))

    def rule(self) -> offers.Promotion:
        """What it says, for `loyalty.offers` and `loyalty.earning` to reckon with; one that is deleted has stopped."""
        return offers.Promotion(
            id=self.pk,
            effect=self.effect,
            factor=self.factor or Decimal(1),
            amount=self.amount or 0,
            planned_at=self.planned_at,
            stopped_at=min(filter(None, (self.stopped_at, self.deleted_at)), default=None),
            first_day=self.first_day,
            last_day=self.last_day,
            weekdays=frozenset(self.weekdays),
            from_time=self.from_time,
            until_time=self.until_time,
            store_ids=frozenset(self.store_ids),
            audience=self.audience,
            days=self.days or 0,
            every=self.every or 0,
            tag=self.tag,
            friend_amount=self.friend_amount or 0,
            month_limit=self.month_limit,
            least_cents=self.least_cents,
            skus=frozenset(self.skus),
            categories=frozenset(self.categories),
            card_day_limit=self.card_day_limit,
            card_limit=self.card_limit,
            budget=self.budget,
            not_with=frozenset(self.not_with),
        )

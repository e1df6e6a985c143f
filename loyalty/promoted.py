"""Reading promotions: those of a program, what a purchase was offered, and what a card or a budget has had of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject, TruncDate

from loyalty import offers, rules
from loyalty.earning import Part
from loyalty.models import (
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    Promotion,
    PromotionState,
    PromotionUse,
    Purchase,
    TransactionType,
)
from loyalty.offers import Given, Offer

EARNED = (TransactionType.POINTS_EARNED, TransactionType.STAMP_EARNED)
GIVEN = (*EARNED, TransactionType.FRIEND_BONUS)


@dataclass(frozen=True)
class Planned:
    """The promotions of a program that were ever planned, by id. What they have spent is not up to date."""

    by_id: Mapping[int, Promotion]

    @cached_property
    def rules(self) -> Mapping[int, offers.Promotion]:
        return {promotion_id: promotion.rule() for promotion_id, promotion in self.by_id.items()}

    @cached_property
    def living(self) -> list[offers.Promotion]:
        """Those that nobody has deleted: only they are offered."""
        return [rule for key, rule in self.rules.items() if self.by_id[key].deleted_at is None]


@dataclass(frozen=True)
class Visits:
    """When a card earned before: ever, and on how many days before one; the last of them."""

    has_earned: bool = False
    days: int = 0
    last: date | None = None


@dataclass(frozen=True)
class Known:
    """What is known of a card, and of budgets, in a promotion's parts by its id."""

    visits: Visits = Visits()
    given: Mapping[int, Given] = field(default_factory=dict)
    left: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, row: Any, left: Mapping[int, int]) -> Self:
        """From a row that was annotated with what `known_of` asks."""
        visits = getattr(row, "visits", None) or {"ever": 0, "days": 0, "last": None}
        last = visits["last"] and date.fromisoformat(visits["last"])
        return cls(
            Visits(visits["ever"] > 0, visits["days"], last),
            {
                had["promotion"]: Given(had["today"], had["in_all"], had["around"])
                for had in getattr(row, "given", None) or ()
            },
            left,
        )


_planned: dict[int, tuple[datetime, Planned]] = {}


def planned_of(program: LoyaltyProgram) -> Planned:
    """Kept in memory per process until the program changes; the database marks it as changed with its promotions."""
    if not program.has_promotions:
        return Planned({})
    kept = _planned.get(program.pk)
    if kept is None or kept[0] != program.updated_at:
        rows = Promotion.all_objects.filter(program_id=program.pk, planned_at__isnull=False)
        kept = (program.updated_at, Planned({row.pk: row for row in rows.order_by("pk")}))
        _planned[program.pk] = kept
    return kept[1]


def of_program(program: LoyaltyProgram) -> QuerySet[Promotion]:
    """A program's living promotions, drafts too, newest first."""
    return Promotion.objects.filter(program=program)


def running(program: LoyaltyProgram, *, now: datetime, zone: ZoneInfo) -> list[Promotion]:
    """The promotions that run at a moment (UTC), the oldest first: between their hours too, and not used up."""
    if not program.has_promotions:
        return []
    rows = of_program(program).filter(planned_at__isnull=False, stopped_at__isnull=True).order_by("pk")
    return [row for row in rows if row.state_at(now, zone) == PromotionState.RUNNING]


def parts_of(line: LoyaltyTransaction) -> list[tuple[Promotion, Part]]:
    """What promotions gave of a line, or took; asks nothing for a line without. Reads `line.card.program`."""
    if not line.promotions:
        return []
    by_id = planned_of(line.card.program).by_id
    return [(by_id[part.promotion_id], part) for part in line.parts]


# --- What a purchase keeps --------------------------------------------------------------------------------


def kept(offered: Sequence[Offer]) -> list[dict[str, Any]] | None:
    """Offers as their purchase keeps them; None for none."""
    return [
        {"promotion": offer.promotion.id, "cents": offer.cents, "room": offer.room} for offer in offered
    ] or None


def offers_of(purchase: Purchase, program: LoyaltyProgram) -> tuple[Offer, ...]:
    """What a purchase of a program was offered, as it keeps it."""
    if not purchase.offers:
        return ()
    said = planned_of(program).rules
    return tuple(Offer(said[row["promotion"]], row["cents"], row["room"]) for row in purchase.offers)


# --- What a card, and a budget, has had -------------------------------------------------------------------


def known_of(
    card: LoyaltyCard,
    promotions: Collection[offers.Promotion],
    *,
    at: datetime,
    zone: ZoneInfo,
    holds: bool,
) -> Known:
    """What some promotions want to know of a card, around a moment (UTC), and of their budgets: one statement, or none.

    `holds`: the budgets stay locked until the transaction ends, in the order of their ids and after the card.
    """
    asked: dict[str, Any] = {}
    if any(promotion.asks_for_visits for promotion in promotions):
        asked["visits"] = Subquery(_visits(card, at, zone))
    if used := [promotion.id for promotion in promotions if promotion.asks_for_uses]:
        asked["given"] = ArraySubquery(_uses(card, used, at, zone))
    limited = [promotion.id for promotion in promotions if promotion.budget is not None]
    if limited:
        budgets = list(_budgets(limited, holds=holds).annotate(**asked))
        return Known.of(budgets[0], {row.pk: row.left or 0 for row in budgets})
    if asked:
        return Known.of(LoyaltyCard.all_objects.annotate(**asked).only("pk").get(pk=card.pk), {})
    return Known()


def _uses(card: LoyaltyCard, promotion_ids: list[int], at: datetime, zone: ZoneInfo) -> QuerySet:
    """What a card, and those merged into it, have had of promotions: a row for each."""
    start, end = rules.local_day(at, zone)
    given = F("points") + F("stamps")  # a promotion gives either
    year = Q(at__gt=at - offers.BIRTHDAY_AGAIN, at__lt=at + offers.BIRTHDAY_AGAIN)
    rows = PromotionUse.objects.filter(card__in=_family(card).values("pk"), promotion__in=promotion_ids)
    had = JSONObject(
        promotion=F("promotion_id"),
        today=Coalesce(Sum(given, filter=Q(at__gte=start, at__lt=end)), 0),
        in_all=Sum(given),
        around=Coalesce(Sum(given, filter=year), 0),
    )
    return rows.order_by().values("promotion_id").annotate(had=had).values("had")


def _visits(card: LoyaltyCard, at: datetime, zone: ZoneInfo) -> QuerySet:
    """On which days of a store a card, with those merged into it, earned what is neither undone nor brought back.

    An opening balance is from before: whoever brings one along is no new customer.
    """
    start, _end = rules.local_day(at, zone)
    lines = LoyaltyTransaction.objects.filter(card__in=_family(card).values("pk"), voided_by__isnull=True)
    lines = lines.filter(transaction_type__in=[*EARNED, TransactionType.OPENING_BALANCE])
    earned = Q(transaction_type__in=EARNED, transaction_at__lt=start)
    day = TruncDate("transaction_at", tzinfo=zone)
    found = JSONObject(
        ever=Count("pk"),
        days=Count(day, distinct=True, filter=earned),
        last=Max(day, filter=earned),
    )
    rows = lines.exclude(purchase__is_open=False).order_by()
    return rows.annotate(all=Value(1)).values("all").annotate(found=found).values("found")


def left_of(promotion_ids: Iterable[int], *, holds: bool) -> dict[int, int]:
    """What is left of budgets, by promotion, in its parts.

    `holds`: locked until the transaction ends, in the order of their ids and after the card.
    """
    return {row.pk: row.left or 0 for row in _budgets(promotion_ids, holds=holds)}


def _budgets(promotion_ids: Iterable[int], *, holds: bool) -> QuerySet[Promotion]:
    rows = Promotion.all_objects.filter(pk__in=list(promotion_ids), budget__isnull=False).order_by("pk")
    return rows.select_for_update(no_key=True, of=("self",)) if holds else rows


def hold_budgets_of(purchases: QuerySet[Purchase], lines: Iterable[LoyaltyTransaction] = ()) -> None:
    """Lock the budgets of all that some purchases were offered, and some lines gave, until the transaction ends."""
    offered = purchases.filter(offers__isnull=False).values_list("offers", flat=True)
    ids = {row["promotion"] for kept in offered for row in kept or ()}
    ids |= {part.promotion_id for line in lines for part in line.parts}
    if ids:
        left_of(ids, holds=True)


def _family(card: LoyaltyCard) -> QuerySet[LoyaltyCard]:
    """A card and those merged into it."""
    return LoyaltyCard.all_objects.filter(Q(pk=card.pk) | Q(merged_into=card.pk)).order_by()

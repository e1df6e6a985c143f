"""Reading promotions: those of a program, what a purchase was offered, and what is left of budgets."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from loyalty import offers
from loyalty.earning import Part
from loyalty.models import (
    LoyaltyProgram,
    LoyaltyTransaction,
    Promotion,
    PromotionState,
    PromotionUse,
    Purchase,
    TransactionType,
)
from loyalty.offers import Offer

EARNED = (TransactionType.POINTS_EARNED, TransactionType.STAMP_EARNED)
GIVEN = (*EARNED, TransactionType.FRIEND_BONUS)


@dataclass(frozen=True)
class Planned:
    """The promotions of a program that were ever planned, by id. What they have spent is not up to date.

    Deleted ones are among them: until then they counted.
    """

    by_id: Mapping[int, Promotion]

    @cached_property
    def rules(self) -> Mapping[int, offers.Promotion]:
        return {promotion_id: promotion.rule() for promotion_id, promotion in self.by_id.items()}


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


def parts_of(line: LoyaltyTransaction, planned: Planned | None = None) -> list[tuple[Promotion, Part]]:
    """What promotions gave of a line, or took; asks nothing for a line without. Reads `line.card.program`.

    `planned`: the promotions as they were, if not as they are.
    """
    if not line.promotions:
        return []
    by_id = (planned or planned_of(line.card.program)).by_id
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


# --- What is left of budgets ------------------------------------------------------------------------------


def left_of(promotion_ids: Iterable[int], *, holds: bool) -> dict[int, int]:
    """What is left of budgets, by promotion, in its parts.

    `holds`: locked until the transaction ends, in the order of their ids and after the card.
    """
    return {row.pk: row.left or 0 for row in budgets_of(promotion_ids, holds=holds)}


def left_after(
    limited: Collection[int], lines: Sequence[int], planned: Sequence[Planned]
) -> list[dict[int, int]]:
    """What was left of budgets once each of some lines (ids) had been written, in their order, by promotion.

    `planned`: the promotions as they were then. What has been spent since is counted back: two statements, or none.
    """
    if not limited:
        return [{} for _line in lines]
    given = Sum(F("points") + F("stamps"))
    uses = PromotionUse.objects.filter(promotion__in=limited)
    since = uses.filter(promotion=OuterRef("pk"), line__gt=max(lines)).order_by().values("promotion")
    spent = F("spent") - Coalesce(Subquery(since.annotate(given=given).values("given")), 0)
    upto_last = dict(
        Promotion.all_objects.filter(pk__in=limited).annotate(then=spent).values_list("pk", "then")
    )
    later = uses.filter(line__gt=min(lines), line__lte=max(lines)).order_by()
    moved = list(
        later.values("line", "promotion").annotate(given=given).values_list("line", "promotion", "given")
    )
    found = []
    for line, said in zip(lines, planned, strict=True):
        spent_then = {**upto_last}
        for at_line, promotion_id, more in moved:
            if at_line > line:
                spent_then[promotion_id] -= more
        rules = ((pk, said.rules[pk]) for pk in limited if pk in said.rules)
        found.append(
            {pk: rule.budget * rule.unit - spent_then[pk] for pk, rule in rules if rule.budget is not None}
        )
    return found


def budgets_of(promotion_ids: Iterable[int], *, holds: bool) -> QuerySet[Promotion]:
    """The promotions among some that have a budget, in the order of their ids; `holds` as in `left_of`."""
    rows = Promotion.all_objects.filter(pk__in=list(promotion_ids), budget__isnull=False).order_by("pk")
    return rows.select_for_update(no_key=True, of=("self",)) if holds else rows


def hold_budgets_of(purchases: QuerySet[Purchase], lines: Iterable[LoyaltyTransaction] = ()) -> None:
    """Lock the budgets of all that some purchases were offered, and some lines gave, until the transaction ends."""
    offered = purchases.filter(offers__isnull=False).values_list("offers", flat=True)
    ids = {row["promotion"] for kept in offered for row in kept or ()}
    ids |= {part.promotion_id for line in lines for part in line.parts}
    if ids:
        left_of(ids, holds=True)

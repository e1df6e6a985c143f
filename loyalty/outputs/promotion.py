"""Promotions: as their owners see them, as they run, and what they gave of a line."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Annotated, TypedDict

from groundwork import clock
from groundwork.formats.wire import Day, Moment, day, moment
from loyalty import promoted, showing
from loyalty.earning import Part
from loyalty.models import Audience, Effect, LoyaltyProgram, LoyaltyTransaction, Promotion, PromotionState
from loyalty.promoted import Planned
from loyalty.rules import POINT
from tenancy.models import Store

Clock = Annotated[str | None, "By the store's clock: 14:00."]


class PromotionPart(TypedDict):
    """What a promotion gave, or took: whole points, and ten-thousandths of another of the same sign."""

    id: int
    name: str
    points: int
    points_fraction: int
    stamps: int


class RunningPromotion(TypedDict):
    """A promotion that counts at a store now; `until` is when it pauses or ends, null if it goes on."""

    id: int
    name: str
    until: Moment | None


class PromotionRow(TypedDict):
    """A promotion. `amount` and the bounds are in what it gives, points or stamps; empty lists ask for nothing."""

    id: int
    program_id: int
    name: str
    state: PromotionState
    effect: Effect
    factor: str | None
    amount: int | None
    first_day: Day | None
    last_day: Day | None
    weekdays: Annotated[list[int], "1 is Monday, 7 is Sunday."]
    from_time: Clock
    until_time: Clock
    store_ids: list[int]
    audience: Audience
    days: Annotated[int | None, "Around a birthday at most, or away at least."]
    every: Annotated[int | None, "Every so many visits; a visit is a day."]
    tag: str
    friend_amount: Annotated[int | None, "What whoever brought a friend gets; `amount` is the friend's."]
    month_limit: Annotated[int | None, "For how many friends a month they get it, at most."]
    least_cents: int
    skus: list[str]
    categories: list[str]
    card_day_limit: int | None
    card_limit: int | None
    budget: int | None
    left: Annotated[int | None, "What is left of the budget, rounded down."]
    not_with: Annotated[list[int], "Promotions together with which it does not count."]
    planned_at: Moment | None
    stopped_at: Moment | None
    created_at: Moment
    updated_at: Moment


def parts_of(line: LoyaltyTransaction, planned: Planned | None = None) -> list[PromotionPart]:
    """What promotions (`planned`, or those of now) gave of a line; reads `line.card.program`."""
    return [part(promotion, given) for promotion, given in promoted.parts_of(line, planned)]


def parts(given: Iterable[Part], program: LoyaltyProgram) -> list[PromotionPart]:
    """What promotions of a program give."""
    by_id = promoted.planned_of(program).by_id
    return [part(by_id[one.promotion_id], one) for one in given]


def part(promotion: Promotion, given: Part) -> PromotionPart:
    points, fraction = divmod(abs(given.points), POINT)
    sign = -1 if given.points < 0 else 1
    return {
        "id": promotion.pk,
        "name": promotion.name,
        "points": sign * points,
        "points_fraction": sign * fraction,
        "stamps": given.stamps,
    }


def running(program: LoyaltyProgram, store: Store) -> list[RunningPromotion]:
    """What counts at a store now, as far as everybody may hear of it; asks nothing where nothing was ever planned."""
    now = clock.now()
    return [
        {"id": each.promotion.pk, "name": each.promotion.name, "until": moment(each.ends)}
        for each in showing.for_everybody(showing.at_store(program, store, now=now))
        if each.is_on(now)
    ]


def promotions(rows: Iterable[Promotion]) -> list[PromotionRow]:
    now = clock.now()
    return [promotion(row, now) for row in rows]


def promotion(row: Promotion, now: datetime | None = None) -> PromotionRow:
    """A promotion as it is; reads `row.merchant`."""
    left = row.left
    return {
        "id": row.pk,
        "program_id": row.program_id,
        "name": row.name,
        "state": row.state_at(now or clock.now(), row.merchant.tzinfo),
        "effect": Effect(row.effect),
        "factor": None if row.factor is None else str(row.factor),
        "amount": row.amount,
        "first_day": day(row.first_day),
        "last_day": day(row.last_day),
        "weekdays": row.weekdays,
        "from_time": _clock(row.from_time),
        "until_time": _clock(row.until_time),
        "store_ids": row.store_ids,
        "audience": Audience(row.audience),
        "days": row.days,
        "every": row.every,
        "tag": row.tag,
        "friend_amount": row.friend_amount,
        "month_limit": row.month_limit,
        "least_cents": row.least_cents,
        "skus": row.skus,
        "categories": row.categories,
        "card_day_limit": row.card_day_limit,
        "card_limit": row.card_limit,
        "budget": row.budget,
        "left": None if left is None else left // row.rule().unit,
        "not_with": row.not_with,
        "planned_at": moment(row.planned_at),
        "stopped_at": moment(row.stopped_at),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def _clock(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"

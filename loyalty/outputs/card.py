"""Cards: what stands on them, and what may be done with them at a store just now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.utils import timezone

from groundwork.formats.wire import Moment, moment
from loyalty import receipts, rules, selectors, showing
from loyalty.errors import CardInactive, ProgramInactive, ProgramTypeMismatch
from loyalty.models import LoyaltyCard, LoyaltyTransaction, LoyaltyType, PointsReward
from loyalty.outputs.customer import CardHolder, card_holder
from loyalty.promotion_facts import Known
from loyalty.rules import StampUsage, StampVerdict
from loyalty.showing import Shown
from tenancy.models import Store


class CanStamp(TypedDict):
    """Whether a stamp would be given just now; `code` says why not, `retry_after` the seconds until it would."""

    allowed: bool
    code: str | None
    retry_after: int | None
    next_stamp_at: Moment | None


class RewardInReach(TypedDict):
    """A reward on offer, and how far it is away."""

    id: int
    name: str
    points_cost: int
    affordable: bool
    missing: int


class StampReward(TypedDict):
    """What a full card is good for; `ready` if this one is full."""

    description: str
    ready: bool


class Passes(TypedDict):
    """How the card stands in each wallet."""

    apple: str | None
    google: str | None


class OwedFrom(TypedDict):
    """The purchase of which something was taken back that had been spent, and when."""

    purchase_id: int
    order_reference: str
    returned_at: Moment


class CardFacts(TypedDict):
    """What is written on a card, wherever and whenever it is looked at."""

    id: int
    card_number: str
    is_active: bool
    valid_at_store: str | None
    enrolled_at_store: str | None
    customer: CardHolder
    loyalty_type: LoyaltyType
    stamp_count: int
    stamps_owed: int
    stamps_target: int
    stamps_until_reward: int
    total_stamps_earned: int
    stamps_redeemed: int
    points_balance: int
    points_owed: int
    points_fraction: int
    total_points_earned: int
    points_redeemed: int
    total_points_voided: int
    last_stamp_at: Moment | None
    last_points_at: Moment | None
    last_redemption_at: Moment | None
    last_activity_at: Moment | None
    created_at: Moment


class Card(CardFacts):
    """A card at a store, with what may be done there just now. `owed_from`: what is owed comes from there.

    `promotions`: those by which a purchase there would be given something now, a sentence each.
    """

    owed_from: OwedFrom | None
    stamps_today: int
    max_daily_stamps: int
    points_expire_at: Moment | None
    can_stamp: CanStamp
    rewards: list[RewardInReach]
    stamp_reward: StampReward
    promotions: list[str]
    passes: Passes


def facts(row: LoyaltyCard) -> CardFacts:
    target = row.program.stamps_target
    valid_at, enrolled_at = row.scope_store, row.enrolled_at_store
    return {
        "id": row.pk,
        "card_number": row.display_number,
        "valid_at_store": valid_at.store_code if valid_at else None,
        "enrolled_at_store": enrolled_at.store_code if enrolled_at else None,
        "customer": card_holder(row),
        "loyalty_type": LoyaltyType(row.program.loyalty_type),
        "stamps_target": target,
        "stamps_until_reward": max(0, target - row.stamp_count + row.stamps_owed),
        "is_active": row.is_active,
        "stamp_count": row.stamp_count,
        "stamps_owed": row.stamps_owed,
        "total_stamps_earned": row.total_stamps_earned,
        "stamps_redeemed": row.stamps_redeemed,
        "points_balance": row.points_balance,
        "points_owed": row.points_owed,
        "points_fraction": row.points_fraction,
        "total_points_earned": row.total_points_earned,
        "points_redeemed": row.points_redeemed,
        "total_points_voided": row.total_points_voided,
        "last_stamp_at": moment(row.last_stamp_at),
        "last_points_at": moment(row.last_points_at),
        "last_redemption_at": moment(row.last_redemption_at),
        "last_activity_at": moment(row.last_activity_at),
        "created_at": moment(row.created_at),
    }


def card(
    row: LoyaltyCard, store: Store, usage: StampUsage | None = None, *, known: Known | None = None
) -> Card:
    """A card at a store. If known: `usage`, how its stamps lie around this moment; `known`, what promotions ask."""
    (shown,) = cards([row], store, {row.pk: usage} if usage else None, known=known)
    return shown


def cards(
    rows: Sequence[LoyaltyCard],
    store: Store,
    usage: Mapping[int, StampUsage] | None = None,
    *,
    known: Known | None = None,
) -> list[Card]:
    """Cards of one program at a store; what is not known - their usage, budgets, what promotions ask - is read in one
    statement each.

    `known`: what promotions want to know of the only card.
    """
    now = timezone.now()
    if usage is None:
        usage = _usage(rows, store, now)
    debts = receipts.owed_lines(rows)
    told = _told(rows, store, now, known)
    return [
        at_moment(
            row,
            store,
            usage.get(row.pk, StampUsage()),
            debt=debts.get(row.pk, []),
            promotions=told.get(row.pk, []),
            now=now,
        )
        for row in rows
    ]


def _told(
    rows: Sequence[LoyaltyCard], store: Store, now: datetime, known: Known | None
) -> Mapping[int, list[Shown]]:
    if not rows:
        return {}
    runs = showing.running_at(rows[0].program, store, now=now, left=known.left if known else {})
    return showing.for_cards(runs, rows, now=now, known={rows[0].pk: known} if known else {})


def _owed_from(lines: Sequence[LoyaltyTransaction]) -> OwedFrom | None:
    """The newest purchase of which something was taken back that is owed."""
    for line in lines:
        if line.purchase is not None:
            return {
                "purchase_id": line.purchase.pk,
                "order_reference": line.purchase.order_reference,
                "returned_at": moment(line.transaction_at),
            }
    return None


def _usage(rows: Sequence[LoyaltyCard], store: Store, now: datetime) -> Mapping[int, StampUsage]:
    if not rows or not rows[0].program.has_stamps:
        return {}
    cooldown = rows[0].program.cooldown_minutes
    return selectors.stamp_usage(rows, at=now, zone=store.tzinfo, cooldown_minutes=cooldown)


def at_moment(
    row: LoyaltyCard,
    store: Store | None,
    usage: StampUsage,
    *,
    debt: Sequence[LoyaltyTransaction] = (),
    promotions: Sequence[Shown] = (),
    on_offer: Iterable[PointsReward] | None = None,
    now: datetime,
) -> Card:
    """A card at a store (or, None, where it is nobody's) at a moment (UTC).

    `usage`: how its stamps lay around it, `debt`: the lines that took back what is owed, `promotions`: what ran for it,
    `on_offer`: the rewards that there were, None for those of now.
    """
    program = row.program
    verdict = stamp_verdict(row, usage, now=now, zone=(store or row.merchant).tzinfo)
    return {
        **facts(row),
        "owed_from": _owed_from(debt),
        "stamps_today": usage.today,
        "max_daily_stamps": program.max_daily_stamps,
        "points_expire_at": moment(selectors.points_expire_at(row)),
        "can_stamp": _can_stamp(verdict, now),
        "rewards": rewards(row, on_offer),
        "stamp_reward": {
            "description": program.stamps_reward_description if program.has_stamps else "",
            "ready": program.has_stamps and row.is_active and row.stamp_count >= program.stamps_target,
        },
        "promotions": showing.in_words(promotions, [], now=now, here=store, is_of_card=True),
        "passes": {
            "apple": getattr(row, "apple_pass_state", None),
            "google": getattr(row, "google_pass_state", None),
        },
    }


def _can_stamp(verdict: StampVerdict, now: datetime) -> CanStamp:
    return {
        "allowed": verdict.allowed,
        "code": verdict.code,
        "retry_after": verdict.retry_after(now),
        "next_stamp_at": moment(verdict.next_stamp_at),
    }


def stamp_verdict(row: LoyaltyCard, usage: StampUsage, *, now: datetime, zone: ZoneInfo) -> StampVerdict:
    """Whether a stamp would be given just now, in the order in which the service checks."""
    program = row.program
    if not program.has_stamps:
        return StampVerdict(False, ProgramTypeMismatch.code)
    if not program.is_active:
        return StampVerdict(False, ProgramInactive.code)
    if not row.is_active:
        return StampVerdict(False, CardInactive.code)
    return rules.may_stamp(
        usage,
        at=now,
        cooldown_minutes=program.cooldown_minutes,
        max_daily_stamps=program.max_daily_stamps,
        zone=zone,
    )


def rewards(row: LoyaltyCard, on_offer: Iterable[PointsReward] | None = None) -> list[RewardInReach]:
    """The rewards on offer, and how far each is away; of some rewards, if they are not the program's of now."""
    if not row.program.has_points:
        return []
    least, balance = row.program.minimum_redemption_points, row.points_balance - row.points_owed
    return [
        {
            "id": reward.pk,
            "name": reward.name,
            "points_cost": reward.points_cost,
            "affordable": row.is_active and balance >= reward.points_cost >= least,
            "missing": max(0, reward.points_cost - balance),
        }
        for reward in (selectors.rewards_of(row.program) if on_offer is None else on_offer)
        if reward.is_active
    ]

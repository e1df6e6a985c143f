"""Cards: what stands on them, and what may be done with them at a store just now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from customers.models import Customer
from groundwork.formats.wire import moment
from loyalty import links, rules, selectors
from loyalty.errors import CardInactive, ProgramInactive, ProgramTypeMismatch
from loyalty.models import LoyaltyCard
from loyalty.outputs.store import location
from loyalty.rules import StampUsage, StampVerdict
from loyalty.services.enrollment import Enrollment
from tenancy.models import Store

PLAIN_FIELDS = (
    "is_active",
    "stamp_count",
    "total_stamps_earned",
    "stamps_redeemed",
    "points_balance",
    "total_points_earned",
    "points_redeemed",
    "total_points_voided",
)
MOMENTS = ("last_stamp_at", "last_points_at", "last_redemption_at", "last_activity_at", "created_at")


def facts(row: LoyaltyCard) -> dict[str, Any]:
    """What is written on a card, wherever and whenever it is looked at."""
    target = row.program.stamps_target
    valid_at, enrolled_at = row.scope_store, row.enrolled_at_store
    return (
        {
            "id": row.pk,
            "card_number": row.display_number,
            "valid_at_store": valid_at.store_code if valid_at else None,
            "enrolled_at_store": enrolled_at.store_code if enrolled_at else None,
            "customer": customer(row.customer)
            | {"email_problem": bool(getattr(row, "email_problem", False))},
            "loyalty_type": row.program.loyalty_type,
            "stamps_target": target,
            "stamps_until_reward": max(0, target - row.stamp_count),
        }
        | {name: getattr(row, name) for name in PLAIN_FIELDS}
        | {name: moment(getattr(row, name)) for name in MOMENTS}
    )


def customer(row: Customer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "birth_date": row.birth_date.isoformat() if row.birth_date else None,
        "language": row.preferred_language,
    }


def card(row: LoyaltyCard, store: Store, usage: StampUsage | None = None) -> dict[str, Any]:
    """A card at a store. `usage` is how its stamps lie around this moment, if that is known already."""
    (shown,) = cards([row], store, {row.pk: usage} if usage else None)
    return shown


def cards(
    rows: Sequence[LoyaltyCard], store: Store, usage: Mapping[int, StampUsage] | None = None
) -> list[dict[str, Any]]:
    """Cards of one program at a store; their usage is read in one statement, if it is not known."""
    now = timezone.now()
    if usage is None:
        usage = _usage(rows, store, now)
    return [_at_till(row, store, usage.get(row.pk, StampUsage()), now) for row in rows]


def _usage(rows: Sequence[LoyaltyCard], store: Store, now: datetime) -> Mapping[int, StampUsage]:
    if not rows or not rows[0].program.has_stamps:
        return {}
    cooldown = rows[0].program.cooldown_minutes
    return selectors.stamp_usage(rows, at=now, zone=store.tzinfo, cooldown_minutes=cooldown)


def _at_till(row: LoyaltyCard, store: Store, usage: StampUsage, now: datetime) -> dict[str, Any]:
    program = row.program
    verdict = stamp_verdict(row, store, usage, now)
    return facts(row) | {
        "stamps_today": usage.today,
        "max_daily_stamps": program.max_daily_stamps,
        "points_expire_at": moment(selectors.points_expire_at(row)),
        "can_stamp": {
            "allowed": verdict.allowed,
            "code": verdict.code,
            "retry_after": verdict.retry_after(now),
            "next_stamp_at": moment(verdict.next_stamp_at),
        },
        "rewards": rewards(row),
        "stamp_reward": {
            "description": program.stamps_reward_description if program.has_stamps else "",
            "ready": program.has_stamps and row.is_active and row.stamp_count >= program.stamps_target,
        },
        "passes": {
            "apple": getattr(row, "apple_pass_state", None),
            "google": getattr(row, "google_pass_state", None),
        },
    }


def stamp_verdict(row: LoyaltyCard, store: Store, usage: StampUsage, now: datetime) -> StampVerdict:
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
        zone=store.tzinfo,
    )


def rewards(row: LoyaltyCard) -> list[dict[str, Any]]:
    """The rewards on offer, and how far each is away."""
    if not row.program.has_points:
        return []
    least, balance = row.program.minimum_redemption_points, row.points_balance
    return [
        {
            "id": reward.pk,
            "name": reward.name,
            "points_cost": reward.points_cost,
            "affordable": row.is_active and balance >= reward.points_cost >= least,
            "missing": max(0, reward.points_cost - balance),
        }
        for reward in selectors.rewards_of(row.program)
        if reward.is_active
    ]


def enrolled(enrollment: Enrollment, store: Store) -> dict[str, Any]:
    """What the till gets for an enrolment."""
    return {
        "card": card(enrollment.card, store),
        "already_enrolled": enrollment.already_enrolled,
        "locations": [location(place) for place in enrollment.locations],
        "merge_suggestion": enrollment.merge_suggestion,
    }


def self_enrolled(enrollment: Enrollment) -> dict[str, Any]:
    """What the public gets: the new card, or nothing but where the card that exists already works."""
    places = [location(place) for place in enrollment.locations]
    if enrollment.already_enrolled:
        return {"already_enrolled": True, "locations": places}
    row = enrollment.card
    shown = {
        "card_number": row.display_number,
        # Who knows an address that is known here already may be a stranger: its link goes there by e-mail.
        "card_url": links.card_url(row) if enrollment.customer_is_new else None,
        "stamp_count": row.stamp_count,
        "stamps_target": row.program.stamps_target,
        "points_balance": row.points_balance,
    }
    return {"already_enrolled": False, "card": shown, "locations": places}

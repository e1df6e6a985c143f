"""Programs and their rewards."""

from collections.abc import Iterable
from typing import Any

from groundwork.formats.wire import moment
from loyalty import selectors
from loyalty.models import LoyaltyProgram, PointsReward
from loyalty.outputs.store import location, merchant_name
from tenancy.models import Store

PLAIN_FIELDS = (
    "loyalty_type",
    "is_active",
    "card_name",
    "card_color",
    "card_secondary_color",
    "stamps_target",
    "stamps_reward_description",
    "stamps_reward_value_cents",
    "minimum_purchase_cents",
    "minimum_redemption_points",
    "welcome_bonus_points",
    "points_expiration_days",
    "expiry_requires_warning",
    "cooldown_minutes",
    "max_daily_stamps",
    "require_staff_pin",
    "terms_text",
    "privacy_url",
)
SETTINGS = ("allow_void_transactions", "require_order_reference", "allow_cross_location_redemption")


def program(row: LoyaltyProgram, rewards: Iterable[PointsReward] | None = None) -> dict[str, Any]:
    """A program with its rewards and what a terminal needs; reads `row.merchant` and its settings."""
    settings = selectors.settings_of(row.merchant)
    if rewards is None:
        rewards = selectors.rewards_of(row)
    return {
        "id": row.pk,
        "merchant": row.merchant.slug,
        "activated_at": moment(row.activated_at),
        "points_per_euro": str(row.points_per_euro),
        "point_value_cents": str(row.point_value_cents),
        "rewards": [reward(one) for one in rewards],
        "settings": {name: getattr(settings, name) for name in SETTINGS},
    } | {name: getattr(row, name) for name in PLAIN_FIELDS}


def programs(rows: Iterable[LoyaltyProgram]) -> list[dict[str, Any]]:
    """Several programs; their rewards are read in one statement."""
    rows = list(rows)
    rewards: dict[int, list[PointsReward]] = {row.pk: [] for row in rows}
    for one in PointsReward.objects.filter(program__in=rewards):
        rewards[one.program_id].append(one)
    return [program(row, rewards[row.pk]) for row in rows]


def reward(row: PointsReward) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "points_cost": row.points_cost,
        "value_cents": row.value_cents,
        "is_active": row.is_active,
    }


def public_program(row: LoyaltyProgram, store: Store) -> dict[str, Any]:
    """What the enrolment page shows: nothing of fraud limits, nothing of rewards that are not on offer."""
    on_offer = [reward(one) for one in selectors.rewards_of(row) if one.is_active] if row.has_points else []
    return {
        "store": location(store),
        "merchant": merchant_name(store.merchant),
        "card_name": row.card_name,
        "loyalty_type": row.loyalty_type,
        "stamps_target": row.stamps_target,
        "stamps_reward_description": row.stamps_reward_description,
        "points_per_euro": str(row.points_per_euro),
        "welcome_bonus_points": row.welcome_bonus_points,
        "rewards": [
            {name: one[name] for name in ("id", "name", "description", "points_cost")} for one in on_offer
        ],
        "terms_text": row.terms_text,
        "privacy_url": row.privacy_url,
        "card_color": row.card_color,
        "card_secondary_color": row.card_secondary_color,
        "self_enrollment": selectors.settings_of(store.merchant).allow_self_enrollment,
    }

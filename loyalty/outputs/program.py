"""Programs and their rewards."""

from collections.abc import Iterable
from typing import Annotated, TypedDict

from groundwork.formats.wire import Moment, moment
from loyalty import selectors
from loyalty.models import LoyaltyProgram, LoyaltyType, MerchantLoyaltySettings, PointsReward
from loyalty.outputs.promotion import RunningPromotion, running
from loyalty.outputs.store import Location, MerchantName, location, merchant_name
from tenancy.models import Store


class Reward(TypedDict):
    """What points buy, on offer or not."""

    id: int
    name: str
    description: str
    points_cost: int
    value_cents: int | None
    is_active: bool


class ProgramSettings(TypedDict):
    """What the merchant allows at the till."""

    allow_void_transactions: bool
    require_order_reference: bool
    allow_cross_location_redemption: bool


class Program(TypedDict):
    """A program with its rewards and what a terminal needs."""

    id: int
    merchant: Annotated[str, "The merchant's slug."]
    loyalty_type: LoyaltyType
    is_active: bool
    activated_at: Moment | None
    card_name: str
    card_color: str
    card_secondary_color: str
    stamps_target: int
    stamps_reward_description: str
    stamps_reward_value_cents: int | None
    points_per_euro: str
    minimum_purchase_cents: int
    maximum_purchase_cents: int | None
    largest_purchase_cents: Annotated[int, "`maximum_purchase_cents`, or what holds without it."]
    minimum_redemption_points: int
    welcome_bonus_points: int
    points_expiration_days: int | None
    expiry_requires_warning: bool
    point_value_cents: str
    carry_remainders: Annotated[bool, "Amounts that make no whole point stay on the card until they do."]
    cooldown_minutes: int
    max_daily_stamps: int
    require_staff_pin: bool
    has_promotions: Annotated[bool, "Purchases may give more than the rate says; a quote says how much."]
    terms_text: str
    privacy_url: str
    rewards: list[Reward]
    settings: ProgramSettings


class PublicReward(TypedDict):
    """A reward on offer, as the enrolment page shows it."""

    id: int
    name: str
    description: str
    points_cost: int


class PublicProgram(TypedDict):
    """What the enrolment page shows: nothing of fraud limits, nothing of rewards that are not on offer."""

    store: Location
    merchant: MerchantName
    card_name: str
    loyalty_type: LoyaltyType
    stamps_target: int
    stamps_reward_description: str
    points_per_euro: str
    welcome_bonus_points: int
    rewards: list[PublicReward]
    promotions: list[RunningPromotion]
    terms_text: str
    privacy_url: str
    card_color: str
    card_secondary_color: str
    self_enrollment: bool


def program(row: LoyaltyProgram, rewards: Iterable[PointsReward] | None = None) -> Program:
    """A program with its rewards; reads `row.merchant` and its settings."""
    if rewards is None:
        rewards = selectors.rewards_of(row)
    return {
        "id": row.pk,
        "merchant": row.merchant.slug,
        "activated_at": moment(row.activated_at),
        "points_per_euro": str(row.points_per_euro),
        "point_value_cents": str(row.point_value_cents),
        "rewards": [reward(one) for one in rewards],
        "settings": program_settings(selectors.settings_of(row.merchant)),
        "loyalty_type": LoyaltyType(row.loyalty_type),
        "is_active": row.is_active,
        "card_name": row.card_name,
        "card_color": row.card_color,
        "card_secondary_color": row.card_secondary_color,
        "stamps_target": row.stamps_target,
        "stamps_reward_description": row.stamps_reward_description,
        "stamps_reward_value_cents": row.stamps_reward_value_cents,
        "minimum_purchase_cents": row.minimum_purchase_cents,
        "maximum_purchase_cents": row.maximum_purchase_cents,
        "largest_purchase_cents": row.largest_purchase_cents,
        "minimum_redemption_points": row.minimum_redemption_points,
        "welcome_bonus_points": row.welcome_bonus_points,
        "points_expiration_days": row.points_expiration_days,
        "expiry_requires_warning": row.expiry_requires_warning,
        "carry_remainders": row.carry_remainders,
        "cooldown_minutes": row.cooldown_minutes,
        "max_daily_stamps": row.max_daily_stamps,
        "require_staff_pin": row.require_staff_pin,
        "has_promotions": row.has_promotions,
        "terms_text": row.terms_text,
        "privacy_url": row.privacy_url,
    }


def programs(rows: Iterable[LoyaltyProgram]) -> list[Program]:
    """Several programs; their rewards are read in one statement."""
    rows = list(rows)
    rewards: dict[int, list[PointsReward]] = {row.pk: [] for row in rows}
    for one in PointsReward.objects.filter(program__in=rewards):
        rewards[one.program_id].append(one)
    return [program(row, rewards[row.pk]) for row in rows]


def program_settings(row: MerchantLoyaltySettings) -> ProgramSettings:
    return {
        "allow_void_transactions": row.allow_void_transactions,
        "require_order_reference": row.require_order_reference,
        "allow_cross_location_redemption": row.allow_cross_location_redemption,
    }


def reward(row: PointsReward) -> Reward:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "points_cost": row.points_cost,
        "value_cents": row.value_cents,
        "is_active": row.is_active,
    }


def public_reward(row: PointsReward) -> PublicReward:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "points_cost": row.points_cost,
    }


def public_program(row: LoyaltyProgram, store: Store) -> PublicProgram:
    on_offer = [one for one in selectors.rewards_of(row) if one.is_active] if row.has_points else []
    return {
        "store": location(store),
        "merchant": merchant_name(store.merchant),
        "card_name": row.card_name,
        "loyalty_type": LoyaltyType(row.loyalty_type),
        "stamps_target": row.stamps_target,
        "stamps_reward_description": row.stamps_reward_description,
        "points_per_euro": str(row.points_per_euro),
        "welcome_bonus_points": row.welcome_bonus_points,
        "rewards": [public_reward(one) for one in on_offer],
        "promotions": running(row, store),
        "terms_text": row.terms_text,
        "privacy_url": row.privacy_url,
        "card_color": row.card_color,
        "card_secondary_color": row.card_secondary_color,
        "self_enrollment": selectors.settings_of(store.merchant).allow_self_enrollment,
    }

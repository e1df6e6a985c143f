"""The shapes of answers, for the OpenAPI document. The answers themselves are made in `presentation`."""

from functools import cache

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.serializers import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    IntegerField,
    ListField,
    Serializer,
    URLField,
)

from loyalty.models import LoyaltyType, TransactionType

ROLES = ("operator", "owner", "manager", "staff")


@cache
def page(shape: type[Serializer]) -> Serializer:
    """A list of a shape, one page of it."""
    return inline_serializer(
        f"{shape.__name__}Page",
        {
            "count": IntegerField(max_value=10_000),
            "count_is_minimum": BooleanField(required=False, help_text="There are more than `count`."),
            "next": URLField(allow_null=True),
            "previous": URLField(allow_null=True),
            "results": shape(many=True),
        },
    )


class FieldError(Serializer):
    field = CharField(allow_blank=True, help_text="Empty if it is about the body as a whole.")
    code = CharField()
    message = CharField()


class Problem(Serializer):
    """RFC 9457. Some codes carry more members, for example `retry_after`."""

    type = CharField(help_text="/problems/<code>")
    title = CharField()
    status = IntegerField()
    detail = CharField()
    code = CharField()
    errors = FieldError(many=True, required=False, help_text="With the code `invalid`.")


class MerchantName(Serializer):
    slug = CharField()
    name = CharField()


class Location(Serializer):
    store_code = CharField()
    name = CharField()
    city = CharField(allow_blank=True)


class Store(Location):
    merchant = MerchantName()
    timezone = CharField()
    role = serializers.ChoiceField(ROLES)
    currency = CharField()
    country = CharField()
    default_language = CharField()


class StaffName(Serializer):
    id = IntegerField()
    name = CharField()
    locked = BooleanField()


class StaffPerson(Serializer):
    id = IntegerField()
    name = CharField()


class UnlockedTerminal(Serializer):
    token = CharField()
    expires_at = DateTimeField()
    staff = StaffPerson()


class StaffPin(Serializer):
    id = IntegerField()
    name = CharField()
    staff_code = CharField(allow_blank=True)
    is_active = BooleanField()
    failed_attempts = IntegerField()
    locked_until = DateTimeField(allow_null=True)
    last_used_at = DateTimeField(allow_null=True)


# --- Program ----------------------------------------------------------------------------------------------


class Reward(Serializer):
    id = IntegerField()
    name = CharField(allow_blank=True)
    description = CharField(allow_blank=True)
    points_cost = IntegerField()
    value_cents = IntegerField(allow_null=True)
    is_active = BooleanField()


class ProgramSettings(Serializer):
    allow_void_transactions = BooleanField()
    require_order_reference = BooleanField()
    allow_cross_location_redemption = BooleanField()


class Program(Serializer):
    id = IntegerField()
    merchant = CharField(help_text="The merchant's slug.")
    loyalty_type = serializers.ChoiceField(LoyaltyType.values)
    is_active = BooleanField()
    activated_at = DateTimeField(allow_null=True)
    card_name = CharField(allow_blank=True)
    card_color = CharField()
    card_secondary_color = CharField()
    stamps_target = IntegerField()
    stamps_reward_description = CharField(allow_blank=True)
    stamps_reward_value_cents = IntegerField(allow_null=True)
    points_per_euro = CharField()
    minimum_purchase_cents = IntegerField()
    minimum_redemption_points = IntegerField()
    welcome_bonus_points = IntegerField()
    points_expiration_days = IntegerField(allow_null=True)
    expiry_requires_warning = BooleanField()
    point_value_cents = CharField()
    cooldown_minutes = IntegerField()
    max_daily_stamps = IntegerField()
    require_staff_pin = BooleanField()
    terms_text = CharField(allow_blank=True)
    privacy_url = CharField(allow_blank=True)
    rewards = Reward(many=True)
    settings = ProgramSettings()


class PublicReward(Serializer):
    id = IntegerField()
    name = CharField(allow_blank=True)
    description = CharField(allow_blank=True)
    points_cost = IntegerField()


class PublicProgram(Serializer):
    store = Location()
    merchant = MerchantName()
    card_name = CharField(allow_blank=True)
    loyalty_type = serializers.ChoiceField(LoyaltyType.values)
    stamps_target = IntegerField()
    stamps_reward_description = CharField(allow_blank=True)
    points_per_euro = CharField()
    welcome_bonus_points = IntegerField()
    rewards = PublicReward(many=True)
    terms_text = CharField(allow_blank=True)
    privacy_url = CharField(allow_blank=True)
    card_color = CharField()
    card_secondary_color = CharField()
    self_enrollment = BooleanField()


# --- Cards ------------------------------------------------------------------------------------------------


class CardHolder(Serializer):
    id = IntegerField()
    name = CharField(allow_blank=True)
    email = CharField(allow_null=True)
    phone = CharField(allow_blank=True)
    birth_date = DateField(allow_null=True)
    language = CharField(allow_blank=True)
    email_problem = BooleanField()


class CanStamp(Serializer):
    allowed = BooleanField()
    code = CharField(allow_null=True)
    retry_after = IntegerField(allow_null=True)
    next_stamp_at = DateTimeField(allow_null=True)


class RewardInReach(Serializer):
    id = IntegerField()
    name = CharField(allow_blank=True)
    points_cost = IntegerField()
    affordable = BooleanField()
    missing = IntegerField()


class StampReward(Serializer):
    description = CharField(allow_blank=True)
    ready = BooleanField()


class Passes(Serializer):
    apple = CharField(allow_null=True)
    google = CharField(allow_null=True)


class CardFacts(Serializer):
    id = IntegerField()
    card_number = CharField()
    is_active = BooleanField()
    valid_at_store = CharField(allow_null=True)
    enrolled_at_store = CharField(allow_null=True)
    customer = CardHolder()
    loyalty_type = serializers.ChoiceField(LoyaltyType.values)
    stamp_count = IntegerField()
    stamps_target = IntegerField()
    stamps_until_reward = IntegerField()
    total_stamps_earned = IntegerField()
    stamps_redeemed = IntegerField()
    points_balance = IntegerField()
    total_points_earned = IntegerField()
    points_redeemed = IntegerField()
    total_points_voided = IntegerField()
    last_stamp_at = DateTimeField(allow_null=True)
    last_points_at = DateTimeField(allow_null=True)
    last_redemption_at = DateTimeField(allow_null=True)
    last_activity_at = DateTimeField(allow_null=True)
    created_at = DateTimeField()


class Card(CardFacts):
    stamps_today = IntegerField()
    max_daily_stamps = IntegerField()
    points_expire_at = DateTimeField(allow_null=True)
    can_stamp = CanStamp()
    rewards = RewardInReach(many=True)
    stamp_reward = StampReward()
    passes = Passes()


class Enrolled(Serializer):
    card = Card()
    already_enrolled = BooleanField()
    locations = Location(many=True)
    merge_suggestion = ListField(child=IntegerField(), help_text="Ids of this person's other cards.")


class NewCard(Serializer):
    card_number = CharField()
    card_url = URLField()
    stamp_count = IntegerField()
    stamps_target = IntegerField()
    points_balance = IntegerField()


class SelfEnrolled(Serializer):
    already_enrolled = BooleanField()
    card = NewCard()
    locations = Location(many=True)


class KnownAlready(Serializer):
    already_enrolled = BooleanField()
    locations = Location(many=True)


# --- Statistics -------------------------------------------------------------------------------------------


class Day(Serializer):
    date = DateField()
    new_cards = IntegerField()
    stamps = IntegerField()
    stamps_redeemed = IntegerField()
    points_issued = IntegerField()
    points_redeemed = IntegerField()
    points_expired = IntegerField()


class Statistics(Serializer):
    total_cards = IntegerField()
    active_cards = IntegerField()
    total_stamps_issued = IntegerField()
    total_stamps_redeemed = IntegerField()
    stamps_this_month = IntegerField()
    redemptions_this_month = IntegerField()
    total_points_issued = IntegerField()
    total_points_redeemed = IntegerField()
    total_points_expired = IntegerField()
    total_points_voided = IntegerField()
    points_this_month = IntegerField()
    points_redemptions_this_month = IntegerField()
    cards_with_activity_30d = IntegerField()
    average_stamps_per_card = FloatField()
    average_points_per_card = FloatField()
    redemption_rate = FloatField()
    estimated_liability_cents = IntegerField()
    daily = Day(many=True)


class StoreStatistics(Serializer):
    store = Statistics()
    program = Statistics()


# --- The ledger -------------------------------------------------------------------------------------------


class RewardThen(Serializer):
    id = IntegerField()
    name = CharField(allow_blank=True)
    points_cost = IntegerField()


class Transaction(Serializer):
    id = IntegerField()
    card_id = IntegerField()
    card_number = CharField()
    customer_name = CharField(allow_blank=True)
    transaction_type = serializers.ChoiceField(TransactionType.values)
    stamps_delta = IntegerField()
    stamps_balance_after = IntegerField()
    points_delta = IntegerField()
    points_balance_after = IntegerField()
    purchase_amount_cents = IntegerField(allow_null=True)
    order_reference = CharField(allow_blank=True)
    reward = RewardThen(allow_null=True)
    reward_name = CharField(allow_blank=True)
    voids = IntegerField(allow_null=True)
    voided_by = IntegerField(allow_null=True)
    can_void = BooleanField()
    store = CharField(allow_null=True)
    store_name = CharField(allow_null=True)
    staff = CharField(allow_null=True)
    notes = CharField(allow_blank=True)
    recorded_offline = BooleanField()
    transaction_at = DateTimeField()
    created_at = DateTimeField()


class Posted(Serializer):
    transaction = Transaction()
    card = Card()


class Stamped(Posted):
    reward_ready = BooleanField()


class Voided(Posted):
    shortfall = IntegerField()


# --- Back office ------------------------------------------------------------------------------------------


class Deletion(Serializer):
    """When a row was deleted, and by whom; null while it lives."""

    deleted_at = DateTimeField(allow_null=True)
    deleted_by = CharField(allow_null=True)


class MerchantRow(Deletion):
    id = IntegerField()
    slug = CharField()
    name = CharField()
    contact_email = CharField(allow_blank=True)
    currency = CharField()
    timezone = CharField()
    default_language = CharField()
    is_active = BooleanField()
    created_at = DateTimeField()


class StoreRow(Deletion):
    id = IntegerField()
    merchant = CharField()
    store_code = CharField()
    name = CharField()
    city = CharField(allow_blank=True)
    country = CharField()
    timezone = CharField()
    is_active = BooleanField()
    created_at = DateTimeField()


class UserRow(Deletion):
    id = IntegerField()
    email = CharField()
    name = CharField(allow_blank=True)
    is_active = BooleanField()
    is_operator = BooleanField()
    last_login = DateTimeField(allow_null=True)
    created_at = DateTimeField()


class CustomerRow(Deletion):
    id = IntegerField()
    merchant = CharField()
    name = CharField(allow_blank=True)
    email = CharField(allow_null=True)
    phone = CharField(allow_blank=True)
    birth_date = DateField(allow_null=True)
    language = CharField(allow_blank=True)
    marketing_consent = BooleanField()
    is_active = BooleanField()
    created_at = DateTimeField()


class ProgramRow(Deletion, Program):
    pass


class CardRow(Deletion, CardFacts):
    merchant = CharField()


@cache
def restored(shape: type[Serializer]) -> Serializer:
    """A row that was brought back, and how many rows of each model came with it."""
    counts = serializers.DictField(child=IntegerField(), help_text="Model -> count.")
    return type(f"Restored{shape.__name__}", (shape,), {"restored": counts})()

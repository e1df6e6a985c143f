"""Programs, their rewards and their figures."""

from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    FloatField,
    IntegerField,
    Serializer,
)

from loyalty.api.shapes.stores import Location, MerchantName
from loyalty.models import LoyaltyType


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
    loyalty_type = ChoiceField(LoyaltyType.values)
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
    loyalty_type = ChoiceField(LoyaltyType.values)
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

"""Cards, and what enrolling answers."""

from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    IntegerField,
    ListField,
    Serializer,
    URLField,
)

from loyalty.api.shapes.stores import Location
from loyalty.models import LoyaltyType


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
    loyalty_type = ChoiceField(LoyaltyType.values)
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
    card_url = URLField(allow_null=True, help_text="Null for a person who was known: the link is mailed.")
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

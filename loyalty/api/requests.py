"""The shapes of requests: what a body or a query may hold. What it means is for the services."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from loyalty.api.fields import (
    Amount,
    AskedFlag,
    AskedId,
    AskedMoment,
    BirthDate,
    Flag,
    Id,
    Moment,
    Notes,
    Phone,
    Reason,
    Text,
    Whole,
)
from loyalty.models import LoyaltyType, StaffPin, TransactionType

LONGEST_NAME = 160
LONGEST_QUERY = 254
LARGEST = 2**31 - 1  # what a column of cents or points holds


# --- Queries ----------------------------------------------------------------------------------------------


class CardSearch(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=LONGEST_QUERY)
    is_active = AskedFlag(required=False)
    enrolled_here = AskedFlag(required=False)


class CardLookup(serializers.Serializer):
    q = serializers.CharField(max_length=LONGEST_QUERY)


class LedgerFilter(serializers.Serializer):
    card = AskedId(required=False)
    type = serializers.ChoiceField(required=False, choices=TransactionType.values)
    since = AskedMoment(required=False)


class Period(serializers.Serializer):
    days = serializers.IntegerField(required=False, default=30, min_value=1, max_value=366)


# --- People and cards -------------------------------------------------------------------------------------


class Person(serializers.Serializer):
    """What may be told about a person; null is as good as nothing."""

    phone = Phone(required=False, allow_null=True, allow_blank=True)
    birth_date = BirthDate(required=False, allow_null=True)
    language = serializers.ChoiceField(
        required=False, allow_null=True, choices=[code for code, _name in settings.LANGUAGES]
    )
    marketing_consent = Flag(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in attrs.items() if value not in (None, "")}


class StaffEnrollment(Person):
    email = serializers.EmailField(required=False, allow_null=True, allow_blank=True, max_length=254)
    customer_id = Id(required=False, allow_null=True)
    name = Text(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_NAME)
    create_if_missing = Flag(required=False)


class SelfEnrollment(Person):
    email = serializers.EmailField(max_length=254)
    name = Text(max_length=LONGEST_NAME)
    accept_terms = Flag()

    def validate_accept_terms(self, accepted: bool) -> bool:
        if not accepted:
            raise serializers.ValidationError(_("A card needs your consent to the terms."), code="required")
        return accepted


# --- At the till ------------------------------------------------------------------------------------------


class GiveStamps(serializers.Serializer):
    count = Whole(required=False, default=1, min_value=1, max_value=10)
    notes = Notes()
    occurred_at = Moment(required=False, allow_null=True)


class RedeemStamps(serializers.Serializer):
    notes = Notes()


class EarnPoints(serializers.Serializer):
    purchase_amount_cents = Whole(min_value=1, max_value=1_000_000)
    order_reference = Text(required=False, allow_blank=True, max_length=64)
    notes = Notes()
    occurred_at = Moment(required=False, allow_null=True)


class RedeemPoints(serializers.Serializer):
    reward_id = Id()
    notes = Notes()


class AdjustPoints(serializers.Serializer):
    points_delta = Whole(min_value=-1_000_000, max_value=1_000_000)
    reason = Reason()


class SwitchCard(serializers.Serializer):
    reason = Reason(required=False, allow_blank=True)


class ReplaceCard(serializers.Serializer):
    reason = Reason()
    new_number = Flag(required=False)


class MergeCards(serializers.Serializer):
    into_card_id = Id()
    reason = Reason()


class VoidTransaction(serializers.Serializer):
    reason = Reason()


# --- Staff PINs -------------------------------------------------------------------------------------------


class TypedPin(serializers.Serializer):
    pin = Text(max_length=64, trim_whitespace=False)


class NewPin(serializers.Serializer):
    name = Text(max_length=StaffPin._meta.get_field("name").max_length)
    pin = Text(max_length=64, trim_whitespace=False)
    staff_code = Text(
        required=False, allow_blank=True, max_length=StaffPin._meta.get_field("staff_code").max_length
    )
    is_active = Flag(required=False)


class ChangedPin(NewPin):
    """Any part of it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, partial=True, **options)


# --- Back office ------------------------------------------------------------------------------------------


class RowSearch(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=LONGEST_QUERY)
    include_deleted = AskedFlag(required=False)
    only_deleted = AskedFlag(required=False)


class ProgramSearch(RowSearch):
    is_active = AskedFlag(required=False)
    merchant = serializers.CharField(required=False, max_length=60, help_text="A merchant's slug.")


class RewardEntry(serializers.Serializer):
    """A reward on offer. With an `id`, or a name that is there, that reward is changed."""

    id = Id(required=False)
    name = Text(max_length=120)
    description = Text(required=False, allow_blank=True, max_length=300)
    points_cost = Whole(min_value=1, max_value=LARGEST)
    value_cents = Whole(required=False, allow_null=True, min_value=0, max_value=LARGEST)
    is_active = Flag(required=False)


class ChangedProgram(serializers.Serializer):
    """Any of a program's fields. Texts are in the caller's language; `card_name_fr` names another one."""

    loyalty_type = serializers.ChoiceField(required=False, choices=LoyaltyType.values)
    is_active = Flag(required=False)
    stamps_target = Whole(required=False, min_value=1, max_value=50)
    stamps_reward_value_cents = Whole(required=False, allow_null=True, min_value=0, max_value=LARGEST)
    points_per_euro = Amount(required=False, max_digits=7, decimal_places=2)
    minimum_purchase_cents = Whole(required=False, min_value=0, max_value=LARGEST)
    minimum_redemption_points = Whole(required=False, min_value=0, max_value=LARGEST)
    welcome_bonus_points = Whole(required=False, min_value=0, max_value=1_000_000)
    points_expiration_days = Whole(required=False, allow_null=True, min_value=1, max_value=3650)
    expiry_requires_warning = Flag(required=False)
    point_value_cents = Amount(required=False, max_digits=8, decimal_places=4)
    cooldown_minutes = Whole(required=False, min_value=0, max_value=10_080)
    max_daily_stamps = Whole(required=False, min_value=1, max_value=1000)
    require_staff_pin = Flag(required=False)
    card_color = Text(required=False, max_length=7)
    card_secondary_color = Text(required=False, max_length=7)
    privacy_url = Text(required=False, allow_blank=True, max_length=200)
    rewards = RewardEntry(required=False, many=True)
    confirm = Flag(required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """And the texts: as such, and in each language."""
        texts = {"card_name": 80, "stamps_reward_description": 200, "terms_text": 20_000}
        suffixes = ["", *[f"_{code}" for code, _name in settings.LANGUAGES]]
        return super().get_fields() | {
            f"{name}{suffix}": Text(required=False, allow_blank=True, max_length=length)
            for name, length in texts.items()
            for suffix in suffixes
        }


class NewProgram(ChangedProgram):
    merchant = Text(max_length=60, help_text="The merchant's slug.")
    loyalty_type = serializers.ChoiceField(choices=LoyaltyType.values)

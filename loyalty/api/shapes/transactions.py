"""Lines of the ledger, and what an operation has done."""

from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    IntegerField,
    Serializer,
)

from loyalty.api.shapes.cards import Card
from loyalty.models import TransactionType


class RewardThen(Serializer):
    id = IntegerField()
    name = CharField(allow_blank=True)
    points_cost = IntegerField()


class Transaction(Serializer):
    id = IntegerField()
    card_id = IntegerField()
    card_number = CharField()
    customer_name = CharField(allow_blank=True)
    transaction_type = ChoiceField(TransactionType.values)
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

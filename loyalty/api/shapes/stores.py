"""Stores, and who is on their terminal."""

from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateTimeField,
    IntegerField,
    Serializer,
)

from tenancy.roles import CASHIERS, RIGHTS

ROLES = [role for role in RIGHTS if role in CASHIERS]


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
    role = ChoiceField(ROLES)
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

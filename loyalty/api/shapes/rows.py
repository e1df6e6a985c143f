"""Rows of the back office."""

from rest_framework.serializers import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    IntegerField,
    Serializer,
)

from loyalty.api.shapes.cards import CardFacts
from loyalty.api.shapes.programs import Program


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

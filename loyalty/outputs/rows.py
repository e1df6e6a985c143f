"""Rows as the back office lists them, each with when and by whom it was deleted."""

from typing import TypedDict

from customers.models import Customer
from groundwork.formats.wire import Moment, moment
from groundwork.models import SoftDeletable
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.outputs import card, customer, program
from tenancy.models import Merchant, Store, User
from tenancy.roles import is_operator


class Deletion(TypedDict):
    """When a row was deleted, and by whom; null while it lives."""

    deleted_at: Moment | None
    deleted_by: str | None


class MerchantRow(Deletion):
    """A merchant; `deleted_at` and `deleted_by` are null while it lives."""

    id: int
    slug: str
    name: str
    contact_email: str
    currency: str
    timezone: str
    default_language: str
    is_active: bool
    created_at: Moment


class StoreRow(Deletion):
    """A store; `deleted_at` and `deleted_by` are null while it lives."""

    id: int
    merchant: str
    store_code: str
    name: str
    city: str
    country: str
    timezone: str
    is_active: bool
    created_at: Moment


class UserRow(Deletion):
    """A user; `deleted_at` and `deleted_by` are null while they live."""

    id: int
    email: str
    name: str
    is_active: bool
    is_operator: bool
    last_login: Moment | None
    created_at: Moment


class CustomerRow(Deletion, customer.CustomerFacts):
    """A customer; `deleted_at` and `deleted_by` are null while they live."""

    merchant: str
    marketing_consent: bool
    is_active: bool
    created_at: Moment


class ProgramRow(Deletion, program.Program):
    """A program; `deleted_at` and `deleted_by` are null while it lives."""


class CardRow(Deletion, card.CardFacts):
    """A card; `deleted_at` and `deleted_by` are null while it lives."""

    merchant: str


def deletion(row: SoftDeletable) -> Deletion:
    by = row.deleted_by
    return {"deleted_at": moment(row.deleted_at), "deleted_by": by.email if by else None}


def merchants(rows: list[Merchant]) -> list[MerchantRow]:
    return [
        {
            "id": row.pk,
            "created_at": moment(row.created_at),
            "slug": row.slug,
            "name": row.name,
            "contact_email": row.contact_email,
            "currency": row.currency,
            "timezone": row.timezone,
            "default_language": row.default_language,
            "is_active": row.is_active,
            **deletion(row),
        }
        for row in rows
    ]


def stores(rows: list[Store]) -> list[StoreRow]:
    return [
        {
            "id": row.pk,
            "created_at": moment(row.created_at),
            "store_code": row.store_code,
            "name": row.name,
            "city": row.city,
            "country": row.country,
            "is_active": row.is_active,
            "merchant": row.merchant.slug,
            "timezone": row.tzinfo.key,
            **deletion(row),
        }
        for row in rows
    ]


def users(rows: list[User]) -> list[UserRow]:
    return [
        {
            "id": row.pk,
            "created_at": moment(row.created_at),
            "email": row.email,
            "is_active": row.is_active,
            "name": row.get_full_name(),
            "is_operator": is_operator(row),
            "last_login": moment(row.last_login),
            **deletion(row),
        }
        for row in rows
    ]


def customers(rows: list[Customer]) -> list[CustomerRow]:
    return [
        {
            "id": row.pk,
            "created_at": moment(row.created_at),
            "marketing_consent": row.marketing_consent,
            "is_active": row.is_active,
            **customer.customer(row),
            "merchant": row.merchant.slug,
            **deletion(row),
        }
        for row in rows
    ]


def loyalty_programs(rows: list[LoyaltyProgram]) -> list[ProgramRow]:
    shown = program.programs(rows)
    return [{**one, **deletion(row)} for row, one in zip(rows, shown, strict=True)]


def loyalty_cards(rows: list[LoyaltyCard]) -> list[CardRow]:
    return [{**card.facts(row), "merchant": row.merchant.slug, **deletion(row)} for row in rows]

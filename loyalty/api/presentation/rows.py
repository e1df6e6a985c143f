"""Rows as the back office lists them, each with when and by whom it was deleted."""

from typing import Any

from customers.models import Customer
from loyalty.api.presentation import cards, programs
from loyalty.api.presentation.times import moment
from loyalty.models import LoyaltyCard, LoyaltyProgram
from tenancy.models import Merchant, Store, User
from tenancy.roles import is_operator


def _with_deletion(row: Any, shown: dict[str, Any]) -> dict[str, Any]:
    by = row.deleted_by
    return shown | {"deleted_at": moment(row.deleted_at), "deleted_by": by.email if by else None}


def merchants(rows: list[Merchant]) -> list[dict[str, Any]]:
    names = ("slug", "name", "contact_email", "currency", "timezone", "default_language", "is_active")
    return [_with_deletion(row, _plain(row, names)) for row in rows]


def stores(rows: list[Store]) -> list[dict[str, Any]]:
    names = ("store_code", "name", "city", "country", "is_active")
    return [
        _with_deletion(row, _plain(row, names) | {"merchant": row.merchant.slug, "timezone": row.tzinfo.key})
        for row in rows
    ]


def users(rows: list[User]) -> list[dict[str, Any]]:
    return [
        _with_deletion(
            row,
            _plain(row, ("email", "is_active"))
            | {
                "name": row.get_full_name(),
                "is_operator": is_operator(row),
                "last_login": moment(row.last_login),
            },
        )
        for row in rows
    ]


def customers(rows: list[Customer]) -> list[dict[str, Any]]:
    names = ("marketing_consent", "is_active")
    return [
        _with_deletion(row, _plain(row, names) | cards.customer(row) | {"merchant": row.merchant.slug})
        for row in rows
    ]


def loyalty_programs(rows: list[LoyaltyProgram]) -> list[dict[str, Any]]:
    shown = programs.programs(rows)
    return [_with_deletion(row, one) for row, one in zip(rows, shown, strict=True)]


def loyalty_cards(rows: list[LoyaltyCard]) -> list[dict[str, Any]]:
    return [_with_deletion(row, cards.facts(row) | {"merchant": row.merchant.slug}) for row in rows]


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {"id": row.pk, "created_at": moment(row.created_at)} | {name: getattr(row, name) for name in names}

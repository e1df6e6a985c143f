"""Stores, and who is on their terminal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from groundwork.formats.wire import moment
from loyalty.models import StaffPin
from loyalty.services.pins import UnlockedTerminal
from tenancy.models import Merchant, Store


def merchant_name(merchant: Merchant) -> dict[str, Any]:
    return {"slug": merchant.slug, "name": merchant.name}


def location(store: Store) -> dict[str, Any]:
    """Where a card works."""
    return {"store_code": store.store_code, "name": store.name, "city": store.city}


def store(row: Store) -> dict[str, Any]:
    """A store as its staff see it; `row` has the caller's `role`."""
    return location(row) | {
        "merchant": merchant_name(row.merchant),
        "timezone": row.tzinfo.key,
        "role": row.role,  # type: ignore[attr-defined]
        "currency": row.merchant.currency,
        "country": row.country,
        "default_language": row.default_language,
    }


def stores(rows: Iterable[Store]) -> list[dict[str, Any]]:
    return [store(row) for row in rows]


def staff(rows: Iterable[StaffPin], *, now: datetime) -> list[dict[str, Any]]:
    """The terminal's chooser."""
    return [{"id": row.pk, "name": row.name, "locked": row.is_locked(now)} for row in rows]


def unlocked(terminal: UnlockedTerminal) -> dict[str, Any]:
    """What the terminal keeps after a right PIN."""
    return {
        "token": terminal.token,
        "expires_at": moment(terminal.expires_at),
        "staff": {"id": terminal.staff_pin.pk, "name": terminal.staff_pin.name},
    }


def staff_pin(row: StaffPin) -> dict[str, Any]:
    """A PIN as managers see it: never the PIN itself. A lock-out that is over is none."""
    locked = row.is_locked(timezone.now())
    return {
        "id": row.pk,
        "name": row.name,
        "staff_code": row.staff_code,
        "is_active": row.is_active,
        "failed_attempts": row.failed_attempts,
        "locked_until": moment(row.locked_until) if locked else None,
        "last_used_at": moment(row.last_used_at),
    }


def staff_pins(rows: Iterable[StaffPin]) -> list[dict[str, Any]]:
    return [staff_pin(row) for row in rows]

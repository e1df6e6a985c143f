"""Stores, and who is on their terminal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, TypedDict

from django.utils import timezone

from groundwork.formats.currencies import minor_digits
from groundwork.formats.wire import Moment, moment
from loyalty import models
from loyalty.services import pins
from tenancy import models as tenancy

Role = Literal["operator", "owner", "manager", "staff"]


class MerchantName(TypedDict):
    """Whose store or card it is."""

    slug: str
    name: str


class Location(TypedDict):
    """Where a card works."""

    store_code: str
    name: str
    city: str


class Store(Location):
    """A store as its staff see it; `role` is the caller's."""

    merchant: MerchantName
    timezone: str
    role: Role
    currency: str
    currency_digits: Annotated[int, "Of its minor unit, in which amounts are: EUR 2, JPY 0, KWD 3."]
    country: str
    default_language: str


class StaffPerson(TypedDict):
    """Who has typed their PIN."""

    id: int
    name: str


class StaffName(StaffPerson):
    """A name on the terminal's chooser."""

    locked: bool


class UnlockedTerminal(TypedDict):
    """What the terminal keeps after a right PIN."""

    token: str
    expires_at: Moment
    staff: StaffPerson


class StaffPin(TypedDict):
    """A PIN as managers see it: never the PIN itself. A lock-out that is over is none."""

    id: int
    name: str
    staff_code: str
    is_active: bool
    failed_attempts: int
    locked_until: Moment | None
    last_used_at: Moment | None


def merchant_name(row: tenancy.Merchant) -> MerchantName:
    return {"slug": row.slug, "name": row.name}


def location(row: tenancy.Store) -> Location:
    return {"store_code": row.store_code, "name": row.name, "city": row.city}


def store(row: tenancy.Store, *, role: Role) -> Store:
    return {
        **location(row),
        "merchant": merchant_name(row.merchant),
        "timezone": row.tzinfo.key,
        "role": role,
        "currency": row.merchant.currency,
        "currency_digits": minor_digits(row.merchant.currency),
        "country": row.country,
        "default_language": row.default_language,
    }


def stores(rows: Iterable[tenancy.Store]) -> list[Store]:
    """Stores that were asked for with the caller's `role` at each."""
    return [store(row, role=row.role) for row in rows]  # type: ignore[attr-defined]


def staff_name(row: models.StaffPin, *, now: datetime) -> StaffName:
    return {"id": row.pk, "name": row.name, "locked": row.is_locked(now)}


def unlocked(terminal: pins.UnlockedTerminal) -> UnlockedTerminal:
    return {
        "token": terminal.token,
        "expires_at": moment(terminal.expires_at),
        "staff": {"id": terminal.staff_pin.pk, "name": terminal.staff_pin.name},
    }


def staff_pin(row: models.StaffPin) -> StaffPin:
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


def staff_pins(rows: Iterable[models.StaffPin]) -> list[StaffPin]:
    return [staff_pin(row) for row in rows]

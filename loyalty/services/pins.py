"""Staff PINs: made and changed by managers, typed at the terminal. The count of wrong ones is exact."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from groundwork import clock
from groundwork.deletion import soft_delete
from groundwork.errors import Invalid
from groundwork.idempotency.once import exactly_once, exactly_once_after
from groundwork.web import hashing
from loyalty import rules, selectors
from loyalty.errors import PinInvalid, PinLocked, PinNameTaken, PinNotFound, PinTooSimple
from loyalty.models import StaffPin, TokenEnd
from loyalty.services import staff_tokens
from tenancy.actor import Actor
from tenancy.models import Store


@dataclass(frozen=True)
class UnlockedTerminal:
    """What the terminal keeps after a right PIN; `expires_at` is in UTC."""

    token: str
    expires_at: datetime
    staff_pin: StaffPin


def unlock_terminal(*, store: Store, pin_id: int, pin: str, device: str = "") -> UnlockedTerminal:
    """Check a PIN and issue a staff token that is good on one device (`Actor.device`).

    The attempt is counted before the slow hash is computed, and outside of its transaction: fifty guesses at the
    same moment are fifty counted attempts. Raises PinNotFound, PinInvalid with `attempts_left`, or PinLocked with
    `locked_until`.
    """
    settings = selectors.settings_of(store.merchant)
    limit, minutes = settings.staff_pin_lockout_attempts, settings.staff_pin_lockout_minutes
    attempt = _count_attempt(store, pin_id, limit=limit, minutes=minutes)
    with hashing.at_the_till():
        is_right = check_password(pin, attempt.pin_hash)
    if not is_right:
        if attempt.failed_attempts >= limit:
            staff_tokens.end(attempt, TokenEnd.LOCKED, now=clock.now())
        raise PinInvalid(attempts_left=max(0, limit - attempt.failed_attempts))
    return _open(store, attempt, device)


@transaction.atomic
def _count_attempt(store: Store, pin_id: int, *, limit: int, minutes: int) -> StaffPin:
    """Count one attempt under the row's lock; the one that reaches the limit locks, until it proves right."""
    row = _locked(store, pin_id, active=True)
    now = clock.now()
    if row.is_locked(now):
        raise PinLocked(locked_until=row.locked_until)
    if row.locked_until is not None:  # a lock-out that is over
        row.failed_attempts, row.locked_until = 0, None
    row.failed_attempts += 1
    if row.failed_attempts >= limit:
        row.locked_until = now + timedelta(minutes=minutes)
    row.save(update_fields=["failed_attempts", "locked_until", "updated_at"])
    return row


@transaction.atomic
def _open(store: Store, attempt: StaffPin, device: str) -> UnlockedTerminal:
    row = _locked(store, attempt.pk, active=True)
    if row.pin_hash != attempt.pin_hash:  # changed while the hash was computed
        raise PinInvalid(attempts_left=0)
    now = clock.now()
    row.failed_attempts, row.locked_until, row.last_used_at = 0, None, now
    row.save(update_fields=["failed_attempts", "locked_until", "last_used_at", "updated_at"])
    token, kept = staff_tokens.issue(row, device=device, now=now)
    return UnlockedTerminal(token, kept.expires_at, row)


def _locked(store: Store, pin_id: int, *, active: bool = False) -> StaffPin:
    rows = StaffPin.objects.filter(store=store, pk=pin_id).select_for_update(no_key=True, of=("self",))
    row = (rows.filter(is_active=True) if active else rows).first()
    if row is None:
        raise PinNotFound()
    return row


def validate(pin: str) -> None:
    """Raise Invalid unless a PIN has 4 to 8 digits, PinTooSimple if it is easy to guess."""
    if not (4 <= len(pin) <= 8 and pin.isascii() and pin.isdecimal()):
        raise Invalid.field("pin", _("A PIN has 4 to 8 digits."))
    if rules.pin_is_too_simple(pin):
        raise PinTooSimple()


@dataclass(frozen=True)
class HashedPin:
    """A PIN that was checked and hashed already."""

    text: str


def hashed(pin: str | HashedPin) -> HashedPin:
    """Hash a PIN: slow, on purpose, and so before anything is locked. Raises Invalid or PinTooSimple."""
    if isinstance(pin, HashedPin):
        return pin
    validate(pin)
    return HashedPin(make_password(pin))


def _with_hash(*, actor: Actor, **given: Any) -> dict[str, Any]:
    actor.require_manager()
    if "pin" in given:
        given["pin"] = hashed(given["pin"])
    return {"actor": actor, **given}


@exactly_once_after(_with_hash)
def create(
    *,
    store: Store,
    actor: Actor,
    name: str,
    pin: str | HashedPin,
    staff_code: str = "",
    is_active: bool = True,
) -> StaffPin:
    """Add a person to a store's terminal. Raises ManagerRequired, Invalid, PinTooSimple or PinNameTaken."""
    row = StaffPin(
        merchant_id=store.merchant_id,
        store=store,
        name=name.strip(),
        staff_code=staff_code,
        pin_hash=hashed(pin).text,
        is_active=is_active,
    )
    _save(row)
    return row


@exactly_once_after(_with_hash)
def change(*, store: Store, actor: Actor, pin_id: int, **changes: Any) -> StaffPin:
    """Change `name`, `pin`, `staff_code` or `is_active`; a new PIN, or switching it off, ends its tokens."""
    row = _locked(store, pin_id)
    now = clock.now()
    if "pin" in changes:
        row.pin_hash = hashed(changes.pop("pin")).text
        row.failed_attempts, row.locked_until = 0, None
        staff_tokens.end(row, TokenEnd.CHANGED, now=now)
    if changes.get("is_active") is False:
        staff_tokens.end(row, TokenEnd.REMOVED, now=now)
    for field in changes.keys() & {"name", "staff_code", "is_active"}:
        setattr(row, field, changes[field].strip() if field == "name" else changes[field])
    _save(row)
    return row


def _save(row: StaffPin) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise PinNameTaken() from error


@transaction.atomic
def remove(*, store: Store, actor: Actor, pin_id: int) -> None:
    """Take a person off the terminal (a soft deletion) and end their tokens."""
    actor.require_manager()
    row = _locked(store, pin_id)
    staff_tokens.end(row, TokenEnd.REMOVED, now=clock.now())
    soft_delete(row, by=actor.user)


@exactly_once
def end_lockout(*, store: Store, actor: Actor, pin_id: int) -> StaffPin:
    """End a lock-out before its time."""
    actor.require_manager()
    row = _locked(store, pin_id)
    row.failed_attempts, row.locked_until = 0, None
    row.save(update_fields=["failed_attempts", "locked_until", "updated_at"])
    return row

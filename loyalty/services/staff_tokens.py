"""Staff tokens: that somebody has typed their PIN a moment ago. The slow hash is paid once, at the unlock.

A token is good only on the device where the PIN was typed: a till, one sign-in of a person, or an API key. It lives
12 hours at most and 10 minutes after its last use. Its use is noted every 15 seconds, not at every stamp; removing,
locking or changing a PIN ends its tokens.
"""

from datetime import datetime, timedelta

from loyalty import tokens
from loyalty.errors import StaffPinRequired
from loyalty.models import StaffPin, StaffToken, TokenEnd
from tenancy.models import Store
from tenancy.prepared import Prepared

NOTE_USE_EVERY = timedelta(seconds=15)


_token_of = Prepared(
    lambda *, token_hash, store_id, device: StaffToken.objects.filter(
        token_hash=token_hash, staff_pin__store_id=store_id, device=device
    ).select_related("staff_pin")
)


def issue(staff_pin: StaffPin, *, device: str, now: datetime) -> tuple[str, StaffToken]:
    """Make a token for a person whose PIN was right; returns what the device keeps, and the row."""
    token = tokens.staff_token()
    row = StaffToken.objects.create(
        merchant_id=staff_pin.merchant_id,
        staff_pin=staff_pin,
        token_hash=tokens.digest(token),
        device=device,
        expires_at=now + StaffToken.LIFE,
        last_used_at=now,
    )
    return token, row


def identify(
    token: str, store: Store, *, device: str, now: datetime, required: bool, at: datetime | None = None
) -> StaffPin | None:
    """Who acts, by their token and the device that sends it; `at` is when, for something recorded offline.

    Raises StaffPinRequired where one is required and this one does not do.
    """
    row = None
    if token:
        found = _token_of(token_hash=tokens.digest(token), store_id=store.pk, device=device)
        row = found[0] if found else None
    if row is None or not _is_valid(row, now, at):
        if required:
            raise StaffPinRequired()
        return None
    used = at or now
    if used - row.last_used_at > NOTE_USE_EVERY:
        StaffToken.objects.filter(pk=row.pk, last_used_at__lt=used).update(last_used_at=used)
    return row.staff_pin


def _is_valid(row: StaffToken, now: datetime, at: datetime | None) -> bool:
    pin = row.staff_pin
    if pin.is_deleted or not pin.is_active or pin.is_locked(now):
        return False
    moment = at or now
    if row.ended_at is not None and (
        row.end_reason != TokenEnd.CHANGED or moment >= row.ended_at or at is None
    ):
        return False
    # What was recorded offline happened when it says; its use then keeps the token alive as it would have online.
    return moment >= row.created_at - timedelta(minutes=1) and moment < min(
        row.expires_at, row.last_used_at + StaffToken.IDLE
    )


def end(staff_pin: StaffPin, reason: TokenEnd, *, now: datetime) -> None:
    """End all tokens of a PIN."""
    living = StaffToken.objects.filter(staff_pin=staff_pin, ended_at__isnull=True)
    living.update(ended_at=now, end_reason=reason)


def clean(*, now: datetime) -> int:
    """Remove tokens that ran out a day ago; returns how many."""
    removed, _ = StaffToken.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    return removed

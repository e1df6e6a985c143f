"""API keys: made for some scopes, recognised until they end, revoked. The key itself is shown once and never stored."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from groundwork.errors import NotAuthenticated
from tenancy import scope
from tenancy.models import ApiKey, Store, User
from tenancy.models.api_key import everyday_scopes
from tenancy.prepared import Prepared

PREFIX = "lk_"
NOTE_USE_EVERY = timedelta(minutes=1)


# Every call of a till's own system begins with this one.
_living = Prepared(
    lambda *, key_hash: ApiKey.objects.filter(
        key_hash=key_hash,
        revoked_at__isnull=True,
        store__deleted_at__isnull=True,
        merchant__deleted_at__isnull=True,
    )
)


def _digest(key: str) -> str:
    # A plain SHA-256 is enough: the key has 256 random bits, and nobody can guess at that.
    return hashlib.sha256(key.encode()).hexdigest()


def make(
    *,
    store: Store,
    name: str,
    by: User | None,
    scopes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key for a store; returns the row and the key, which is not to be had again.

    Without `scopes` it may what staff do; from `expires_at` on it is nobody's.
    """
    key = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        merchant_id=store.merchant_id,
        store=store,
        name=name,
        prefix=key[:9],
        key_hash=_digest(key),
        scopes=everyday_scopes() if scopes is None else list(scopes),
        expires_at=expires_at,
        created_by=by,
    )
    return row, key


def revoke(*, api_key: ApiKey) -> None:
    """End a key at once; doing it twice changes nothing."""
    ApiKey.objects.filter(pk=api_key.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def recognise(key: str) -> ApiKey:
    """The living key behind a credential; notes its use once a minute.

    Raises NotAuthenticated for anything else.
    """
    now = timezone.now()
    with scope.everything("a credential decides the scope"):
        found = _living(key_hash=_digest(key))
        if not found:
            raise NotAuthenticated()
        (row,) = found
        if row.has_ended(now):
            raise NotAuthenticated()
        if row.last_used_at is None or now - row.last_used_at > NOTE_USE_EVERY:
            stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
            ApiKey.objects.filter(stale, pk=row.pk).update(last_used_at=now)
    return row

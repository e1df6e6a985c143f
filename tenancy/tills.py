"""Tills: devices that are enrolled once with a code, recognised by what they carry, and revoked at once.

till, code = tills.make(store=store, name="Counter 1", by=owner)    # the console shows the code, once
till, token = tills.pair(code=code)                                 # the device keeps the token
tills.recognise(token)                                              # with each of its calls
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_noop

from groundwork import clock
from groundwork.console import history
from tenancy import scope
from tenancy.errors import TillCodeWrong, TillHasDevice, TillRevoked
from tenancy.models import Store, Till, User
from tenancy.prepared import Prepared

COOKIE = "till"
COOKIE_LIFE = timedelta(days=400)  # as long as browsers keep one; renewed whenever the terminal opens
NOTE_USE_EVERY = timedelta(minutes=1)
# What nobody confuses, read from one screen and typed on another: 8 of 21 signs, 35 bits for 15 minutes.
ALPHABET = "CDFGHJKMNPQRTVWX34679"
CODE_LENGTH = 8
ENROLLED = gettext_noop("Enrolled on a device")

LIVING = Q(revoked_at__isnull=True, store__deleted_at__isnull=True, merchant__deleted_at__isnull=True)

# Every call of a till begins with this one.
_living = Prepared(
    lambda *, token_hash: Till.objects.filter(LIVING, token_hash=token_hash).select_related("store")
)


def make(*, store: Store, name: str, by: User | None) -> tuple[Till, str]:
    """Make a till for a store; returns it and the code to type on its device within 15 minutes."""
    code = random_code()
    till = Till.objects.create(
        merchant_id=store.merchant_id,
        store=store,
        name=name,
        created_by=by,
        code_hash=code_digest(code),
        code_expires_at=clock.now() + Till.CODE_LIFE,
    )
    return till, code


def new_code(*, till: Till) -> str:
    """Another code for a till that has no device yet; the one before ends. Raises TillHasDevice."""
    code, now = random_code(), clock.now()
    waiting = Till.objects.filter(pk=till.pk, token_hash__isnull=True, revoked_at__isnull=True)
    if not waiting.update(code_hash=code_digest(code), code_expires_at=now + Till.CODE_LIFE, updated_at=now):
        raise TillHasDevice()
    till.refresh_from_db()
    return code


@transaction.atomic
def pair(*, code: str, carried: str = "") -> tuple[Till, str]:
    """Enrol a device with a code, which is used up; returns the till and the token that the device keeps.

    A device is one till: what it was before, by the token that it `carried`, is revoked. Raises TillCodeWrong for a
    code that is unknown, used or over.
    """
    now, token = clock.now(), secrets.token_urlsafe(32)
    with scope.everything("a code decides the scope"):
        # One statement, so that of two devices with the same code one is enrolled.
        waiting = Till.objects.filter(LIVING, code_hash=code_digest(code), code_expires_at__gt=now)
        enrolled = Till.objects.filter(pk__in=waiting.values("pk"), code_hash=code_digest(code)).update(
            token_hash=digest(token),
            enrolled_at=now,
            last_seen_at=now,
            code_hash=None,
            code_expires_at=None,
            updated_at=now,
        )
        if not enrolled:
            raise TillCodeWrong()
        if carried:
            Till.objects.filter(token_hash=digest(carried), revoked_at__isnull=True).update(revoked_at=now)
        till = Till.objects.select_related("store").get(token_hash=digest(token))
        _remember(till)
    return till, token


def is_waiting(till: Till) -> bool:
    """Whether a device can still be enrolled with the code that was shown."""
    return till.code_expires_at is not None and till.code_expires_at > clock.now()


def revoke(*, till: Till) -> None:
    """End a till at once, also one whose code was not used; doing it twice changes nothing."""
    now = clock.now()
    living = Till.objects.filter(pk=till.pk, revoked_at__isnull=True)
    living.update(revoked_at=now, code_hash=None, code_expires_at=None, updated_at=now)


def recognise(token: str) -> Till:
    """The living till that carries a token, with its store. Raises TillRevoked for anything else."""
    with scope.everything("a credential decides the scope"):
        found = _living(token_hash=digest(token))
    if not found:
        raise TillRevoked()
    return found[0]


def see(*, till: Till, app_version: str = "") -> None:
    """Note that a till was there, at most once a minute, and which version of the terminal it has opened."""
    now = clock.now()
    stale = Q(last_seen_at__isnull=True) | Q(last_seen_at__lt=now - NOTE_USE_EVERY)
    if app_version and app_version != till.app_version:
        stale |= ~Q(app_version=app_version)
    elif till.last_seen_at is not None and now - till.last_seen_at <= NOTE_USE_EVERY:
        return
    with scope.merchant(till.merchant_id):
        Till.objects.filter(stale, pk=till.pk).update(
            last_seen_at=now, app_version=app_version or till.app_version
        )


def normalize_code(typed: str) -> str:
    """A code as it was made, however it was typed: in small letters, with spaces or dashes."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def random_code() -> str:
    """What is typed on another device: short, good for minutes, and kept as its digest only."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def code_digest(code: str) -> str:
    """By which a code is known, however it was typed."""
    # Few bits, so that a copy of the table must not be enough to find the code: the site's secret goes in.
    return salted_hmac("tenancy.tills.code", normalize_code(code), algorithm="sha256").hexdigest()


def digest(token: str) -> str:
    """By which a token is known."""
    # A plain SHA-256 is enough for 256 random bits.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _remember(till: Till) -> None:
    """What no signed-in person did stands in the history of whoever made the till and handed the code out."""
    if till.created_by_id is None:
        return
    history.remember(
        till,
        [{"did": ENROLLED}],
        user_id=till.created_by_id,
        name=str(till),
        merchant_id=till.merchant_id,
        store_id=till.store_id,
    )

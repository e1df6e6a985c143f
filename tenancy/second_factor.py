"""The second factor: who has one, who must have one, its secrets at rest, and the way back in when it is lost."""

import base64
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from groundwork.messaging import outbox
from tenancy import accounts
from tenancy.events import AccountEmailRequested
from tenancy.models import User
from tenancy.roles import READERS, is_operator

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}  # where in `data`


def is_held(user: User) -> bool:
    """Whether a person has a second factor; codes for when it is lost are none by themselves."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def has_any(user: User) -> bool:
    """Whether there is anything to reset."""
    return Authenticator.objects.filter(user_id=user.pk).exists()


def is_required(user: User) -> bool:
    """Whether somebody must have one: an operator by the settings, others by a merchant of which they read."""
    if is_operator(user):
        return bool(settings.OPERATORS_NEED_SECOND_FACTOR)
    return any(row.merchant.requires_second_factor for row in user.memberships() if row.role in READERS)


def is_missing(user: User) -> bool:
    """Whether somebody has to set one up before anything else."""
    return is_required(user) and not is_held(user)


# --- Changes ----------------------------------------------------------------------------------------------


@transaction.atomic
def note_change(user: User) -> None:
    """A person has changed their second factor: tell them."""
    accounts.remember(user, gettext_noop("Changed the second factor."))
    outbox.record(AccountEmailRequested(kind="second_factor_changed", about_id=user.pk))


@transaction.atomic
def reset(user: User) -> bool:
    """Take away all of a person's second factors, who then signs in without; False if there is none. They are told."""
    removed = forget(user)
    if removed:
        outbox.record(AccountEmailRequested(kind="second_factor_reset", about_id=user.pk))
    return removed


def forget(user: User) -> bool:
    """Remove all of them, and tell nobody; False if there is none."""
    removed, _kinds = Authenticator.objects.filter(user_id=user.pk).delete()
    return bool(removed)


# --- What django-allauth asks ------------------------------------------------------------------------------


def _key(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(b"tenancy.second_factor:" + secret.encode()).digest()))


def _keys() -> MultiFernet:
    """Ours for what is written; for what is read, also those before (settings.SECRET_KEY_FALLBACKS)."""
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def encrypt_anew() -> int:
    """Bring all secrets under the present key, so that an earlier one can be given up; returns how many moved."""
    moved = 0
    for row in Authenticator.objects.filter(type__in=SECRETS).order_by("pk").iterator():
        kept = row.data[SECRETS[row.type]].encode()
        try:
            _key(settings.SECRET_KEY).decrypt(kept)
        except InvalidToken:
            moved += _moved(row, kept)
    return moved


def _moved(row: Authenticator, kept: bytes) -> int:
    try:
        renewed = row.data | {SECRETS[row.type]: _keys().rotate(kept).decode()}
    except InvalidToken:  # nobody has its key any more
        return 0
    # Not where a recovery code was used meanwhile: the next night will do.
    return Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=renewed)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted at rest; words are our own (settings.MFA_ADAPTER)."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This does not fit. Please try again."),
        "cannot_delete_authenticator": _("You need a second factor here. Please add another one first."),
    }

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that no key of ours opens is one that nobody knows, which no code fits."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return not is_required(authenticator.user) or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Passkey %(number)d") % {"number": count + 1})

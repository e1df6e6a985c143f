"""The second factor: who has one, who must have one, its secrets at rest, and the way back in when it is lost."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from groundwork.messaging import outbox
from groundwork.sealing import Seal
from tenancy import accounts
from tenancy.events import AccountEmailRequested
from tenancy.models import User
from tenancy.roles import READERS, is_operator

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}  # where in `data`
SEALED = Seal("tenancy.second_factor")


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


def encrypt_anew() -> int:
    """Bring all secrets under the present key, so that an earlier one can be given up; returns how many moved."""
    moved = 0
    for row in Authenticator.objects.filter(type__in=SECRETS).order_by("pk").iterator():
        where = SECRETS[row.type]
        if (renewed := SEALED.renewed(row.data[where])) is not None:
            # Not where a recovery code was used meanwhile: the next night will do.
            same = Authenticator.objects.filter(pk=row.pk, data=row.data)
            moved += same.update(data=row.data | {where: renewed})
    return moved


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted at rest; words are our own (settings.MFA_ADAPTER)."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This does not fit. Please try again."),
        "cannot_delete_authenticator": _("You need a second factor here. Please add another one first."),
    }

    def encrypt(self, text: str) -> str:
        return SEALED.close(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that no key of ours opens is one that nobody knows, which no code fits."""
        text = SEALED.open(encrypted_text)
        return generate_totp_secret() if text is None else text

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return not is_required(authenticator.user) or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Passkey %(number)d") % {"number": count + 1})

"""The signed addresses that e-mails about accounts lead to: made when they are sent, for a while, good once.

Each is signed over what it changes (the password's hash, the address as it was), so that using it ends it.
"""

from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tenancy.models import EmailChange, User

_EMAIL_SALT = "tenancy.email_change"


def reset_path(user: User) -> str:
    """Where a person chooses a new password, for settings.PASSWORD_RESET_TIMEOUT seconds."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("account-reset", args=[uid, default_token_generator.make_token(user)])


def email_path(change: EmailChange) -> str:
    """Where a new address is confirmed, for EmailChange.LIFE."""
    return reverse("account-email-confirm", args=[signing.dumps(change.pk, salt=_EMAIL_SALT)])


def email_change(signed: str) -> EmailChange | None:
    """The change that a signed text is for, if it still waits; None for any other text."""
    try:
        pk = signing.loads(signed, salt=_EMAIL_SALT, max_age=EmailChange.LIFE)
    except signing.BadSignature:
        return None
    return EmailChange.objects.filter(pk=pk, confirmed_at__isnull=True, user__is_active=True).first()

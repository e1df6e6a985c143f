"""Addresses that leave the system: in e-mails, on passes and posters. All begin with PUBLIC_BASE_URL."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from groundwork.web.attempts import digest
from loyalty.errors import CardNotFound
from loyalty.models import LoyaltyCard
from tenancy.invitations import token_of
from tenancy.models import Invitation, Store

ERASURE_SALT = "loyalty.erasure"
EMAIL_SALT = "loyalty.email"
LIFE_SECONDS = 3 * 24 * 3600


def absolute(path: str) -> str:
    """A path of this site as a whole address."""
    return f"{settings.PUBLIC_BASE_URL}{path}"


def card_url(card: LoyaltyCard) -> str:
    """The customer's own page."""
    return absolute(reverse("card", args=[card.access_token]))


def wallet_url(card: LoyaltyCard) -> str:
    """What puts the card into the wallet of whatever phone opens it."""
    return absolute(reverse("card-wallet", args=[card.access_token]))


def join_url(store: Store) -> str:
    """The enrolment page of a store, which the poster's QR opens."""
    return absolute(reverse("join", args=[store.store_code]))


def friends_url(store: Store, code: str) -> str:
    """The same, by the invitation of whoever has a card."""
    return f"{join_url(store)}?by={code}"


def till_url(code: str = "") -> str:
    """Where a device becomes a till; with a code, which is filled in there."""
    return absolute(reverse("terminal-choose") + (f"?code={code}" if code else ""))


def erasure_path(card: LoyaltyCard) -> str:
    """Where a person confirms that they want to be erased; works for three days."""
    signed = signing.dumps(card.pk, salt=ERASURE_SALT)
    return reverse("card-erase-confirm", args=[card.access_token, signed])


def erasure_url(card: LoyaltyCard) -> str:
    """`erasure_path` as it stands in a message."""
    return absolute(erasure_path(card))


def email_confirmation_url(card: LoyaltyCard) -> str:
    """Where a person confirms the address that waits; works for three days, and for that address alone.

    It is no way to the card: the address may be somebody else's, and mistyped. A card that was replaced has another.
    """
    said = [card.pk, digest(card.access_token), digest(card.customer.pending_email or "")]
    return absolute(reverse("card-email-confirm", args=[signing.dumps(said, salt=EMAIL_SALT)]))


def card_of_confirmation(signed: str) -> int:
    """The key of the card whose person `email_confirmation_url` is for, however old. Raises CardNotFound if forged."""
    try:
        card_id, _token, _address = signing.loads(signed, salt=EMAIL_SALT)
    except signing.BadSignature:
        raise CardNotFound() from None
    return int(card_id)


def confirmed_email(card: LoyaltyCard, signed: str) -> str | None:
    """The digest of the address that `email_confirmation_url` signed; None if that is too old, or not for the card."""
    try:
        card_id, token, address = signing.loads(signed, salt=EMAIL_SALT, max_age=LIFE_SECONDS)
    except signing.BadSignature:
        return None
    return address if (card_id, token) == (card.pk, digest(card.access_token)) else None


def invitation_url(invitation: Invitation) -> str:
    """Where somebody accepts an invitation; made for its e-mail alone."""
    return absolute(reverse("invitation", args=[token_of(invitation)]))


def card_of_erasure(signed: str) -> int:
    """The key of the card that `erasure_path` signed, however old. Raises CardNotFound if forged."""
    try:
        return int(signing.loads(signed, salt=ERASURE_SALT))
    except signing.BadSignature:
        raise CardNotFound() from None


def is_erasure_of(card: LoyaltyCard, signed: str) -> bool:
    """Whether a signed text from `erasure_path` is for this card and not too old."""
    try:
        return signing.loads(signed, salt=ERASURE_SALT, max_age=LIFE_SECONDS) == card.pk
    except signing.BadSignature:
        return False

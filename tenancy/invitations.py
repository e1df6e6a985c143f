"""Invitations: a merchant offers somebody a role, and whoever reads the mail of that address takes it or not.

An account is nobody's but its owner's. Whether an address has one is never looked up for whoever invites; it is looked
up for whoever holds the link, which was sent to that address and to nobody else.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from groundwork import clock, deletion
from groundwork.console import history
from groundwork.console.models import AuditAction
from groundwork.errors import Invalid, NotFound, RateLimited
from groundwork.formats.email import normalize_email
from groundwork.messaging import outbox
from groundwork.web import attempts, rate_limits
from tenancy import scope
from tenancy.actor import Actor
from tenancy.errors import AccountExists, InvitationEnded, InvitationForAnother, TooManyInvitations
from tenancy.events import AccountEmailRequested
from tenancy.models import Invitation, InvitedStore, Merchant, Store, StoreUser, User
from tenancy.roles import OWNERS, role_for
from tenancy.services import find_user

KEEP = timedelta(days=30)
SIGNER = signing.Signer(salt="tenancy.invitation")
ACCEPTED = gettext_noop("Accepted the invitation")


# --- Offered ----------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, merchant: Merchant, stores: Iterable[Store], actor: Actor, email: str, role: str) -> Invitation:
    """Offer whoever reads this address a role at some stores of a merchant; the link is e-mailed.

    Raises OwnerRequired, NotFound for what is deleted meanwhile, and the Invalid of `check`.
    """
    actor.require_owner()
    places = sorted(stores, key=lambda store: store.pk)
    check(merchant_id=merchant.pk, stores=places, email=email)
    if not deletion.hold(merchant, *places):
        raise NotFound()
    now = clock.now()
    given = {"merchant_id": merchant.pk, "email": normalize_email(email)}
    Invitation.objects.filter(
        **given, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__lte=now
    ).update(revoked_at=now, updated_at=now)
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                **given, role=role, invited_by=actor.user, expires_at=now + Invitation.LIFE
            )
    except IntegrityError as error:  # somebody else was faster
        raise _invited_already() from error
    InvitedStore.objects.bulk_create(
        InvitedStore(merchant_id=merchant.pk, invitation=made, store=store) for store in places
    )
    _send(made)
    return made


def check(*, merchant_id: int, stores: Iterable[Store], email: str) -> None:
    """Raise the Invalid that `invite` would; changes nothing.

    Only what the merchant sees in its own lists is looked at, so that the answer tells nothing else.
    """
    address, places = normalize_email(email), list(stores)
    try:
        Invitation._meta.get_field("email").clean(address, None)
    except ValidationError as error:
        raise Invalid.field("email", " ".join(error.messages)) from error
    if not places or any(store.merchant_id != merchant_id for store in places):
        raise Invalid.field("stores", _("Choose at least one store of this merchant."))
    if StoreUser.objects.filter(user__email=address, store__in=places).exists():
        raise Invalid.field("email", _("This person is a member of this store already."))
    same = Invitation.objects.filter(
        merchant_id=merchant_id, email=address, accepted_at__isnull=True, revoked_at__isnull=True
    )
    if same.filter(expires_at__gt=clock.now()).exists():
        raise _invited_already()


def throttle(*, merchant_id: int, email: str) -> None:
    """Count an e-mail to a stranger, before `invite` or `resend` asks for it. Raises TooManyInvitations.

    Counted for each merchant by itself, so that none learns whom another one invites.
    """
    try:
        rate_limits.check("invited_address", f"{merchant_id}:{attempts.digest(normalize_email(email))}")
        rate_limits.check("invitation", str(merchant_id))
    except RateLimited as error:
        raise TooManyInvitations(**error.extra) from error


@transaction.atomic
def resend(*, invitation: Invitation, actor: Actor) -> Invitation:
    """E-mail a new link, which is valid for as long as the first one was.

    Raises OwnerRequired, and InvitationEnded for one that was accepted or taken back.
    """
    actor.require_owner()
    row = _locked(invitation.pk)
    row.expires_at = clock.now() + Invitation.LIFE
    row.save(update_fields=["expires_at", "updated_at"])
    _send(row)
    return row


@transaction.atomic
def revoke(*, invitation: Invitation, actor: Actor) -> Invitation:
    """Take an invitation back: its links do not work any more. Raises OwnerRequired and InvitationEnded."""
    actor.require_owner()
    row = _locked(invitation.pk)
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at", "updated_at"])
    return row


def _invited_already() -> Invalid:
    return Invalid.field(
        "email", _("This address has an open invitation. Send it again, or take it back first.")
    )


def _send(invitation: Invitation) -> None:
    outbox.record(
        AccountEmailRequested(kind="invitation", about_id=invitation.pk, merchant_id=invitation.merchant_id)
    )


# --- The link ---------------------------------------------------------------------------------------------


def token_of(invitation: Invitation) -> str:
    """What stands in the link, made from the row whenever it is needed: it is stored nowhere."""
    return SIGNER.sign_object([invitation.pk, int(invitation.expires_at.timestamp())])


def find_open(token: str) -> Invitation:
    """The invitation behind a link, with merchant and inviter; works outside of any scope.

    Raises InvitationEnded for everything else: a link that is too old, or an invitation that is not `valid`.
    """
    try:
        invitation_id, until = SIGNER.unsign_object(token)
    except signing.BadSignature as error:
        raise InvitationEnded() from error
    with scope.everything("a link decides the scope"):
        found = valid(invitation_id)
    if found is None or clock.now().timestamp() >= until:
        raise InvitationEnded()
    return found


def valid(invitation_id: int) -> Invitation | None:
    """An invitation that can be accepted now, with merchant and inviter.

    None if it was used, taken back or has run out, if its merchant or stores are gone, or if whoever invited may not do
    so there any more.
    """
    rows = Invitation.objects.select_related("merchant", "invited_by")
    found = rows.filter(pk=invitation_id, expires_at__gt=clock.now()).first()
    if found is None or not found.is_open or found.invited_by.is_deleted:
        return None
    may_invite = role_for(found.invited_by, found.merchant_id) in OWNERS
    return found if may_invite and found.living_stores() else None


def _locked(invitation_id: int) -> Invitation:
    """An open invitation until the transaction ends. Raises InvitationEnded."""
    row = Invitation.objects.select_for_update(no_key=True, of=("self",)).get(pk=invitation_id)
    if not row.is_open:
        raise InvitationEnded()
    return row


@transaction.atomic
def clean(*, now: datetime) -> int:
    """Forget whom nobody became: what was not accepted, a month after it ended; returns how many. Open a scope."""
    over = Invitation.objects.filter(accepted_at__isnull=True, expires_at__lt=now - KEEP)
    InvitedStore.objects.filter(invitation__in=over).delete()
    return over.delete()[0]


# --- Accepted ---------------------------------------------------------------------------------------------


@transaction.atomic
def accept(*, token: str, user: User) -> Invitation:
    """Take what was offered, as the account of the invited address.

    Who is a member of a store already stays what they are there. Raises InvitationEnded, and InvitationForAnother for
    every other account.
    """
    found = find_open(token)
    with scope.merchant(found.merchant_id):
        row, stores = _hold(found)
        if not deletion.hold(user) or find_user(row.email) != user:
            raise InvitationForAnother()
        return _join(row, stores, user)


def accept_as_new(*, token: str, password: str, **names: Any) -> User:
    """Make the account of the invited address, with a password of its owner's choice, and take what was offered.

    `names` are `first_name`, `last_name` and `preferred_language`. Raises InvitationEnded, AccountExists where there
    is one meanwhile, and Invalid for a password that is missing or too weak.
    """
    found = find_open(token)
    user = User(email=found.email, **names)
    _check_password(password, user)
    user.password = make_password(password)  # slow, on purpose: before anything is locked
    with transaction.atomic(), scope.merchant(found.merchant_id):
        row, stores = _hold(found)
        if find_user(row.email) is not None:
            raise AccountExists()
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:  # the invitation of another merchant was accepted at the same moment
            raise AccountExists() from error
        _join(row, stores, user)
    return user


def _hold(found: Invitation) -> tuple[Invitation, list[Store]]:
    """Lock what an acceptance stands on: merchant, stores, the invitation. Raises InvitationEnded."""
    stores = found.living_stores()
    if not deletion.hold(found.merchant, *stores):
        raise InvitationEnded()
    return _locked(found.pk), stores


def _join(invitation: Invitation, stores: Iterable[Store], user: User) -> Invitation:
    now = clock.now()
    rows: list[Any] = [invitation]
    for store in stores:
        row, made = StoreUser.objects.get_or_create(
            user=user, store=store, defaults={"merchant_id": store.merchant_id, "role": invitation.role}
        )
        rows += [row] if made else []
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by", "updated_at"])
    for each in rows:
        _remember(each, user)
    return invitation


def _remember(row: Invitation | StoreUser, user: User) -> None:
    history.remember(
        row,
        [{"did": ACCEPTED}],
        user_id=user.pk,
        name=name_in_history(row),
        action=AuditAction.CHANGED if isinstance(row, Invitation) else AuditAction.ADDED,
        merchant_id=row.merchant_id,
        store_id=getattr(row, "store_id", None),
    )


def name_in_history(row: Invitation | StoreUser) -> str:
    """What a row is called in the history: an address that was only invited stays out of it."""
    return f"#{row.pk}" if isinstance(row, Invitation) else str(row)


def _check_password(password: str, user: User) -> None:
    if not password:
        raise Invalid.field("password", _("Choose a password."), code="required")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid.field("password", " ".join(error.messages)) from error

"""What people do with their own accounts. Nobody else can: an account belongs to none of the merchants.

What is answered tells nobody whether an address has an account: known or not, the same is read and written.
"""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from groundwork.console import history
from groundwork.formats.email import normalize_email
from groundwork.messaging import outbox
from tenancy.errors import LinkSpent
from tenancy.events import AccountEmailRequested
from tenancy.models import EmailChange, User

NOBODY = 0  # what an e-mail about no account is about: it is owed like any other, and not sent


@transaction.atomic
def request_password_reset(email: str) -> None:
    """Send a link to whoever signs in with this address, if anybody does."""
    ids = User.objects.filter(email=normalize_email(email), is_active=True).values_list("pk", flat=True)
    outbox.record(AccountEmailRequested(kind="password_reset", about_id=ids.first() or NOBODY))


@transaction.atomic
def note_new_password(user: User) -> None:
    """A person has chosen another password, which ends all other sessions by itself: tell them.

    A change of address that waits ends as well: it may have been asked for by whoever knew the password before.
    """
    EmailChange.objects.filter(user=user, confirmed_at__isnull=True).delete()
    remember(user, _("Chose a new password."))
    outbox.record(AccountEmailRequested(kind="password_changed", about_id=user.pk))


@transaction.atomic
def note_new_device(user: User) -> None:
    """A person has signed in on a device that was not known: tell them."""
    remember(user, _("Signed in on a new device."))
    outbox.record(AccountEmailRequested(kind="new_device", about_id=user.pk))


@transaction.atomic
def request_email_change(user: User, new_email: str) -> EmailChange:
    """Ask the new address to confirm; what was asked for before counts no more.

    An address that somebody else signs in with is taken like any other, and not written to.
    """
    waiting = EmailChange.objects.filter(user=user, confirmed_at__isnull=True)
    waiting.delete()
    change = EmailChange.objects.create(user=user, old_email=user.email, new_email=normalize_email(new_email))
    outbox.record(AccountEmailRequested(kind="email_confirmation", about_id=change.pk))
    return change


@transaction.atomic
def confirm_email_change(change: EmailChange) -> None:
    """Sign in with the new address from now on, and tell the old one. Raises LinkSpent if it counts no more."""
    user = User.objects.select_for_update(of=("self",)).filter(pk=change.user_id, is_active=True).first()
    waiting = EmailChange.objects.filter(pk=change.pk, confirmed_at__isnull=True)
    if user is None or user.email != change.old_email:
        raise LinkSpent()
    if not waiting.update(confirmed_at=timezone.now()):
        raise LinkSpent()
    user.email = change.new_email
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "updated_at"])
    except IntegrityError as taken:
        raise LinkSpent() from taken
    remember(user, _("Changed the e-mail address."))
    outbox.record(AccountEmailRequested(kind="email_changed", about_id=change.pk))


@transaction.atomic
def end_all_sessions(user: User) -> None:
    """Sign a person out everywhere, at once: each session is signed over the number that moves on here."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    UserSession.objects.filter(user=user).delete()
    remember(user, _("Ended all sessions."))


def forget(user: User) -> None:
    """Remove what an account leaves behind for good: sessions, changes of address, who it is elsewhere."""
    models.QuerySet(User).filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    for session in UserSession.objects.filter(user=user):
        session.end()
    EmailChange.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()


def remember(user: User, what: str) -> None:
    """Note in the history what a person did with their account: an English text of the catalogues."""
    history.remember(user, [{"did": what}], user_id=user.pk, name="Account")


def clean(*, now: datetime) -> int:
    """Forget old addresses, and sessions that are over with where they were; returns how many rows."""
    old = EmailChange.objects.filter(created_at__lt=now - EmailChange.KEEP)
    over = Session.objects.filter(expire_date__lt=now)
    removed = old.delete()[0] + over.delete()[0]
    return removed + UserSession.objects.exclude(session_key__in=Session.objects.values("pk")).delete()[0]

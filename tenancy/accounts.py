"""What people do with their own accounts. Nobody else can: an account belongs to none of the merchants.

What is answered tells nobody whether an address has an account: known or not, the same is read and written.
"""

from django.db import transaction

from groundwork.formats.email import normalize_email
from groundwork.messaging import outbox
from tenancy.events import AccountEmailRequested
from tenancy.models import User

NOBODY = 0  # what an e-mail about no account is about: it is owed like any other, and not sent


@transaction.atomic
def request_password_reset(email: str) -> None:
    """Send a link to whoever signs in with this address, if anybody does."""
    ids = User.objects.filter(email=normalize_email(email), is_active=True).values_list("pk", flat=True)
    outbox.record(AccountEmailRequested(kind="password_reset", about_id=ids.first() or NOBODY))

"""What deleting an account means besides: nothing is left that opens it (`groundwork.deletion.followers`)."""

import uuid
from collections.abc import Sequence

from django.db import models

from tenancy import accounts, second_factor
from tenancy.models import User


def on_deleted(rows: Sequence[models.Model], batches: Sequence[uuid.UUID]) -> None:
    """Remove deleted people's second factors, sessions and changes of address, for good."""
    for row in rows:
        if isinstance(row, User):
            second_factor.forget(row)
            accounts.forget(row)


def on_restored(rows: Sequence[models.Model], batches: Sequence[uuid.UUID]) -> None:
    """Nothing comes back: whoever is restored signs in with their password, and sets up another second factor."""

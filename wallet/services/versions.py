"""Versions of a pass: wanting a new one, and what the holder of a pass did with it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from groundwork.messaging import doorbell
from groundwork.queue import clock
from wallet.models import PassState, WalletPass
from wallet.services.locks import in_order

SYNC_TASKS = ("wallet.sync_apple", "wallet.sync_google")

# Changes that come together (stamps and points of one purchase, a till that was offline) make one update.
GATHER = timedelta(seconds=2)


def ring() -> None:
    """Ring for those who bring passes up to date, at each wallet."""
    for task in SYNC_TASKS:
        doorbell.ring(task)


@transaction.atomic(savepoint=False)
def touch(passes: QuerySet[WalletPass], **changes: Any) -> int:
    """Want a new version of these passes, and change what else is given; returns how many.

    Last-Modified has whole seconds and must grow with each version, so that it may run ahead of the clock.
    """
    now = timezone.now()
    second = now.replace(microsecond=0)
    later = Case(
        When(last_modified__gte=second, then=F("last_modified") + timedelta(seconds=1)), default=Value(second)
    )
    # The first change after a quiet time waits for its companions; what waits already is not put off.
    gathered = Case(
        When(
            wanted_version=F("synced_version"),
            next_attempt_at__lt=clock.now() + GATHER,
            then=clock.now() + GATHER,
        ),
        default=F("next_attempt_at"),
    )
    values = {"wanted_version": F("wanted_version") + 1, "last_modified": later, "next_attempt_at": gathered}
    return in_order(passes).update(**(values | {"updated_at": now} | changes))


def held(state: str) -> dict[str, Any]:
    """The changes that note what the holder did; a void pass remembers it for when it is valid again."""
    is_void = Q(state=PassState.VOID)
    now = Value(timezone.now(), output_field=DateTimeField())
    return {
        "saved_at": Coalesce("saved_at", now),
        "state": Case(When(is_void, then=F("state")), default=Value(state)),
        "state_before_void": Case(When(is_void, then=Value(state)), default=Value("")),
    }

"""What Google has refused of a class or an object: not tried with every change, and yet tried again each day."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from groundwork.queue import clock
from wallet.models import PassDesign, WalletPass
from wallet.services import versions

logger = logging.getLogger(__name__)

AGAIN = timedelta(days=1)
OF_THE_ISSUER = frozenset({"merchantLocations"})  # refused on a class, they are refused on its objects


def known(row: PassDesign | WalletPass, *, now: datetime) -> dict[str, str]:
    """The parts of a row that are not to be tried now, with the words that refused them."""
    is_fresh = row.left_out_at is not None and row.left_out_at > now - AGAIN
    return dict(row.left_out) if is_fresh else {}


def known_of_issuer(design: PassDesign, *, now: datetime) -> set[str]:
    """What a design has found out that its objects need not find out again."""
    return known(design, now=now).keys() & OF_THE_ISSUER


def remember(row: PassDesign | WalletPass, refused: Mapping[str, str], *, now: datetime) -> None:
    """Note the parts without which a row was accepted; nothing, where it has changed meanwhile and goes again."""
    untried = known(row, now=now)
    left = untried | dict(refused)
    if refused or left != row.left_out:
        same = type(row)._base_manager.filter(pk=row.pk, wanted_version=row.wanted_version)
        same.update(left_out=left, left_out_at=now if left else None)
    for part, words in refused.items():
        told = {"row": f"{row._meta.label_lower} {row.pk}", "part": part, "words": words}
        logger.warning("google takes it without a part only", extra=told)


@transaction.atomic
def try_again() -> int:
    """Send those classes whole again that have been without a part for a day; returns how many.

    Their passes show nothing new for it: the version counts as spread already.
    """
    waiting = PassDesign.objects.filter(
        left_out_at__lte=timezone.now() - AGAIN,
        spread_after_id__isnull=True,
        spread_version=F("wanted_version"),
    )
    count = waiting.update(
        left_out_at=None,
        wanted_version=F("wanted_version") + 1,
        spread_version=F("wanted_version") + 1,
        next_attempt_at=clock.now(),
    )
    if count:
        versions.ring()
    return count

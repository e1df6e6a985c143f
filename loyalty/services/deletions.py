"""What deleting and restoring means for cards: their passes and figures follow, and nothing expires on coming back.

`groundwork.deletion` calls these two for all batches of a transaction, whatever rows they began with.
"""

import uuid
from collections.abc import Sequence

from django.db import models
from django.db.models import QuerySet

from groundwork import clock
from groundwork.messaging import outbox
from loyalty.events import CardStateChanged
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.reporting import statistics
from loyalty.services.cards import grace
from tenancy import scope
from tenancy.models import Merchant

BATCH = 1_000


def on_deleted(rows: Sequence[models.Model], batches: Sequence[uuid.UUID]) -> None:
    """Announce the cards that went, in batches of bounded size."""
    with scope.everything("a batch does not leave its merchant"):
        _announce(_cards(batches))
        _count_again(batches, sign=-1)


def on_restored(rows: Sequence[models.Model], batches: Sequence[uuid.UUID]) -> None:
    """Announce the cards that come back; their points do not expire within 14 days."""
    now = clock.now()
    with scope.everything("a batch does not leave its merchant"):
        cards = _cards(batches)
        programs = LoyaltyProgram.all_objects.filter(pk__in=cards.values("program"))
        for program in programs.select_related("merchant"):
            not_before = grace(program, program.merchant, now)
            cards.filter(program=program).update(expiry_not_before=not_before)
        _announce(cards)
        _count_again(batches, sign=+1)


def _count_again(batches: Sequence[uuid.UUID], *, sign: int) -> None:
    """Closed days hold only cards that are there."""
    for merchant in Merchant.all_objects.filter(pk__in=_cards(batches).values("merchant_id").distinct()):
        statistics.move(merchant, batches=batches, sign=sign)


def _cards(batches: Sequence[uuid.UUID]) -> QuerySet[LoyaltyCard]:
    return LoyaltyCard.all_objects.filter(deletion_batch__in=batches)


def _announce(cards: QuerySet[LoyaltyCard]) -> None:
    last = 0
    while page := list(cards.filter(pk__gt=last).order_by("pk").values_list("pk", "merchant_id")[:BATCH]):
        card_ids = [card_id for card_id, _ in page]
        outbox.record(CardStateChanged(merchant_id=page[0][1], card_ids=card_ids))
        last = card_ids[-1]

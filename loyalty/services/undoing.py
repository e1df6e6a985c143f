"""Undoing many lines of the ledger, each by the service that undoes one; first as a question, then in earnest.

A line that cannot be undone keeps nobody from undoing the others, and is named with the reason. Lines are taken from
the newest to the oldest: what was spent comes back before that is taken with which it was paid.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction

from groundwork.errors import DomainError
from loyalty import ledger, promoted, rules
from loyalty.errors import NotVoidable
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from loyalty.models.transaction import newly_owed
from loyalty.services import voids
from tenancy.actor import Actor

MOST_AT_ONCE = 500
ActorOf = Callable[[LoyaltyTransaction], Actor | None]


@dataclass(frozen=True)
class Refused:
    """A line that cannot be undone, and why."""

    line: LoyaltyTransaction
    why: str


@dataclass
class Undoing:
    """What undoing some lines does, or would do."""

    undone: list[int] = field(default_factory=list)  # lines, with those that went along
    refused: list[Refused] = field(default_factory=list)
    owed: dict[int, rules.Amounts] = field(default_factory=dict)  # since then, by card
    cards: dict[int, LoyaltyCard] = field(default_factory=dict)
    stamps: int = 0  # by how much all cards together change
    points: int = 0

    def take(self, done: voids.Voiding) -> None:
        """Add what one line did."""
        self.undone += [row.voids_id for row in done.transactions if row.voids_id is not None]
        self.stamps += sum(row.stamps_delta for row in done.transactions)
        self.points += sum(row.points_delta for row in done.transactions)
        owed, before = newly_owed(done.transactions), self.owed.get(done.card.pk, rules.Amounts())
        if owed != rules.Amounts():
            self.owed[done.card.pk] = rules.Amounts(before.stamps + owed.stamps, before.points + owed.points)
            self.cards[done.card.pk] = done.card


def foresee(lines: Iterable[LoyaltyTransaction], *, actor_of: ActorOf, reason: str) -> Undoing:
    """What `undo` would do now, card by card; nothing of it stays."""
    return _each_card(lines, actor_of, reason, within=_taken_back)


def undo(lines: Iterable[LoyaltyTransaction], *, actor_of: ActorOf, reason: str) -> Undoing:
    """Undo lines, each in a transaction of its own: what is done is done, whatever becomes of the others.

    Args:
        lines: with their cards and stores.
        actor_of: who undoes a line; None: whoever asks may not.
    """
    return _each_card(lines, actor_of, reason, within=_kept)


@contextmanager
def _taken_back(of_card: list[LoyaltyTransaction]) -> Iterator[None]:
    """Many lines in one transaction: the budgets of them all are locked before the first is undone."""
    with transaction.atomic():
        card = of_card[0].card
        ledger.lock(LoyaltyCard.all_objects.filter(pk=card.pk))
        if card.program.has_promotions:
            bought = Purchase.objects.filter(
                pk__in=[line.purchase_id for line in of_card if line.purchase_id]
            )
            promoted.hold_budgets_of(bought, of_card)
        yield
        transaction.set_rollback(True)


@contextmanager
def _kept(of_card: list[LoyaltyTransaction]) -> Iterator[None]:
    yield


def _each_card(
    lines: Iterable[LoyaltyTransaction], actor_of: ActorOf, reason: str, within: Callable
) -> Undoing:
    found = Undoing()
    ordered = sorted(lines, key=lambda line: (line.card_id, -line.pk))
    for _card_id, group in groupby(ordered, key=lambda line: line.card_id):
        of_card = list(group)
        with within(of_card):
            for line in of_card:
                if line.pk not in found.undone:
                    _one(found, line, actor_of(line), reason)
    return found


def _one(found: Undoing, line: LoyaltyTransaction, actor: Actor | None, reason: str) -> None:
    store = line.store or line.card.enrolled_at_store
    try:
        if actor is None or store is None:
            raise NotVoidable()
        found.take(
            voids.void(store=store, transaction_id=line.pk, actor=actor, reason=reason, asks_for_pin=False)
        )
    except DomainError as refusal:
        found.refused.append(Refused(line, str(refusal)))

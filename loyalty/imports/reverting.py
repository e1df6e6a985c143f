"""Taking an import back: exactly what it made and moved, some hundred lines at a time, within thirty days.

Somebody whom nothing else has happened to since is deleted, and can be restored like anybody who was deleted. Of
somebody who has been to the shop, or was known before, the balances are undone, what was filled in is emptied, and the
code is taken off; what of a balance is spent already is owed.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from customers import filling
from customers.models import Customer
from groundwork import deletion
from groundwork.database import advisory_lock, bulk
from groundwork.database.advisory_lock import Work
from groundwork.formats.numbers import grouped
from loyalty import ledger
from loyalty.errors import ImportNotRevertible
from loyalty.models import (
    CardCode,
    ImportBatch,
    ImportedPerson,
    LoyaltyCard,
    LoyaltyTransaction,
    TransactionType,
)
from loyalty.services import voids
from tenancy.actor import Actor

REASON = "Import taken back"
ERASED, REFUSED = "erased", "refused"
AT_ONCE = 200  # lines of one transaction: a till that wants a card of theirs waits for so many


@transaction.atomic
def begin(*, batch: ImportBatch) -> None:
    """Decide that an import is taken back: none of it comes in any more. Raises ImportNotRevertible."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not locked.may_be_reverted:
        raise ImportNotRevertible()
    locked.reverting_at = locked.reverting_at or timezone.now()
    locked.save(update_fields=["reverting_at", "updated_at"])


def revert(*, batch: ImportBatch, actor: Actor, counted: Callable[[int], None] = lambda count: None) -> None:
    """Take back what is still there of an import that is being taken back (`begin`), last line first.

    `counted` hears of each some hundred, with the first of them of those that were taken back before.
    """
    actor.require_manager()
    before = ImportedPerson.objects.filter(batch=batch, reverted_at__isnull=False).count()
    while count := _revert_some(batch, actor):
        counted(before + count)
        before = 0
    _settle(batch)


@transaction.atomic
def _revert_some(batch: ImportBatch, actor: Actor) -> int:
    """Take back the last lines that are still there; returns of how many people, none if that was all."""
    # Nobody else takes them back meanwhile, and no file brings the same people in again.
    advisory_lock.take(Work.IMPORT, batch.merchant_id)
    pending = ImportedPerson.objects.filter(batch=batch, reverted_at=None).order_by("-number")
    some = list(pending.values_list("pk", "customer_id", "card_id")[:AT_ONCE])
    if some:
        ids, customer_ids, card_ids = (set(column) for column in zip(*some, strict=True))
        _Some(batch, actor, ids, customer_ids, card_ids).take_back()
    return len(some)


class _Some:
    """Some lines of an import, in one transaction; their customers are locked before their cards, as everywhere."""

    def __init__(
        self, batch: ImportBatch, actor: Actor, ids: set[int], customer_ids: set[int], card_ids: set[int]
    ) -> None:
        self.batch, self.actor = batch, actor
        customers = Customer.all_objects.filter(pk__in=customer_ids).order_by("pk")
        self.customers = {row.pk: row for row in customers.select_for_update(no_key=True, of=("self",))}
        cards = LoyaltyCard.all_objects.filter(pk__in=card_ids).select_related("program")
        self.cards = {card.pk: card for card in ledger.lock(cards)}
        # Read under these locks: an erasure has emptied them, or waits.
        self.people = list(ImportedPerson.objects.filter(pk__in=ids))

    def take_back(self) -> None:
        there = [person for person in self.people if self._is_there(person)]
        self._remove_codes(there)
        untouched = self._untouched(there)
        alone = self._alone(untouched)
        stays = [person for person in there if person not in untouched]
        refused = voids.void_openings(
            store=self.batch.store,
            cards=[self.cards[person.card_id] for person in stays],
            line_ids=_lines_of(stays),
            actor=self.actor,
            reason=REASON,
        )
        gone = {person.pk for person in alone} | {person.pk for person in stays if person.card_id in refused}
        filling.take_out((self._customer(person), person.filled) for person in there if person.pk not in gone)
        # Last, because the merchant's calendar is locked by it.
        deletion.soft_delete_each([self._customer(person) for person in alone], by=self.actor.user)
        others = [self.cards[person.card_id] for person in untouched if person not in alone]
        deletion.soft_delete_each(others, by=self.actor.user)
        self._note(refused)

    def _customer(self, person: ImportedPerson) -> Customer:
        return self.customers[person.customer_id]

    def _is_there(self, person: ImportedPerson) -> bool:
        customer, card = self._customer(person), self.cards[person.card_id]
        return customer.erased_at is None and not customer.is_deleted and not card.is_deleted

    def _remove_codes(self, people: Iterable[ImportedPerson]) -> None:
        of_cards = {(person.card_id, person.code) for person in people if person.code}
        if of_cards:
            codes = CardCode.objects.filter(card__in={card_id for card_id, _code in of_cards})
            ids = [
                pk
                for pk, *of_card in codes.values_list("pk", "card_id", "code")
                if tuple(of_card) in of_cards
            ]
            codes.filter(pk__in=ids).delete()

    def _untouched(self, people: Iterable[ImportedPerson]) -> list[ImportedPerson]:
        """Those whose cards were made by the import, and have had nothing happen to them but what it did."""
        new = [person for person in people if person.made_card]
        lines = LoyaltyTransaction.objects.filter(card__in=[person.card_id for person in new])
        others = lines.exclude(pk__in=_lines_of(new)).exclude(transaction_type=TransactionType.CARD_CREATED)
        touched = set(others.order_by().values_list("card_id", flat=True).distinct())
        return [person for person in new if person.card_id not in touched]

    def _alone(self, people: Iterable[ImportedPerson]) -> list[ImportedPerson]:
        """Those whom the import made and who have no other card, be it a deleted one."""
        new = [person for person in people if person.made_customer]
        cards = LoyaltyCard.all_objects.filter(customer__in=[person.customer_id for person in new])
        others = cards.exclude(pk__in=[person.card_id for person in new])
        elsewhere = set(others.order_by().values_list("customer_id", flat=True))
        return [person for person in new if person.customer_id not in elsewhere]

    def _note(self, refused: set[int]) -> None:
        now = timezone.now()
        for person in self.people:
            is_erased = self._customer(person).erased_at is not None
            person.kept = ERASED if is_erased else REFUSED if person.card_id in refused else ""
            person.reverted_at, person.key, person.filled, person.updated_at = now, "", {}, now
        bulk.update(self.people, "kept", "reverted_at", "key", "filled", "updated_at")


def _lines_of(people: Iterable[ImportedPerson]) -> list[int]:
    return [line for person in people for line in (person.stamps_line_id, person.points_line_id) if line]


def _settle(batch: ImportBatch) -> None:
    people = ImportedPerson.objects.filter(batch=batch)
    kept = Counter(people.exclude(kept="").values_list("kept", flat=True))
    gone = people.filter(made_customer=True, customer__deleted_at__isnull=False).count()
    undone = people.filter(stamps_line__voided_by__isnull=False) | people.filter(
        points_line__voided_by__isnull=False
    )
    batch.taken_back = {"people": gone, "balances": undone.distinct().count(), "kept": kept.total()}
    batch.reverted_at = timezone.now()
    batch.save(update_fields=["taken_back", "reverted_at", "updated_at"])


def in_words(batch: ImportBatch) -> str:
    """What taking an import back did, in a sentence."""
    figures = batch.taken_back
    people = ngettext("%(count)s person was removed", "%(count)s people were removed", figures["people"])
    balances = ngettext("%(count)s balance was undone", "%(count)s balances were undone", figures["balances"])
    text = f"{people % {'count': grouped(figures['people'])}}, "
    text += f"{balances % {'count': grouped(figures['balances'])}}."
    if figures["kept"]:
        left = ngettext(
            "Of %(count)s person something stays, because the card was merged or its owner erased.",
            "Of %(count)s people something stays, because their cards were merged or they were erased.",
            figures["kept"],
        )
        text = f"{text} {left % {'count': grouped(figures['kept'])}}"
    return text

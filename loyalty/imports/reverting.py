"""Taking an import back: exactly what it made and moved, person by person, within thirty days.

Somebody whom nothing else has happened to since is deleted, and can be restored like anybody who was deleted. Of
somebody who has been to the shop, or was known before, the balances are undone, what was filled in is emptied, and the
code is taken off; what of a balance is spent already is owed.
"""

from collections import Counter
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import ngettext

from customers import filling
from customers.models import Customer
from groundwork import deletion
from groundwork.errors import DomainError
from loyalty.errors import AlreadyVoided, ImportNotRevertible
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
AT_ONCE = 200


@transaction.atomic
def begin(*, batch: ImportBatch) -> None:
    """Decide that an import is taken back: none of it comes in any more. Raises ImportNotRevertible."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if not locked.may_be_reverted:
        raise ImportNotRevertible()
    locked.reverting_at = locked.reverting_at or timezone.now()
    locked.save(update_fields=["reverting_at", "updated_at"])


def revert(*, batch: ImportBatch, actor: Actor, counted: Callable[[int], None] = lambda count: None) -> None:
    """Take back what is still there of an import that is being taken back (`begin`), last line first."""
    actor.require_manager()
    pending = ImportedPerson.objects.filter(batch=batch, reverted_at=None).order_by("-number")
    while some := list(pending.values_list("pk", flat=True)[:AT_ONCE]):
        for person_id in some:
            _revert_one(person_id, batch, actor)
            counted(1)
    _settle(batch)


@transaction.atomic
def _revert_one(person_id: int, batch: ImportBatch, actor: Actor) -> None:
    people = ImportedPerson.objects.select_for_update(of=("self",)).select_related("customer")
    person = people.get(pk=person_id)
    if person.reverted_at is not None:
        return
    person.kept = _taken_back(person, batch, actor)
    person.reverted_at, person.key, person.filled = timezone.now(), "", {}
    person.save(update_fields=["kept", "reverted_at", "key", "filled", "updated_at"])


def _taken_back(person: ImportedPerson, batch: ImportBatch, actor: Actor) -> str:
    """Why something of a line stays, "" if nothing does."""
    card = LoyaltyCard.all_objects.get(pk=person.card_id)
    customer = Customer.all_objects.get(pk=person.customer_id)
    if customer.erased_at is not None:
        return ERASED
    if customer.is_deleted or card.is_deleted:
        return ""
    if person.code:
        CardCode.objects.filter(card=card, code=person.code).delete()
    if person.made_card and _is_untouched(person):
        alone = not LoyaltyCard.all_objects.filter(customer=customer).exclude(pk=card.pk).exists()
        deletion.soft_delete(customer if person.made_customer and alone else card, by=actor.user)
        if person.made_customer and alone:
            return ""
    else:
        for line_id in filter(None, (person.points_line_id, person.stamps_line_id)):
            if not _is_undone(line_id, batch, actor):
                return REFUSED
    filling.take_out(customer, person.filled)
    return ""


def _is_undone(line_id: int, batch: ImportBatch, actor: Actor) -> bool:
    try:
        with transaction.atomic():
            voids.void_opening(store=batch.store, transaction_id=line_id, actor=actor, reason=REASON)
    except AlreadyVoided:
        return True
    except DomainError:
        return False
    return True


def _is_untouched(person: ImportedPerson) -> bool:
    """Whether nothing has happened to a card but what its import did."""
    lines = LoyaltyTransaction.objects.filter(card_id=person.card_id)
    own = [line_id for line_id in (person.stamps_line_id, person.points_line_id) if line_id]
    return not lines.exclude(pk__in=own).exclude(transaction_type=TransactionType.CARD_CREATED).exists()


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
    people = ngettext("%(count)d person was removed", "%(count)d people were removed", figures["people"])
    balances = ngettext("%(count)d balance was undone", "%(count)d balances were undone", figures["balances"])
    text = f"{people % {'count': figures['people']}}, {balances % {'count': figures['balances']}}."
    if figures["kept"]:
        left = ngettext(
            "Of %(count)d person something stays, because the card was merged or its owner erased.",
            "Of %(count)d people something stays, because their cards were merged or they were erased.",
            figures["kept"],
        )
        text = f"{text} {left % {'count': figures['kept']}}"
    return text

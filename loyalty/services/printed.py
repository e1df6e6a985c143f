"""Cards that are printed before anybody has them: made in batches, alive from their first scan at a till."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import services as customers
from customers.selectors import typed
from groundwork import clock, deletion
from groundwork.errors import Invalid
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from loyalty import codes, finding, selectors, tokens
from loyalty.errors import ProgramNotFound
from loyalty.models import CardBatch, LoyaltyCard, PrintedCard
from loyalty.models.batch import MOST_CARDS
from loyalty.services import enrollment, numbers
from tenancy.actor import Actor
from tenancy.errors import StoreNotFound
from tenancy.models import Store

NOT_SO_MANY = _("A batch has 1 to 5,000 cards. Make several for more.")


@transaction.atomic
def make(*, store: Store, actor: Actor, name: str, count: int, design: str) -> CardBatch:
    """A batch of cards to be printed for a store, each with a number and a QR code of its own.

    Raises ManagerRequired, Invalid for more than a batch may have, StoreNotFound or ProgramNotFound.
    """
    actor.require_manager()
    if not 1 <= count <= MOST_CARDS:
        raise Invalid.field("count", NOT_SO_MANY)
    if not deletion.hold(store.merchant, store):
        raise StoreNotFound()
    program = selectors.program_of(store.merchant_id)
    if not deletion.hold(program):
        raise ProgramNotFound()
    of = {"merchant_id": store.merchant_id}
    batch = CardBatch.objects.create(
        store=store, program=program, name=name, count=count, design=design, created_by=actor.user, **of
    )
    rows = [
        PrintedCard(batch=batch, card_number=number, qr_code_data=tokens.letters(), **of)
        for number in numbers.free(count)
    ]
    PrintedCard.objects.bulk_create(rows)
    return batch


@transaction.atomic
def revoke(*, batch: CardBatch, actor: Actor) -> None:
    """Let none of a batch come alive any more; those that did stay. Its files go. Raises ManagerRequired."""
    actor.require_manager()
    now = clock.now()
    CardBatch.objects.filter(pk=batch.pk, revoked_at__isnull=True).update(revoked_at=now, updated_at=now)
    jobs.forget(
        lambda job: job.kind == JobKind.PRINT and job.parameters["batch"] == batch.pk,
        why=_("The batch was revoked meanwhile."),
    )


@transaction.atomic
def first_scan(*, store: Store, actor: Actor, text: str) -> LoyaltyCard | None:
    """The card that a printed one becomes when it is scanned for the first time; None for any other text.

    Its customer is nobody yet. Raises StoreNotFound, ProgramNotFound, ProgramInactive, or CardNotFound for one that
    has become a card before, which is not to be found here.
    """
    # Two scans at the same moment meet at this row, and both get the one card.
    printed = _waiting(store, text).select_for_update(no_key=True, of=("self",)).first()
    if printed is None:
        return None
    if printed.card_id is not None:
        return finding.find_card(store, text)
    names = {"card_number": printed.card_number, "qr_code_data": printed.qr_code_data}
    customer = customers.make_nameless(store=store)
    card = enrollment.enroll_nameless(store=store, actor=actor, customer=customer, names=names)
    printed.card = card
    printed.save(update_fields=["card", "updated_at"])
    return card


def _waiting(store: Store, text: str) -> QuerySet[PrintedCard]:
    """The printed card that a text names, if it may be used at a store."""
    named = codes.of_a_card(typed(text))
    if named is None:
        return PrintedCard.objects.none()
    cards = PrintedCard.objects.filter(
        merchant_id=store.merchant_id,
        batch__revoked_at__isnull=True,
        batch__program__deleted_at__isnull=True,
        **named,
    )
    if selectors.settings_of(store.merchant).allow_cross_location_redemption:
        return cards
    return cards.filter(batch__store=store)

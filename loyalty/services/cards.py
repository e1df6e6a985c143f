"""Cards: switched off and on, replaced when lost, merged when two are one person's."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers import services as customers
from customers.models import Customer
from groundwork import clock
from groundwork.errors import Invalid
from groundwork.idempotency.once import exactly_once
from groundwork.messaging import outbox
from loyalty import ledger, rules, selectors, tokens
from loyalty.errors import (
    CardAlreadyActive,
    CardAlreadyInactive,
    CardInactive,
    CardNotFound,
    CardsNotMergeable,
)
from loyalty.events import CardLinkRequested, CardStateChanged
from loyalty.ledger import Entry
from loyalty.models import CardCode, LoyaltyCard, LoyaltyProgram, MerchantLoyaltySettings, TransactionType
from loyalty.reporting import visits
from loyalty.services import friends, operation
from loyalty.services.operation import Operation
from tenancy.actor import Actor
from tenancy.models import Merchant, Store

COLLISIONS = 5
GONE = _("This card was merged into another one, and cannot be used again.")


@exactly_once
def deactivate(*, store: Store, card_id: int, actor: Actor, reason: str = "") -> LoyaltyCard:
    """Switch a card off; it keeps its balance. Raises ManagerRequired, CardNotFound or CardAlreadyInactive."""
    call = _begin(store, card_id, actor)
    if not call.card.is_active:
        raise CardAlreadyInactive()
    _post(call, TransactionType.CARD_DEACTIVATED, reason)
    close(call.card)
    return call.card


@exactly_once
def reactivate(*, store: Store, card_id: int, actor: Actor, reason: str = "") -> LoyaltyCard:
    """Switch a card on again; its points do not expire within 14 days.

    Raises ManagerRequired, CardNotFound, CardAlreadyActive, or CardInactive for one that was merged or whose person
    was erased.
    """
    call = _begin(store, card_id, actor)
    if call.card.is_active:
        raise CardAlreadyActive()
    _require_not_gone(call.card)
    _save(call.card, is_active=True, expiry_not_before=grace(call.program, store.merchant, call.now))
    _post(call, TransactionType.CARD_REACTIVATED, reason)
    friends.look_again(call.card)
    return call.card


@exactly_once
def replace(
    *, store: Store, card_id: int, actor: Actor, reason: str, new_number: bool = False
) -> LoyaltyCard:
    """Give a card a new QR code and page address, and a new number if asked; the old ones stop working.

    With a new number nothing that was printed opens it any more: the codes of earlier cards go as well. For a lost
    phone or a leaked code. Raises ManagerRequired, Invalid without a reason, CardNotFound, or CardInactive for one that
    was merged or whose person was erased.
    """
    actor.require_manager()
    reason = operation.require_reason(reason)
    call = _begin(store, card_id, actor)
    _require_not_gone(call.card)
    renew(call.card, new_number=new_number)  # before its line, with which the new number is told
    _post(call, TransactionType.CARD_REPLACED, reason)
    if new_number:
        CardCode.objects.filter(card=call.card).delete()
    return call.card


@exactly_once
def merge(*, store: Store, card_id: int, into_card_id: int, actor: Actor, reason: str) -> LoyaltyCard:
    """Move all of a card to another one of the same person, and switch it off; returns the one that remains.

    Where cards are valid at all stores, cards that were made for single stores can be merged as well, and the one
    that remains is valid everywhere then. Raises ManagerRequired, Invalid without a reason, CardNotFound, CardInactive
    if the other card is switched off, or CardsNotMergeable.
    """
    actor.require_manager()
    reason = operation.require_reason(reason)
    settings = selectors.settings_of(store.merchant)
    people = _lock_people(store, card_id, into_card_id)
    source, target = _lock_both(store, settings, card_id, into_card_id)
    if {source.customer_id, target.customer_id} == people.keys() and len(people) > 1:
        customers.join_tags(remaining=people[target.customer_id], other=people[source.customer_id])
    if settings.allow_cross_location_redemption:
        widen(target)
    now = clock.now()
    who = {"store": store, "actor": actor, "keep_address": settings.log_ip_addresses, "notes": reason}
    ledger.post(_moved(source, target, **who), now=now, announce=[_state_changed(source, target)])
    close(source, merged_into=target)
    LoyaltyCard.objects.filter(merged_into=source).update(merged_into=target)
    CardCode.objects.filter(card=source).update(card=target)
    friends.look_again(source, target)
    visits.mark_behind(source.merchant_id)
    if source.last_stamp_at and (target.last_stamp_at is None or target.last_stamp_at < source.last_stamp_at):
        _save(target, last_stamp_at=source.last_stamp_at)
    return target


def send_link(*, card: LoyaltyCard, actor: Actor) -> None:
    """Have the address of a card's page mailed to its owner. Raises ManagerRequired, CardInactive or Invalid."""
    actor.require_manager()
    if not card.is_active:
        raise CardInactive()
    if not card.customer.email:
        raise Invalid.field("email", _("No e-mail address of this customer is known."))
    with transaction.atomic():
        outbox.record(CardLinkRequested(merchant_id=card.merchant_id, card_ids=[card.pk]))


def _moved(source: LoyaltyCard, target: LoyaltyCard, **who: Any) -> list[Entry]:
    """The two lines that take all of a card, what it owes too, to another one."""
    stamps = source.stamp_count - source.stamps_owed
    points = (source.points_balance - source.points_owed) * rules.POINT + source.points_fraction
    kinds = {source: (TransactionType.MERGE_OUT, -1), target: (TransactionType.MERGE_IN, 1)}
    return [
        Entry(card=card, kind=kind, stamps_delta=sign * stamps, points_units=sign * points, **who)
        for card, (kind, sign) in kinds.items()
    ]


def _lock_people(store: Store, *card_ids: int) -> dict[int, Customer]:
    """The people of two cards, locked before them, where they are not one already."""
    cards = selectors.cards_of(store.merchant_id).filter(pk__in=card_ids).order_by()
    ids = set(cards.values_list("customer_id", flat=True))
    return {row.pk: row for row in customers.lock_all(ids)} if len(ids) > 1 else {}


def _lock_both(
    store: Store, settings: MerchantLoyaltySettings, source_id: int, target_id: int
) -> tuple[LoyaltyCard, LoyaltyCard]:
    if source_id == target_id:
        raise CardsNotMergeable(_("A card cannot be merged into itself."))
    cards = selectors.cards_at(store)
    if settings.allow_cross_location_redemption:
        cards = selectors.cards_of(store.merchant_id)
    found = {card.pk: card for card in ledger.lock(cards.filter(pk__in=[source_id, target_id]))}
    source, target = found.get(source_id), found.get(target_id)
    if source is None or target is None:
        raise CardNotFound()
    if source.merged_into_id is not None:
        raise CardsNotMergeable(GONE)
    if not target.is_active:
        raise CardInactive()
    return source, target


def widen(card: LoyaltyCard) -> bool:
    """Make a card valid at all stores, unless its customer has such a card already; returns whether it was done."""
    everywhere = LoyaltyCard.objects.filter(
        customer_id=card.customer_id, program_id=card.program_id, scope_store__isnull=True
    )
    if card.scope_store_id is None or everywhere.exists():
        return False
    _save(card, scope_store=None)
    return True


def close(card: LoyaltyCard, *, merged_into: LoyaltyCard | None = None) -> None:
    """Switch a locked card off, without a word in the ledger: the caller writes that."""
    fields = {} if merged_into is None else {"merged_into": merged_into}
    _save(card, is_active=False, **fields)


def renew(card: LoyaltyCard, *, new_number: bool) -> None:
    """Give a card new random names, made again if one is taken."""
    for attempt in range(COLLISIONS):
        names = {"qr_code_data": tokens.letters(), "access_token": tokens.letters()}
        if new_number:
            names["card_number"] = tokens.card_number()
        try:
            with transaction.atomic():
                _save(card, **names)
        except IntegrityError:
            if attempt == COLLISIONS - 1:
                raise
        else:
            return


def grace(program: LoyaltyProgram, merchant: Merchant, now: datetime) -> datetime | None:
    """Before when (UTC) nothing expires that was asleep until now: 14 days; None while points do not expire."""
    if selectors.expiration_days(program, merchant) is None:
        return None
    return now + timedelta(days=rules.WARNING_DAYS)


def _begin(store: Store, card_id: int, actor: Actor) -> Operation:
    actor.require_manager()
    return operation.begin(store=store, card_id=card_id, actor=actor, asks_for_pin=False, even_inactive=True)


def _require_not_gone(card: LoyaltyCard) -> None:
    if card.merged_into_id is not None:
        raise CardInactive(GONE)
    if card.customer.erased_at is not None:
        raise CardInactive(_("The person of this card was erased."))


def _post(call: Operation, kind: str, notes: str) -> None:
    entry = call.entry(kind, notes=notes.strip()[: operation.NOTES_LENGTH])
    ledger.post([entry], now=call.now, announce=[_state_changed(call.card)])


def _state_changed(*cards: LoyaltyCard) -> Any:
    def event(transaction_ids: list[int]) -> CardStateChanged:
        card_ids = [card.pk for card in cards]
        return CardStateChanged(
            merchant_id=cards[0].merchant_id, card_ids=card_ids, transaction_ids=transaction_ids
        )

    return event


def _save(card: LoyaltyCard, **fields: Any) -> None:
    for field, value in fields.items():
        setattr(card, field, value)
    card.save(update_fields=[*fields, "updated_at"])

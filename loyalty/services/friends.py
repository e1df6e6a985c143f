"""Friends: who was brought by whom, and what both get once the newcomer has bought.

    friends.bring(card, by="BCDEFGHIJKLN", ...)    # at the enrolment
    friends.claim(purchase, program, parts)        # at the till: the newcomer's part is one of the purchase
    friends.settle(gift_id=...)                    # by the outbox: the part of whoever brought them

The till waits for no other card: what goes to the other one is written a moment later, by the outbox, and again after
whatever changes the purchase. It looks at what is true then, so that doing it twice changes nothing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from customers.models import Customer
from groundwork import clock
from groundwork.database import locks
from groundwork.formats.email import normalize_email
from groundwork.formats.phone import to_e164
from groundwork.messaging import outbox
from loyalty import friends, ledger, offers, promoted, selectors, tokens
from loyalty.earning import Part
from loyalty.events import FriendRewarded, FriendToSettle
from loyalty.ledger import Entry
from loyalty.models import (
    Friend,
    FriendGift,
    FriendLink,
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    PromotionUse,
    Purchase,
    TransactionType,
)
from loyalty.rules import POINT
from loyalty.services.adjustments import in_hindsight
from loyalty.services.operation import Operation
from tenancy.models import Store

COLLISIONS = 5


def code_of(card: LoyaltyCard) -> str:
    """The code of a card's invitation, made when somebody first asks for it."""
    for _attempt in range(COLLISIONS):
        code = FriendLink.objects.filter(card=card).values_list("code", flat=True).first()
        if code is not None:
            return code
        row = FriendLink(merchant_id=card.merchant_id, card=card, code=tokens.invitation())
        FriendLink.objects.bulk_create([row], ignore_conflicts=True)
    raise AssertionError("unreachable")


def bring(
    card: LoyaltyCard,
    *,
    by: str,
    store: Store,
    email: str | None,
    phone: str | None,
    own_cards: Collection[int] = (),
) -> None:
    """Note by whose invitation the owner of a new card came; nothing for a code that is none, and for oneself.

    In the transaction that made the card. `email` and `phone` as they were typed, `own_cards` (ids) those that were
    opened on the same device.
    """
    host = friends.inviter(by, card.program)
    if host is None or not friends.running(card.program, store, now=clock.now()):
        return
    if host.pk in {selectors.remaining_card_id(card.merchant_id, own) for own in own_cards}:
        return
    if _is_known(card.customer, email=email, phone=to_e164(phone, store.country) if phone else None):
        return
    Friend.objects.create(merchant_id=card.merchant_id, card=card, brought_by=host)


def _is_known(newcomer: Customer, *, email: str | None, phone: str | None) -> bool:
    """Whether somebody else of the merchant has or had this address or number: whoever brought them, too."""
    address = normalize_email(email)
    same = Q(email=address) | Q(pending_email=address) if address else Q(pk=None)
    same |= Q(phone=phone) | Q(pending_phone=phone) if phone else Q(pk=None)
    others = Customer.all_objects.filter(same, merchant_id=newcomer.merchant_id).exclude(pk=newcomer.pk)
    return others.exists()


def claim(purchase: Purchase, program: LoyaltyProgram, parts: Iterable[Part]) -> None:
    """Note which promotions welcome a friend with a purchase, as it gives parts of them; its card is locked."""
    said = promoted.planned_of(program).rules
    welcoming = [part.promotion_id for part in parts if said[part.promotion_id].audience == offers.FRIEND]
    if not welcoming:
        return
    friend = friends.friend_of(purchase.card)
    for promotion_id in welcoming:
        FriendGift.objects.update_or_create(
            friend=friend,
            promotion_id=promotion_id,
            defaults={"purchase": purchase, "merchant_id": purchase.merchant_id},
        )
    changed(purchase)


def changed(purchase: Purchase) -> None:
    """Have looked at again what goes to whoever brought a purchase's friend; in the transaction that changes it."""
    if purchase.offers:
        _look_again(FriendGift.objects.filter(purchase=purchase))


def look_again(*cards: LoyaltyCard) -> None:
    """The same for all friends of some cards: one is open again, or they became one and brought themselves."""
    _look_again(FriendGift.objects.filter(friend__in=friends.of_cards(cards).values("pk")))


def _look_again(gifts: QuerySet[FriendGift]) -> None:
    """Announce each by itself, so that no handler locks the cards of several hosts."""
    locks.in_id_order(gifts)
    gifts.update(updated_at=clock.now())
    rows = gifts.order_by("pk").values_list("merchant_id", "pk")
    outbox.record(*(FriendToSettle(merchant_id=merchant_id, gift_id=pk) for merchant_id, pk in rows))


def forget(cards: Collection[LoyaltyCard]) -> None:
    """Leave no trace of who brought the owners of cards, nor of whom they brought; what was given stays given."""
    known = friends.of_cards(cards)
    FriendGift.objects.filter(friend__in=known.values("pk")).delete()
    known.delete()
    FriendLink.objects.filter(card__in=cards).delete()


@transaction.atomic
def settle(*, gift_id: int) -> None:
    """Give whoever brought a friend what the promotion says, or take it back: whatever is right by now.

    Given while the newcomer's part of the purchase is, unless both are one person; at most so many a month, by the
    merchant's calendar. What was decided once is given again after a return that was undone.
    """
    host_id = FriendGift.objects.filter(pk=gift_id).values_list("friend__brought_by", "merchant_id").first()
    if host_id is None:
        return
    rows = LoyaltyCard.objects.select_related(
        "program", "merchant", "customer", "enrolled_at_store", "scope_store"
    )
    cards = ledger.lock(rows.filter(pk=selectors.remaining_card_id(host_id[1], host_id[0])))
    now = clock.now()
    related = ("promotion", "purchase__store", "friend__card", "friend__brought_by", "line__store")
    gift = FriendGift.objects.select_related(*related).filter(pk=gift_id).first()
    if gift is None or not cards or cards[0].merged_into_id is not None:  # a merge has it looked at again
        return
    is_right = not friends.is_oneself(gift.friend) and _is_welcome(gift)
    if is_right and gift.line is None and cards[0].is_active:
        _give(gift, cards[0], now)
    elif not is_right and gift.line is not None:
        _take_back(gift, cards[0], now)


def _is_welcome(gift: FriendGift) -> bool:
    """Whether what is left of the purchase still gives the newcomer's part."""
    uses = PromotionUse.objects.filter(promotion=gift.promotion_id, purchase=gift.purchase_id)
    given = uses.aggregate(points=Sum("points"), stamps=Sum("stamps"))
    return (given["points"] or 0) > 0 or (given["stamps"] or 0) > 0


def _give(gift: FriendGift, card: LoyaltyCard, now: datetime) -> None:
    if gift.amount is None:
        amount = _decided(gift, card)
    else:
        amount = gift.amount
    line = _post(gift, card, amount, now) if amount else None
    gift.amount, gift.line = amount, line
    gift.save(update_fields=["amount", "line", "updated_at"])


def _decided(gift: FriendGift, card: LoyaltyCard) -> int:
    """How much is given for a friend: nothing once the month is full; never more than is left of the budget."""
    promotion = gift.promotion
    left = promoted.left_of([promotion.pk], holds=True)  # before the month is counted
    if promotion.month_limit is not None and _of_month(gift, card) >= promotion.month_limit:
        return 0
    promised = promotion.friend_amount or 0
    return min(promised, left[promotion.pk] // promotion.rule().unit) if promotion.pk in left else promised


def _of_month(gift: FriendGift, card: LoyaltyCard) -> int:
    """For how many friends something was given in the month of the purchase; what came back since counts along."""
    zone = card.merchant.tzinfo
    first = gift.purchase.purchased_at.astimezone(zone).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    family = LoyaltyCard.all_objects.filter(Q(pk=card.pk) | Q(merged_into=card.pk)).order_by()
    others = FriendGift.objects.filter(
        promotion=gift.promotion_id, amount__gt=0, friend__brought_by__in=family.values("pk")
    )
    return others.filter(purchase__purchased_at__gte=first, purchase__purchased_at__lt=following).count()


def _post(gift: FriendGift, card: LoyaltyCard, amount: int, now: datetime) -> LoyaltyTransaction:
    is_stamps = gift.promotion.effect == offers.STAMPS
    part = (
        Part(gift.promotion_id, stamps=amount)
        if is_stamps
        else Part(gift.promotion_id, points=amount * POINT)
    )
    entry = Entry(
        card=card,
        kind=TransactionType.FRIEND_BONUS,
        store=card.scope_store or gift.purchase.store,
        stamps_delta=part.stamps,
        points_units=part.points,
        promotions=[part],
    )

    def rewarded(ids: list[int]) -> FriendRewarded:
        return FriendRewarded(merchant_id=card.merchant_id, card_ids=[card.pk], transaction_ids=ids)

    (line,) = ledger.post([entry], now=now, announce=[rewarded])
    return line


def _take_back(gift: FriendGift, card: LoyaltyCard, now: datetime) -> None:
    """Undo the line that gave it; what is spent already is owed."""
    line: LoyaltyTransaction = gift.line
    call = _call(card, line, now)
    parts = [Part(part.promotion_id, -part.points, -part.stamps) for part in line.parts]
    kind = TransactionType.STAMP_VOIDED if line.stamps_delta else TransactionType.POINTS_VOIDED
    moved: dict[str, Any] = {"stamps_delta": -line.stamps_delta, "points_units": -line.points_exactly}
    gift.line = None
    gift.save(update_fields=["line", "updated_at"])
    ledger.post(in_hindsight(call, [call.entry(kind, voids=line, promotions=parts, **moved)]), now=now)


def _call(card: LoyaltyCard, line: LoyaltyTransaction, now: datetime) -> Operation:
    """What nobody does at a till: the system, at the store of a line."""
    store = line.store or card.enrolled_at_store
    terms, settings = selectors.terms_of(card.program, None), selectors.settings_of(card.merchant)
    return Operation(store, ledger.SYSTEM, card, card.program, terms, settings, None, now)  # type: ignore[arg-type]

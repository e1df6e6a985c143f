"""Gifts for those who brought friends: given, or taken back, by the outbox.

    friend_gifts.settle(gift_id=...)

It looks at what is true at that time, so that doing it twice changes nothing, and the order does not count: whoever
brings friends has what the promotion says for as many of them as have bought and kept it, at most so many a month.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from groundwork import clock
from groundwork.database import locks
from loyalty import friends, ledger, offers, promoted, selectors
from loyalty.earning import Part
from loyalty.events import FriendRewarded
from loyalty.ledger import Entry
from loyalty.models import (
    FriendGift,
    LoyaltyCard,
    LoyaltyTransaction,
    Promotion,
    PromotionUse,
    TransactionType,
)
from loyalty.rules import POINT
from loyalty.services.adjustments import in_hindsight
from loyalty.services.operation import Operation

Month = tuple[int, int]


@dataclass
class _Gift:
    """A gift as it is now. `is_right`: the friend has bought and kept it, and is not who brought them.

    `is_of_before`: its line was written for an earlier purchase of the friend, which was undone.
    """

    row: FriendGift
    month: Month
    is_right: bool
    is_of_before: bool

    @property
    def is_given(self) -> bool:
        return self.row.line is not None


@transaction.atomic
def settle(*, gift_id: int) -> None:
    """Give whoever brought a friend what the promotion says, or take it back: whatever is right by now.

    Given while the newcomer's part of the purchase is, unless both are one person; at most so many a month, by the
    merchant's calendar: for one whose purchase is undone or brought back, the next counts who was too many. How much
    was decided once is given again after a return that was undone.
    """
    found = FriendGift.objects.filter(pk=gift_id)
    host_id, merchant_id, promotion_id = found.values_list(
        "friend__brought_by", "merchant_id", "promotion"
    ).first() or (0, 0, 0)
    rows = LoyaltyCard.objects.select_related(
        "program", "merchant", "customer", "enrolled_at_store", "scope_store"
    )
    cards = ledger.lock(rows.filter(pk=selectors.remaining_card_id(merchant_id, host_id)))
    if not cards or cards[0].merged_into_id is not None:  # a merge has it looked at again
        return
    now, promotion = clock.now(), Promotion.all_objects.get(pk=promotion_id)
    promoted.left_of([promotion_id], holds=True)  # before the gifts, as a till does
    gifts = _gifts(cards[0], promotion, gift_id)
    for gift in _not_right(gifts, promotion.month_limit):
        _take_back(gift.row, cards[0], now)
    if cards[0].is_active:
        for gift in _due(gifts, promotion.month_limit):
            _give(gift.row, promotion, cards[0], now)


def _gifts(card: LoyaltyCard, promotion: Promotion, gift_id: int) -> list[_Gift]:
    """The gift, locked; where a month has its limit, all that a card has for friends by a promotion, as they bought."""
    family = LoyaltyCard.all_objects.filter(Q(pk=card.pk) | Q(merged_into=card.pk)).order_by()
    rows = FriendGift.objects.filter(promotion=promotion, friend__brought_by__in=family.values("pk"))
    if promotion.month_limit is None:
        rows = rows.filter(pk=gift_id)
    locks.in_id_order(rows)
    related = ("purchase__store", "friend__card", "friend__brought_by", "line__store")
    rows = rows.select_related(*related).annotate(welcome=_welcome(), first_line=_first_line())
    zone = card.merchant.tzinfo
    gifts = []
    for row in rows.order_by("purchase__purchased_at", "pk"):
        day = row.purchase.purchased_at.astimezone(zone)
        is_right = row.welcome > 0 and not friends.is_oneself(row.friend)
        is_of_before = row.line_id is not None and row.line_id < (row.first_line or 0)
        gifts.append(_Gift(row, (day.year, day.month), is_right, is_of_before))
    return gifts


def _welcome() -> Coalesce:
    """What the newcomer still has of the promotion by their purchase, in its parts."""
    uses = PromotionUse.objects.filter(promotion=OuterRef("promotion"), purchase=OuterRef("purchase"))
    given = uses.order_by().values("purchase").annotate(given=Sum("points") + Sum("stamps"))
    return Coalesce(Subquery(given.values("given")), 0)


def _first_line() -> Subquery:
    lines: QuerySet = LoyaltyTransaction.objects.filter(purchase=OuterRef("purchase")).order_by()
    return Subquery(lines.values("purchase").annotate(first=Min("pk")).values("first"))


def _not_right(gifts: Sequence[_Gift], limit: int | None) -> Iterator[_Gift]:
    """What is to be taken back: also of before, where the month of the purchase that counts now is full without it."""
    given = Counter(gift.month for gift in gifts if gift.is_given and gift.is_right)
    for gift in gifts:
        if not gift.is_given:
            continue
        if not gift.is_right:
            yield gift
        elif gift.is_of_before and limit is not None and given[gift.month] > limit:
            given[gift.month] -= 1
            yield gift


def _due(gifts: Sequence[_Gift], limit: int | None) -> Iterator[_Gift]:
    """What is to be given, as long as there is room in its month."""
    given = Counter(gift.month for gift in gifts if gift.is_given)
    for gift in gifts:
        if gift.is_right and not gift.is_given and (limit is None or given[gift.month] < limit):
            yield gift
            given[gift.month] += gift.is_given


def _give(gift: FriendGift, promotion: Promotion, card: LoyaltyCard, now: datetime) -> None:
    amount = _decided(promotion) if gift.amount is None else gift.amount
    line = _post(gift, promotion, card, amount, now) if amount else None
    gift.amount, gift.line = amount, line
    gift.save(update_fields=["amount", "line", "updated_at"])


def _decided(promotion: Promotion) -> int:
    """How much is given for a friend: never more than is left of the budget."""
    left = promoted.left_of([promotion.pk], holds=True)
    promised = promotion.friend_amount or 0
    return min(promised, left[promotion.pk] // promotion.rule().unit) if promotion.pk in left else promised


def _post(
    gift: FriendGift, promotion: Promotion, card: LoyaltyCard, amount: int, now: datetime
) -> LoyaltyTransaction:
    is_stamps = promotion.effect == offers.STAMPS
    part = Part(promotion.pk, stamps=amount) if is_stamps else Part(promotion.pk, points=amount * POINT)
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

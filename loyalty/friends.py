"""Reading friends: whose invitation a code is, whom a promotion welcomes still, and how many somebody has brought.

A card that was merged counts as the one that remains, on either side.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, Expression, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from loyalty import promoted
from loyalty.models import (
    Audience,
    Friend,
    FriendGift,
    FriendLink,
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    Promotion,
    PromotionUse,
    Purchase,
    TransactionType,
)
from loyalty.tokens import ALPHABET, INVITATION_LENGTH
from tenancy.models import Store

INVITATION = re.compile(rf"[{ALPHABET}]{{{INVITATION_LENGTH}}}", re.IGNORECASE)


def running(program: LoyaltyProgram, store: Store, *, now: datetime) -> list[Promotion]:
    """The promotions for friends that run at a store these days (UTC), the oldest first."""
    rows = promoted.running(program, now=now, zone=store.tzinfo)
    return [
        row for row in rows if row.audience == Audience.FRIEND and store.pk in (row.store_ids or [store.pk])
    ]


def inviter(code: str, program: LoyaltyProgram) -> LoyaltyCard | None:
    """The card whose invitation a code is; None for one that is wrong, of another program, or retired."""
    if not INVITATION.fullmatch(code):
        return None
    link = FriendLink.objects.filter(code=code.upper(), card__program=program)
    found = link.values_list("card", "card__merged_into").first()
    if found is None:
        return None
    cards = LoyaltyCard.objects.select_related("customer").filter(is_active=True, customer__is_active=True)
    return cards.filter(pk=found[1] or found[0]).first()


def friend_of(card: LoyaltyCard) -> Friend | None:
    """How the owner of a card was brought, unless they are by now the one who brought them, or were here before."""
    return _friends_of([card]).get(card.pk)


def _friends_of(cards: Collection[LoyaltyCard], upto: int | None = None) -> dict[int, Friend]:
    """By card, how its owner was brought; `upto`: as far as it was known with that line (id) of the ledger."""
    named = [card.pk for card in cards]
    before = LoyaltyCard.all_objects.filter(created_at__lt=OuterRef("card__created_at")).order_by()
    before = before.annotate(remaining=_remains("", upto)).filter(remaining=OuterRef("newcomer"))
    rows = Friend.objects.filter(Q(card__in=named) | Q(card__merged_into__in=named))
    rows = rows.annotate(
        newcomer=_remains("card", upto), host=_remains("brought_by", upto), is_known=Exists(before)
    )
    first: dict[int, Any] = {}
    for friend in rows.order_by("pk"):
        first.setdefault(friend.newcomer, friend)
    return {pk: one for pk, one in first.items() if not (one.is_known or one.newcomer == one.host)}


def _remains(card: str, upto: int | None) -> Expression:
    """Which card a card ("": the row itself) is part of by now, or was with the line `upto`."""
    path, pk = (f"{card}__", f"{card}_id") if card else ("", "pk")
    if upto is None:
        return Coalesce(f"{path}merged_into_id", pk)
    merges = LoyaltyTransaction.objects.filter(transaction_type=TransactionType.MERGE_OUT, pk__lte=upto)
    return Case(
        When(Exists(merges.filter(card=OuterRef(pk))), then=F(f"{path}merged_into_id")), default=F(pk)
    )


def is_oneself(friend: Friend) -> bool:
    """Whether the friend and who brought them turned out to be one person: their cards are one."""
    return _remaining(friend.card) == _remaining(friend.brought_by)


def welcomed(
    cards: Collection[LoyaltyCard], promotion_ids: Collection[int], *, upto: int | None = None
) -> defaultdict[int, frozenset[int]]:
    """By card, which of some promotions welcome its owner now: those that have not yet. Two statements for all.

    A purchase that was undone has welcomed nobody; one that was brought back may still come to count again.
    `upto`: as it was with that line (id) of the ledger.
    """
    brought = _friends_of(cards, upto)
    found: defaultdict[int, frozenset[int]] = defaultdict(frozenset)
    had = defaultdict(set)
    if brought:
        gifts = FriendGift.objects.filter(friend__in=brought.values(), promotion__in=promotion_ids)
        welcoming = Exists(_welcoming(upto))
        for friend_id, promotion_id in gifts.filter(welcoming).values_list("friend", "promotion"):
            had[friend_id].add(promotion_id)
    for card_id, friend in brought.items():
        found[card_id] = frozenset(promotion_ids) - had[friend.pk]
    return found


def _welcoming(upto: int | None) -> QuerySet[PromotionUse]:
    """What the purchase of a gift was given with it, unless that was undone, and is not written again.

    With the line `upto`, the friend may have been welcomed with an earlier purchase that was undone since.
    """
    uses = PromotionUse.objects.filter(
        promotion=OuterRef("promotion"), line__transaction_type__in=promoted.EARNED
    )
    if upto is None:
        return uses.filter(purchase=OuterRef("purchase"), line__voided_by__isnull=True)
    friends_own = Q(card=OuterRef("friend__card")) | Q(card=OuterRef("friend__card__merged_into"))
    return uses.filter(friends_own, line__lte=upto).exclude(line__voided_by__lte=upto)


def has_another_welcome(purchase: Purchase) -> bool:
    """Whether one of the promotions that welcomed a friend with a purchase has welcomed them with another since."""
    welcoming = PromotionUse.objects.filter(purchase=purchase, promotion__audience=Audience.FRIEND)
    friend = friend_of(purchase.card)
    gifts = FriendGift.objects.filter(friend=friend, promotion__in=welcoming.values("promotion"))
    return gifts.exclude(purchase=purchase).exists()


def came(card: LoyaltyCard) -> int:
    """How many friends came whom the owner of a card brought: those who have bought, and kept it."""
    gifts = FriendGift.objects.filter(friend__brought_by__in=_family(card).values("pk"), line__isnull=False)
    return gifts.order_by().values("friend").distinct().count()


def of_cards(cards: Collection[LoyaltyCard]) -> QuerySet[Friend]:
    """All that is known of who brought the owners of cards, and whom they brought."""
    named = [card.pk for card in cards]
    return Friend.objects.filter(
        Q(card__in=named)
        | Q(card__merged_into__in=named)
        | Q(brought_by__in=named)
        | Q(brought_by__merged_into__in=named)
    )


def _remaining(card: LoyaltyCard) -> int:
    return card.merged_into_id or card.pk


def _family(card: LoyaltyCard) -> QuerySet[LoyaltyCard]:
    """A card and those merged into it."""
    return LoyaltyCard.all_objects.filter(Q(pk=card.pk) | Q(merged_into=card.pk)).order_by()

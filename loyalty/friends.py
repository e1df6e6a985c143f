"""Reading friends: whose invitation a code is, whom a promotion welcomes still, and how many somebody has brought.

A card that was merged counts as the one that remains, on either side.
"""

import re
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from loyalty import promoted
from loyalty.models import (
    Audience,
    Friend,
    FriendGift,
    FriendLink,
    LoyaltyCard,
    LoyaltyProgram,
    Promotion,
    PromotionUse,
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
    family = _family(card)
    rows = Friend.objects.filter(card__in=family.values("pk")).select_related("card", "brought_by")
    friend = rows.order_by("pk").first()
    if friend is None or is_oneself(friend):
        return None
    is_known = family.filter(created_at__lt=friend.card.created_at).exists()
    return None if is_known else friend


def is_oneself(friend: Friend) -> bool:
    """Whether the friend and who brought them turned out to be one person: their cards are one."""
    return _remaining(friend.card) == _remaining(friend.brought_by)


def welcomed_by(card: LoyaltyCard, promotion_ids: Collection[int]) -> frozenset[int]:
    """Which of some promotions welcome the owner of a locked card now: those that have not yet.

    A purchase that was undone has welcomed nobody; one that was brought back may still come to count again.
    """
    friend = friend_of(card)
    if friend is None:
        return frozenset()
    gifts = FriendGift.objects.filter(friend=friend, promotion__in=promotion_ids)
    return frozenset(promotion_ids) - {gift.promotion_id for gift in gifts if not _is_undone(gift)}


def _is_undone(gift: FriendGift) -> bool:
    uses = PromotionUse.objects.filter(promotion=gift.promotion_id, purchase=gift.purchase_id)
    return uses.filter(line__transaction_type__in=promoted.EARNED, line__voided_by__isnull=False).exists()


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

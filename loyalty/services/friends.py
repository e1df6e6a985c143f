"""Friends: who was brought by whom, and what both get once the newcomer has bought.

    friends.bring(card, by="BCDEFGHIJKLN", ...)    # at the enrolment
    friends.claim(purchase, program, parts)        # at the till: the newcomer's part is one of the purchase

The till waits for no other card: what goes to the other one is written a moment later, by the outbox
(`loyalty.services.friend_gifts`), and again after whatever changes the purchase.
"""

from collections.abc import Collection, Iterable

from django.db.models import Case, Q, QuerySet, When

from customers.models import Customer
from groundwork import clock
from groundwork.database import locks
from groundwork.formats.email import normalize_email
from groundwork.formats.phone import to_e164
from groundwork.messaging import outbox
from loyalty import friends, offers, promoted, selectors, tokens
from loyalty.earning import Part
from loyalty.events import FriendToSettle
from loyalty.models import Friend, FriendGift, FriendLink, LoyaltyCard, LoyaltyProgram, Purchase
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
    for (
        promotion_id
    ) in welcoming:  # instead of one that was undone: the month and the budget of this one count
        FriendGift.objects.update_or_create(
            friend=friend,
            promotion_id=promotion_id,
            defaults={"purchase": purchase, "amount": Case(When(line__isnull=False, then="amount"))},
            create_defaults={"purchase": purchase, "merchant_id": purchase.merchant_id},
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

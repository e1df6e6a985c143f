"""Receipts: purchases, where what is owed comes from, and what the ledger tells of a card."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from loyalty import earning, hindsight, promoted, rules
from loyalty.earning import Breakdown
from loyalty.errors import CardNotFound, PurchaseNotFound
from loyalty.hindsight import Moved, Told
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, Purchase, TransactionType
from loyalty.offers import Bought
from loyalty.terms import reference_key
from tenancy.models import Store


def purchases_at(
    store: Store, *, order_reference: str = "", card_id: int | None = None
) -> QuerySet[Purchase]:
    """Purchases on cards that are valid at a store, newest first: of one receipt, of one card, or all.

    What was bought on a card that was merged since is bought on the one that remains.
    """
    valid = Q(card__scope_store__isnull=True) | Q(card__scope_store=store)
    rows = Purchase.objects.filter(valid, merchant_id=store.merchant_id, card__deleted_at__isnull=True)
    if order_reference:
        rows = rows.filter(reference_key=reference_key(order_reference))
    if card_id is not None:
        rows = rows.filter(card__in=_family(card_id).values("pk"))
    return rows.select_related("card__customer", "card__program", "store", "terms").order_by("-pk")


def purchase_at(store: Store, purchase_id: int) -> Purchase:
    """One of them. Raises PurchaseNotFound."""
    found = purchases_at(store).filter(pk=purchase_id).first()
    if found is None:
        raise PurchaseNotFound()
    return found


def owed_lines(
    cards: Sequence[LoyaltyCard], *, upto: int | None = None
) -> Mapping[int, list[LoyaltyTransaction]]:
    """By card id, the lines that took back what is owed now, newest first; one statement, none if nothing is owed.

    What was owed before and is settled since does not count, nor a return that was undone. With `upto`, the cards are
    as they were after that line, and so is what they owed.
    """
    of_points = [card.pk for card in cards if card.points_owed]
    of_stamps = [card.pk for card in cards if card.stamps_owed]
    found: dict[int, list[LoyaltyTransaction]] = {card_id: [] for card_id in (*of_points, *of_stamps)}
    if not found:
        return found
    owing = Q(card__in=of_points, points_delta__lt=0, pk__gt=_last_without_debt("points_owed_after", upto))
    owing |= Q(card__in=of_stamps, stamps_delta__lt=0, pk__gt=_last_without_debt("stamps_owed_after", upto))
    rows = LoyaltyTransaction.objects.filter(owing)
    if upto is None:
        rows = rows.exclude(purchase_return__undone_at__isnull=False)
    else:
        rows = rows.filter(pk__lte=upto).exclude(purchase_return__isnull=False, voided_by__lte=upto)
    for row in rows.select_related("purchase").order_by("-pk"):
        found[row.card_id] += [row, *_before_merge(row)]
    return found


def _before_merge(line: LoyaltyTransaction) -> list[LoyaltyTransaction]:
    """Of a line by which a merge brought a debt along, the lines of the merged card that it comes from."""
    if line.transaction_type != TransactionType.MERGE_IN:
        return []
    moved = {"points_delta": -line.points_delta, "stamps_delta": -line.stamps_delta}
    lines = LoyaltyTransaction.objects.filter(merchant_id=line.merchant_id)
    out = lines.filter(
        transaction_type=TransactionType.MERGE_OUT, transaction_at=line.transaction_at, **moved
    )
    remaining = [line.card_id, line.card.merged_into_id]  # which may have been merged itself since
    source = out.filter(card__merged_into__in=remaining).exclude(card=line.card_id).first()
    if source is None:
        return []
    earlier, found = lines.filter(card=source.card_id, pk__lt=source.pk), []
    for row in earlier.select_related("purchase", "purchase_return").order_by("-pk").iterator(100):
        if not (row.points_owed_after or row.stamps_owed_after):
            break
        is_undone = row.purchase_return is not None and row.purchase_return.undone_at is not None
        if (row.points_delta < 0 or row.stamps_delta < 0) and not is_undone:
            found += [row, *_before_merge(row)]
    return found


def _last_without_debt(owed_after: str, upto: int | None) -> Coalesce:
    lines = LoyaltyTransaction.objects.filter(card=OuterRef("card"), **{owed_after: 0})
    if upto is not None:
        lines = lines.filter(pk__lte=upto)
    return Coalesce(Subquery(lines.order_by("-pk").values("pk")[:1]), 0)


def balances_at(card: LoyaltyCard, at: datetime) -> dict[str, int]:
    """A card's balances and what it owed at a moment (UTC), from the ledger alone.

    What was recorded offline counts from when it happened. Raises CardNotFound for a moment before the card was made.
    """
    lines = LoyaltyTransaction.objects.filter(card=card, transaction_at__lte=at)
    sums = lines.aggregate(
        made=Count("id", filter=Q(transaction_type=TransactionType.CARD_CREATED)),
        stamps=Coalesce(Sum("stamps_delta"), 0),
        points=Coalesce(Sum("points_delta"), 0),
        units=Coalesce(Sum("points_fraction_delta"), 0),
    )
    if not sums["made"]:
        raise CardNotFound()
    balance, owed, fraction = rules.split(int(sums["points"]) * rules.POINT + sums["units"])
    return {
        "stamp_count": max(sums["stamps"], 0),
        "stamps_owed": max(-sums["stamps"], 0),
        "points_balance": balance,
        "points_owed": owed,
        "points_fraction": fraction,
    }


def missing(
    purchase: Purchase,
    lines: Sequence[LoyaltyTransaction],
    *,
    program: LoyaltyProgram,
    digits: int,
    undone: Collection[int] = (),
) -> Breakdown:
    """What is to be given (or, below 0, taken) until all lines of a purchase give what is left of it is worth.

    That is what buying only the rest would have given, under the purchase's terms and the promotions that it was
    offered. Reads `purchase.terms` and `line.voided_by`; `undone`: lines that count as undone besides those that are.
    """
    earned = living(lines, undone)
    stamps = sum(line.stamps_delta - sum(part.stamps for part in line.parts) for line in earned)
    left = earning.worth(
        Bought(purchase.amount_cents, digits, stamps),
        promoted.offers_of(purchase, program),
        purchase.terms.rules(),
        kept_cents=purchase.kept_cents,
    )
    if not any(line.transaction_type == TransactionType.POINTS_EARNED for line in earned):
        left = left.without_points()
    return left.beyond(
        [part for line in lines for part in line.parts],
        points=sum(line.points_exactly for line in lines),
        stamps=sum(line.stamps_delta for line in lines),
    )


def living(lines: Sequence[LoyaltyTransaction], undone: Collection[int] = ()) -> list[LoyaltyTransaction]:
    """The lines by which a purchase earned that are not undone; reads `voided_by`."""
    return [
        line
        for line in lines
        if line.transaction_type in promoted.EARNED
        and not hasattr(line, "voided_by")
        and line.pk not in undone
    ]


def _family(card_id: int) -> QuerySet[LoyaltyCard]:
    """A card and those merged into it. Cards first: an OR over two tables would read all of their rows."""
    return LoyaltyCard.all_objects.filter(Q(pk=card_id) | Q(merged_into=card_id)).order_by()


def bounded(card_ids: Collection[int]) -> set[int]:
    """Those of some cards on which, or on one merged into them, something expired or was let go."""
    lines = LoyaltyTransaction.objects.filter(transaction_type__in=hindsight.BOUNDED).order_by()
    own = lines.filter(card__in=card_ids).values_list("card_id", flat=True)
    merged = lines.filter(card__merged_into__in=card_ids).values_list("card__merged_into", flat=True)
    return set(own.union(merged))


def told(card: LoyaltyCard) -> list[Told]:
    """All lines of a card and of those merged into it, in order; none where nothing expired or was let go."""
    lines = LoyaltyTransaction.objects.filter(card__in=_family(card.pk).values("pk"))
    bounded: Any = Exists(lines.filter(transaction_type__in=hindsight.BOUNDED))
    rows = (
        lines.filter(bounded)
        .order_by("pk")
        .values_list(
            "pk",
            "card_id",
            "transaction_type",
            "stamps_delta",
            "points_delta",
            "points_fraction_delta",
            "transaction_at",
            "purchase_id",
            "voids_id",
            "restores_id",
        )
    )
    return [
        Told(pk, card_id, kind, Moved(stamps, points * rules.POINT + fraction), at, *belongs)
        for pk, card_id, kind, stamps, points, fraction, at, *belongs in rows
    ]

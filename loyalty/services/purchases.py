"""Purchases: what a till does for one receipt, in one transaction - points, and a stamp.

purchases.record(store=..., card_id=..., actor=..., purchase_amount_cents=450)    # -> Recorded
purchases.quote(...)                                                             # the same, and writes nothing
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from groundwork.database import prepared
from groundwork.errors import Invalid
from groundwork.formats.money import money
from groundwork.idempotency.once import exactly_once
from loyalty import earning, ledger, promoted, rules
from loyalty.earning import Breakdown, Part
from loyalty.errors import OrderReferenceRequired, OrderReferenceUsed, PurchaseBelowMinimum
from loyalty.ledger import Entry
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, Purchase, TransactionType
from loyalty.offers import Bought, Offer
from loyalty.promotion_facts import Known
from loyalty.services import friends, offering, operation, stamps
from loyalty.services.offering import Offered
from loyalty.services.operation import Operation, Posting
from loyalty.terms import reference_key
from tenancy.actor import Actor
from tenancy.models import Store
from tenancy.services import hold_currency

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Receipt:
    """What was bought: `amount_cents` in the currency's minor unit; `stamps` None is the usual one.

    `occurred_at` (UTC) for what was recorded offline.
    """

    amount_cents: int
    order_reference: str = ""
    stamps: int | None = None
    items: Sequence[Item] = ()
    notes: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True)
class Given:
    """How many points or stamps were given; `code` says why none, `retry_after` (seconds) when there would be."""

    given: int = 0
    code: str | None = None
    retry_after: int | None = None


@dataclass(frozen=True)
class Recorded:
    """What a purchase gave. `purchase` is None for one that is only asked about.

    `known`: what is known of the card after it, for promotions; None: nothing.
    """

    purchase: Purchase | None
    transactions: list[LoyaltyTransaction]
    card: LoyaltyCard
    points: Given
    stamp: Given
    reward_ready: bool
    usage: rules.StampUsage | None
    promotions: tuple[Part, ...] = ()
    known: Known | None = None


@dataclass(frozen=True)
class _Plan:
    """The lines that a receipt makes, and why there is no other."""

    entries: list[Entry]
    earned: Breakdown
    points_code: str | None
    stamp: Given
    usage: rules.StampUsage | None
    known: Known | None


@exactly_once
def record(
    *,
    store: Store,
    card_id: int,
    actor: Actor,
    purchase_amount_cents: int,
    order_reference: str = "",
    stamps: int | None = None,
    items: Sequence[Item] = (),
    notes: str = "",
    occurred_at: datetime | None = None,
) -> Recorded:
    """Record a receipt: points where the terms have them, stamps (1 unless said) where they have those.

    Neither a stamp that is refused nor an amount below the minimum refuses the rest. `occurred_at` (UTC) for a purchase
    recorded offline, under the terms of that moment. One receipt counts once. Raises OrderReferenceRequired or
    OrderReferenceUsed, ManagerRequired for more than one stamp, besides what `operation.begin` raises.
    """
    receipt = Receipt(purchase_amount_cents, order_reference, stamps, items, notes, occurred_at)
    call = _begin(store, card_id, actor, receipt)
    offered = offering.offered(call, _bought(call, receipt), receipt.occurred_at or call.now)
    purchase = _open(call, receipt, offered.offers)
    plan = _plan(call, receipt, offered, purchase)
    lines = ledger.post(plan.entries, now=call.now) if plan.entries else []
    friends.claim(purchase, call.program, plan.earned.parts)
    return _recorded(call, plan, lines, purchase)


@transaction.atomic
def quote(
    *,
    store: Store,
    card_id: int,
    actor: Actor,
    purchase_amount_cents: int,
    order_reference: str = "",
    stamps: int | None = None,
    items: Sequence[Item] = (),
    notes: str = "",
    occurred_at: datetime | None = None,
) -> Recorded:
    """Say what `record` would do, and the card as it would be; asks for no PIN, and writes nothing."""
    receipt = Receipt(purchase_amount_cents, order_reference, stamps, items, notes, occurred_at)
    call = _begin(store, card_id, actor, receipt, asks_for_pin=False)
    if _is_used(call, receipt):
        raise OrderReferenceUsed()
    at = receipt.occurred_at or call.now
    plan = _plan(call, receipt, offering.offered(call, _bought(call, receipt), at, holds=False), None)
    return _recorded(call, plan, ledger.foresee(plan.entries, now=call.now), None)


def record_points(*, store: Store, card_id: int, actor: Actor, receipt: Receipt) -> Posting:
    """Record a receipt that is there for its points, in the caller's transaction.

    Raises PurchaseBelowMinimum, besides what `record` raises.
    """
    call = _begin(store, card_id, actor, receipt, terms_must=operation.require_points)
    if receipt.amount_cents < call.terms.minimum_purchase_cents:
        raise PurchaseBelowMinimum(minimum_purchase_cents=call.terms.minimum_purchase_cents)
    bought = _bought(call, receipt)
    offered = offering.offered(call, bought, receipt.occurred_at or call.now)
    earned = earning.worth(bought, offered.offers, call.terms)
    purchase = _open(call, receipt, offered.offers)
    (entry,) = _points(call, receipt, earned, purchase)
    (line,) = ledger.post([entry], now=call.now)
    friends.claim(purchase, call.program, earned.point_parts)
    known = offered.known_after(earned.point_parts, has_earned=True, occurred_at=receipt.occurred_at)
    return Posting(line, call.card, known=known)


def _begin(store: Store, card_id: int, actor: Actor, receipt: Receipt, **how: Any) -> Operation:
    if receipt.order_reference and not reference_key(receipt.order_reference):
        raise Invalid.field("order_reference", _("A receipt number has a letter or a digit."))
    if (receipt.stamps or 0) > rules.MAXIMUM_STAMPS_AT_ONCE or (receipt.stamps or 0) < 0:
        raise Invalid.field("stamps", _("Between 0 and 10 stamps can be given with a purchase."))
    if (receipt.stamps or 0) > 1:
        actor.require_manager()
    call = operation.begin(store=store, card_id=card_id, actor=actor, occurred_at=receipt.occurred_at, **how)
    hold_currency(store.merchant)
    _require_amount(receipt.amount_cents, call.program, store.merchant.currency)
    if call.settings.require_order_reference and not receipt.order_reference:
        raise OrderReferenceRequired()
    return call


def _require_amount(cents: int, program: LoyaltyProgram, currency: str) -> None:
    most = rules.largest_purchase_cents(program.maximum_purchase_cents, currency)
    if not 1 <= cents <= most:
        text = _("The amount must be between %(least)s and %(most)s.")
        amounts = {"least": money(1, currency), "most": money(most, currency)}
        raise Invalid.field("purchase_amount_cents", text % amounts)


def _is_used(call: Operation, receipt: Receipt) -> bool:
    key = reference_key(receipt.order_reference)
    rows = Purchase.objects.filter(merchant_id=call.store.merchant_id, reference_key=key, is_open=True)
    return bool(key) and rows.exists()


def _bought(call: Operation, receipt: Receipt, stamps: int = 0) -> Bought:
    return Bought(receipt.amount_cents, call.digits, stamps, receipt.items)


def _open(call: Operation, receipt: Receipt, offered: Sequence[Offer]) -> Purchase:
    """The receipt's row. The database lets one number be open once."""
    purchase = Purchase(
        merchant_id=call.card.merchant_id,
        card=call.card,
        store=call.store,
        terms_id=call.terms.id,
        order_reference=receipt.order_reference,
        reference_key=reference_key(receipt.order_reference),
        amount_cents=receipt.amount_cents,
        items=list(receipt.items),
        offers=promoted.kept(offered),
        purchased_at=receipt.occurred_at or call.now,
        recorded_offline=receipt.occurred_at is not None,
    )
    try:
        prepared.insert(purchase)
    except IntegrityError as error:
        if "one_receipt_earns_once" not in str(error):
            raise
        raise OrderReferenceUsed() from error
    return purchase


def _plan(call: Operation, receipt: Receipt, offered: Offered, purchase: Purchase | None) -> _Plan:
    stamp, usage = _stamp(call, receipt)
    earned = earning.worth(_bought(call, receipt, stamp.given), offered.offers, call.terms)
    entries = _points(call, receipt, earned, purchase)
    is_below = call.terms.has_points and not call.terms.counts(receipt.amount_cents)
    code = PurchaseBelowMinimum.code if is_below else None
    if stamp.given:
        stamp = Given(earned.stamps)
        fields = _fields(call, receipt, purchase)
        if entries:
            fields["purchase_amount_cents"] = None  # once a receipt
        fields |= {"stamps_delta": earned.stamps, "promotions": earned.stamp_parts}
        entries.append(call.entry(TransactionType.STAMP_EARNED, **fields))
    if usage is not None:
        usage = stamps.usage_after(usage, stamp.given, receipt.occurred_at, call)
    known = offered.known_after(earned.parts, has_earned=bool(entries), occurred_at=receipt.occurred_at)
    return _Plan(entries, earned, code, stamp, usage, known)


def _stamp(call: Operation, receipt: Receipt) -> tuple[Given, rules.StampUsage | None]:
    """The stamps that a receipt gets without promotions, and how those of the card lay before."""
    if not call.terms.has_stamps:
        return Given(), None
    count = 1 if receipt.stamps is None else receipt.stamps
    usage, verdict = stamps.judge(call, receipt.occurred_at or call.now, max(count, 1))
    if not count or verdict.allowed:
        return Given(count), usage
    return Given(0, verdict.code, verdict.retry_after(call.now)), usage


def _points(call: Operation, receipt: Receipt, earned: Breakdown, purchase: Purchase | None) -> list[Entry]:
    """The line of a receipt's points, if it is worth any."""
    if not call.terms.counts(receipt.amount_cents):
        return []
    fields = _fields(call, receipt, purchase) | {"promotions": earned.point_parts}
    return [call.entry(TransactionType.POINTS_EARNED, points_units=earned.points, **fields)]


def _fields(call: Operation, receipt: Receipt, purchase: Purchase | None) -> dict[str, Any]:
    return {
        "purchase": purchase,
        "purchase_amount_cents": receipt.amount_cents,
        "order_reference": receipt.order_reference,
        "notes": receipt.notes,
        "at": receipt.occurred_at,
        "terms_id": call.terms.id,
    }


def _recorded(
    call: Operation,
    plan: _Plan,
    lines: list[LoyaltyTransaction],
    purchase: Purchase | None,
) -> Recorded:
    points = sum(line.points_delta for line in lines)
    return Recorded(
        purchase,
        lines,
        call.card,
        points=Given(points, plan.points_code),
        stamp=plan.stamp,
        reward_ready=any(line.fills(call.program.stamps_target) for line in lines),
        usage=plan.usage,
        promotions=plan.earned.parts,
        known=plan.known,
    )

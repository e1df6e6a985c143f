"""Lines of the ledger, and what an operation has done."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from django.db.models import QuerySet
from django.utils import timezone

from groundwork.formats.wire import Moment, moment
from loyalty import rules, selectors
from loyalty.models import LoyaltyTransaction, TransactionType
from loyalty.models import transaction as written
from loyalty.outputs.card import Card, card
from loyalty.outputs.promotion import PromotionPart, parts_of
from loyalty.promoted import Planned
from loyalty.services import voids
from loyalty.services.operation import Posting
from loyalty.services.voids import Voiding
from tenancy.actor import Actor
from tenancy.models import Store


class RewardThen(TypedDict):
    """A reward for points, with the name and cost it had then."""

    id: int
    name: str
    points_cost: int


class Transaction(TypedDict):
    """A line of the ledger. `can_void`: undoing it would be allowed just now, to somebody whose PIN is right."""

    id: int
    card_id: int
    card_number: str
    customer_name: str
    transaction_type: TransactionType
    stamps_delta: int
    stamps_balance_after: int
    stamps_owed_after: int
    points_delta: int
    points_balance_after: int
    points_owed_after: int
    points_fraction_after: int
    purchase_id: int | None
    purchase_amount_cents: int | None
    order_reference: str
    promotions: list[PromotionPart]
    reward: RewardThen | None
    reward_name: str
    voids: int | None
    voided_by: int | None
    can_void: bool
    store: str | None
    store_name: str | None
    staff: str | None
    notes: str
    recorded_offline: bool
    transaction_at: Moment
    created_at: Moment


class Amounts(TypedDict):
    """Stamps and points."""

    stamps: int
    points: int


class Posted(TypedDict):
    """What an operation wrote, and the card after it. `settled`: what of it paid stamps or points that were owed."""

    transaction: Transaction
    settled: Amounts
    card: Card


class Stamped(Posted):
    """`reward_ready`: this call has filled the card."""

    reward_ready: bool


class Voided(Posted):
    """`shortfall`: stamps or points that are owed by this call, because they are spent."""

    shortfall: int
    owed: Amounts


def with_people(rows: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    """Lines together with who wrote them, so that showing a page of them costs one statement."""
    return rows.select_related("user", "api_key", "till")


class Ledger:
    """Shows lines of the ledger to somebody at a store."""

    def __init__(self, store: Store, actor: Actor) -> None:
        self.store, self.actor = store, actor
        self.settings = selectors.settings_of(store.merchant)

    def lines(self, rows: Iterable[LoyaltyTransaction]) -> list[Transaction]:
        now = timezone.now()
        return [self.line(row, now) for row in rows]

    def line(self, row: LoyaltyTransaction, now: datetime) -> Transaction:
        return transaction(row, can_void=self._can_void(row, now))

    def _can_void(self, row: LoyaltyTransaction, now: datetime) -> bool:
        card_, actor = row.card, self.actor
        if card_.is_deleted or card_.scope_store_id not in (None, self.store.pk):
            return False
        if not (actor.is_manager or (card_.is_active and card_.program.is_active)):
            return False
        refused = voids.refusal(row, store=self.store, actor=actor, settings=self.settings, now=now)
        return refused is None

    def posted(self, posting: Posting | Voiding) -> Posted:
        """What an operation wrote, and the card after it."""
        (line,) = self.fresh([posting.transaction])
        known = posting.known if isinstance(posting, Posting) else None
        return {
            "transaction": line,
            "settled": settled(posting.transactions),
            "card": card(posting.card, self.store, posting.usage, known=known),
        }

    def stamped(self, posting: Posting) -> Stamped:
        return {**self.posted(posting), "reward_ready": posting.reward_ready}

    def voided(self, voiding: Voiding) -> Voided:
        owed = newly_owed(voiding.transactions)
        return {**self.posted(voiding), "shortfall": voiding.shortfall, "owed": owed}

    def fresh(self, rows: Iterable[LoyaltyTransaction]) -> list[Transaction]:
        """Lines that are not committed yet."""
        return self.lines([as_written(row) for row in rows])


def as_written(row: LoyaltyTransaction) -> LoyaltyTransaction:
    """A line as it was when it was written: nobody can have undone it, which needs no question."""
    LoyaltyTransaction._meta.get_field("voided_by").set_cached_value(row, None)
    return row


def transaction(row: LoyaltyTransaction, *, can_void: bool, planned: Planned | None = None) -> Transaction:
    """A line of the ledger, as somebody is told it who may undo it, or may not.

    `planned`: the program's promotions as they were, if they are not told as they are.
    """
    undone_by = getattr(row, "voided_by", None)
    return {
        "card_id": row.card_id,
        "transaction_type": TransactionType(row.transaction_type),
        "stamps_delta": row.stamps_delta,
        "stamps_balance_after": row.stamps_balance_after,
        "stamps_owed_after": row.stamps_owed_after,
        "points_delta": row.points_delta,
        "points_balance_after": row.points_balance_after,
        "points_owed_after": row.points_owed_after,
        "points_fraction_after": row.points_fraction_after,
        "purchase_id": row.purchase_id,
        "purchase_amount_cents": row.purchase_amount_cents,
        "order_reference": row.order_reference,
        "reward_name": row.reward_name,
        "notes": row.notes,
        "recorded_offline": row.recorded_offline,
        "id": row.pk,
        "card_number": row.card.display_number,
        "customer_name": row.card.customer.name,
        "promotions": parts_of(row, planned),
        "reward": _reward(row),
        "voids": row.voids_id,
        "voided_by": undone_by.pk if undone_by else None,
        "can_void": can_void,
        "store": row.store.store_code if row.store else None,
        "store_name": row.store.name if row.store else None,
        "staff": _staff(row),
        "transaction_at": moment(row.transaction_at),
        "created_at": moment(row.created_at),
    }


def settled(rows: Sequence[LoyaltyTransaction]) -> Amounts:
    """What a call's lines paid of what was owed."""
    return _shown(written.settled(rows))


def newly_owed(rows: Sequence[LoyaltyTransaction]) -> Amounts:
    """What is owed since a call's lines, and was not before them."""
    return _shown(written.newly_owed(rows))


def _shown(amounts: rules.Amounts) -> Amounts:
    return {"stamps": amounts.stamps, "points": amounts.points}


def _reward(row: LoyaltyTransaction) -> RewardThen | None:
    if row.reward_id is None or row.reward_points_cost is None:
        return None
    return {"id": row.reward_id, "name": row.reward_name, "points_cost": row.reward_points_cost}


def _staff(row: LoyaltyTransaction) -> str | None:
    """Who it was: the name behind the PIN, else whoever or whatever called; None for the system and the customer."""
    if row.staff_pin is not None:
        return row.staff_pin.name
    if row.user is not None:
        return row.user.get_full_name() or row.user.email
    machine = row.api_key or row.till
    return machine.name if machine else None

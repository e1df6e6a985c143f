"""The pen: the only place that writes cards' balances and transactions.

    cards = ledger.lock(LoyaltyCard.objects.filter(...))     # in id order; read the clock after this
    ledger.post([Entry(card=card, kind="stamp_earned", stamps_delta=1, ...)], at=now)

A batch, or a batch of one. Everything happens in the caller's transaction: balances, lines and announcements
are committed together or not at all.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from groundwork import tallies
from groundwork.database import bulk, locks, prepared
from groundwork.messaging import outbox
from loyalty import rules, selectors
from loyalty.earning import Part
from loyalty.errors import NotEnoughPoints, NotEnoughStamps
from loyalty.events import BalancesChanged, CardEvent, OwedAnew, RewardReady
from loyalty.models import (
    LoyaltyCard,
    LoyaltyTransaction,
    PointsReward,
    Purchase,
    PurchaseReturn,
    StaffPin,
    TransactionType,
)
from loyalty.models.card import BALANCES, COUNTERS
from loyalty.models.transaction import newly_owed
from loyalty.models.undo import written_along
from tenancy.actor import Actor
from tenancy.models import Store
from tenancy.prepared import Prepared

BALANCE_FIELDS = (
    *BALANCES,
    *COUNTERS,
    "last_stamp_at",
    "last_points_at",
    "last_redemption_at",
    "last_activity_at",
    "updated_at",
)
LAST_TIMES = {
    "stamp_earned": "last_stamp_at",
    "points_earned": "last_points_at",
    "stamp_redeemed": "last_redemption_at",
    "points_redeemed": "last_redemption_at",
}
# By a merge, or from another system.
BROUGHT_ALONG = (TransactionType.MERGE_IN, TransactionType.OPENING_BALANCE)
SYSTEM = Actor.system()
OPERATIONS = "operations"  # as what they are counted for monitoring


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line to be written: what changes on a locked card, where, by whom and why.

    The points that it moves are `points_delta` whole ones and `points_units` ten-thousandths together; `promotions` say
    what of the line is theirs.

    `restores` is an undoing that is taken back by it: what was undone is written again, and happened long before.
    `at` (UTC) is when it happened if that is not now: a stamp recorded offline.
    """

    card: LoyaltyCard
    kind: str
    stamps_delta: int = 0
    points_delta: int = 0
    points_units: int = 0
    store: Store | None = None
    actor: Actor = SYSTEM
    staff_pin: StaffPin | None = None
    keep_address: bool = False
    purchase_amount_cents: int | None = None
    order_reference: str = ""
    purchase: Purchase | None = None
    purchase_return: PurchaseReturn | None = None
    terms_id: int | None = None
    promotions: Sequence[Part] = ()
    reward: PointsReward | None = None
    reward_name: str = ""
    reward_points_cost: int | None = None  # if it is not what the reward costs now
    voids: LoyaltyTransaction | None = None
    restores: LoyaltyTransaction | None = None
    notes: str = ""
    at: datetime | None = None


def lock(cards: QuerySet[LoyaltyCard]) -> list[LoyaltyCard]:
    """Lock cards in id order, so that two batches never wait for each other. Call it inside a transaction."""
    return list(cards.order_by("id").select_for_update(no_key=True, of=("self",)))


_lock_one = Prepared(
    lambda **which: selectors.one_card_at(**which).select_for_update(no_key=True, of=("self",))
)


def lock_one(*, store: Store, card_id: int) -> LoyaltyCard | None:
    """Lock the card with an id if it is valid at a store; None if there is none."""
    cards = _lock_one(store_id=store.pk, merchant_id=store.merchant_id, card_id=card_id)
    return cards[0] if cards else None


def post(
    entries: Sequence[Entry], *, now: datetime, announce: Iterable[Any] = ()
) -> list[LoyaltyTransaction]:
    """Write lines and balances of locked cards, and announce what changed; returns the lines in order.

    `now` (UTC) was read after the lock. `announce` takes further events, which get the ids of these lines if they
    name none (`transaction_ids`). Raises NotEnoughStamps or NotEnoughPoints, with `missing`, before anything is
    written.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("The ledger writes inside its caller's transaction.")
    lines = [_apply(entry, now) for entry in entries]
    ready = [line for line in lines if line.fills(line.card.program.stamps_target)]
    _write(lines, [entry.card for entry in entries])
    _announce(entries, lines, ready, announce)
    for kind, count in Counter(entry.kind for entry in entries).items():
        tallies.count(OPERATIONS, kind, count)
    return lines


def foresee(entries: Sequence[Entry], *, now: datetime) -> list[LoyaltyTransaction]:
    """Move the cards in memory as `post` would, and write nothing; returns the lines that it would write."""
    return [_apply(entry, now) for entry in entries]


def forget_person(cards: Sequence[LoyaltyCard]) -> None:
    """Blank notes, addresses and programs in a person's lines and in those written along; no line ever changes else."""
    lines = LoyaltyTransaction.objects.filter(card__in=cards) | written_along(cards).exclude(notes="")
    locks.in_id_order(lines)
    lines.update(notes="", ip_address=None, user_agent="")


def _apply(entry: Entry, now: datetime) -> LoyaltyTransaction:
    """Move the card's figures in memory and make the line that says so."""
    card = entry.card
    stamps = card.stamp_count - card.stamps_owed + entry.stamps_delta
    points_before = card.points_balance - card.points_owed
    net = (points_before + entry.points_delta) * rules.POINT + card.points_fraction + entry.points_units
    balance, owed, fraction = rules.split(net)
    points_delta, fraction_delta = balance - owed - points_before, fraction - card.points_fraction
    if entry.kind not in rules.MAY_OWE:
        if entry.stamps_delta < 0 and stamps < 0:
            raise NotEnoughStamps(missing=-stamps)
        if points_delta < 0 and owed:
            raise NotEnoughPoints(missing=owed)
    undoes = entry.voids.transaction_type if entry.voids else None
    changes = rules.counter_changes(
        entry.kind, stamps_delta=entry.stamps_delta, points_delta=points_delta, undoes=undoes
    )
    for counter, change in changes.items():
        setattr(card, counter, getattr(card, counter) + change)
    card.stamp_count, card.stamps_owed = max(stamps, 0), max(-stamps, 0)
    card.points_balance, card.points_owed, card.points_fraction = balance, owed, fraction
    card.updated_at = now
    _note_times(card, "" if entry.restores else entry.kind, entry.at or now)
    return _line(entry, points_delta, fraction_delta, now)


def _note_times(card: LoyaltyCard, kind: str, at: datetime) -> None:
    """Note when something last happened to a card; what came in later may have happened earlier."""
    activity = None if kind in rules.NOT_ACTIVITY else "last_activity_at"
    for field in filter(None, (LAST_TIMES.get(kind), activity)):
        setattr(card, field, max(filter(None, (getattr(card, field), at))))


def _line(entry: Entry, points_delta: int, fraction_delta: int, now: datetime) -> LoyaltyTransaction:
    card, actor, reward = entry.card, entry.actor, entry.reward
    return LoyaltyTransaction(
        merchant_id=card.merchant_id,
        card=card,
        store=entry.store,
        staff_pin=entry.staff_pin,
        user=actor.user,
        api_key=actor.api_key,
        till=actor.till,
        transaction_type=entry.kind,
        stamps_delta=entry.stamps_delta,
        stamps_balance_after=card.stamp_count,
        stamps_owed_after=card.stamps_owed,
        points_delta=points_delta,
        points_balance_after=card.points_balance,
        points_owed_after=card.points_owed,
        points_fraction_delta=fraction_delta,
        points_fraction_after=card.points_fraction,
        purchase=entry.purchase,
        purchase_return=entry.purchase_return,
        terms_id=entry.terms_id,
        promotions=_kept(entry.promotions),
        purchase_amount_cents=entry.purchase_amount_cents,
        order_reference=entry.order_reference,
        reward=reward,
        reward_name=entry.reward_name or (reward.name if reward else ""),
        reward_points_cost=entry.reward_points_cost or (reward.points_cost if reward else None),
        voids=entry.voids,
        restores=entry.restores,
        notes=entry.notes,
        ip_address=(actor.ip_address or None) if entry.keep_address else None,
        user_agent=actor.user_agent if entry.keep_address else "",
        recorded_offline=entry.at is not None,
        transaction_at=entry.at or now,
    )


def _kept(parts: Sequence[Part]) -> list[dict[str, int]] | None:
    """What promotions give, as a line keeps it: in the order of their ids."""
    parts = sorted(parts, key=lambda part: part.promotion_id)
    return [
        {"promotion": part.promotion_id, "points": part.points, "stamps": part.stamps} for part in parts
    ] or None


def _write(lines: list[LoyaltyTransaction], cards: list[LoyaltyCard]) -> None:
    unique = list({card.pk: card for card in cards}.values())
    if len(lines) == 1:
        prepared.insert(lines[0])
        prepared.update(unique[0], *BALANCE_FIELDS)
    else:
        LoyaltyTransaction.objects.bulk_create(lines, batch_size=1000)
        bulk.update(unique, *BALANCE_FIELDS)


def _announce(
    entries: Sequence[Entry],
    lines: list[LoyaltyTransaction],
    ready: list[LoyaltyTransaction],
    further: Iterable[Any],
) -> None:
    merchant_id = entries[0].card.merchant_id
    ids = [line.pk for line in lines]
    events: list[Any] = []
    moved = [line for line in lines if line.stamps_delta or line.points_delta]
    owing = [of_card[-1] for of_card in _by_card(moved) if _owes_anew(of_card)]
    of_lines: list[tuple[type[CardEvent], list[LoyaltyTransaction]]] = [
        (BalancesChanged, moved),
        (RewardReady, ready),
        (OwedAnew, owing),
    ]
    for event, about in of_lines:
        if about:
            card_ids, line_ids = [line.card_id for line in about], [line.pk for line in about]
            events.append(event(merchant_id=merchant_id, card_ids=card_ids, transaction_ids=line_ids))
    for make in further:
        events.append(make(ids) if callable(make) else make)
    outbox.record(*events)


def _by_card(lines: Iterable[LoyaltyTransaction]) -> Iterable[list[LoyaltyTransaction]]:
    found: dict[int, list[LoyaltyTransaction]] = {}
    for line in lines:
        found.setdefault(line.card_id, []).append(line)
    return found.values()


def _owes_anew(lines: Sequence[LoyaltyTransaction]) -> bool:
    """Whether a card owes since these lines what it did not before; what is brought along was owed already."""
    return newly_owed(lines) != rules.Amounts() and lines[-1].transaction_type not in BROUGHT_ALONG


def expire_points(card_ids: Sequence[int], *, note: str, now: datetime) -> list[int]:
    """Expire all points of locked cards of one merchant, set-based: a night may have a million of them.

    One `points_expired` line each, without a store; `last_activity_at` stays as it was. Returns the lines' ids.
    """
    table, cards = LoyaltyTransaction._meta.db_table, LoyaltyCard._meta.db_table
    placeholders = ", ".join(["%s"] * len(card_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {table} (merchant_id, card_id, transaction_type, stamps_delta, stamps_balance_after,
                stamps_owed_after, points_delta, points_balance_after, points_owed_after, points_fraction_delta,
                points_fraction_after, order_reference, reward_name, notes, user_agent, recorded_offline,
                transaction_at, created_at)
            SELECT merchant_id, id, %s, 0, stamp_count, stamps_owed, -points_balance, 0, 0, -points_fraction, 0,
                '', '', %s, '', %s, %s, %s
            FROM {cards} WHERE id IN ({placeholders}) AND points_balance > 0 ORDER BY id RETURNING id""",
            [TransactionType.POINTS_EXPIRED, note, False, now, now, *card_ids],
        )
        line_ids = [row[0] for row in cursor.fetchall()]
    LoyaltyCard.objects.filter(pk__in=card_ids, points_balance__gt=0).update(
        total_points_voided=F("total_points_voided") + F("points_balance"),
        points_balance=0,
        points_fraction=0,
        updated_at=now,
    )
    return line_ids

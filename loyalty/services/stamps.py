"""Stamps: giving them, and redeeming a full card."""

import dataclasses
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from groundwork.errors import Invalid
from groundwork.idempotency.once import exactly_once
from loyalty import earning, rules, selectors
from loyalty.errors import DailyStampLimit, NotEnoughStamps, StampCooldown
from loyalty.models import LoyaltyTransaction, TransactionType
from loyalty.offers import Bought
from loyalty.promotion_facts import Known
from loyalty.services import offering, operation
from loyalty.services.operation import Operation, Posting
from tenancy.actor import Actor
from tenancy.models import Store


@exactly_once
def give(
    *,
    store: Store,
    card_id: int,
    actor: Actor,
    count: int = 1,
    notes: str = "",
    occurred_at: datetime | None = None,
    asks_for_pin: bool = True,
) -> Posting:
    """Give `count` stamps (more than one is a manager's group order) and those of promotions as one line of the ledger.

    `occurred_at` (UTC): when it happened, for a stamp recorded offline. `asks_for_pin` is False in the console, where
    nobody shares a terminal. `reward_ready` tells whether this call took the card from below the target to it. Raises
    StampCooldown or DailyStampLimit with `retry_after` (seconds) and `next_stamp_at`, besides what `operation.begin`
    raises.
    """
    _require_count(count, actor)
    call = operation.begin(
        store=store,
        card_id=card_id,
        actor=actor,
        occurred_at=occurred_at,
        asks_for_pin=asks_for_pin,
        terms_must=operation.require_stamps,
    )
    usage = _allowed(call, occurred_at or call.now, count)
    line, known = _post(call, count, notes, occurred_at)
    ready = line.fills(call.program.stamps_target)
    after = usage_after(usage, line.stamps_delta, occurred_at, call)
    return Posting(line, call.card, reward_ready=ready, usage=after, known=known)


def _require_count(count: int, actor: Actor) -> None:
    if not 1 <= count <= rules.MAXIMUM_STAMPS_AT_ONCE:
        raise Invalid.field("count", _("Between 1 and 10 stamps can be given at once."))
    if count > 1:
        actor.require_manager()


def _post(
    call: Operation, count: int, notes: str, occurred_at: datetime | None
) -> tuple[LoyaltyTransaction, Known | None]:
    """The line of `count` stamps, with those of the promotions that hold for them; and what is known after it."""
    bought = Bought(None, call.digits, count)
    offered = offering.offered(call, bought, occurred_at or call.now)
    earned = earning.worth(bought, offered.offers, call.terms)
    line = call.post(
        TransactionType.STAMP_EARNED,
        stamps_delta=earned.stamps,
        promotions=earned.stamp_parts,
        notes=notes,
        at=occurred_at,
        terms_id=call.terms.id,
    )
    return line, offered.known_after(earned.stamp_parts, has_earned=True, occurred_at=occurred_at)


def _allowed(call: Operation, at: datetime, count: int) -> rules.StampUsage:
    """How the card's stamps lie, where `count` more are allowed. Raises StampCooldown or DailyStampLimit."""
    usage, verdict = judge(call, at, count)
    if not verdict.allowed:
        refusal = StampCooldown if verdict.code == StampCooldown.code else DailyStampLimit
        raise refusal(retry_after=verdict.retry_after(call.now), next_stamp_at=verdict.next_stamp_at)
    return usage


def judge(call: Operation, at: datetime, count: int) -> tuple[rules.StampUsage, rules.StampVerdict]:
    """How the card's stamps lie around a moment, and whether cooldown and daily limit allow `count` more."""
    program, zone = call.program, call.store.tzinfo
    around = selectors.stamp_usage([call.card], at=at, zone=zone, cooldown_minutes=program.cooldown_minutes)
    usage = around.get(call.card.pk, rules.StampUsage())
    verdict = rules.may_stamp(
        usage,
        at=at,
        cooldown_minutes=program.cooldown_minutes,
        max_daily_stamps=program.max_daily_stamps,
        zone=zone,
        count=count,
    )
    return usage, verdict


def usage_after(
    usage: rules.StampUsage, count: int, occurred_at: datetime | None, call: Operation
) -> rules.StampUsage | None:
    """The usage once `count` stamps are given now; None for an earlier moment: it says nothing of the present one."""
    if occurred_at is not None:
        return None
    return dataclasses.replace(usage, today=usage.today + count, before=call.now if count else usage.before)


@exactly_once
def redeem(*, store: Store, card_id: int, actor: Actor, notes: str = "") -> Posting:
    """Hand out the reward of a full card: minus the target, the surplus stays.

    Raises NotEnoughStamps with `missing`, besides what `operation.begin` raises.
    """
    call = operation.begin(store=store, card_id=card_id, actor=actor, terms_must=operation.require_stamps)
    target = call.program.stamps_target
    if call.card.stamp_count < target:
        raise NotEnoughStamps(missing=target - call.card.stamp_count)
    line = call.post(
        TransactionType.STAMP_REDEEMED,
        stamps_delta=-target,
        reward_name=call.program.stamps_reward_description,
        notes=notes,
    )
    return Posting(line, call.card)

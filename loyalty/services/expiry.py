"""Expiry of points by inactivity, and the warnings before it.

Set-based in batches, each its own transaction: killed at any point and run again it ends in the same state. A card
that a purchase holds just now is skipped, and looked at again by the next run.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet, Sum

from groundwork.messaging import outbox
from loyalty import ledger, rules
from loyalty.events import BalancesChanged, PointsAboutToExpire, PointsExpired
from loyalty.models import LoyaltyCard, LoyaltyProgram, MerchantCalendar
from tenancy import scope
from tenancy.models import Merchant

logger = logging.getLogger(__name__)

BATCH = 2_000
LOCAL_HOUR = 2
Progress = Callable[[int], Any]
Row = tuple[int, int]  # a card's id, and its points


@dataclass
class Summary:
    """What a run did. `cards_processed` counts cards whose points expired; `seconds` is filled in by the caller."""

    status: str = "success"
    programs_processed: int = 0
    cards_processed: int = 0
    points_expired: int = 0
    warnings_sent: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.cards_processed} cards, {self.points_expired} points expired, "
            f"{self.warnings_sent} warnings, {self.seconds:.1f} s"
        )


def expire(
    *, now: datetime, merchant: Merchant | None = None, dry_run: bool = False, progress: Progress = bool
) -> Summary:
    """Expire and warn, at once whatever the hour, for all merchants or one; `now` in UTC.

    `dry_run` only counts. `progress` is told of every batch how many cards it held.
    """
    summary = Summary(status="dry_run" if dry_run else "success")
    with scope.everything("expiry goes through all merchants"):
        for program in list(_programs(merchant)):
            _expire_program(program, summary, now=now, dry_run=dry_run, progress=progress)
    return summary


def expire_where_it_is_time(*, now: datetime) -> Summary:
    """What the clock calls every hour: each merchant once per local date, from its 02:00 on.

    A merchant for whom it fails is noted in the log and in `status`, spoils nothing for the others, and has its turn
    again in the next hour.
    """
    summary = Summary()
    with scope.everything("expiry goes through all merchants"):
        for program in list(_programs(None)):
            local = now.astimezone(program.merchant.tzinfo)
            calendar, _ = MerchantCalendar.objects.get_or_create(merchant=program.merchant)
            if local.hour < LOCAL_HOUR or calendar.points_expired_on == local.date():
                continue
            try:
                _expire_program(program, summary, now=now, dry_run=False, progress=bool)
            except DatabaseError:
                logger.exception("expiry failed", extra={"merchant_id": program.merchant_id})
                summary.status = "failed"
                continue
            MerchantCalendar.objects.filter(pk=calendar.pk).update(points_expired_on=local.date())
    return summary


def _programs(merchant: Merchant | None) -> QuerySet[LoyaltyProgram]:
    programs = LoyaltyProgram.objects.filter(is_active=True, points_expiration_days__gt=0)
    programs = programs.filter(merchant__is_active=True, merchant__deleted_at__isnull=True)
    if merchant is not None:
        programs = programs.filter(merchant=merchant)
    return programs.select_related("merchant").order_by("pk")


def _expire_program(
    program: LoyaltyProgram, summary: Summary, *, now: datetime, dry_run: bool, progress: Progress
) -> None:
    summary.programs_processed += 1
    due, to_warn = _due(program, now), _to_warn(program, now)
    if dry_run:
        counted = due.aggregate(points=Sum("points_balance"))
        summary.cards_processed += due.count()
        summary.points_expired += counted["points"] or 0
        summary.warnings_sent += to_warn.exclude(pk__in=due.values("pk")).count()
        return
    for cards, work in ((due, _expire_batch), (to_warn, _warn_batch)):
        _in_batches(cards, partial(work, program, summary, now=now), progress)


def _living(program: LoyaltyProgram) -> QuerySet[LoyaltyCard]:
    return LoyaltyCard.objects.filter(program=program, is_active=True, points_balance__gt=0)


def _due(program: LoyaltyProgram, now: datetime) -> QuerySet[LoyaltyCard]:
    """The cards whose points expire now: `rules.expires_at` and its warning, in SQL."""
    if program.expiry_not_before and program.expiry_not_before > now:
        return LoyaltyCard.objects.none()
    over = Q(last_activity_at__lte=now - _period(program))
    over &= Q(expiry_not_before=None) | Q(expiry_not_before__lte=now)
    may_expire = ~_not_warned(program) & Q(last_expiration_warning_at__lte=now - rules.WARNED_AT_LEAST)
    if not program.expiry_requires_warning:
        for is_put_off, _since in _put_off(program):
            over &= ~is_put_off | may_expire
        return _living(program).filter(over)
    return _living(program).filter(over & may_expire)


def _to_warn(program: LoyaltyProgram, now: datetime) -> QuerySet[LoyaltyCard]:
    """The cards to be warned now: near their expiry, and not warned of it yet."""
    horizon = now + rules.warning_notice(program.points_expiration_days or 0)
    if program.expiry_not_before and program.expiry_not_before > horizon:
        return LoyaltyCard.objects.none()
    near = Q(last_activity_at__lte=horizon - _period(program))
    near &= Q(expiry_not_before=None) | Q(expiry_not_before__lte=horizon)
    return _living(program).filter(near & _not_warned(program))


def _period(program: LoyaltyProgram) -> timedelta:
    return timedelta(days=program.points_expiration_days or 0)


def _put_off(program: LoyaltyProgram) -> list[tuple[Q, Any]]:
    """Which cards' expiry was put off, by the card's own moment or the program's; and when that was decided."""
    period, grace = _period(program), timedelta(days=rules.WARNING_DAYS)
    by_card = Q(expiry_not_before__gt=F("last_activity_at") + period)
    found: list[tuple[Q, Any]] = [(by_card, F("expiry_not_before") - grace)]
    if program.expiry_not_before:
        by_program = Q(last_activity_at__lt=program.expiry_not_before - period)
        found.append((by_program, program.expiry_not_before - grace))
    return found


def _not_warned(program: LoyaltyProgram) -> Q:
    """The cards without a warning that counts: since their last activity, and since their expiry was put off."""
    missing = Q(last_expiration_warning_at=None) | Q(last_expiration_warning_at__lt=F("last_activity_at"))
    for is_put_off, since in _put_off(program):
        missing |= is_put_off & Q(last_expiration_warning_at__lt=since)
    return missing


def _in_batches(cards: QuerySet[LoyaltyCard], work: Callable[[list[Row]], None], progress: Progress) -> None:
    """Lock and work on cards batch by batch, each in a transaction of its own; locked ones are passed over."""
    after = 0
    while True:
        with transaction.atomic():
            rows = cards.filter(pk__gt=after).order_by("pk")
            locked = rows.select_for_update(no_key=True, of=("self",), skip_locked=True)
            batch = list(locked.values_list("pk", "points_balance")[:BATCH])
            if not batch:
                return
            work(batch)
        after = batch[-1][0]
        progress(len(batch))


def _expire_batch(program: LoyaltyProgram, summary: Summary, cards: list[Row], *, now: datetime) -> None:
    ids = [card_id for card_id, _ in cards]
    note = f"Points expired after {program.points_expiration_days} days of inactivity"
    line_ids = ledger.expire_points(ids, note=note, now=now)
    about: dict[str, Any] = {"merchant_id": program.merchant_id, "card_ids": ids, "transaction_ids": line_ids}
    outbox.record(PointsExpired(**about), BalancesChanged(**about))
    summary.cards_processed += len(cards)
    summary.points_expired += sum(points for _, points in cards)


def _warn_batch(program: LoyaltyProgram, summary: Summary, cards: list[Row], *, now: datetime) -> None:
    ids = [card_id for card_id, _ in cards]
    LoyaltyCard.objects.filter(pk__in=ids).update(last_expiration_warning_at=now, updated_at=now)
    outbox.record(PointsAboutToExpire(merchant_id=program.merchant_id, card_ids=ids))
    summary.warnings_sent += len(cards)

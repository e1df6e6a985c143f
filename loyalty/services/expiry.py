"""Expiry of points by inactivity, and the warnings before it.

Set-based in batches, each its own transaction: killed at any point and run again it ends in the same state. A card
that a purchase holds just now is skipped, and looked at again by the next run.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from loyalty import ledger, rules
from loyalty.events import BalancesChanged, PointsAboutToExpire, PointsExpired
from loyalty.models import LoyaltyCard, LoyaltyProgram, MerchantCalendar
from tenancy import outbox, scope
from tenancy.models import Merchant

BATCH = 2_000
LOCAL_HOUR = 2
Progress = Callable[[int], Any]


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
    """What the clock calls every hour: each merchant once per local date, from its 02:00 on."""
    summary = Summary()
    with scope.everything("expiry goes through all merchants"):
        for program in list(_programs(None)):
            merchant = program.merchant
            local = now.astimezone(merchant.tzinfo)
            calendar, _ = MerchantCalendar.objects.get_or_create(merchant=merchant)
            if local.hour < LOCAL_HOUR or calendar.points_expired_on == local.date():
                continue
            _expire_program(program, summary, now=now, dry_run=False, progress=bool)
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
    for cards in _batches(due, progress):
        summary.cards_processed += len(cards)
        summary.points_expired += _expire_batch(program, cards, now)
    for cards in _batches(to_warn, progress):
        summary.warnings_sent += len(cards)
        _warn_batch(program, cards, now)


def _living(program: LoyaltyProgram) -> QuerySet[LoyaltyCard]:
    return LoyaltyCard.objects.filter(program=program, is_active=True, points_balance__gt=0)


def _due(program: LoyaltyProgram, now: datetime) -> QuerySet[LoyaltyCard]:
    """The cards whose points expire now: `rules.expires_at` and its warning, in SQL."""
    if program.expiry_not_before and program.expiry_not_before > now:
        return LoyaltyCard.objects.none()
    period = timedelta(days=program.points_expiration_days or 0)
    over = Q(last_activity_at__lte=now - period) & (Q(expiry_not_before=None) | Q(expiry_not_before__lte=now))
    warned = Q(last_expiration_warning_at__gte=F("last_activity_at")) & Q(
        last_expiration_warning_at__lte=now - rules.WARNED_AT_LEAST
    )
    if program.expiry_requires_warning:
        return _living(program).filter(over & warned)
    on_time = Q(expiry_not_before=None) | Q(expiry_not_before__lte=F("last_activity_at") + period)
    if program.expiry_not_before:
        on_time &= Q(last_activity_at__gte=program.expiry_not_before - period)
    return _living(program).filter(over & (on_time | warned))


def _to_warn(program: LoyaltyProgram, now: datetime) -> QuerySet[LoyaltyCard]:
    """The cards to be warned now: near their expiry, and not warned since their last activity."""
    days = program.points_expiration_days or 0
    horizon = now + timedelta(days=rules.warning_days(days))
    if program.expiry_not_before and program.expiry_not_before > horizon:
        return LoyaltyCard.objects.none()
    near = Q(last_activity_at__lte=horizon - timedelta(days=days))
    near &= Q(expiry_not_before=None) | Q(expiry_not_before__lte=horizon)
    not_warned = Q(last_expiration_warning_at=None) | Q(last_expiration_warning_at__lt=F("last_activity_at"))
    return _living(program).filter(near & not_warned)


def _batches(cards: QuerySet[LoyaltyCard], progress: Progress) -> Iterator[list[tuple[int, int]]]:
    """(id, points) of locked cards, batch by batch, each in a transaction of its own; locked ones are passed over."""
    after = 0
    while True:
        with transaction.atomic():
            rows = cards.filter(pk__gt=after).order_by("pk")
            locked = rows.select_for_update(no_key=True, of=("self",), skip_locked=True)
            batch = list(locked.values_list("pk", "points_balance")[:BATCH])
            if not batch:
                return
            yield batch
        after = batch[-1][0]
        progress(len(batch))


def _expire_batch(program: LoyaltyProgram, cards: list[tuple[int, int]], now: datetime) -> int:
    ids = [card_id for card_id, _ in cards]
    note = f"Points expired after {program.points_expiration_days} days of inactivity"
    line_ids = ledger.expire_points(ids, note=note, now=now)
    about: dict[str, Any] = {"merchant_id": program.merchant_id, "card_ids": ids, "transaction_ids": line_ids}
    outbox.record(PointsExpired(**about), BalancesChanged(**about))
    return sum(points for _, points in cards)


def _warn_batch(program: LoyaltyProgram, cards: list[tuple[int, int]], now: datetime) -> None:
    ids = [card_id for card_id, _ in cards]
    LoyaltyCard.objects.filter(pk__in=ids).update(last_expiration_warning_at=now, updated_at=now)
    outbox.record(PointsAboutToExpire(merchant_id=program.merchant_id, card_ids=ids))

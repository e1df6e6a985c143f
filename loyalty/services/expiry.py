"""Expiry of points by inactivity, and the warnings before it.

Set-based in batches, each its own transaction: killed at any point and run again it ends in the same state. A card
that a purchase holds just now is skipped, and looked at again by the next run.

Each batch goes by what merchant and program are then, and holds them until it is written: who switches one of them
off, or changes the period, waits for a batch at most, and no later one goes by what was before.

The moment when points expire is what people are told (`selectors.points_expire_at`, e-mails, passes). They are taken
`rules.OFFLINE_LIMIT` later: what was recorded offline before the moment has come in by then, and saves them.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from groundwork import deletion
from groundwork.messaging import outbox
from loyalty import ledger, notes, rules, selectors
from loyalty.events import BalancesChanged, PointsAboutToExpire, PointsExpired
from loyalty.models import LoyaltyCard, LoyaltyProgram, MerchantCalendar
from loyalty.services import debts
from tenancy import scope
from tenancy.models import Merchant

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
        for program in _programs(merchant):
            _expire_program(program, summary, now=now, dry_run=dry_run, progress=progress)
    return summary


def merchants_whose_time_it_is(*, now: datetime) -> list[int]:
    """The ids of those whose points expire, and not yet on this local date, from 02:00 on.

    One of whom that cannot be told has its turn too: there it is seen what is wrong with it.
    """
    with scope.everything("expiry goes through all merchants"):
        return [program.merchant_id for program in _programs(None) if _may_be_time(program.merchant, now)]


def _may_be_time(merchant: Merchant, now: datetime) -> bool:
    try:
        return _is_time(merchant, now)
    except Exception:
        return True


def _is_time(merchant: Merchant, now: datetime) -> bool:
    local = now.astimezone(merchant.tzinfo)
    done = MerchantCalendar.objects.filter(merchant=merchant, points_expired_on=local.date())
    return local.hour >= LOCAL_HOUR and not done.exists()


def expire_if_it_is_time(merchant_id: int, *, now: datetime) -> Summary:
    """Expire and warn for one merchant, unless it was done on this local date, or it is not 02:00 yet."""
    summary = Summary()
    with scope.everything("the clock asks for a merchant by its id"):
        merchant = Merchant.objects.get(pk=merchant_id)
        if not _is_time(merchant, now):
            return summary
        MerchantCalendar.objects.get_or_create(merchant=merchant)
        for program in _programs(merchant):
            _expire_program(program, summary, now=now, dry_run=False, progress=bool)
        today = now.astimezone(merchant.tzinfo).date()
        MerchantCalendar.objects.filter(merchant=merchant).update(points_expired_on=today)
    return summary


def _programs(merchant: Merchant | None) -> list[LoyaltyProgram]:
    """The programs whose points expire."""
    programs = LoyaltyProgram.objects.filter(points_expiration_days__gt=0)
    programs = programs.filter(merchant__deleted_at__isnull=True)
    if merchant is not None:
        programs = programs.filter(merchant=merchant)
    return [program for program in programs.select_related("merchant").order_by("pk") if _days(program)]


def _expire_program(
    program: LoyaltyProgram, summary: Summary, *, now: datetime, dry_run: bool, progress: Progress
) -> None:
    summary.programs_processed += 1
    if dry_run:
        due = _due(program, now)
        counted = due.aggregate(points=Sum("points_balance"))
        summary.cards_processed += due.count()
        summary.points_expired += counted["points"] or 0
        summary.warnings_sent += _to_warn(program, now).count()
        return
    for choose, work in ((_due, _expire_batch), (_to_warn, _warn_batch), (_owing, _let_go_batch)):
        _in_batches(program, partial(choose, now=now), partial(work, summary=summary, now=now), progress)


def _living(program: LoyaltyProgram) -> QuerySet[LoyaltyCard]:
    return LoyaltyCard.objects.filter(program=program, is_active=True, points_balance__gt=0)


def _due(program: LoyaltyProgram, now: datetime) -> QuerySet[LoyaltyCard]:
    """The cards whose points are taken now: `rules.expires_at` in SQL, by OFFLINE_LIMIT ago."""
    moment = now - rules.OFFLINE_LIMIT
    if not _days(program) or (program.expiry_not_before and program.expiry_not_before > moment):
        return LoyaltyCard.objects.none()
    over = _idle_since(moment - _period(program))
    over &= Q(expiry_not_before=None) | Q(expiry_not_before__lte=moment)
    may_expire = ~_not_warned(program) & Q(last_expiration_warning_at__lte=moment - rules.WARNED_AT_LEAST)
    if not program.expiry_requires_warning:
        for is_put_off, _since in _put_off(program):
            over &= ~is_put_off | may_expire
        return _living(program).filter(over)
    return _living(program).filter(over & may_expire)


def _to_warn(program: LoyaltyProgram, now: datetime) -> QuerySet[LoyaltyCard]:
    """The cards to be warned now: near their expiry, and not warned of it yet.

    Not those whose moment is over without one, where none has to go first: it would name a day that is past.
    """
    horizon = now + rules.warning_notice(_days(program) or 0)
    if not _days(program) or (program.expiry_not_before and program.expiry_not_before > horizon):
        return LoyaltyCard.objects.none()
    near = _idle_since(horizon - _period(program))
    near &= Q(expiry_not_before=None) | Q(expiry_not_before__lte=horizon)
    if not program.expiry_requires_warning:
        still_comes = Q(last_activity_at__gt=now - _period(program))
        for is_put_off, _since in _put_off(program):
            still_comes |= is_put_off
        near &= still_comes
    return _living(program).filter(near & _not_warned(program))


def _owing(program: LoyaltyProgram, now: datetime) -> QuerySet[LoyaltyCard]:
    """The cards that owe something, and were inactive for as long as points would stay."""
    if not _days(program):
        return LoyaltyCard.objects.none()
    inactive = Q(last_activity_at__lte=now - rules.OFFLINE_LIMIT - _period(program))
    return LoyaltyCard.objects.filter(inactive, Q(points_owed__gt=0) | Q(stamps_owed__gt=0), program=program)


def _idle_since(moment: datetime) -> Q:
    """The cards with points that nothing happened to after a moment: by the index of months, then exactly."""
    return Q(points_idle_month__lte=moment.astimezone(UTC).date(), last_activity_at__lte=moment)


def _days(program: LoyaltyProgram) -> int | None:
    return selectors.expiration_days(program, program.merchant)


def _period(program: LoyaltyProgram) -> timedelta:
    return timedelta(days=_days(program) or 0)


def _put_off(program: LoyaltyProgram) -> list[tuple[Q, Any]]:
    """Which cards' expiry was put off, by the card's own moment or the program's; and since when a warning counts."""
    period, notice = _period(program), rules.warning_notice(_days(program) or 0)
    by_card = Q(expiry_not_before__gt=F("last_activity_at") + period)
    found: list[tuple[Q, Any]] = [(by_card, F("expiry_not_before") - notice)]
    if program.expiry_not_before:
        by_program = Q(last_activity_at__lt=program.expiry_not_before - period)
        found.append((by_program, program.expiry_not_before - notice))
    return found


def _not_warned(program: LoyaltyProgram) -> Q:
    """The cards without a warning that counts: one of the day on which their points expire by now."""
    since_when = F("last_activity_at") + (_period(program) - rules.warning_notice(_days(program) or 0))
    missing = Q(last_expiration_warning_at=None) | Q(last_expiration_warning_at__lt=since_when)
    for is_put_off, since in _put_off(program):
        missing |= is_put_off & Q(last_expiration_warning_at__lt=since)
    return missing


def _in_batches(
    program: LoyaltyProgram,
    choose: Callable[[LoyaltyProgram], QuerySet[LoyaltyCard]],
    work: Callable[[LoyaltyProgram, list[Row]], None],
    progress: Progress,
) -> None:
    """Lock and work on cards batch by batch, each in a transaction of its own; locked ones are passed over."""
    after = 0
    while True:
        with transaction.atomic():
            held = _held(program)
            if held is None:
                return
            rows = choose(held).filter(pk__gt=after).order_by("pk")
            locked = rows.select_for_update(no_key=True, of=("self",), skip_locked=True)
            batch = list(locked.values_list("pk", "points_balance")[:BATCH])
            if not batch:
                return
            work(held, batch)
        after = batch[-1][0]
        progress(len(batch))


def _held(program: LoyaltyProgram) -> LoyaltyProgram | None:
    """A program as it is now, kept so until the transaction ends, with its merchant; None if one is deleted."""
    if not deletion.hold(program.merchant, program):
        return None
    return LoyaltyProgram.objects.select_related("merchant").get(pk=program.pk)


def _expire_batch(program: LoyaltyProgram, cards: list[Row], *, summary: Summary, now: datetime) -> None:
    ids = [card_id for card_id, _ in cards]
    note = notes.EXPIRED % {"days": _days(program)}
    line_ids = ledger.expire_points(ids, note=note, now=now)
    about: dict[str, Any] = {"merchant_id": program.merchant_id, "card_ids": ids, "transaction_ids": line_ids}
    outbox.record(PointsExpired(**about), BalancesChanged(**about))
    summary.cards_processed += len(cards)
    summary.points_expired += sum(points for _, points in cards)


def _warn_batch(program: LoyaltyProgram, cards: list[Row], *, summary: Summary, now: datetime) -> None:
    ids = [card_id for card_id, _ in cards]
    LoyaltyCard.objects.filter(pk__in=ids).update(last_expiration_warning_at=now, updated_at=now)
    outbox.record(PointsAboutToExpire(merchant_id=program.merchant_id, card_ids=ids))
    summary.warnings_sent += len(cards)


def _let_go_batch(program: LoyaltyProgram, cards: list[Row], *, summary: Summary, now: datetime) -> None:
    note = notes.LET_GO % {"days": _days(program)}
    debts.let_go([card_id for card_id, _ in cards], note=note, now=now)

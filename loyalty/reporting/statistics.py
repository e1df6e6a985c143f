"""Statistics of a program and of a store: days from roll-ups, the last minutes live from the ledger.

A day of the merchant is closed once nothing recorded offline can reach it any more. One that is still open is counted
up to a line below which none turns up any more (`groundwork.database.fences`). Each line counts on its own local day;
what undoes another counts against it on the day of the undoing. What the cards amount to is moved on from a snapshot
(`loyalty.reporting.snapshot`). So no figure costs more the longer the ledger is, or the busier the day.

A closed day is one of the time zone that the merchant had then. In another one the closed days say nothing: until the
next roll-up has made them anew (the change rings for it), all is counted live, and `is_rebuilding` says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from loyalty import rules
from loyalty.models import DailyFigures, LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, MerchantCalendar
from loyalty.models.figures import FIGURES
from loyalty.reporting import cards_then, running, snapshot, standings, visits
from loyalty.reporting.counting import big, count_days, living_lines
from loyalty.reporting.figures import Statistics, of_period
from tenancy.models import Merchant, Store

STILL_OPEN = rules.OFFLINE_LIMIT + timedelta(hours=1)
BATCH_DAYS = 92
FEW_CARDS = 1_000


# --- Rolling up -------------------------------------------------------------------------------------------


@transaction.atomic
def roll_up(merchant: Merchant, *, now: datetime) -> int:
    """Roll up the days that have closed since the last time, and move the open ones on.

    Returns how many rows of closed days were written: all of them, where the merchant's time zone is another one since.
    """
    calendar = _locked_calendar(merchant)
    merchant = calendar.merchant  # whoever calls may have read its time zone long ago
    if calendar.timezone != merchant.timezone:
        _forget(calendar)
    closed_before = (now - STILL_OPEN).astimezone(merchant.tzinfo).date()
    start = calendar.open_from or _first_day(merchant)
    if calendar.open_from is None and start is not None:
        start = calendar.open_from = min(start, closed_before)
    written = 0
    while start is not None and start < closed_before:
        end = min(start + timedelta(days=BATCH_DAYS), closed_before)
        days = count_days(living_lines(merchant), merchant, start=start, end=end)
        DailyFigures.objects.filter(merchant=merchant, date__gte=start, date__lt=end).delete()
        DailyFigures.objects.bulk_create(
            [DailyFigures(merchant=merchant, **row) for row in days], batch_size=1000
        )
        written += len(days)
        start = calendar.open_from = end
    calendar.timezone = merchant.timezone
    running.move_days_on(calendar)
    standings.move_on(calendar)
    calendar.save()
    _take_snapshot(merchant, calendar)
    return written


def _take_snapshot(merchant: Merchant, calendar: MerchantCalendar) -> None:
    program = LoyaltyProgram.objects.filter(merchant=merchant).select_related("merchant").first()
    if program is None or calendar.open_from is None:
        return
    until = cards_then.midnight(calendar.open_from, merchant)
    if not snapshot.is_taken(program, until=until):
        snapshot.take(program, until=until, safe_id=calendar.safe_id)
    snapshot.move_on(program, upto=calendar.days_upto)


def forget_roll_ups(merchant: Merchant) -> None:
    """Count everything live until the next roll-up."""
    with transaction.atomic():
        _forget(_locked_calendar(merchant))


def _forget(calendar: MerchantCalendar) -> None:
    DailyFigures.objects.filter(merchant=calendar.merchant_id).delete()
    snapshot.forget(calendar.merchant)
    calendar.open_from, calendar.days_upto, calendar.visits_behind = None, 0, True
    calendar.save(update_fields=["open_from", "days_upto", "visits_behind", "updated_at"])


@transaction.atomic
def move(merchant: Merchant, *, batches: Sequence[UUID], sign: int) -> None:
    """Take the cards of deletion batches out of the days (-1), or bring them back (+1).

    Many cards are not taken one by one: the merchant's days are all counted again by the next roll-up.
    """
    calendar = _locked_calendar(merchant)
    visits.mark_behind(merchant.pk)
    cards = LoyaltyCard.all_objects.filter(merchant=merchant, deletion_batch__in=batches)
    standings.copy_batches(merchant.pk, batches, sign=sign)
    if calendar.open_from is None:
        return
    is_rebuilding = _is_rebuilding(calendar.merchant, calendar)
    if is_rebuilding or len(cards.values("pk")[: FEW_CARDS + 1]) > FEW_CARDS:
        _forget(calendar)
        return
    calendar.save(update_fields=["updated_at"])  # whoever reads the days just now reads them again
    lines = LoyaltyTransaction.objects.filter(card__in=cards.values("pk"))
    running.add(merchant, count_days(lines, merchant, start=None, end=calendar.open_from), sign=sign)
    still_open = count_days(lines, merchant, start=calendar.open_from, upto_line=calendar.days_upto)
    running.add(merchant, still_open, sign=sign)
    for program in LoyaltyProgram.all_objects.filter(pk__in=cards.values("program")).select_related(
        "merchant"
    ):
        snapshot.move(program, batches=batches, sign=sign)


@transaction.atomic
def rebuild(merchant: Merchant, *, now: datetime) -> int:
    """Make a merchant's roll-ups again from the ledger; returns how many rows there are."""
    forget_roll_ups(merchant)
    return roll_up(merchant, now=now)


def _locked_calendar(merchant: Merchant) -> MerchantCalendar:
    MerchantCalendar.objects.get_or_create(merchant=merchant)
    calendars = MerchantCalendar.objects.select_related("merchant")
    return calendars.select_for_update(no_key=True, of=("self",)).get(merchant=merchant)


def _is_rebuilding(merchant: Merchant, calendar: MerchantCalendar | None) -> bool:
    """Whether the closed days are of another time zone than the merchant's."""
    return calendar is not None and calendar.timezone not in ("", merchant.timezone)


def _first_day(merchant: Merchant) -> date | None:
    first = living_lines(merchant).order_by("transaction_at").values_list("transaction_at", flat=True).first()
    return first.astimezone(merchant.tzinfo).date() if first else None


def differing_days(merchant: Merchant) -> Iterator[tuple[date, int | None, str, int, int]]:
    """Figures of closed days that are not the ledger's: day, store's id, name, as it is kept, as the ledger says."""
    days = DailyFigures.objects.filter(merchant=merchant)
    kept_first = days.order_by("date").values_list("date", flat=True).first()
    start = min(filter(None, (kept_first, _first_day(merchant))), default=None)
    while start is not None:
        with transaction.atomic():
            calendar = _locked_calendar(merchant)
            closed_before, merchant = calendar.open_from or start, calendar.merchant
            end = min(start + timedelta(days=BATCH_DAYS), closed_before)
            if end <= start or _is_rebuilding(merchant, calendar):
                return
            kept = {
                (row["date"], row["store_id"]): row
                for row in days.filter(date__gte=start, date__lt=end).values()
            }
            lines = count_days(living_lines(merchant), merchant, start=start, end=end)
            counted = {(row["date"], row["store_id"]): row for row in lines}
        for day, store_id in kept.keys() | counted.keys():
            has: Mapping[str, Any] = kept.get((day, store_id), {})
            should: Mapping[str, Any] = counted.get((day, store_id), {})
            for name in FIGURES:
                if has.get(name, 0) != should.get(name, 0):
                    yield day, store_id, name, has.get(name, 0), should.get(name, 0)
        start = end


# --- Reading ----------------------------------------------------------------------------------------------


def of_program(program: LoyaltyProgram, *, now: datetime, days: int = 30) -> Statistics:
    """A program's statistics over all stores; `days` (1 to 366) is the length of `daily`."""
    cards = LoyaltyCard.objects.filter(program=program)
    return _statistics(program, cards, now=now, days=days)


def of_store(program: LoyaltyProgram, store: Store, *, now: datetime, days: int = 30) -> Statistics:
    """A store's: its cards are those enrolled there, its transactions those made there."""
    cards = LoyaltyCard.objects.filter(program=program, enrolled_at_store=store)
    return _statistics(program, cards, now=now, days=days, store=store)


def _statistics(
    program: LoyaltyProgram,
    cards: QuerySet[LoyaltyCard],
    *,
    now: datetime,
    days: int,
    store: Store | None = None,
) -> Statistics:
    """Read again where closed days were made anew, or moved, while they were read."""
    calendar = _calendar(program.merchant)
    while True:
        figures = _figures(program, cards, calendar, now=now, days=days, store=store)
        before, calendar = calendar, _calendar(program.merchant)
        if _state(before) == _state(calendar):
            return figures


def _calendar(merchant: Merchant) -> MerchantCalendar | None:
    return MerchantCalendar.objects.filter(merchant=merchant).first()


def _state(calendar: MerchantCalendar | None) -> Any:
    return calendar and (calendar.open_from, calendar.days_upto, calendar.timezone, calendar.updated_at)


def _figures(
    program: LoyaltyProgram,
    cards: QuerySet[LoyaltyCard],
    calendar: MerchantCalendar | None,
    *,
    now: datetime,
    days: int,
    store: Store | None,
) -> Statistics:
    merchant = program.merchant
    return of_period(
        program,
        _figures_by_day(merchant, store, calendar),
        snapshot.of(program, store) or _counted(program, cards),
        recently_active=snapshot.recently_active(program, store, now=now),
        today=now.astimezone(merchant.tzinfo).date(),
        days=days,
        is_rebuilding=_is_rebuilding(merchant, calendar),
    )


def _figures_by_day(
    merchant: Merchant, store: Store | None, calendar: MerchantCalendar | None
) -> dict[date, Counter]:
    open_from, upto = None, 0
    if calendar is not None and not _is_rebuilding(merchant, calendar):
        open_from, upto = calendar.open_from, calendar.days_upto
    by_day = _rolled_up(merchant, store) if open_from else {}
    lines = living_lines(merchant) if store is None else living_lines(merchant).filter(store=store)
    for row in count_days(lines, merchant, start=open_from, after_line=upto):
        figures = by_day.setdefault(row["date"], Counter())
        for name in FIGURES:
            figures[name] += row[name]
    return by_day


def _rolled_up(merchant: Merchant, store: Store | None) -> dict[date, Counter]:
    days = DailyFigures.objects.filter(merchant=merchant)
    if store is not None:
        days = days.filter(store=store)
    sums = days.order_by().values("date").annotate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    rows: list[Any] = list(sums)
    return {row["date"]: Counter({name: row[f"sum_{name}"] for name in FIGURES}) for row in rows}


def _counted(program: LoyaltyProgram, cards: QuerySet[LoyaltyCard]) -> cards_then.Amount:
    """The cards one by one, where there is no snapshot yet or the program has changed since."""
    value, reward = cards_then.point_value(program), program.stamps_reward_value_cents or 0
    return cards_then.Amount(
        **cards.aggregate(
            cards=Count("id"),
            active=Count("id", filter=Q(is_active=True)),
            liability=Coalesce(
                Sum(big("stamp_count") * Value(reward) / Value(program.stamps_target))
                + Sum(big("points_balance") * Value(value) / Value(10_000)),
                Value(0),
            ),
        )
    )

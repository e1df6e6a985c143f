"""When points expire: at two in the night of each merchant's own time, whatever the calendar and the clocks do."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import DatabaseError

from groundwork.watching import pulses
from loyalty import ledger, rules, tasks
from loyalty.models import MerchantCalendar
from loyalty.services import expiry
from loyalty_site.celery import JOBS
from tenancy import scope
from tenancy.models import Merchant
from tests import factories
from tests.loyalty.expiring import GONE, HELD, PERIOD, START, card_at, done, emails, lines, run, shop_with

pytestmark = pytest.mark.django_db

LUXEMBOURG = "Europe/Luxembourg"


def by_the_clock(moment: datetime | str) -> dict:
    """What the hourly task does at a moment, for all merchants together."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    together = Counter({"programs_processed": 0})
    with time_machine.travel(when, tick=False):
        for done in tasks.expire_points():
            together.update({name: count for name, count in done.items() if name != "status"})
    return together


def failing() -> dict[str, str]:
    """What an operator is told to fail, and with what."""
    return {pulse.name: pulse.fault for pulse in pulses.known() if pulse.failing_for is not None}


def shop_in(zone: str, **program) -> factories.Shop:
    shop = shop_with(**{"points_expiration_days": 100} | program)
    shop.merchant.timezone = zone
    shop.merchant.save()
    return shop


# --- Hourly on beat; each merchant once per local date, at its 02:00 or the first run after ---------------


def test_the_clock_calls_it_every_hour():
    (job,) = [job for job in JOBS if job.task == "loyalty.expire_points"]
    assert (job.when.hour, len(job.when.minute)) == (set(range(24)), 1)


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        (LUXEMBOURG, "2026-05-01T01:59:00+02:00", "2026-05-01T02:00:00+02:00"),
        ("Pacific/Auckland", "2026-05-01T01:59:00+12:00", "2026-05-01T02:00:00+12:00"),
        ("America/St_Johns", "2026-05-01T01:59:00-02:30", "2026-05-01T02:05:00-02:30"),
        # The night in which the clock jumps from two to three: the first run after.
        (LUXEMBOURG, "2027-03-28T01:59:00+01:00", "2027-03-28T03:05:00+02:00"),
        # The night in which the hour from two to three comes twice.
        (LUXEMBOURG, "2026-10-25T01:59:00+02:00", "2026-10-25T02:05:00+02:00"),
    ],
)
def test_each_merchant_has_its_turn_after_two_in_its_own_night_and_once_a_date(zone, before, after):
    shop = shop_in(zone)
    due = datetime.fromisoformat(after)
    assert by_the_clock(before)["programs_processed"] == 0
    assert by_the_clock(due)["programs_processed"] == 1
    for hours in range(1, 21):
        assert by_the_clock(due + timedelta(hours=hours))["programs_processed"] == 0
    with scope.everything("test"):
        assert MerchantCalendar.objects.get(merchant=shop.merchant).points_expired_on == due.date()


def test_a_night_that_was_missed_is_made_up_for_by_the_first_run_after():
    shop_in(LUXEMBOURG)
    by_the_clock("2026-05-01T02:05:00+02:00")
    assert by_the_clock("2026-05-03T17:05:00+02:00")["programs_processed"] == 1
    assert by_the_clock("2026-05-04T02:05:00+02:00")["programs_processed"] == 1


def test_a_merchant_for_whom_it_fails_spoils_nothing_for_the_others_and_is_tried_again(monkeypatch):
    first, second = shop_in(LUXEMBOURG), shop_in(LUXEMBOURG)
    unlucky, other = card_at(first), card_at(second)
    expire_points = ledger.expire_points

    def stumbles(card_ids, **options):
        if unlucky.pk in card_ids:
            raise DatabaseError("a book that does not add up")
        return expire_points(card_ids, **options)

    monkeypatch.setattr(ledger, "expire_points", stumbles)
    said = by_the_clock(GONE)
    assert said["cards_processed"] == 1
    assert failing() == {f"loyalty.expire_points_of of {first.merchant.pk}": "DatabaseError"}
    assert factories.fresh(unlucky).points_balance == 50
    assert factories.fresh(other).points_balance == 0
    monkeypatch.undo()
    said = by_the_clock(GONE + timedelta(hours=1))
    assert (said["programs_processed"], said["cards_processed"], failing()) == (1, 1, {})


@pytest.mark.parametrize(
    "broken", [{"timezone": "Mars/Olympus"}, {"timezone": "../etc"}, {"default_language": "xx"}]
)
def test_a_merchant_whose_row_is_broken_stops_neither_expiry_nor_figures_of_the_others(broken):
    first, second = shop_in(LUXEMBOURG), shop_in(LUXEMBOURG)
    card_at(first)
    other = card_at(second)
    Merchant.objects.filter(pk=first.merchant.pk).update(**broken)
    by_the_clock(GONE)
    assert factories.fresh(other).points_balance == 0
    with time_machine.travel(GONE, tick=False):
        tasks.roll_up_statistics()
    with factories.inside(second):
        assert str(MerchantCalendar.objects.get().open_from) == "2026-04-20"
    told = set() if "timezone" not in broken else {first.merchant.pk}
    assert {int(name.split()[-1]) for name in failing()} == told


# --- Month ends, leap days, both clock changes ------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_visit", "days", "moment"),
    [
        ("2027-01-31T10:00:00+01:00", 28, "2027-02-28T10:00:00+01:00"),
        ("2027-01-31T10:00:00+01:00", 30, "2027-03-02T10:00:00+01:00"),
        ("2028-02-01T10:00:00+01:00", 28, "2028-02-29T10:00:00+01:00"),  # a leap day
        ("2028-02-29T10:00:00+01:00", 365, "2029-02-28T10:00:00+01:00"),
        ("2026-12-31T23:30:00+01:00", 1, "2027-01-01T23:30:00+01:00"),
        # Days are days of 24 hours: in the summer it is an hour later by the clock on the wall.
        ("2027-03-01T10:00:00+01:00", 30, "2027-03-31T11:00:00+02:00"),
        ("2026-10-01T10:00:00+02:00", 30, "2026-10-31T09:00:00+01:00"),
    ],
)
def test_the_period_is_counted_in_days_across_months_leap_days_and_clock_changes(last_visit, days, moment):
    card = card_at(shop_in(LUXEMBOURG, points_expiration_days=days), datetime.fromisoformat(last_visit))
    over = datetime.fromisoformat(moment)
    assert rules.expires_at(last_activity_at=card.last_activity_at, expiration_days=days) == over
    run(over + HELD - timedelta(seconds=1))
    assert factories.fresh(card).points_balance == 50
    assert run(over + HELD).points_expired == 50


@pytest.mark.parametrize(
    ("expires", "sent", "words"),
    [
        # 23:30 on the evening of the 28th; in the night before, the clock went forward.
        ("2027-03-28T23:30:00+02:00", "2027-03-15T02:05:00+01:00", "**28 March 2027**, in 13 days"),
        # Half past two, which came twice: the second one.
        ("2026-10-25T02:30:00+01:00", "2026-10-12T02:05:00+02:00", "**25 October 2026**, in 13 days"),
        ("2028-02-29T00:15:00+01:00", "2028-02-16T02:05:00+01:00", "**29 February 2028**, in 13 days"),
        ("2027-01-01T00:15:00+01:00", "2026-12-31T02:05:00+01:00", "**1 January 2027**, which is tomorrow"),
        ("2027-01-31T23:59:00+01:00", "2027-01-31T02:05:00+01:00", "**31 January 2027**, which is today"),
    ],
)
def test_the_warning_counts_days_as_people_do(expires, sent, words):
    last_visit = datetime.fromisoformat(expires) - PERIOD
    card_at(shop_in(LUXEMBOURG), last_visit)
    now = datetime.fromisoformat(sent)
    assert done(now) == (0, 1)
    ((_code, text),) = emails(now)
    assert words in text


# --- A worker whose clock is off ---------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-26, -3, -0.2, 0.2, 3])
def test_a_worker_whose_clock_is_off_does_nothing_twice(hours):
    card = card_at(shop_in(LUXEMBOURG))
    night = datetime(2026, 4, 22, 2, 5, tzinfo=ZoneInfo(LUXEMBOURG)).astimezone(UTC)
    for hour in range(30):
        now = night + timedelta(hours=hour)
        by_the_clock(now + timedelta(hours=hours))
        by_the_clock(now)
    assert len(lines(card)) == 1
    assert [code for code, _text in emails(night + timedelta(days=2))] == ["loyalty_points_expired"]


def test_a_worker_that_lags_behind_warns_and_expires_later_and_not_at_another_time():
    card = card_at(shop_in(LUXEMBOURG))
    slow = timedelta(hours=5)
    run(GONE - slow)  # what its clock says at the moment when the points are taken
    assert factories.fresh(card).points_balance == 50
    run(GONE)
    (line,) = lines(card)
    assert line.transaction_at == GONE


def test_the_expiry_goes_by_one_moment_however_long_it_takes():
    """The time is read once: a card is not due because the run took long."""
    card = card_at(shop_in(LUXEMBOURG), START + timedelta(minutes=5))
    with time_machine.travel(GONE + timedelta(hours=1), tick=False):
        assert expiry.expire(now=GONE).cards_processed == 0
    assert factories.fresh(card).points_balance == 50

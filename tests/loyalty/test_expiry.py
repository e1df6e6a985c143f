"""Points that expire by inactivity: a test for each sentence of the rule."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from loyalty import rules, selectors, tasks, verification
from loyalty.models import LoyaltyCard, LoyaltyTransaction, MerchantCalendar
from loyalty.services import cards, expiry, points, programs
from tenancy import deletion, scope
from tenancy.models import OutboxMessage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

START = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
PERIOD = timedelta(days=100)


@pytest.fixture
def shop():
    with time_machine.travel(START, tick=False):
        return factories.shop(loyalty_type="points", points_per_euro=1, points_expiration_days=100)


@pytest.fixture
def card(shop) -> LoyaltyCard:
    with time_machine.travel(START, tick=False):
        return factories.card(shop.store, cents=5000)


def run(now: datetime, **options) -> expiry.Summary:
    with time_machine.travel(now, tick=False):
        return expiry.expire(now=now, **options)


def lines(card: LoyaltyCard) -> list[LoyaltyTransaction]:
    with scope.everything("test"):
        return list(LoyaltyTransaction.objects.filter(card=card, transaction_type="points_expired"))


def announced(event: str) -> int:
    return OutboxMessage.objects.filter(event=event).count()


def test_nothing_happens_a_moment_before_the_period_is_over(card):
    summary = run(START + PERIOD - timedelta(seconds=1))
    assert (summary.cards_processed, summary.points_expired) == (0, 0)
    assert factories.fresh(card).points_balance == 50


def test_all_points_expire_when_the_period_is_over(shop, card):
    now = START + PERIOD
    summary = run(now)
    assert (summary.programs_processed, summary.cards_processed, summary.points_expired) == (1, 1, 50)
    after = factories.fresh(card)
    assert (after.points_balance, after.total_points_voided, after.total_points_earned) == (0, 50, 50)
    assert after.last_activity_at == START
    (line,) = lines(card)
    assert (line.points_delta, line.points_balance_after, line.stamps_delta) == (-50, 0, 0)
    assert line.stamps_balance_after == after.stamp_count
    assert (line.store_id, line.user_id, line.staff_pin_id) == (None, None, None)
    assert line.notes == "Points expired after 100 days of inactivity"
    assert line.transaction_at == now
    with scope.everything("test"):
        assert list(verification.differences()) == []


def test_a_second_run_does_nothing_more(card):
    run(START + PERIOD)
    summary = run(START + PERIOD + timedelta(days=1))
    assert (summary.cards_processed, summary.points_expired, summary.warnings_sent) == (0, 0, 0)
    assert len(lines(card)) == 1


def test_a_purchase_starts_the_period_again(shop, card):
    with time_machine.travel(START + timedelta(days=60), tick=False), factories.inside(shop):
        points.earn(store=shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=300)
    run(START + PERIOD)
    assert factories.fresh(card).points_balance == 53


def test_a_warning_goes_out_fourteen_days_before_and_once(card):
    day = START + PERIOD - timedelta(days=14)
    assert run(day - timedelta(minutes=1)).warnings_sent == 0
    assert run(day).warnings_sent == 1
    assert factories.fresh(card).last_expiration_warning_at == day
    assert run(day + timedelta(days=1)).warnings_sent == 0


def test_a_card_that_was_used_after_its_warning_is_warned_again_in_the_next_cycle(shop, card):
    run(START + timedelta(days=90))
    again = START + timedelta(days=95)
    with time_machine.travel(again, tick=False), factories.inside(shop):
        points.earn(store=shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=300)
    assert run(again + timedelta(days=85)).warnings_sent == 0
    assert run(again + timedelta(days=86)).warnings_sent == 1


@pytest.mark.parametrize(("days", "before"), [(100, 14), (29, 14), (28, 14), (20, 10), (7, 3), (1, 0)])
def test_short_periods_warn_at_half_time(days, before):
    assert rules.warning_days(days) == before


def test_a_program_may_insist_on_a_warning_first(shop, card):
    with time_machine.travel(START, tick=False), factories.inside(shop):
        programs.change(
            program_id=shop.program.pk,
            actor=factories.actor("owner"),
            expiry_requires_warning=True,
            confirm=True,
        )
    late = START + PERIOD + timedelta(days=30)
    summary = run(late)
    assert (summary.cards_processed, summary.warnings_sent) == (0, 1)
    with scope.everything("test"):
        assert selectors.points_expire_at(selectors.card_at(shop.store, card.pk)) == late + timedelta(days=7)
    assert run(late + timedelta(days=7, seconds=-1)).cards_processed == 0
    assert run(late + timedelta(days=7)).cards_processed == 1


def test_a_period_switched_on_later_expires_nothing_for_fourteen_days_and_warns_first():
    with time_machine.travel(START, tick=False):
        shop = factories.shop(loyalty_type="points", points_per_euro=1)
        card = factories.card(shop.store, cents=5000)
    switched = START + timedelta(days=400)
    with time_machine.travel(switched, tick=False), factories.inside(shop):
        programs.change(
            program_id=shop.program.pk,
            actor=factories.actor("owner"),
            points_expiration_days=30,
            confirm=True,
        )
    summary = run(switched + timedelta(hours=1))
    assert (summary.cards_processed, summary.warnings_sent) == (0, 1)
    assert run(switched + timedelta(days=14, seconds=-1)).cards_processed == 0
    assert run(switched + timedelta(days=14)).points_expired == 50
    assert factories.fresh(card).points_balance == 0


def test_without_its_warning_a_postponed_expiry_waits_for_one():
    with time_machine.travel(START, tick=False):
        shop = factories.shop(loyalty_type="points", points_per_euro=1)
        factories.card(shop.store, cents=5000)
    with time_machine.travel(START + timedelta(days=400), tick=False), factories.inside(shop):
        programs.change(
            program_id=shop.program.pk,
            actor=factories.actor("owner"),
            points_expiration_days=30,
            confirm=True,
        )
    late = START + timedelta(days=430)  # the job was down for a month
    first = run(late)
    assert (first.cards_processed, first.warnings_sent) == (0, 1)
    assert run(late + timedelta(days=7)).cards_processed == 1


def test_a_reactivated_card_has_fourteen_days(shop, card):
    actor = factories.actor("manager")
    with factories.inside(shop):
        with time_machine.travel(START + timedelta(days=50), tick=False):
            cards.deactivate(store=shop.store, card_id=card.pk, actor=actor)
        assert run(START + timedelta(days=200)).cards_processed == 0
        back = START + timedelta(days=210)
        with time_machine.travel(back, tick=False):
            cards.reactivate(store=shop.store, card_id=card.pk, actor=actor)
    summary = run(back + timedelta(hours=1))
    assert (summary.cards_processed, summary.warnings_sent) == (0, 1)
    assert run(back + timedelta(days=14)).cards_processed == 1


def test_deleted_cards_and_switched_off_programs_do_not_expire(shop, card):
    with factories.inside(shop):
        deletion.soft_delete(card, by=None)
    assert run(START + PERIOD).cards_processed == 0
    assert factories.fresh(card).points_balance == 50
    with factories.inside(shop):
        deletion.restore(card)
        programs.deactivate(program_id=shop.program.pk, actor=factories.actor("owner"))
    assert run(START + PERIOD).programs_processed == 0


def test_expiry_is_announced_in_one_batch(shop):
    with time_machine.travel(START, tick=False):
        made = [factories.card(shop.store, cents=1000) for _ in range(3)]
    OutboxMessage.objects.all().delete()
    run(START + PERIOD)
    message = OutboxMessage.objects.filter(event="loyalty.points_expired").first()
    assert message is not None
    assert sorted(message.payload["card_ids"]) == sorted(card.pk for card in made)
    assert len(message.payload["transaction_ids"]) == 3


def test_a_dry_run_counts_and_changes_nothing(card):
    summary = run(START + PERIOD, dry_run=True)
    assert (summary.status, summary.cards_processed, summary.points_expired) == ("dry_run", 1, 50)
    assert factories.fresh(card).points_balance == 50
    assert lines(card) == []


def test_the_command_says_what_it_did_in_words_and_for_machines(card):
    out = StringIO()
    moment = (START + PERIOD).isoformat()
    call_command("expire_points", "--now", moment, "--dry-run", "--json", stdout=out)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert said.pop("seconds") >= 0
    assert said == {
        "status": "dry_run",
        "programs_processed": 1,
        "cards_processed": 1,
        "points_expired": 50,
        "warnings_sent": 0,
    }
    out = StringIO()
    call_command("expire_points", "--now", moment, stdout=out)
    assert out.getvalue().splitlines()[-1].startswith("1 cards, 50 points expired, 0 warnings, ")


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Europe/Luxembourg", "2026-05-01T00:59:00+02:00", "2026-05-01T02:00:00+02:00"),
        ("Pacific/Auckland", "2026-05-01T01:59:00+12:00", "2026-05-01T02:00:00+12:00"),
        # The night in which the clock jumps from two to three: the first run after.
        ("Europe/Luxembourg", "2027-03-28T01:59:00+01:00", "2027-03-28T03:05:00+02:00"),
        # The night in which the hour from two to three comes twice.
        ("Europe/Luxembourg", "2026-10-25T01:59:00+02:00", "2026-10-25T02:05:00+02:00"),
    ],
)
def test_the_clock_runs_each_merchant_after_two_in_the_night_and_once_a_date(shop, card, zone, before, after):
    shop.merchant.timezone = zone
    shop.merchant.save()
    early, due = datetime.fromisoformat(before), datetime.fromisoformat(after)
    with time_machine.travel(early, tick=False):
        assert tasks.expire_points()["programs_processed"] == 0
    with time_machine.travel(due, tick=False):
        assert tasks.expire_points()["programs_processed"] == 1
    with time_machine.travel(due + timedelta(hours=1), tick=False):
        assert tasks.expire_points()["programs_processed"] == 0
    with scope.everything("test"):
        assert MerchantCalendar.objects.get(merchant=shop.merchant).points_expired_on == due.date()


@pytest.mark.parametrize(
    ("last_visit", "days", "moment"),
    [
        ("2027-01-31T10:00:00+00:00", 28, "2027-02-28T10:00:00+00:00"),
        ("2028-02-01T10:00:00+00:00", 28, "2028-02-29T10:00:00+00:00"),  # a leap day
        ("2026-12-31T23:30:00+00:00", 1, "2027-01-01T23:30:00+00:00"),
    ],
)
def test_the_expiry_is_counted_in_days_across_months_and_leap_days(last_visit, days, moment):
    expires = rules.expires_at(last_activity_at=datetime.fromisoformat(last_visit), expiration_days=days)
    assert expires == datetime.fromisoformat(moment)


def test_another_merchants_points_stay_when_one_is_asked_for(card):
    with time_machine.travel(START, tick=False):
        other = factories.shop(loyalty_type="points", points_per_euro=1, points_expiration_days=100)
        others_card = factories.card(other.store, cents=5000)
    assert run(START + PERIOD, merchant=other.merchant).cards_processed == 1
    assert factories.fresh(card).points_balance == 50
    assert factories.fresh(others_card).points_balance == 0

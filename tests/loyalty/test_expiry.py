"""Points that expire by inactivity: a test for each sentence of the rule. Its clock: test_expiry_clock.py."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from groundwork import deletion
from groundwork.messaging import outbox
from loyalty import selectors
from loyalty.models import LoyaltyCard
from loyalty.reporting import verification
from loyalty.services import cards, expiry, points
from tenancy import scope
from tenancy.models import OutboxMessage
from tests import factories
from tests.loyalty.expiring import (
    DUE,
    GONE,
    HELD,
    MANAGER,
    PERIOD,
    START,
    at,
    card_at,
    change,
    done,
    emails,
    lines,
    run,
    shop_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return shop_with(points_expiration_days=100)


@pytest.fixture
def card(shop) -> LoyaltyCard:
    return card_at(shop)


# --- For each active program with points_expiration_days > 0, for active cards with points_balance > 0 ----


@pytest.mark.parametrize("kind", ["points", "hybrid"])
def test_every_kind_of_program_in_which_points_can_be_spent_is_gone_through(kind):
    shop = shop_with(points_expiration_days=100)
    card_at(shop)
    change(shop, START, loyalty_type=kind)
    assert run(GONE).points_expired == 50


def test_a_program_of_stamps_alone_does_not_expire(shop, card):
    change(shop, START, loyalty_type="stamps")
    assert run(GONE).programs_processed == 0
    assert factories.fresh(card).points_balance == 50


def test_points_without_a_period_never_expire():
    card_at(shop_with())
    summary = run(START + timedelta(days=10_000))
    assert (summary.programs_processed, summary.cards_processed) == (0, 0)


def test_a_program_that_is_switched_off_does_not_expire(shop, card):
    change(shop, START, is_active=False)
    assert run(GONE).programs_processed == 0
    assert factories.fresh(card).points_balance == 50


def test_a_deactivated_card_keeps_its_points(shop, card):
    at(START, cards.deactivate, store=shop.store, card_id=card.pk, actor=MANAGER)
    assert done(GONE) == (0, 0)
    assert factories.fresh(card).points_balance == 50


@pytest.mark.parametrize("what", ["card", "customer", "program", "merchant"])
def test_what_is_deleted_does_not_expire(shop, card, what):
    gone = {
        "card": card,
        "customer": card.customer,
        "program": factories.fresh(shop.program),
        "merchant": shop.merchant,
    }[what]
    with scope.everything("test"):
        deletion.soft_delete(gone, by=None)
    assert done(GONE) == (0, 0)
    assert factories.fresh(card).points_balance == 50
    assert lines(card) == []


def test_a_card_without_points_is_neither_warned_nor_written_down(shop):
    with time_machine.travel(START, tick=False):
        empty = factories.card(shop.store)
    assert (done(DUE - timedelta(days=14)), done(GONE)) == ((0, 0), (0, 0))
    assert lines(empty) == []


# --- Warn -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "days_before"), [(365, 14), (29, 14), (28, 14), (27, 13.5), (20, 10), (7, 3.5), (1, 0.5)]
)
def test_a_warning_goes_out_when_a_fortnight_or_half_of_a_short_period_is_left(period, days_before):
    card = card_at(shop_with(points_expiration_days=period))
    moment = START + timedelta(days=period) - timedelta(days=days_before)
    assert done(moment - timedelta(seconds=1)) == (0, 0)
    assert done(moment) == (0, 1)
    assert factories.fresh(card).last_expiration_warning_at == moment


def test_it_goes_out_once_in_a_cycle_of_activity(shop, card):
    warned = DUE - timedelta(days=14)
    assert [done(warned + timedelta(days=day)) for day in range(14)] == [(0, 1)] + [(0, 0)] * 13
    again = DUE - timedelta(days=1)
    at(
        again,
        points.earn,
        store=shop.store,
        card_id=card.pk,
        actor=factories.actor(),
        purchase_amount_cents=300,
    )
    assert done(again + timedelta(days=86) - timedelta(seconds=1)) == (0, 0)
    assert done(again + timedelta(days=86)) == (0, 1)


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Luxembourg", "**20 April 2026**, in 14 days"),
        ("Pacific/Auckland", "**21 April 2026**, in 14"),
    ],
)
def test_it_states_the_true_days_left_and_the_true_date_in_the_merchants_timezone(shop, card, zone, words):
    shop.merchant.timezone = zone
    shop.merchant.save()
    run(DUE - timedelta(days=14))
    ((code, text),) = emails(DUE - timedelta(days=14))
    assert (code, words in text) == ("loyalty_points_expiring", True)


def test_a_warning_that_is_sent_late_states_what_is_true_then(shop, card):
    run(DUE - timedelta(days=14))
    ((_code, text),) = emails(DUE - timedelta(days=1))  # the mail server was away
    assert "**20 April 2026**, which is tomorrow" in text


def test_the_warning_is_noted_in_the_transaction_that_announces_it(shop, card, monkeypatch):
    def broken(*_events):
        raise RuntimeError("the power fails")

    monkeypatch.setattr(outbox, "record", broken)
    with pytest.raises(RuntimeError):
        run(DUE - timedelta(days=14))
    assert factories.fresh(card).last_expiration_warning_at is None
    monkeypatch.undo()
    assert done(DUE - timedelta(days=14)) == (0, 1)


# --- Expire -----------------------------------------------------------------------------------------------


def test_nothing_happens_before_the_period_is_over_and_all_that_was_offline_has_come_in(card):
    run(GONE - timedelta(seconds=1))
    assert factories.fresh(card).points_balance == 50
    assert lines(card) == []


def test_all_points_expire_when_the_period_is_over():
    shop = shop_with(loyalty_type="hybrid", points_expiration_days=100)
    with time_machine.travel(START, tick=False):
        card = factories.card(shop.store, cents=5000, stamps=3)
    summary = run(GONE)
    assert (summary.programs_processed, summary.cards_processed, summary.points_expired) == (1, 1, 50)
    after = factories.fresh(card)
    assert (after.points_balance, after.total_points_voided, after.total_points_earned) == (0, 50, 50)
    assert (after.stamp_count, after.last_activity_at) == (3, START)
    (line,) = lines(card)
    assert (line.points_delta, line.points_balance_after) == (-50, 0)
    assert (line.stamps_delta, line.stamps_balance_after) == (0, 3)
    assert (line.store_id, line.user_id, line.staff_pin_id, line.api_key_id) == (None, None, None, None)
    assert line.notes == "Points expired after 100 days of inactivity"
    assert line.transaction_at == GONE
    with scope.everything("test"):
        assert list(verification.differences()) == []


def test_the_customer_is_told_once(shop, card):
    run(GONE)
    run(GONE + timedelta(days=1))
    told = emails(GONE + timedelta(days=1))
    assert [code for code, _text in told] == ["loyalty_points_expired"]
    assert "its 50 points have expired" in told[0][1]


def test_a_purchase_starts_the_period_again(shop, card):
    at(
        START + timedelta(days=60),
        points.earn,
        store=shop.store,
        card_id=card.pk,
        actor=factories.actor(),
        purchase_amount_cents=300,
    )
    run(GONE)
    assert factories.fresh(card).points_balance == 53
    assert done(START + timedelta(days=160) + HELD) == (1, 0)


def test_by_default_a_card_that_was_never_warned_expires_as_well(shop, card):
    assert not shop.program.expiry_requires_warning
    assert done(DUE + timedelta(days=30)) == (1, 0)


def test_a_program_may_insist_on_a_warning_and_seven_days(shop, card):
    change(shop, START, expiry_requires_warning=True)
    late = DUE + timedelta(days=30)
    assert done(late) == (0, 1)
    with scope.everything("test"):
        assert selectors.points_expire_at(selectors.card_at(shop.store, card.pk)) == late + timedelta(days=7)
    ((_code, text),) = emails(late)
    assert "**27 May 2026**, in 7 days" in text
    assert done(late + timedelta(days=7, seconds=-1) + HELD) == (0, 0)
    assert done(late + timedelta(days=7) + HELD) == (1, 0)


def test_where_the_warning_went_out_in_time_insisting_changes_nothing(shop, card):
    change(shop, START, expiry_requires_warning=True)
    assert done(DUE - timedelta(days=14)) == (0, 1)
    assert done(GONE - timedelta(seconds=1)) == (0, 0)
    assert done(GONE) == (1, 0)


def test_a_warning_of_an_earlier_cycle_is_none_of_this_one(shop, card):
    change(shop, START, expiry_requires_warning=True)
    run(DUE - timedelta(days=14))
    again = DUE - timedelta(days=1)
    at(
        again,
        points.earn,
        store=shop.store,
        card_id=card.pk,
        actor=factories.actor(),
        purchase_amount_cents=300,
    )
    assert done(again + PERIOD) == (0, 1)


# --- Set-based, in batches --------------------------------------------------------------------------------


def test_a_second_run_does_nothing_more(card):
    run(GONE)
    summary = run(GONE + timedelta(days=1))
    assert (summary.cards_processed, summary.points_expired, summary.warnings_sent) == (0, 0, 0)
    assert len(lines(card)) == 1


def test_whatever_the_size_of_the_batches_each_card_has_its_turn(shop, monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 2)
    due = [card_at(shop) for _ in range(5)]
    near = [card_at(shop, START + timedelta(days=10)) for _ in range(3)]
    OutboxMessage.objects.all().delete()
    progress: list[int] = []
    summary = run(GONE, progress=progress.append)
    assert (summary.cards_processed, summary.points_expired, summary.warnings_sent) == (5, 250, 3)
    assert progress == [2, 2, 1, 2, 1]
    told = OutboxMessage.objects.filter(event="loyalty.points_expired").order_by("id")
    assert [message.payload["card_ids"] for message in told] == [
        [due[0].pk, due[1].pk],
        [due[2].pk, due[3].pk],
        [due[4].pk],
    ]
    assert [len(message.payload["transaction_ids"]) for message in told] == [2, 2, 1]
    warned = OutboxMessage.objects.filter(event="loyalty.points_about_to_expire", subscriber__startswith="n")
    assert sorted(pk for message in warned for pk in message.payload["card_ids"]) == [c.pk for c in near]


def test_a_card_costs_no_statement_of_its_own(shop):
    statements = []
    for number in (1, 20):
        for _ in range(number):
            card_at(shop)
        with CaptureQueriesContext(connection) as captured:
            assert done(GONE) == (number, 0)
        statements.append(len(captured))
    assert statements[0] == statements[1]

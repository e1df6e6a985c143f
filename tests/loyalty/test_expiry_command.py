"""`manage.py expire_points`: by hand, at once whatever the hour; what it prints, for people and for machines."""

import json
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from loyalty.models import LoyaltyCard
from loyalty.services import expiry
from tenancy.models import OutboxMessage
from tests import factories
from tests.loyalty.expiring import GONE, START, card_at, lines, run, shop_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return shop_with(points_expiration_days=100)


@pytest.fixture
def card(shop) -> LoyaltyCard:
    return card_at(shop)


def command(*arguments: str, now=GONE) -> str:
    """What it prints."""
    out = StringIO()
    call_command("expire_points", "--now", now.isoformat(), *arguments, stdout=out)
    return out.getvalue()


def figures(*arguments: str) -> dict:
    said = json.loads(command("--json", *arguments).splitlines()[-1])
    assert said.pop("seconds") >= 0
    return said


def test_the_last_line_says_in_words_what_was_done(shop):
    for _ in range(12):
        card_at(shop)
    for _ in range(5):
        card_at(shop, START + timedelta(days=10))
    assert re.fullmatch(r"12 cards, 600 points expired, 5 warnings, \d+\.\d s", command().splitlines()[-1])


def test_the_words_are_those_of_the_summary():
    summary = expiry.Summary(cards_processed=12, points_expired=3400, warnings_sent=5, seconds=0.8)
    assert str(summary) == "12 cards, 3400 points expired, 5 warnings, 0.8 s"


def test_for_a_machine_the_last_line_is_json(card):
    assert list(json.loads(command("--json").splitlines()[-1])) == [
        "status",
        "programs_processed",
        "cards_processed",
        "points_expired",
        "warnings_sent",
        "seconds",
    ]
    assert figures() == {
        "status": "success",
        "programs_processed": 1,
        "cards_processed": 0,
        "points_expired": 0,
        "warnings_sent": 0,
    }


def test_a_dry_run_says_what_would_happen_and_changes_nothing(shop, card):
    near = card_at(shop, START + timedelta(days=10))
    OutboxMessage.objects.all().delete()
    expected = {
        "status": "dry_run",
        "programs_processed": 1,
        "cards_processed": 1,
        "points_expired": 50,
        "warnings_sent": 1,
    }
    assert figures("--dry-run") == figures("--dry-run") == expected
    assert factories.fresh(card).points_balance == 50
    assert factories.fresh(near).last_expiration_warning_at is None
    assert lines(card) == []
    assert not OutboxMessage.objects.exists()
    assert figures() == expected | {"status": "success"}, "and then it does just that"


def test_one_merchant_alone(card):
    other = shop_with(points_expiration_days=100)
    others_card = card_at(other)
    command("--merchant", other.merchant.slug)
    assert factories.fresh(card).points_balance == 50
    assert factories.fresh(others_card).points_balance == 0


def test_it_does_not_wait_for_two_in_the_night_and_takes_no_turn_from_it(shop, card):
    afternoon = GONE + timedelta(hours=12)
    assert afternoon.astimezone(shop.merchant.tzinfo).hour == 14
    assert command(now=afternoon).startswith("1 cards, 50 points")
    assert run(afternoon).cards_processed == 0


def test_a_time_without_a_zone_is_utc(card):
    out = StringIO()
    just_before = GONE - timedelta(seconds=1)
    call_command("expire_points", "--now", f"{just_before:%Y-%m-%dT%H:%M:%S}", stdout=out)
    assert out.getvalue().startswith("0 cards")
    call_command("expire_points", "--now", f"{GONE:%Y-%m-%dT%H:%M:%S}", stdout=out)
    assert factories.fresh(card).points_balance == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--merchant", "nobody"], "There is no merchant 'nobody'."),
        (["--now", "tomorrow"], "--now takes a date and time, for example 2027-01-31T03:00:00+01:00."),
        (["--now", "2027-02-30T03:00:00+01:00"], "--now takes a date and time"),
    ],
)
def test_what_it_does_not_understand_it_refuses_in_words(card, arguments, message):
    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("expire_points", *arguments)
    assert factories.fresh(card).points_balance == 50


def test_a_person_at_a_screen_sees_a_bar_that_knows_its_end(shop, card, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for _ in range(3):
        card_at(shop)
    assert command().startswith("4 cards")
    assert "4/4" in capsys.readouterr().err

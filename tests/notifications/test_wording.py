"""What the e-mails say: the facts of a card and of its ledger, in words that are safe to send."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from loyalty.models import LoyaltyCard
from notifications import markup, rendering, selectors
from notifications.codes import Code
from notifications.errors import NothingToSay
from notifications.models import EmailTemplate
from tests.notifications.conftest import Shop
from tests.notifications.wording import words

LUXEMBOURG = ZoneInfo("Europe/Luxembourg")


@pytest.fixture
def morning() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 9, 30, tzinfo=LUXEMBOURG), tick=False):
        yield


# --- What the texts say -----------------------------------------------------------------------------------


def test_the_welcome_names_the_card_and_what_it_takes(shop: Shop) -> None:
    card = shop.card()
    filled = words(card, Code.ENROLLMENT)
    assert filled.subject == "Your card at Café Mirabel"
    assert "Once you have 10 stamps, your reward is waiting for you." in filled.body
    assert card.display_number in markup.plain_text(filled.body)
    assert "Wallet" not in filled.body, "none is set up"


def test_a_program_without_stamps_speaks_of_points(shop: Shop) -> None:
    shop.program.loyalty_type = "points"
    shop.program.save()
    assert "Your points add up by themselves." in words(shop.card(), Code.ENROLLMENT).body


def test_the_bonus_is_that_of_the_ledger_and_the_balance_todays(shop: Shop) -> None:
    card = shop.card(points=30)
    line = shop.line(card, "welcome_bonus", points=50)
    filled = words(card, Code.WELCOME_BONUS, transaction_id=line.pk)
    assert filled.subject == "A little welcome: 50 points for you"
    assert "**50 points** on your card. You now have 80." in filled.body


@pytest.mark.parametrize(
    ("language", "points"),
    [("en", "12,345 points"), ("de", "12.345 Punkte"), ("fr", "12\xa0345 points"), ("lb", "12.345 Punkten")],
)
def test_a_large_number_is_written_as_in_the_language_of_the_letter(
    shop: Shop, language: str, points: str
) -> None:
    card = shop.card(shop.customer(preferred_language=language), points=12345)
    line = shop.line(card, "welcome_bonus", points=12345)
    filled = words(card, Code.WELCOME_BONUS, transaction_id=line.pk)
    assert f"**{points}**" in filled.body
    assert points.split()[0] in filled.subject


def test_the_reward_is_named_in_the_customers_language(shop: Shop) -> None:
    card = shop.card(shop.customer(preferred_language="lb"), stamps=10)
    assert words(card, Code.REWARD_READY).subject == "Är Kaart ass voll: Gratis Kaffi"


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "1 December 2026"),
        ("fr", "1er décembre 2026"),
        ("de", "1. Dezember 2026"),
        ("lb", "1. Dezember 2026"),
    ],
)
def test_the_warning_says_the_true_day_in_the_merchants_time(
    shop: Shop, morning: None, language: str, date: str
) -> None:
    card = shop.card(shop.customer(preferred_language=language), points=240)
    # 23:30 UTC on 30 November is already December in Luxembourg.
    expires = datetime(2026, 11, 30, 23, 30, tzinfo=ZoneInfo("UTC"))
    card.last_activity_at, card.last_expiration_warning_at = expires - timedelta(days=90), timezone.now()
    card.save()
    filled = words(card, Code.POINTS_EXPIRING)
    assert f"**{date}**" in filled.body
    assert "11" in filled.body.split(date)[1].split("\n")[0], "days from 20 November"
    assert "240" in filled.subject


def test_a_warning_is_not_sent_once_the_card_was_used(shop: Shop) -> None:
    card = shop.card(points=240)
    card.last_expiration_warning_at = card.last_activity_at - timedelta(days=1)
    card.save()
    with pytest.raises(NothingToSay):
        words(card, Code.POINTS_EXPIRING)


def test_a_warning_is_not_sent_once_the_points_stay_for_longer(shop: Shop) -> None:
    card = shop.card(points=240)
    card.last_activity_at, card.last_expiration_warning_at = (
        timezone.now() - timedelta(days=80),
        timezone.now(),
    )
    card.save()
    assert "240" in words(card, Code.POINTS_EXPIRING).subject
    card.program.points_expiration_days = 365
    card.program.save()
    with pytest.raises(NothingToSay):
        words(card, Code.POINTS_EXPIRING)


def test_a_card_that_is_warned_late_expires_seven_days_after_the_warning(shop: Shop, morning: None) -> None:
    shop.program.expiry_requires_warning = True
    shop.program.save()
    card = shop.card(points=240)
    card.last_activity_at = timezone.now() - timedelta(days=200)
    card.last_expiration_warning_at = timezone.now()
    card.save()
    assert "**27 November 2026**, in 7 days" in words(card, Code.POINTS_EXPIRING).body


def test_expired_points_are_those_of_the_ledger_and_stamps_stay(shop: Shop) -> None:
    card = shop.card(stamps=3)
    shop.line(card, "opening_balance", points=240)
    line = shop.line(card, "points_expired", points=-240)
    filled = words(card, Code.POINTS_EXPIRED, transaction_id=line.pk)
    assert "so its 240 points have expired. Your 3 stamps are still there." in filled.body


def test_erasure_is_confirmed_with_a_link_of_its_own(shop: Shop) -> None:
    card = shop.card()
    text = markup.plain_text(words(card, Code.ERASE_CONFIRMATION).body)
    assert f"Delete my data\nhttp://127.0.0.1:8000/card/{card.access_token}/" in text


@pytest.mark.parametrize("name", ["Win at http://evil.example", "evil.example", "www.evil", "a@b", "<b>"])
def test_a_name_that_is_an_address_is_left_out(shop: Shop, name: str) -> None:
    card = shop.card(shop.customer(first_name=name, last_name="Weber"))
    assert words(card).body.startswith("Hello,\n")


@pytest.mark.parametrize("name", ["J.-P. O'Neill", "Dr. Weber", "Mª José", "Ümit"])
def test_unusual_names_are_names(shop: Shop, name: str) -> None:
    card = shop.card(shop.customer(first_name=name, last_name=""))
    assert markup.plain_text(words(card).body).startswith(f"Hello {name.split(' ')[0]},")


# --- Escaping ---------------------------------------------------------------------------------------------------


def test_whatever_people_are_called_the_html_part_is_safe(shop: Shop) -> None:
    shop.merchant.name = '<script>alert("x")</script> & Söhne'
    shop.merchant.save()
    EmailTemplate.objects.create(
        code=Code.CARD_LINK,
        store=shop.store,
        subject_en="x",
        body_en="<b>{{ merchant_name }}</b> **{{ merchant_name }}**",
    )
    card = selectors.with_facts(LoyaltyCard.objects.filter(pk=shop.card().pk)).get()
    filled = words(card)
    letter = rendering.letter(
        code=Code.CARD_LINK, subject=filled.subject, body=filled.body, language="en", card=card
    )
    assert "<script>" not in letter.html
    assert "<b>" not in letter.html
    assert "&lt;b&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; Söhne&lt;/b&gt;" in letter.html
    assert "<strong>&lt;script&gt;" in letter.html
    assert '<b><script>alert("x")</script> & Söhne</b>' in letter.text


# --- Setting ----------------------------------------------------------------------------------------------------


def test_a_number_is_not_broken_at_the_end_of_a_line_and_no_phone_takes_it_for_one(shop: Shop) -> None:
    card = selectors.with_facts(LoyaltyCard.objects.filter(pk=shop.card().pk)).get()
    body = markup.quote(f"Keep this e-mail: {card.display_number}, 10-20 years, **{card.display_number}**")
    letter = rendering.letter(
        code=Code.CARD_LINK, subject="x", body=body.replace("\\*", "*"), language="en", card=card
    )
    whole = '<span style="white-space:nowrap">{}</span>'
    number = whole.format(card.display_number)
    said = f"Keep this {whole.format('e-mail')}: {number}, 10-20 years, <strong>{number}</strong>"
    assert said in letter.html
    assert '<meta name="format-detection" content="telephone=no">' in letter.html
    assert f"Keep this e-mail: {card.display_number}, 10-20 years" in letter.text

"""What the lock screen says: one sentence for each change, and nothing of a card that was replaced."""

import json

import pytest
from django.test import Client

from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.services import cards, stamps
from tests import factories
from tests.buying import buy, spend
from tests.wallet.conftest import carried, deliver, google_pass, object_of, page_of, stamped
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.iphone import IPhone, opened
from wallet.apple.made_up_chain import Chain


@pytest.fixture
def card(apple: Chain, shop: factories.Shop) -> LoyaltyCard:
    return factories.card(shop.store, name="Anouk Weber", stamps=7, cents=2400)


def content_of(card: LoyaltyCard) -> dict:
    files = opened(Client().get(page_of(card)).content)
    return json.loads(files["pass.json"])


def news(card: LoyaltyCard) -> str:
    """The news of a pass, which have its only change message."""
    fields = [field for group in content_of(card)["storeCard"].values() for field in group]
    (field,) = [field for field in fields if "changeMessage" in field]
    assert (field["key"], field["changeMessage"]) == ("news", "%@")
    return field["value"]


def test_each_change_is_one_telling_sentence(card: LoyaltyCard, shop: factories.Shop) -> None:
    who = {"store": shop.store, "card_id": card.pk, "actor": factories.actor()}
    stamped(card, shop)
    assert news(card) == "+1 stamp, 8 of 10 now"
    bought = buy(card, shop, 2000)
    assert bought.pk
    assert news(card) == "+1 stamp, 9 of 10 now · +200 points, 440 now"
    buy(card, shop, 1000, stamps=0)
    assert news(card) == "+100 points, 540 now"
    stamped(card, shop)
    assert news(card) == "Ready for you: a coffee"
    buy(card, shop, 100, stamps=0)
    assert news(card) == "+10 points, 550 now"  # it is ready still, and that was told
    with factories.inside(shop):
        stamps.redeem(**who)
    assert news(card) == "Enjoy: a coffee · -10 stamps, 0 of 10 now"
    spend(card, shop)
    assert news(card) == "Enjoy: Croissant · -500 points, 50 now"


def test_google_is_told_the_same_sentence_and_notifies_of_the_one_that_is_worth_it(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    card, other = carried(factories.card(shop.store, stamps=8)), carried(factories.card(shop.store))
    deliver()
    (welcome,) = object_of(google, other)["messages"]
    assert (welcome["header"], welcome["body"]) == ("News", "Welcome! Your card is here")
    said = []
    for _stamp in range(2):
        stamped(card, shop)
        deliver()
        (message,) = object_of(google, card)["messages"]
        said.append((message["body"], object_of(google, card).pop("notifyPreference", None)))
        assert message["messageType"] == "TEXT"  # Google refuses the fourth of a day that notifies by itself
    assert said == [("+1 stamp, 9 of 10 now", None), ("Ready for you: a coffee", "NOTIFY_ON_UPDATE")]
    assert {"language": "fr", "value": "Vous attend\N{NO-BREAK SPACE}: a coffee"} in message["localizedBody"][
        "translatedValues"
    ]
    old = str(google_pass(card).object_id)
    with factories.inside(shop):
        cards.replace(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost")
    deliver()
    (last,) = google.objects[old]["messages"]
    assert last["body"] == "This card is no longer valid"


def test_a_message_that_google_refuses_costs_nobody_their_balance(
    google: FakeGoogle, shop: factories.Shop
) -> None:
    google.refuse("messages", "Invalid value of messages", kind="loyaltyObject")
    card = carried(factories.card(shop.store, stamps=3))
    deliver()
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 3}
    assert google_pass(card).left_out == {"messages": "HTTP 400 Invalid value of messages"}


def test_a_new_card_welcomes_and_one_that_is_valid_again_says_so(apple: Chain, shop: factories.Shop) -> None:
    card = factories.card(shop.store)
    assert news(card) == "Welcome! Your card is here"
    who = {"store": shop.store, "card_id": card.pk, "actor": factories.actor()}
    with factories.inside(shop):
        cards.deactivate(**who)
        cards.reactivate(**who)
    assert news(card) == "Your card is valid again"


def test_what_moved_nothing_welcomes_nobody_anew(card: LoyaltyCard, shop: factories.Shop) -> None:
    stamped(card, shop)
    assert news(card) == "+1 stamp, 8 of 10 now"
    buy(card, shop, 5, stamps=0)  # half a point
    assert news(card) == "+1 stamp, 8 of 10 now"
    empty = factories.card(shop.store)
    with factories.inside(shop):
        cards.merge(
            store=shop.store,
            card_id=empty.pk,
            into_card_id=card.pk,
            actor=factories.actor(),
            reason="one person",
        )
    assert news(card) == "+1 stamp, 8 of 10 now"
    for _visit in range(6):
        buy(card, shop, 1, stamps=0)
    assert "Welcome" not in json.dumps(content_of(card))


def test_whoever_finds_a_replaced_card_reads_nothing_of_a_balance(
    card: LoyaltyCard, shop: factories.Shop
) -> None:
    phone = IPhone()
    held = phone.add(page_of(card))
    with factories.inside(shop):
        cards.replace(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost")
    held.last_modified = "Thu, 01 Jan 1970 00:00:00 GMT"
    phone.fetch(held)
    shown = phone.passes[held.serial].content["storeCard"]
    assert {
        field["key"]: field["value"] for group in shown.values() for field in group if field["key"] != "terms"
    } == {
        "next_reward": "No longer valid",
        "news": "This card is no longer valid",
    }


def test_the_front_says_a_thing_once_and_the_back_has_links_to_tap(card: LoyaltyCard) -> None:
    shown = content_of(card)["storeCard"]
    front = [field["key"] for group, fields in shown.items() if group != "backFields" for field in fields]
    assert front == ["stamps", "points", "next_reward", "member", "points_reward"]
    links = {
        field["key"]: field["attributedValue"] for field in shown["backFields"] if "attributedValue" in field
    }
    assert links["card_page"].startswith('<a href="https://cards.mirabel.example/card/')
    assert links["card_page"].endswith('">cards.mirabel.example</a>')
    for field in shown["backFields"]:
        assert "http" not in str(field["value"]) or "attributedValue" in field


def test_terms_of_several_lines_are_translated(apple: Chain, shop: factories.Shop) -> None:
    with factories.inside(shop):
        shop.program.terms_text_en, shop.program.terms_text_fr = "One.\r\nTwo.", "Un.\r\nDeux."
        shop.program.save()
        assert LoyaltyProgram.objects.get(pk=shop.program.pk).terms_text_fr == "Un.\nDeux."
        card = factories.card(shop.store)
        for lines in ("\n", "\r\n"):  # the second as rows of long ago have it
            LoyaltyProgram.objects.update(terms_text_en=f"One.{lines}Two.", terms_text_fr=f"Un.{lines}Deux.")
            files = opened(Client().get(page_of(card)).content)
            (terms,) = [
                field["value"]
                for field in json.loads(files["pass.json"])["storeCard"]["backFields"]
                if field["key"] == "terms"
            ]
            key, escaped = json.dumps(terms), json.dumps(f"Un.{lines}Deux.")
            assert f"{key} = {escaped};" in files["fr.lproj/pass.strings"].decode()


def test_the_day_on_which_points_expire_is_the_merchants_wherever_the_phone_is(
    apple: Chain, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        shop.program.points_expiration_days = 365
        shop.program.save()
    card = factories.card(shop.store, cents=2400)
    fields = content_of(card)["storeCard"]["auxiliaryFields"]
    (expires,) = [field for field in fields if field["key"] == "expires"]
    assert expires["ignoresTimeZone"] is True
    assert expires["value"].endswith(("+01:00", "+02:00"))

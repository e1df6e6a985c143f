"""The customer's card: what it shows, and to whom."""

import pytest
import time_machine
from django.urls import reverse

from loyalty import selectors, tokens
from loyalty.ports import wallets
from loyalty.services import cards, voids
from tests import factories
from tests.loyalty.pages.reading import visit, words

pytestmark = pytest.mark.django_db


def test_the_card_shows_its_stamps_its_points_and_the_way_to_the_next_reward(open_card, shop):
    card = factories.card(shop.store, name="Anouk Weber", stamps=7, cents=6400)

    response = open_card(card)

    text = words(response)
    assert response.status_code == 200
    assert "Anouk’s card 3 more stamps for: a coffee" in text
    assert "7 of 10 stamps" in text
    assert response.content.decode().count('<li class="on">') == 7
    assert "Points 640" in text
    assert "Croissant 500 points Ask at the till" in text
    assert "Breakfast 1,500 points" in text
    assert "860 to go" in text
    assert card.display_number in text


def test_a_full_card_says_that_the_reward_is_ready_and_counts_the_surplus(open_card, shop):
    card = factories.card(shop.store, stamps=12)

    text = words(open_card(card))

    assert "Your reward is ready: a coffee" in text
    assert "2 stamps already count for the next one." in text


def test_a_points_card_leads_with_its_points(open_card):
    shop = factories.shop(loyalty_type="points")
    card = factories.card(shop.store, cents=2400)

    response = open_card(card)

    assert '<h1 id="card-title" class="num">240 points</h1>' in " ".join(response.content.decode().split())
    assert 'class="stamps' not in response.content.decode()


def test_a_stamp_card_has_no_points(open_card):
    shop = factories.shop(loyalty_type="stamps")

    assert "Points" not in words(open_card(factories.card(shop.store, stamps=1)))


def test_the_code_stands_on_the_page_and_the_letters_behind_it_do_not(open_card, card):
    page = open_card(card).content.decode()

    assert page.count('<svg role="img"') == 2  # on the card and on the full screen
    assert card.qr_code_data not in page


def test_every_store_where_the_card_works_is_named(open_card, card, shop):
    text = words(open_card(card))

    assert shop.store.name in text
    assert shop.other_store.name in text


def test_the_newest_five_lines_of_the_history_are_there_and_a_link_to_all(open_card, shop):
    card = factories.card(shop.store)
    visit(card, shop, times=8)

    page = open_card(card).content.decode()

    assert page.count("+1 stamp") == 5
    assert reverse("card-history", args=[card.access_token]) in page


def test_points_that_expire_soon_are_announced_with_their_date(open_card):
    shop = factories.shop(points_expiration_days=365)
    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        card = factories.card(shop.store, cents=1000)
    with time_machine.travel("2027-02-14T12:00:00Z", tick=False):
        assert "expire on" not in words(open_card(card))
    with time_machine.travel("2027-02-16T12:00:00Z", tick=False):
        assert "Your points expire on 1 March 2027." in words(open_card(card))


def test_the_page_is_kept_by_no_cache(open_card, card):
    assert "no-store" in open_card(card)["Cache-Control"]


@pytest.mark.parametrize(
    "crawler", ["Mozilla/5.0 (compatible; Googlebot/2.1)", "DuckDuckBot/1.1", "ia_archiver"]
)
def test_search_engines_may_not_list_a_card(open_card, card, crawler):
    response = open_card(card, **{"User-Agent": crawler})

    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"


@pytest.mark.parametrize(
    "name", ["card", "card-history", "card-export", "card-erase", "card-manifest", "card-take-along"]
)
def test_an_unknown_token_is_a_friendly_404(client, card, name):
    response = client.get(reverse(name, args=[tokens.letters()]))

    assert response.status_code == 404
    assert "There is nothing here" in words(response)


def test_a_replaced_token_is_404_and_the_new_one_works(open_card, card, shop):
    with factories.inside(shop):
        cards.replace(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="lost phone")

    assert open_card(card).status_code == 404
    assert open_card(factories.fresh(card)).status_code == 200


def test_a_deactivated_card_is_404_and_says_what_is_the_matter(open_card, card, shop):
    with factories.inside(shop):
        cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor(), reason="fraud")

    response = open_card(card)

    assert response.status_code == 404
    assert "This card has been deactivated" in words(response)
    assert "no-store" in response["Cache-Control"]
    assert card.display_number not in words(response)


def test_a_paused_program_is_404_and_says_so(open_card, card, shop):
    with factories.inside(shop):
        type(shop.program).objects.filter(pk=shop.program.pk).update(is_active=False)

    response = open_card(card)

    assert response.status_code == 404
    assert "The program is paused" in words(response)


def test_the_61st_look_within_a_minute_is_too_many(open_card, card):
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        for _ in range(60):
            assert open_card(card).status_code == 200
        response = open_card(card)

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 61
    assert "a little too fast" in words(response)


def test_the_number_of_queries_does_not_follow_the_history(open_card, shop, django_assert_max_num_queries):
    card = factories.card(shop.store)
    visit(card, shop, times=30)
    with django_assert_max_num_queries(12):
        open_card(card)
    with django_assert_max_num_queries(12):
        open_card(card, "card-history")


def test_what_a_merchant_writes_is_escaped(open_card):
    shop = factories.shop(stamps_reward_description="<script>alert(1)</script>", terms_text="<b>mine</b>")
    page = open_card(factories.card(shop.store, name="<i>Eve</i>")).content.decode()

    assert "<script>alert" not in page
    assert "<b>mine" not in page
    assert "<i>Eve" not in page


def test_what_was_undone_is_marked_and_told(open_card, card, shop):
    with factories.inside(shop):
        line = selectors.history(card).filter(transaction_type="stamp_earned").first()
        voids.void(store=shop.store, transaction_id=line.pk, actor=factories.actor(), reason="mis-tap")

    text = words(open_card(card, "card-history"))

    assert "Stamp taken back" in text
    assert "undone" in text


@pytest.mark.parametrize(
    ("device", "offered"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)", ["Apple Wallet"]),
        ("Mozilla/5.0 (Linux; Android 16; Pixel 10)", ["Google Wallet"]),
        ("Mozilla/5.0 (X11; Linux x86_64)", ["Apple Wallet", "Google Wallet"]),
    ],
)
def test_a_wallet_is_offered_where_the_device_has_it(open_card, card, device, offered):
    class Both:
        def wallet_buttons(self, card, request):
            return [{"platform": name, "url": f"/{name}/", "label": ""} for name in ("apple", "google")]

    with wallets.filled(Both()):
        text = words(open_card(card, **{"User-Agent": device}))

    assert [wallet for wallet in ("Apple Wallet", "Google Wallet") if f"Add to {wallet}" in text] == offered


def test_no_wallet_is_offered_where_none_is_set_up(open_card, card):
    assert "Wallet" not in words(open_card(card))

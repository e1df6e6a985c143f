"""The card as an app on the home screen."""

import json

import pytest

from groundwork.formats import qr
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_manifest_opens_this_card_in_the_merchants_look(open_card, card, shop, client):
    response = open_card(card, "card-manifest")

    app = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert "no-store" in response["Cache-Control"]
    assert app["start_url"] == app["scope"] == f"/card/{card.access_token}/"
    assert app["short_name"] == shop.merchant.name
    assert app["theme_color"] == "#c2553a"
    assert {icon["sizes"] for icon in app["icons"]} == {"192x192", "512x512"}
    for icon in app["icons"]:
        assert client.get(icon["src"])["Content-Type"] == "image/png"


def test_the_service_worker_is_served_above_all_cards_and_always_fresh(client):
    response = client.get("/card/worker.js")

    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert b"addEventListener" in response.content


def test_the_page_names_its_manifest_and_its_worker(open_card, shop):
    card = factories.card(shop.store)
    page = open_card(card).content.decode()

    assert f'<link rel="manifest" href="/card/{card.access_token}/card.webmanifest">' in page
    assert 'data-worker="/card/worker.js"' in page
    assert f'data-page="/card/{card.access_token}/"' in page


def test_the_way_to_the_card_is_a_qr_code_for_another_phone(open_card, card):
    response = open_card(card, "card-take-along")
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content == qr.svg_file(f"http://127.0.0.1:8000/card/{card.access_token}/")
    assert "no-store" in response["Cache-Control"]

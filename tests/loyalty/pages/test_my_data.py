"""What a person may do with what is kept about them."""

import json

import pytest
import time_machine
from django.urls import reverse

from customers.models import Customer
from loyalty import links
from tenancy.models import OutboxMessage
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def test_everything_about_the_person_is_there_to_download(open_card, card):
    response = open_card(card, "card-export")

    data = json.loads(response.content)
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert data["customer"]["email"] == "anouk@example.com"
    assert data["cards"][0]["card_number"] == card.display_number
    assert [line["transaction_type"] for line in data["transactions"]] == ["card_created", "stamp_earned"]


def test_opening_the_page_of_erasure_asks_for_nothing(open_card, card):
    assert open_card(card, "card-erase").status_code == 200
    assert not OutboxMessage.objects.filter(event="loyalty.erasure_requested").exists()


def test_asking_for_erasure_sends_a_link_and_erases_nothing_yet(client, card, shop):
    response = client.post(reverse("card-erase", args=[card.access_token]))

    assert "Please look at your e-mails" in words(response)
    assert OutboxMessage.objects.filter(event="loyalty.erasure_requested").exists()
    with factories.inside(shop):
        assert Customer.objects.get().email == "anouk@example.com"


def test_only_the_button_behind_the_link_erases(client, card, shop):
    path = path_of(links.erasure_url(card))

    assert "Delete everything now?" in words(client.get(path))
    with factories.inside(shop):
        assert Customer.objects.get().first_name == "Anouk"

    response = client.post(path)

    assert "Your data has been deleted" in words(response)
    with factories.inside(shop):
        person = Customer.objects.get()
    assert (person.first_name, person.last_name, person.email) == ("", "", None)
    assert client.get(reverse("card", args=[card.access_token])).status_code == 404


def test_a_link_of_another_card_or_a_forged_one_erases_nobody(client, card, shop):
    other = factories.card(shop.store, email="ben@example.com")
    signed = links.erasure_url(other).rstrip("/").rsplit("/", 1)[1]

    for confirmation in (signed, "forged", signed[:-1]):
        path = reverse("card-erase-confirm", args=[card.access_token, confirmation])
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
    with factories.inside(shop):
        assert Customer.objects.filter(erased_at__isnull=True).count() == 2


def test_the_link_runs_out(client, card, shop):
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        path = path_of(links.erasure_url(card))
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        response = client.post(path)

    assert response.status_code == 404
    assert "This link has expired" in words(response)
    with factories.inside(shop):
        assert Customer.objects.get().first_name == "Anouk"


def test_who_opens_the_link_once_more_reads_that_everything_was_erased(client, card, shop):
    path, page = path_of(links.erasure_url(card)), reverse("card", args=[card.access_token])
    client.post(path)
    erased = factories.fresh(card)

    for once_more in (client.get(path), client.post(path)):
        assert (once_more.status_code, "Your data has been deleted" in words(once_more)) == (200, True)
        assert f'data-page="{page}"' in once_more.content.decode(), "whose copy goes from this device, too"
        assert erased.access_token not in once_more.content.decode()
    assert client.get(page).status_code == 404
    assert factories.fresh(card).updated_at == erased.updated_at


def test_nobody_learns_by_guessing_that_somebody_was_erased(client, card, shop):
    other = factories.card(shop.store, email="ben@example.com")
    forged = reverse("card-erase-confirm", args=[card.access_token, "guessed"])
    living = links.erasure_path(other).replace(other.access_token, "A" * 30)
    client.post(links.erasure_path(card))
    for path in (forged, living):
        guessed = client.get(path)
        assert guessed.status_code == 404
        assert "There is nothing here" in words(guessed)
        assert shop.merchant.name not in words(guessed)
        assert client.post(path).status_code == 404
    with factories.inside(shop):
        assert Customer.objects.get(pk=other.customer_id).email == "ben@example.com"

"""Webhooks in the console: an owner makes an endpoint, sees its secret once, and looks after what is sent."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.console.world import filled, list_address, sign_in
from tests.factories import Shop
from tests.webhooks.conftest import deliver, deliveries
from tests.webhooks.receiver import Receiver, status
from webhooks.models import SEALED, Delivery, Endpoint

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


@pytest.fixture
def owner(shop: Shop) -> Client:
    client = Client()
    sign_in(client, shop.owner)
    return client


def page(name: str, row: Endpoint | Delivery) -> str:
    return reverse(f"admin:webhooks_{row._meta.model_name}_{name}", args=[row.pk])


def test_an_owner_looks_after_their_webhooks(shop: Shop, owner: Client, receiver: Receiver) -> None:
    add = reverse("admin:webhooks_endpoint_add")
    refused = owner.post(add, filled(owner.get(add), url="ftp://shop.example/"))
    assert "This address may not be called" in refused.content.decode()
    made = owner.post(add, filled(owner.get(add), url=receiver.url, types=["card.enrolled", "stamps.given"]))
    (secret,) = set(SECRET.findall(made.content.decode()))
    with factories.inside(shop):
        endpoint = Endpoint.objects.get()
    assert (SEALED.open(endpoint.secret), endpoint.types) == (secret, ["card.enrolled", "stamps.given"])
    for address in (list_address("webhooks_endpoint"), page("change", endpoint), page("history", endpoint)):
        assert SECRET.search(owner.get(address).content.decode()) is None, address

    assert owner.post(page("send_test", endpoint)).status_code == 302
    receiver.answers = [status(200), status(500, b"<b>no room</b>")]
    deliver()
    factories.card(shop.store)
    deliver()
    assert deliveries(endpoint) == [("delivered", 1, 200), ("failed", 1, 500)]
    listed = owner.get(list_address("webhooks_delivery")).content.decode()
    assert "card.enrolled" in listed
    with factories.inside(shop):
        failed = Delivery.objects.get(state="failed")
    shown = owner.get(page("change", failed)).content.decode()
    assert "&lt;b&gt;no room&lt;/b&gt;" in shown
    assert "&quot;type&quot;: &quot;card.enrolled&quot;" in shown
    assert owner.post(page("send_this_again", failed)).status_code == 302
    deliver()
    assert deliveries(endpoint) == [("delivered", 1, 200), ("delivered", 1, 200)]
    said = owner.post(page("replay", endpoint), {"since": "2026-01-01"}, follow=True).content.decode()
    assert "1 event is sent again." in said
    deliver()
    assert receiver.ids[1:] == [receiver.ids[1]] * 3

    (renewed,) = set(SECRET.findall(owner.post(page("rotate", endpoint)).content.decode()))
    assert renewed != secret
    changed = filled(owner.get(page("change", endpoint)), description="Books", is_active=None)
    assert owner.post(page("change", endpoint), changed).status_code == 302
    with factories.inside(shop):
        kept = Endpoint.objects.get()
    assert (kept.description, kept.is_active, kept.types) == ("Books", False, endpoint.types)
    assert SEALED.open(kept.secret) == renewed
    assert owner.post(page("delete", endpoint), {"post": "yes"}).status_code == 302
    with factories.inside(shop):
        assert (Endpoint.objects.count(), Delivery.objects.count()) == (0, 0)

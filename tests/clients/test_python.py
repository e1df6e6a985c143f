"""The Python client against the running site: it sells once, whatever gets lost on the way."""

import json
import time

import pytest
from pytest_django.live_server_helper import LiveServer
from standardwebhooks import Webhook

from loyalty.models import LoyaltyCard, Purchase
from loyalty_client import Client, NotGenuine, UnknownProblem, Unreachable, problems, verify
from tests import factories
from tests.clients.conftest import EMAIL
from tests.clients.lossy import lossy
from tests.factories import Shop
from tests.webhooks.receiver import Receiver, status
from webhooks import signing

PURCHASE = {"purchase_amount_cents": 1250, "order_reference": "R-1"}


def client_of(url: str, key: str, **options: object) -> Client:
    return Client(url, key, sleep=lambda seconds: None, **options)  # type: ignore[arg-type]


def test_a_day_at_the_till(live_server: LiveServer, shop: Shop, card: LoyaltyCard, key: str) -> None:
    client, store = client_of(live_server.url, key), shop.store.store_code
    assert client.store(store)["store_code"] == store

    found = client.find_card(store, q=EMAIL)
    assert (found["id"], found["stamp_count"]) == (card.pk, 0)
    assert client.quote_purchase(store, card.pk, PURCHASE)["points"] == 125
    with lossy(live_server.url) as line:
        line.lose = ["answer", "call"]
        sold = client_of(line.url, key).record_purchase(store, card.pk, PURCHASE)
        assert len(line.keys) == 3
        assert len(set(line.keys)) == 1
    assert (sold["card"]["points_balance"], sold["card"]["stamp_count"]) == (125, 1)
    back = client.return_purchase(store, sold["purchase"]["id"], {"reason": "Stale", "amount_cents": 250})
    assert back["card"]["points_balance"] == 100

    for number in range(2):
        factories.card(shop.store, f"bea{number}@example.com")
    emails = [row["customer"]["email"] for row in client.each(client.cards, store, page_size=1)]
    assert sorted(filter(None, emails)) == [EMAIL, "bea0@example.com", "bea1@example.com"]
    heard = [event["type"] for _cursor, event in client.events_after(limit=2)]
    assert heard.count("purchase.recorded") == heard.count("purchase.returned") == 1

    refusals(client, store, card)
    with lossy(live_server.url) as line:
        line.is_cut = True
        with pytest.raises(Unreachable) as silence:
            client_of(line.url, key).record_purchase(store, card.pk, PURCHASE, idempotency_key="mine")
        assert (silence.value.idempotency_key, line.keys) == ("mine", ["mine"] * 4)
        with pytest.raises(Unreachable):  # it takes no key: nobody knows what a second one would do
            client_of(line.url, key).create_endpoint({"url": "https://shop.example/"})
        assert line.keys[4:] == [None]
    with factories.inside(shop):
        assert Purchase.objects.count() == 1


def refusals(client: Client, store: str, card: LoyaltyCard) -> None:
    with pytest.raises(problems.CardNotFound) as missing:
        client.card(store, 999_999)
    assert (missing.value.status, missing.value.request_id != "") == (404, True)
    with pytest.raises(problems.OrderReferenceUsed):
        client.earn_points(store, card.pk, {"purchase_amount_cents": 5, "order_reference": "R-1"})
    with pytest.raises(problems.Invalid) as wrong:
        client.give_stamps(store, card.pk, {"count": 99})
    assert [error["field"] for error in wrong.value.members["errors"]] == ["count"]
    with pytest.raises(problems.NotAuthenticated):
        Client(client.base_url, "nobody").store(store)
    with pytest.raises(UnknownProblem) as page:
        client.call("GET", "/login/nothing/")
    assert page.value.status == 404


def test_a_key_goes_nowhere_else_whoever_says_so() -> None:
    with Receiver() as there, Receiver() as here:
        here.usual = status(302, Location=there.url)
        with pytest.raises(UnknownProblem) as refused:
            client_of(here.url, "key").call("POST", "", body={}, is_once=True)
        assert (refused.value.status, len(here.got), there.got) == (302, 1, [])


def test_what_asks_for_more_patience_than_there_is_is_told_at_once() -> None:
    pauses: list[float] = []
    with Receiver() as site:
        busy = b'{"code": "rate_limited", "status": 429, "retry_after": %d}'
        client = Client(site.url, "key", sleep=pauses.append, patience=20)
        site.answers = [status(429, busy % 7), status(503, b"<html>"), status(200, b'{"points": 3}')]
        assert client.call("POST", "", body={}, is_once=True) == {"points": 3}
        assert (pauses, len({got.headers["idempotency-key"] for got in site.got})) == ([7, 1.0], 1)
        site.answers = [status(429, busy % 21)]
        with pytest.raises(problems.RateLimited):
            client.call("POST", "", body={}, is_once=True)
    assert (len(site.got), len(pauses)) == (4, 2)


def test_a_message_is_believed_if_one_of_the_secrets_signed_it() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    body = b'{"type": "test", "timestamp": "2026-11-28T09:41:00Z", "data": {"sequence": 1}}'
    now = int(time.time())
    headers = signing.headers([new, old], message_id="evt_1", timestamp=now, body=body)
    for secrets in (old, new, [signing.new_secret(), old]):
        assert verify(body, {name.title(): value for name, value in headers.items()}, secrets) == {
            "id": "evt_1",
            **json.loads(body),
        }
    assert Webhook(new).verify(body, headers) == json.loads(body)
    for given, said, secrets, at in [
        (body, headers, signing.new_secret(), now),
        (body + b" ", headers, new, now),
        (body, headers | {"webhook-id": "evt_2"}, new, now),
        (body, headers | {"webhook-timestamp": "soon"}, new, now),
        (body, {}, new, now),
        (body, headers, new, now + 301),
        (body, headers, new, now - 301),
    ]:
        with pytest.raises(NotGenuine):
            verify(given, said, secrets, now=at)
    with pytest.raises(ValueError, match="whsec_"):
        verify(body, headers, "whsec_%%%")

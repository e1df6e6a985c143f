"""Endpoints over the API: for owners and for keys that manage, each at their own merchant."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from tenancy.models import Merchant, Store
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller
from tests.webhooks.conftest import deliver, deliveries, told
from tests.webhooks.receiver import Receiver, status
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
ENDPOINTS = "webhooks/endpoints/"


def manager(shop: Shop) -> Caller:
    return Caller(key=factories.api_key(shop.store, ["manage"]))


def made(caller: Caller, url: str, **fields: object) -> dict:
    answer = caller.post(ENDPOINTS, {"url": url, **fields})
    assert answer.status_code == 201
    return answer.json()


def test_an_endpoint_is_made_with_a_secret_that_is_shown_once(shop: Shop, receiver: Receiver) -> None:
    caller = manager(shop)
    endpoint = made(caller, receiver.url, types=["stamps.given"], description="Books")
    assert endpoint.pop("secret").startswith("whsec_")
    assert endpoint == {
        "id": endpoint["id"],
        "merchant": shop.merchant.slug,
        "url": receiver.url,
        "types": ["stamps.given"],
        "description": "Books",
        "is_active": True,
        "switched_off": "",
        "failing_since": None,
        "created_at": endpoint["created_at"],
    }
    one = f"{ENDPOINTS}{endpoint['id']}/"
    assert caller.get(one).json() == endpoint
    assert Caller(shop.owner).get(ENDPOINTS).json()["results"] == [endpoint]
    changed = caller.patch(one, {"types": [], "is_active": False}).json()
    assert (changed["types"], changed["is_active"], changed["url"]) == ([], False, receiver.url)
    rotated = caller.post(f"{one}rotate-secret/")
    assert (rotated.status_code, list(rotated.json())) == (200, ["secret"])
    assert caller.delete(one).status_code == 204
    assert (caller.get(one).status_code, caller.get(one).json()["code"]) == (404, "endpoint_not_found")


def test_a_test_a_replay_and_what_came_of_them(shop: Shop, receiver: Receiver) -> None:
    caller = manager(shop)
    with time_machine.travel(NOON) as clock:
        endpoint = made(caller, receiver.url, types=["stamps.given"])
        one = f"{ENDPOINTS}{endpoint['id']}/"
        tried = caller.post(f"{one}test/")
        assert (tried.status_code, tried.json()["type"], tried.json()["state"]) == (202, "test", "waiting")
        card = factories.card(shop.store, stamps=1)
        clock.shift(timedelta(hours=1))
        receiver.answers = [status(200), status(200), status(500, b"no room")]
        deliver()
        factories.give_stamps(card, shop.store, 1)
        deliver()
        assert told(receiver) == ["test", "stamps.given", "stamps.given"]
        (failed,) = caller.get(f"{one}deliveries/?state=failed").json()["results"]
        assert (failed["attempts"], failed["response_status"], failed["response_body"]) == (1, 500, "no room")
        assert (failed["event_id"], failed["next_attempt_at"] is None) == (receiver.ids[2], False)
        again = caller.post(f"webhooks/deliveries/{failed['id']}/resend/")
        assert (again.status_code, again.json()["state"], again.json()["event_id"]) == (
            202,
            "waiting",
            failed["event_id"],
        )
        deliver()
        since = (NOON + timedelta(minutes=30)).isoformat()
        assert caller.post(f"{one}replay/", {"since": since}).json() == {"events": 1}
        answer = caller.post(f"{one}replay/", {"since": NOON.isoformat()})
        assert (answer.status_code, answer.json()) == (202, {"events": 2})
        deliver()
    assert len(receiver.got) == 6
    assert len({(each.event_id, each.body) for each in receiver.got}) == 3
    everything = caller.get(f"{one}deliveries/").json()
    assert (everything["count"], {row["state"] for row in everything["results"]}) == (3, {"delivered"})
    assert [row["next_attempt_at"] for row in everything["results"]] == [None] * 3


def test_what_cannot_be_called_is_refused_and_nothing_is_made(shop: Shop, settings: Settings) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    caller = manager(shop)
    for url in (
        "http://shop.example/",
        "https://127.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://a@shop.example/",
    ):
        refused = caller.post(ENDPOINTS, {"url": url})
        assert (refused.status_code, refused.json()["code"]) == (400, "endpoint_not_allowed"), url
    for given in ({"url": "https://shop.example/", "types": ["no.such"]}, {"types": []}, {"url": 5}):
        assert caller.post(ENDPOINTS, given).json()["code"] == "invalid"
    with factories.inside(shop):
        assert Endpoint.objects.count() == 0
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    one = f"{ENDPOINTS}{made(caller, 'http://127.0.0.1:9/')['id']}/"
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    assert caller.patch(one, {"url": "https://10.0.0.1/"}).json()["code"] == "endpoint_not_allowed"
    assert caller.get(one).json()["url"] == "http://127.0.0.1:9/"


def test_a_merchant_has_twenty_endpoints_and_another_one_has_its_own(shop: Shop, receiver: Receiver) -> None:
    caller, neighbour = manager(shop), factories.shop()
    for _each in range(20):
        made(caller, receiver.url)
    refused = caller.post(ENDPOINTS, {"url": receiver.url})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_endpoints")
    made(manager(neighbour), receiver.url)


def test_nobody_else_sees_or_changes_them(shop: Shop, receiver: Receiver) -> None:
    endpoint = made(manager(shop), receiver.url)
    factories.card(shop.store)
    deliver()
    with factories.inside(shop):
        delivery_id = Delivery.objects.get().pk
    one = f"{ENDPOINTS}{endpoint['id']}/"
    stranger = manager(factories.shop())
    assert stranger.get(ENDPOINTS).json()["results"] == []
    assert stranger.get("events/").json()["events"] == []
    for answer in (
        stranger.get(one),
        stranger.patch(one, {"url": receiver.url + "/stolen"}),
        stranger.delete(one),
        stranger.post(f"{one}rotate-secret/"),
        stranger.post(f"{one}test/"),
        stranger.post(f"{one}replay/", {"since": NOON.isoformat()}),
        stranger.get(f"{one}deliveries/"),
        stranger.post(f"webhooks/deliveries/{delivery_id}/resend/"),
    ):
        assert answer.status_code == 404
    for caller, code in (
        (Caller(shop.manager), "owner_required"),
        (Caller(shop.staff), "owner_required"),
        (Caller(key=factories.api_key(shop.store)), "scope_missing"),
        (Caller(key=factories.api_key(shop.store, ["read"])), "scope_missing"),
        (Caller(carries=factories.till(shop.store)[1]), "owner_required"),
    ):
        for refused in (
            caller.get(ENDPOINTS),
            caller.post(ENDPOINTS, {"url": receiver.url}),
            caller.get("events/"),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, code)
    assert Caller().get(ENDPOINTS).status_code == 401
    with factories.inside(shop):
        assert deliveries(Endpoint.objects.get()) == [("delivered", 1, 200)]
        assert Endpoint.objects.get().url == receiver.url


def test_the_key_of_a_store_that_is_closed_reads_and_changes_nothing_any_more(
    shop: Shop, receiver: Receiver
) -> None:
    caller, other = manager(shop), Caller(key=factories.api_key(shop.other_store, ["manage"]))
    one = f"{ENDPOINTS}{made(caller, receiver.url)['id']}/"
    calls = (("GET", "events/"), ("GET", ENDPOINTS), ("POST", f"{one}rotate-secret/"), ("DELETE", one))
    with factories.inside(shop):
        Store.objects.filter(pk=shop.store.pk).update(is_active=False)
    for method, path in calls:
        refused = caller.call(method, path)
        assert (refused.status_code, refused.json()["code"]) == (403, "owner_required")
    assert other.get(one).status_code == 200

    Merchant.objects.filter(pk=shop.merchant.pk).update(is_active=False)
    assert [other.call(method, path).status_code for method, path in calls] == [403] * 4
    assert Caller(shop.owner).get("events/").status_code == 403


def test_who_has_several_merchants_says_which(shop: Shop, receiver: Receiver) -> None:
    second = factories.shop()
    operator = Caller(factories.operator())
    refused = operator.post(ENDPOINTS, {"url": receiver.url})
    assert [error["field"] for error in refused.json()["errors"]] == ["merchant"]
    assert made(operator, receiver.url, merchant=second.merchant.slug)["merchant"] == second.merchant.slug
    factories.card(shop.store)
    assert operator.get(f"events/?merchant={second.merchant.slug}").json()["events"] == []
    assert len(operator.get(f"events/?merchant={shop.merchant.slug}").json()["events"]) == 1
    owner = Caller(shop.owner)
    refused = owner.post(ENDPOINTS, {"url": receiver.url, "merchant": second.merchant.slug})
    assert refused.json()["code"] == "invalid"

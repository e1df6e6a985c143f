"""API keys are made for some calls and until some day; every call says which scope it takes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from loyalty.api.reference import document
from loyalty.api.urls import till
from tenancy import api_keys
from tenancy.models import Scope
from tests import factories
from tests.loyalty.api.calls import ADDRESSES, CALLS, METHODS
from tests.loyalty.api.till import Caller, Till
from webhooks.api.urls import urlpatterns as of_webhooks

# name of the address -> method -> the scopes of which one will do
SCOPES: dict[str, dict[str, set[str]]] = {
    "api-stores": {"get": {"read"}},
    "api-store": {"get": {"read"}},
    "api-program": {"get": {"read"}},
    "api-staff": {"get": {"read"}},
    "api-unlock": {"post": {"earn", "redeem", "void"}},
    "api-stats": {"get": {"manage"}},
    "api-cards": {"get": {"read"}, "post": {"earn"}},
    "api-card-lookup": {"get": {"read"}},
    "api-card": {"get": {"read"}},
    "api-card-transactions": {"get": {"read"}},
    "api-card-codes": {"get": {"read"}, "post": {"earn"}},
    "api-card-code": {"delete": {"manage"}},
    "api-stamps": {"post": {"earn"}},
    "api-stamps-redeem": {"post": {"redeem"}},
    "api-points": {"post": {"earn"}},
    "api-points-redeem": {"post": {"redeem"}},
    "api-points-adjust": {"post": {"manage"}},
    "api-card-forgive": {"post": {"manage"}},
    "api-card-purchases": {"post": {"earn"}},
    "api-card-quote": {"post": {"earn"}},
    "api-purchases": {"get": {"read"}},
    "api-purchase": {"get": {"read"}},
    "api-purchase-return": {"post": {"void"}},
    "api-purchase-return-quote": {"post": {"void"}},
    "api-card-deactivate": {"post": {"manage"}},
    "api-card-reactivate": {"post": {"manage"}},
    "api-card-replace": {"post": {"manage"}},
    "api-card-merge": {"post": {"manage"}},
    "api-transactions": {"get": {"read"}},
    "api-void": {"post": {"void"}},
    "api-pins": {"get": {"manage"}, "post": {"manage"}},
    "api-pin": {"get": {"manage"}, "patch": {"manage"}, "delete": {"manage"}},
    "api-pin-unlock": {"post": {"manage"}},
    "api-webhook-endpoints": {"get": {"manage"}, "post": {"manage"}},
    "api-webhook-endpoint": {method: {"manage"} for method in ("get", "patch", "delete")},
    "api-webhook-rotate": {"post": {"manage"}},
    "api-webhook-test": {"post": {"manage"}},
    "api-webhook-replay": {"post": {"manage"}},
    "api-webhook-deliveries": {"get": {"manage"}},
    "api-webhook-resend": {"post": {"manage"}},
    "api-events": {"get": {"manage"}},
}
EVERY = [(name, method) for name, methods in SCOPES.items() for method in methods]
UNDESCRIBED = {"api-schema", "api-docs"}


def test_every_call_of_the_till_and_of_webhooks_says_its_scope_and_no_other_takes_a_key() -> None:
    declared = {
        address.name: {
            method: {scope.value for scope in getattr(address.callback.cls, method).scopes}
            for method in METHODS
            if hasattr(address.callback.cls, method)
        }
        for address in ADDRESSES
        if address.name not in UNDESCRIBED
    }
    with_keys = {address.name for address in (*till, *of_webhooks)}
    assert {name: said for name, said in declared.items() if name in with_keys} == SCOPES
    others = [scopes for name, said in declared.items() if name not in with_keys for scopes in said.values()]
    assert others == [set()] * len(others)
    assert len(others) > 20


def test_the_description_says_the_scope_of_each_call() -> None:
    paths = document()["paths"]
    stamps = paths["/api/v1/stores/{store_code}/cards/{card_id}/stamps/"]["post"]
    assert stamps["x-scopes"] == ["earn"]
    assert "An API key needs the scope `earn`." in stamps["description"]
    assert "`scope_missing`" in stamps["responses"]["403"]["description"]
    public = paths["/api/v1/public/stores/{store_code}/enroll/"]["post"]
    assert "x-scopes" not in public


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "method"), EVERY, ids=[f"{name} {method}" for name, method in EVERY])
def test_a_key_makes_the_calls_of_its_scopes_and_no_others(name: str, method: str) -> None:
    shop = factories.shop()
    card = factories.card(shop.store, stamps=1)
    ids = {
        "store_code": shop.store.store_code,
        "card_id": card.pk,
        "pin_id": 1,
        "transaction_id": 1,
        "purchase_id": 1,
        "code_id": 1,
        "endpoint_id": 1,
        "delivery_id": 1,
    }
    (address,) = [one for one in ADDRESSES if one.name == name]
    path = reverse(name, kwargs={part: ids[part] for part in address.pattern.converters})
    body = CALLS[name][method][1]
    for scope in Scope.values:
        machine = Caller(key=factories.api_key(shop.store, [scope]), base="")
        answer = machine.call(method.upper(), path, body, once=f"k-{scope}", headers={"Accept": "*/*"})
        code = "" if answer.status_code < 400 else answer.json()["code"]
        assert (code != "scope_missing") == (scope in SCOPES[name][method]), scope
        assert (answer.status_code == 403) == (code == "scope_missing"), (scope, code)


@pytest.mark.django_db
def test_a_call_outside_its_scopes_names_the_one_that_a_key_lacks_and_moves_nothing() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    reading = Till(shop.store, key=factories.api_key(shop.store, ["read", "void"]))
    answer = reading.post(f"cards/{card.pk}/stamps/", once="k-1")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["scope"]) == (403, "scope_missing", "earn")
    assert "“earn”" in problem["detail"]
    assert factories.fresh(card).stamp_count == 0
    earning = Till(shop.store, key=factories.api_key(shop.store, ["earn"]))
    assert earning.post(f"cards/{card.pk}/stamps/", once="k-1").status_code == 201


@pytest.mark.django_db
def test_a_key_is_good_until_its_end_and_then_nobody() -> None:
    shop, end = factories.shop(), datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
    with factories.inside(shop):
        _row, key = api_keys.make(store=shop.store, name="Fair", by=None, expires_at=end)
    machine = Till(shop.store, key=key)
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert machine.get().status_code == 200
    with time_machine.travel(end, tick=False):
        answer = machine.get()
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")

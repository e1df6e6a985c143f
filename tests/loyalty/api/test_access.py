"""Who may call what: every call of the API, by everybody. A new call without an entry here fails."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from loyalty.models import CardCode, LoyaltyCard, LoyaltyTransaction, Promotion, Purchase, StaffPin
from tenancy.models import Role, Scope
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.calls import ACTING, ADDRESSES, CALLS, EVERY_CALL, MANAGERS, MEMBERS, METHODS
from tests.loyalty.api.till import Caller
from tests.one_row_each import a_delivery
from webhooks.models import Delivery, Endpoint


def test_every_call_of_the_api_has_an_entry() -> None:
    there = {
        (address.name, method)
        for address in ADDRESSES
        for method in METHODS
        if hasattr(address.callback.cls, method)
    }
    assert {(name, method) for name, method, _who, _body in EVERY_CALL} == there


# --- Everybody calls --------------------------------------------------------------------------------------


NOT_FOUND = {
    "card_not_found",
    "pin_not_found",
    "transaction_not_found",
    "purchase_not_found",
    "card_code_not_found",
}
IDS = {"card_id", "pin_id", "transaction_id", "purchase_id", "code_id"}


@dataclass
class World:
    """A shop with something in it, and all who might call."""

    shop: Shop
    card: LoyaltyCard
    pin: StaffPin
    line: LoyaltyTransaction
    callers: dict[str, Caller]

    def purchase_id(self) -> int:
        """A purchase of this shop's card, made when it is asked for the first time."""
        with factories.inside(self.shop):
            found = Purchase.objects.filter(card=self.card).first()
            if found is None:
                factories.points.earn(
                    store=self.shop.store,
                    card_id=self.card.pk,
                    actor=factories.actor(),
                    purchase_amount_cents=900,
                )
                found = Purchase.objects.get(card=self.card)
            return found.pk

    def code_id(self) -> int:
        """A code of this shop's card, made when it is asked for."""
        with factories.inside(self.shop):
            about = {"merchant": self.shop.merchant, "card": self.card, "code": "OLD 17"}
            return CardCode.objects.get_or_create(**about)[0].pk

    def promotion_id(self, name: str) -> int:
        """A promotion of this shop's program, made when it is asked for; one that runs where it is to be stopped."""
        runs = name.endswith("-stop")
        with factories.inside(self.shop):
            found = Promotion.objects.filter(planned_at__isnull=not runs).first()
        return (found or factories.promotion(self.shop.program, is_planned=runs)).pk

    def address(self, name: str) -> str:
        """The address of a call about this shop's own things."""
        (address,) = [one for one in ADDRESSES if one.name == name]
        delivery = self.delivery() if "webhook" in name else None
        known = {
            "store_code": self.shop.store.store_code,
            "card_id": self.card.pk,
            "pin_id": self.pin.pk,
            "transaction_id": self.line.pk,
            "purchase_id": self.purchase_id(),
            "code_id": self.code_id() if "code_id" in address.pattern.converters else 0,
            "row_id": self.row_id(name),
            "promotion_id": self.promotion_id(name) if "promotion_id" in address.pattern.converters else 0,
            "endpoint_id": delivery.endpoint_id if delivery else 0,
            "delivery_id": delivery.pk if delivery else 0,
        }
        path = reverse(name, kwargs={part: known[part] for part in address.pattern.converters})
        asked = {"api-card-lookup": f"?q={self.card.card_number}"}
        asked["api-events"] = f"?merchant={self.shop.merchant.slug}"
        return path + asked.get(name, "")

    def delivery(self) -> Delivery:
        """Something on its way to an endpoint of this shop, made when it is asked for."""
        with factories.inside(self.shop):
            return Delivery.objects.first() or a_delivery(self.shop)

    def row_id(self, name: str) -> int:
        """The id of a row of the kind that a back-office call is about."""
        rows = {
            "merchants": self.shop.merchant,
            "stores": self.shop.other_store,
            "users": self.shop.staff,
            "customers": self.card.customer,
            "cards": self.card,
        }
        noun = name.removeprefix("api-admin-").partition("-")[0]
        return rows.get(noun, self.shop.program).pk

    def state(self) -> tuple[Any, ...]:
        """What must be as before after a refusal."""
        with factories.inside(self.shop):
            lines, pins = LoyaltyTransaction.objects.count(), list(StaffPin.objects.values_list("updated_at"))
            codes = list(CardCode.objects.values_list("pk", "code"))
            cards = list(LoyaltyCard.all_objects.order_by("pk").values_list("pk", "updated_at", "deleted_at"))
            endpoints = list(Endpoint.objects.order_by("pk").values_list("pk", "updated_at"))
        program, merchant = fresh(self.shop.program), fresh(self.shop.merchant)
        return (
            lines,
            pins,
            codes,
            cards,
            program.updated_at,
            program.deleted_at,
            merchant.deleted_at,
            fresh(self.shop.staff).deleted_at,
            endpoints,
        )


@pytest.fixture
def world(db: None) -> World:
    shop = factories.shop()
    card = factories.card(shop.store, email="anna@example.com", stamps=1)
    with factories.inside(shop):
        line = LoyaltyTransaction.objects.order_by("-id")[0]
        card = LoyaltyCard.objects.select_related("customer").get(pk=card.pk)
    people = {
        "nobody": None,
        "stranger": factories.shop().owner,
        "colleague": factories.member(shop.other_store, role=Role.STAFF),
        "staff": shop.staff,
        "manager": shop.manager,
        "accountant": factories.member(shop.store, role=Role.ACCOUNTANT),
        "owner": shop.owner,
        "operator": factories.operator(),
    }
    callers = {name: Caller(person, base="") for name, person in people.items()}
    keys = {"key": None, "reading key": ["read"], "managing key": list(Scope.values)}
    for name, scopes in keys.items():
        callers[name] = Caller(key=factories.api_key(shop.store, scopes), base="")
    callers["till"] = Caller(carries=factories.till(shop.store)[1], base="")
    return World(shop, card, factories.staff_pin(shop.store), line, callers)


def refusal(response: HttpResponse) -> str:
    """The code of a refusal, if it is about who is calling."""
    about_people = {
        "not_authenticated",
        "store_not_found",
        "manager_required",
        "operator_required",
        "owner_required",
        "scope_missing",
        "till_revoked",
        "permission_denied",
        "csrf_failed",
        "idempotency_key_required",
    }
    if response.status_code < 400:
        return ""
    code = response.json()["code"]  # type: ignore[attr-defined]
    return code if code in about_people else ""


@pytest.mark.parametrize(
    ("name", "method", "who", "body"), EVERY_CALL, ids=[f"{name} {method}" for name, method, *_ in EVERY_CALL]
)
def test_a_call_is_for_those_it_is_for(
    world: World, name: str, method: str, who: dict[str, str], body: dict[str, Any] | None
) -> None:
    address = world.address(name)
    headers = {"Accept": "*/*"}
    for caller, expected in who.items():
        before = world.state()
        response = world.callers[caller].call(method.upper(), address, body, once="k-1", headers=headers)
        assert response.json()["code"] == expected, caller
        assert response.status_code in (401, 403, 404)
        assert world.state() == before, caller
    for caller in world.callers.keys() - who.keys():
        response = world.callers[caller].call(
            method.upper(), address, body, once=f"k-{caller}", headers=headers
        )
        assert refusal(response) == "", caller


# --- Other people's things --------------------------------------------------------------------------------


def test_an_id_of_another_merchant_is_nowhere_to_be_found(world: World) -> None:
    other = factories.shop()
    theirs = World(
        other,
        factories.card(other.store, stamps=1),
        factories.staff_pin(other.store),
        world.line,
        world.callers,
    )
    theirs.purchase_id()
    theirs.code_id()
    with factories.inside(other):
        theirs.line = LoyaltyTransaction.objects.order_by("-id")[0]
    before = theirs.state()
    for name, method, who, body in EVERY_CALL:
        if who not in (MEMBERS, ACTING, MANAGERS) or not IDS & converters(name):
            continue
        mine, foreign = world.address(name), theirs.address(name)
        address = foreign.replace(other.store.store_code, world.shop.store.store_code)
        assert address != mine
        response = world.callers["owner"].call(method.upper(), address, body)
        assert response.status_code == 404, (name, response.content)
        assert response.json()["code"] in NOT_FOUND
    assert theirs.state() == before


def converters(name: str) -> set[str]:
    (address,) = [one for one in ADDRESSES if one.name == name]
    return set(address.pattern.converters)


# --- Parameters -------------------------------------------------------------------------------------------


def test_a_parameter_that_a_call_does_not_know_narrows_nothing(world: World) -> None:
    unknown = ("pin_hash__gte=%24", "access_token__startswith=zz", "customer__email=x", "pk=0", "ordering=id")
    for name, methods in CALLS.items():
        if "get" not in methods or name in ("api-schema", "api-docs", "api-public-program"):
            continue
        address = world.address(name)
        operator = world.callers["operator"]
        expected = operator.call("GET", address)
        assert expected.status_code == 200, name
        for parameter in unknown:
            joined = f"{address}{'&' if '?' in address else '?'}{parameter}"
            assert operator.call("GET", joined).json() == expected.json(), joined

"""What is sent is what is described: no member more, none missing."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import pytest
from django.db.models import TextChoices
from django.http import HttpResponse
from django.test import Client
from rest_framework import serializers

from groundwork.formats.wire import Day, Moment
from loyalty.api.described import field_of, serializer_of
from loyalty.api.pagination import Page
from loyalty.api.reference import document
from loyalty.models import LoyaltyCard
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller, Till

CARD = "stores/{store_code}/cards/{card_id}/"


def differences(value: Any, schema: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Where an answer has members that its schema does not know, or lacks some that it promises."""
    kinds = [one for one in schema.get("oneOf", []) if one != {"type": "null"}]
    if len(kinds) == 1:
        yield from differences(value, kinds[0], place) if value is not None else ()
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from differences(value, document()["components"]["schemas"][name], place or name)
    elif "properties" in schema:
        known, promised = schema["properties"], set(schema.get("required", ()))
        yield from (f"{place}.{name} is not described" for name in value.keys() - known.keys())
        yield from (f"{place}.{name} is missing" for name in promised - value.keys())
        for name in value.keys() & known.keys():
            yield from differences(value[name], known[name], f"{place}.{name}")
    elif "items" in schema and value is not None:
        for one in value:
            yield from differences(one, schema["items"], f"{place}[]")


def assert_as_described(path: str, method: str, response: HttpResponse) -> None:
    call = document()["paths"][f"/api/v1/{path}"][method]
    schema = call["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
    assert list(differences(response.json(), schema)) == []


# --- Real answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "program/", "staff/", "stats/", "cards/", "transactions/", "pins/"])
def test_what_a_manager_asks_of_a_store_is_answered_as_described(
    shop: Shop, manager: Till, card: LoyaltyCard, path: str
) -> None:
    factories.staff_pin(shop.store)

    assert_as_described("stores/{store_code}/" + path, "get", manager.get(path))


def test_a_card_is_answered_as_described(till: Till, card: LoyaltyCard) -> None:
    assert_as_described(CARD, "get", till.get(f"cards/{card.pk}/"))


def test_what_the_till_does_is_answered_as_described(manager: Till, card: LoyaltyCard) -> None:
    for path, body in [
        ("stamps/", {"count": 10}),
        ("points/", {"purchase_amount_cents": 9_000}),
        ("stamps/redeem/", {}),
        ("points/adjust/", {"points_delta": 5, "reason": "A mistake"}),
        ("deactivate/", {"reason": "Lost"}),
    ]:
        assert_as_described(CARD + path, "post", manager.post(f"cards/{card.pk}/{path}", body))


def test_undoing_is_answered_as_described(manager: Till, card: LoyaltyCard) -> None:
    line = manager.post(f"cards/{card.pk}/stamps/").json()["transaction"]["id"]

    undone = manager.post(f"transactions/{line}/void/", {"reason": "A mistake"})

    assert_as_described("stores/{store_code}/transactions/{transaction_id}/void/", "post", undone)


def test_a_reward_that_was_handed_out_is_answered_as_described(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store, cents=100_000)
    with factories.inside(shop):
        reward = shop.program.rewards.order_by("points_cost")[0]

    redeemed = till.post(f"cards/{card.pk}/points/redeem/", {"reward_id": reward.pk})

    assert redeemed.json()["transaction"]["reward"]["name"] == reward.name
    assert_as_described(CARD + "points/redeem/", "post", redeemed)


def test_a_right_pin_is_answered_as_described(shop: Shop, till: Till) -> None:
    pin = factories.staff_pin(shop.store)

    unlocked = till.post(f"staff/{pin.pk}/unlock/", {"pin": factories.PIN})

    assert_as_described("stores/{store_code}/staff/{pin_id}/unlock/", "post", unlocked)


def test_enrolling_is_answered_as_described_new_or_not(shop: Shop, till: Till) -> None:
    person = {"email": "new@example.com", "name": "New", "create_if_missing": True}
    for status in (201, 200):
        response = till.post("cards/", person)
        assert response.status_code == status
        assert_as_described("stores/{store_code}/cards/", "post", response)


def test_the_public_is_answered_as_described_known_or_not(shop: Shop) -> None:
    path, here = "public/stores/{store_code}/", f"/api/v1/public/stores/{shop.store.store_code}/"
    assert_as_described(f"{path}program/", "get", Client().get(f"{here}program/"))
    person = {"email": "new@example.com", "name": "New", "accept_terms": True}
    for status in (201, 200):
        response = Client().post(f"{here}enroll/", person, content_type="application/json")
        assert response.status_code == status
        assert_as_described(f"{path}enroll/", "post", response)


@pytest.mark.parametrize("noun", ["merchants", "stores", "users", "customers", "cards", "programs"])
def test_the_back_office_is_answered_as_described(operator: Caller, card: LoyaltyCard, noun: str) -> None:
    rows = operator.get(f"{noun}/")

    assert rows.json()["count"] > 0
    assert_as_described(f"admin/{noun}/", "get", rows)


def test_what_was_brought_back_is_answered_as_described(operator: Caller, card: LoyaltyCard) -> None:
    operator.delete(f"cards/{card.pk}/")

    restored = operator.put(f"cards/{card.pk}/restore/")

    assert restored.json()["restored"] == {"loyalty.LoyaltyCard": 1}
    assert_as_described("admin/cards/{row_id}/restore/", "put", restored)


# --- From a type to its description -----------------------------------------------------------------------


class Colour(TextChoices):
    RED = "red"
    BLUE = "blue"


class Cup(TypedDict):
    """Something to drink from."""

    size: int
    washed_at: Moment | None
    colour: Colour
    kind: NotRequired[Annotated[Literal["mug", "glass"], "What it is."]]


class Cupboard(TypedDict):
    cups: list[Cup]
    counts: Annotated[dict[str, int], {"help_text": "Kind -> count."}]
    opened_on: list[Day]


def test_each_member_of_a_type_becomes_a_field_of_its_kind() -> None:
    cup = serializer_of(Cup)
    fields = cup().fields

    assert (cup.__name__, cup.__doc__) == ("Cup", "Something to drink from.")
    assert list(fields) == ["size", "washed_at", "colour", "kind"]
    assert isinstance(fields["size"], serializers.IntegerField)
    assert isinstance(fields["washed_at"], serializers.DateTimeField)
    assert [fields[name].allow_null for name in fields] == [False, True, False, False]
    assert [fields[name].required for name in fields] == [True, True, True, False]
    assert list(fields["colour"].choices) == ["red", "blue"]
    assert list(fields["kind"].choices) == ["mug", "glass"]
    assert fields["kind"].help_text == "What it is."


def test_types_within_types_are_described_too() -> None:
    fields = serializer_of(Cupboard)().fields

    assert isinstance(fields["cups"], serializers.ListSerializer)
    assert isinstance(fields["cups"].child, serializer_of(Cup))
    assert isinstance(fields["counts"].child, serializers.IntegerField)
    assert fields["counts"].help_text == "Kind -> count."
    assert isinstance(fields["opened_on"].child, serializers.DateField)


def test_pages_are_described_for_what_is_on_them() -> None:
    page = serializer_of(Page[Cup])

    assert page.__name__ == "CupPage"
    assert isinstance(page().fields["results"].child, serializer_of(Cup))


def test_a_type_that_json_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="'bytes'> is not described"):
        field_of(bytes)

"""Exactly once: a call that is repeated gets its first answer again and has no second effect."""

from typing import Any

import pytest

from loyalty.models import LoyaltyTransaction, StaffPin, StaffToken
from tenancy.models import IdempotencyKey
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


def replayed(response: Any) -> bool:
    return response.get("Idempotency-Replayed") == "true"


def test_a_repeated_stamp_is_given_once(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    first = till.post(f"cards/{card.pk}/stamps/", {"count": 1}, once="k-1")
    second = till.post(f"cards/{card.pk}/stamps/", {"count": 1}, once="k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert not replayed(first)
    assert replayed(second)
    assert fresh(card).stamp_count == 1


def test_a_repeat_is_answered_with_the_very_bytes_of_the_first_answer(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    first = till.post(f"cards/{card.pk}/stamps/", {}, once="k-1")
    second = till.post(f"cards/{card.pk}/stamps/", {}, once="k-1")
    assert replayed(second)
    assert first.content == second.content


def test_the_same_body_written_another_way_is_the_same_request(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    path = f"cards/{card.pk}/points/"
    till.post(path, b'{"purchase_amount_cents": 100, "notes": "tea"}', once="k-1")
    again = till.post(path, b'{ "notes":"t\\u0065a","purchase_amount_cents":100 }', once="k-1")
    assert replayed(again)
    assert fresh(card).points_balance == 10


def test_a_key_is_for_one_request(shop: Shop, till: Till) -> None:
    card, other = factories.card(shop.store), factories.card(shop.store)
    till.post(f"cards/{card.pk}/points/", {"purchase_amount_cents": 100}, once="k-1")
    for path, body in (
        (f"cards/{card.pk}/points/", {"purchase_amount_cents": 200}),
        (f"cards/{other.pk}/points/", {"purchase_amount_cents": 100}),
        (f"cards/{card.pk}/stamps/", {}),
    ):
        response = till.post(path, body, once="k-1")
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert (fresh(card).points_balance, fresh(card).stamp_count, fresh(other).points_balance) == (10, 0, 0)


def test_keys_are_per_person_and_per_store(shop: Shop, till: Till, manager: Till) -> None:
    card = factories.card(shop.store)
    there = Till(shop.other_store, shop.owner)
    here = Till(shop.store, shop.owner)
    for caller in (till, manager, there, here):
        response = caller.post(f"cards/{card.pk}/stamps/", once="k-1")
        assert response.status_code == 201
        assert not replayed(response)
    assert fresh(card).stamp_count == 4


def test_a_refusal_is_not_remembered(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store, stamps=9)
    refused = till.post(f"cards/{card.pk}/stamps/redeem/", once="k-1")
    assert refused.json()["code"] == "not_enough_stamps"
    factories.give_stamps(card, shop.store, 1)
    tried_again = till.post(f"cards/{card.pk}/stamps/redeem/", once="k-1")
    assert tried_again.status_code == 201
    assert not replayed(tried_again)


def test_a_replay_is_answered_though_the_staff_token_has_run_out() -> None:
    shop = factories.shop(require_staff_pin=True)
    card, till = factories.card(shop.store), Till(shop.store, shop.staff)
    token = till.unlock()
    first = till.post(f"cards/{card.pk}/stamps/", once="k-1", token=token)
    with factories.inside(shop):
        StaffToken.objects.all().delete()
    assert till.post(f"cards/{card.pk}/stamps/", once="k-1", token=token).json() == first.json()
    assert (
        till.post(f"cards/{card.pk}/stamps/", once="k-2", token=token).json()["code"] == "staff_pin_required"
    )


def test_a_replay_says_what_was_true_then(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    first = till.post(f"cards/{card.pk}/stamps/", once="k-1")
    till.post(f"cards/{card.pk}/stamps/")
    again = till.post(f"cards/{card.pk}/stamps/", once="k-1")
    assert again.json()["card"]["stamp_count"] == first.json()["card"]["stamp_count"] == 1


def test_shape_comes_before_the_key(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    till.post(f"cards/{card.pk}/stamps/", {"count": 1}, once="k-1")
    assert till.post(f"cards/{card.pk}/stamps/", {"count": "x"}, once="k-1").json()["code"] == "invalid"


@pytest.mark.parametrize("key", ["", "x" * 129, "tab\there", "caf\xe9"])
def test_a_key_has_1_to_128_printable_characters(shop: Shop, till: Till, key: str) -> None:
    card = factories.card(shop.store)
    response = till.post(f"cards/{card.pk}/stamps/", once=key)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"
    assert fresh(card).stamp_count == 0


def test_a_key_of_128_characters_is_good(shop: Shop, till: Till) -> None:
    card = factories.card(shop.store)
    till.post(f"cards/{card.pk}/stamps/", once="~" * 128)
    assert replayed(till.post(f"cards/{card.pk}/stamps/", once="~" * 128))


def test_every_call_of_the_till_that_does_something_can_be_repeated(shop: Shop, manager: Till) -> None:
    card, spare = factories.card(shop.store, stamps=10, cents=6000), factories.card(shop.store)
    with factories.inside(shop):
        croissant = shop.program.rewards.get(points_cost=500)
    lea = factories.staff_pin(shop.store)
    mistake = manager.post(f"cards/{card.pk}/stamps/").json()["transaction"]["id"]
    calls: list[tuple[str, dict]] = [
        ("cards/", {"email": "new@example.com", "create_if_missing": True}),
        (f"cards/{card.pk}/stamps/", {}),
        (f"cards/{card.pk}/stamps/redeem/", {}),
        (f"cards/{card.pk}/points/", {"purchase_amount_cents": 100, "order_reference": "R-1"}),
        (f"cards/{card.pk}/points/redeem/", {"reward_id": croissant.pk}),
        (f"cards/{card.pk}/points/adjust/", {"points_delta": 5, "reason": "why"}),
        (f"transactions/{mistake}/void/", {"reason": "slip"}),
        (f"cards/{card.pk}/deactivate/", {}),
        (f"cards/{card.pk}/reactivate/", {}),
        (f"cards/{card.pk}/replace/", {"reason": "lost"}),
        (f"cards/{spare.pk}/merge/", {"into_card_id": card.pk, "reason": "one person"}),
        ("pins/", {"name": "Marc", "pin": "8052"}),
        (f"pins/{lea.pk}/unlock/", {}),
    ]
    for number, (path, body) in enumerate(calls):
        first = manager.post(path, body, once=f"k-{number}")
        before = _traces(shop)
        again = manager.post(path, body, once=f"k-{number}")
        assert first.status_code in (200, 201), (path, first.content)
        assert (again.status_code, again.json(), replayed(again)) == (first.status_code, first.json(), True)
        assert _traces(shop) == before, path


def _traces(shop: Shop) -> tuple[int, int, int]:
    with factories.inside(shop):
        return (LoyaltyTransaction.objects.count(), StaffPin.objects.count(), IdempotencyKey.objects.count())

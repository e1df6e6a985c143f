"""Cards switched off and on, replaced and merged: a manager's calls, each answered with the card."""

import pytest

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


def kinds(card: LoyaltyCard) -> list[str]:
    with factories.inside(card):
        lines = LoyaltyTransaction.objects.filter(card=card).order_by("id")
        return list(lines.values_list("transaction_type", flat=True))


def test_a_card_is_switched_off_and_on_again(manager: Till, shop: Shop) -> None:
    card = factories.card(shop.store, stamps=3)
    off = manager.post(f"cards/{card.pk}/deactivate/", {"reason": "lent to a friend"})
    assert (off.status_code, off.json()["is_active"], off.json()["stamp_count"]) == (200, False, 3)
    again = manager.post(f"cards/{card.pk}/deactivate/")
    assert (again.status_code, again.json()["code"]) == (409, "card_already_inactive")
    on = manager.post(f"cards/{card.pk}/reactivate/")
    assert (on.status_code, on.json()["is_active"]) == (200, True)
    assert on.json() == manager.get(f"cards/{card.pk}/").json()
    twice = manager.post(f"cards/{card.pk}/reactivate/")
    assert (twice.status_code, twice.json()["code"]) == (409, "card_already_active")
    assert kinds(card) == ["card_created", "stamp_earned", "card_deactivated", "card_reactivated"]
    lines = manager.get(f"cards/{card.pk}/transactions/").json()["results"]
    assert lines[1]["notes"] == "lent to a friend"


def test_a_replaced_card_answers_to_its_new_code_only(manager: Till, shop: Shop) -> None:
    card = factories.card(shop.store, stamps=3)
    response = manager.post(f"cards/{card.pk}/replace/", {"reason": "lost phone", "new_number": True})
    assert response.status_code == 200
    assert response.json()["id"] == card.pk
    assert response.json()["stamp_count"] == 3
    now = fresh(card)
    assert response.json()["card_number"] == now.display_number != card.display_number
    assert manager.get(f"cards/lookup/?q={card.qr_code_data}").status_code == 404
    assert manager.get(f"cards/lookup/?q={now.qr_code_data}").json()["id"] == card.pk


def test_a_replaced_card_keeps_its_number_unless_asked(manager: Till, card: LoyaltyCard) -> None:
    response = manager.post(f"cards/{card.pk}/replace/", {"reason": "leaked code"})
    assert response.json()["card_number"] == card.display_number
    assert fresh(card).qr_code_data != card.qr_code_data


def test_two_cards_of_one_person_become_one(manager: Till, shop: Shop) -> None:
    old, kept = factories.card(shop.store, stamps=4, cents=1000), factories.card(shop.store, stamps=2)
    response = manager.post(f"cards/{old.pk}/merge/", {"into_card_id": kept.pk, "reason": "two addresses"})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["id"], answer["stamp_count"], answer["points_balance"]) == (kept.pk, 6, 100)
    emptied = fresh(old)
    assert (emptied.is_active, emptied.stamp_count, emptied.points_balance) == (False, 0, 0)
    assert emptied.merged_into_id == kept.pk
    lines = manager.get(f"cards/{old.pk}/transactions/").json()["results"]
    assert {line["can_void"] for line in lines} == {False}


def test_a_card_is_not_merged_into_itself_nor_into_a_strangers(manager: Till, card: LoyaltyCard) -> None:
    foreign = factories.card(factories.shop().store)
    itself = manager.post(f"cards/{card.pk}/merge/", {"into_card_id": card.pk, "reason": "why"})
    assert (itself.status_code, itself.json()["code"]) == (409, "cards_not_mergeable")
    for card_id in (foreign.pk, 2**70):
        response = manager.post(f"cards/{card.pk}/merge/", {"into_card_id": card_id, "reason": "why"})
        assert (response.status_code, response.json()["code"]) == (404, "card_not_found")
    assert kinds(card) == ["card_created"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("replace/", {}, "reason"),
        ("replace/", {"reason": " "}, "reason"),
        ("replace/", {"reason": "x" * 501}, "reason"),
        ("replace/", {"reason": "why", "new_number": "yes"}, "new_number"),
        ("merge/", {"reason": "why"}, "into_card_id"),
        ("merge/", {"into_card_id": 5}, "reason"),
        ("merge/", {"into_card_id": "5", "reason": "why"}, "into_card_id"),
        ("deactivate/", {"reason": 5}, "reason"),
        ("reactivate/", {"reason": "x" * 501}, "reason"),
    ],
)
def test_what_is_wrong_is_named(manager: Till, card: LoyaltyCard, path: str, body: dict, field: str) -> None:
    response = manager.post(f"cards/{card.pk}/{path}", body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert kinds(card) == ["card_created"]

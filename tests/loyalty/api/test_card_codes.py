"""An old card's code is scanned once at the till, and finds the customer's card from then on."""

import pytest
from django.db import IntegrityError, transaction

from customers.services import erase_person, export_person
from groundwork.deletion import soft_delete
from loyalty import finding
from loyalty.models import CardCode, LoyaltyCard
from loyalty.services import cards
from loyalty.services.codes import MOST_CODES
from tests import factories
from tests.factories import Shop, inside
from tests.loyalty.api.till import Caller, Till, refused

pytestmark = pytest.mark.django_db
EAN = "4006381333931"


def looked_up(till: Till, text: str) -> int | str:
    """The id of the card that a text means, or why it means none."""
    answer = till.get(f"cards/lookup/?q={text}").json()
    return answer.get("id") or answer["code"]


def codes_of(card: LoyaltyCard) -> list[str]:
    with inside(card):
        return list(CardCode.objects.filter(card=card).values_list("code", flat=True))


def test_an_old_ean_card_finds_the_card_it_was_attached_to(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    assert looked_up(till, EAN) == "card_not_found"
    made = till.post(f"cards/{card.pk}/codes/", {"code": "4 006381 333931"}, once="a")
    assert made.status_code == 201
    assert (made.json()["card_id"], made.json()["code"]) == (card.pk, EAN)
    assert till.post(f"cards/{card.pk}/codes/", {"code": "4 006381 333931"}, once="a").json() == made.json()
    again = till.post(f"cards/{card.pk}/codes/", {"code": EAN})
    assert (again.status_code, again.json()) == (200, made.json())
    assert till.get(f"cards/{card.pk}/codes/").json() == [made.json()]
    assert looked_up(till, EAN) == looked_up(Till(shop.other_store, shop.owner), EAN) == card.pk
    for part in (EAN, EAN[3:9]):
        assert [found["id"] for found in till.get(f"cards/?search={part}").json()["results"]] == [card.pk]


def test_letters_are_found_whole_in_a_search_and_customers_of_that_name_beside_them(
    shop: Shop, till: Till, card: LoyaltyCard
) -> None:
    rosa = factories.card(shop.store, name="Rosa Rossi")
    till.post(f"cards/{card.pk}/codes/", {"code": "rosa"})
    assert looked_up(till, "ROSA") == card.pk
    found = till.get("cards/?search=Rosa").json()["results"]
    assert [one["id"] for one in found] == [rosa.pk, card.pk]


def test_a_code_belongs_to_one_card_of_a_merchant(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    other = factories.card(shop.store)
    assert till.post(f"cards/{card.pk}/codes/", {"code": EAN}).status_code == 201
    refused(till.post(f"cards/{other.pk}/codes/", {"code": EAN}), 409, "card_code_taken")
    assert (codes_of(card), codes_of(other)) == ([EAN], [])
    rival = factories.shop()
    theirs = factories.card(rival.store)
    assert Till(rival.store, rival.staff).post(f"cards/{theirs.pk}/codes/", {"code": EAN}).status_code == 201
    refused(till.post(f"cards/{theirs.pk}/codes/", {"code": "1"}), 404, "card_not_found")
    assert looked_up(till, EAN) == card.pk


def test_the_code_of_a_deleted_card_may_be_attached_anew(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    till.post(f"cards/{card.pk}/codes/", {"code": EAN})
    with inside(shop):
        soft_delete(card, by=None)
    other = factories.card(shop.store)
    assert looked_up(till, EAN) == "card_not_found"
    assert till.post(f"cards/{other.pk}/codes/", {"code": EAN}).status_code == 201
    assert looked_up(till, EAN) == other.pk


@pytest.mark.parametrize(
    "code", ["", " ", "x" * 129, "12\x0034", "🎉🎉🎉", "\u202e123456", 4006381333931, None, ["1"], "B" * 30]
)
def test_what_cannot_be_a_code_is_refused_in_plain_words(till: Till, card: LoyaltyCard, code: object) -> None:
    problem = refused(till.post(f"cards/{card.pk}/codes/", {"code": code}), 400, "invalid")
    assert [error["field"] for error in problem["errors"]] == ["code"]
    assert codes_of(card) == []


def test_no_code_is_the_number_of_a_card(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    other = factories.card(shop.store)
    for text in (other.card_number, other.display_number, f"0{other.card_number}", card.card_number):
        refused(till.post(f"cards/{card.pk}/codes/", {"code": text}), 409, "card_code_taken")
    till.post(f"cards/{card.pk}/codes/", {"code": EAN})
    with inside(shop):
        with pytest.raises(IntegrityError, match="never the same"), transaction.atomic():
            CardCode.objects.create(merchant=shop.merchant, card=card, code=other.card_number)
        CardCode.objects.filter(card=card).update(code="123456789012")
        with pytest.raises(IntegrityError, match="never the same"), transaction.atomic():
            LoyaltyCard.objects.filter(pk=other.pk).update(card_number="123456789012")
        assert LoyaltyCard.objects.filter(pk=other.pk).update(card_number=other.card_number) == 1


def test_a_card_has_only_so_many_codes_and_none_once_it_is_switched_off(
    till: Till, manager: Till, card: LoyaltyCard
) -> None:
    for number in range(MOST_CODES):
        assert till.post(f"cards/{card.pk}/codes/", {"code": f"old {number}"}).status_code == 201
    refused(till.post(f"cards/{card.pk}/codes/", {"code": "one more"}), 409, "too_many_card_codes")
    first = manager.get(f"cards/{card.pk}/codes/").json()[0]["id"]
    assert manager.delete(f"cards/{card.pk}/codes/{first}/").status_code == 204
    refused(manager.delete(f"cards/{card.pk}/codes/{first}/"), 404, "card_code_not_found")
    assert till.post(f"cards/{card.pk}/codes/", {"code": "one more"}).status_code == 201
    manager.post(f"cards/{card.pk}/deactivate/")
    refused(till.post(f"cards/{card.pk}/codes/", {"code": EAN}), 409, "card_inactive")
    assert looked_up(till, "one more") == card.pk


def test_a_code_that_is_somebody_elses_phone_number_is_asked_about(
    shop: Shop, till: Till, card: LoyaltyCard
) -> None:
    caller = factories.card(shop.store, phone="621123456")
    till.post(f"cards/{card.pk}/codes/", {"code": "621 123 456"})
    problem = refused(till.get("cards/lookup/?q=621123456"), 409, "card_ambiguous")
    assert {match["id"] for match in problem["matches"]} == {card.pk, caller.pk}


def test_codes_move_along_on_a_merge_and_go_with_a_new_number(
    shop: Shop, till: Till, card: LoyaltyCard
) -> None:
    kept = factories.card(shop.store)
    till.post(f"cards/{card.pk}/codes/", {"code": EAN})
    about = {"store": shop.store, "actor": factories.actor("manager"), "reason": "one person"}
    with inside(shop):
        cards.merge(card_id=card.pk, into_card_id=kept.pk, **about)
        assert finding.find_card(shop.store, EAN) == kept
        cards.replace(card_id=kept.pk, **about)
        assert finding.find_card(shop.store, EAN) == kept
        cards.replace(card_id=kept.pk, new_number=True, **about)
    assert looked_up(till, EAN) == "card_not_found"


def test_codes_are_in_a_persons_export_and_leave_with_them(shop: Shop, till: Till, card: LoyaltyCard) -> None:
    answer = till.post(f"cards/{card.pk}/codes/", {"code": EAN}, once="a")
    with inside(shop):
        assert export_person(customer=card.customer)["cards"][0]["codes"] == [EAN]
        erase_person(customer=card.customer)
        assert not CardCode.objects.exists()
    repeated = till.post(f"cards/{card.pk}/codes/", {"code": EAN}, once="a")
    assert (answer.status_code, repeated.status_code) == (201, 404)
    assert looked_up(till, EAN) == "card_not_found"


def test_where_each_store_has_its_own_cards_a_code_is_of_one_of_them() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = factories.card(shop.store)
    here, there = Till(shop.store, shop.owner), Till(shop.other_store, shop.owner)
    refused(there.post(f"cards/{card.pk}/codes/", {"code": EAN}), 404, "card_not_found")
    assert here.post(f"cards/{card.pk}/codes/", {"code": EAN}).status_code == 201
    assert (looked_up(here, EAN), looked_up(there, EAN)) == (card.pk, "card_not_found")


def test_a_key_that_may_only_read_attaches_nothing(shop: Shop, card: LoyaltyCard) -> None:
    path = f"stores/{shop.store.store_code}/cards/{card.pk}/codes/"
    reading, earning = (Caller(key=factories.api_key(shop.store, scopes)) for scopes in (["read"], ["earn"]))
    refused(reading.post(path, {"code": EAN}, once="a"), 403, "scope_missing")
    assert codes_of(card) == []
    assert earning.post(path, {"code": EAN}, once="a").status_code == 201

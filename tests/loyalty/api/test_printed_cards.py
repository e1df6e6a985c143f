"""A printed card lies in a box until a till scans it: from then on it is a card, of a customer without a name."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers import services as customers
from customers.models import Customer
from groundwork.errors import Invalid
from loyalty.models import CardBatch, CardCode, LoyaltyCard, PrintedCard
from loyalty.reporting import statistics
from loyalty.services import cards, printed
from tenancy.errors import ManagerRequired
from tests import factories
from tests.factories import Shop, inside
from tests.loyalty.api.till import Caller, Till, balances, refused
from tests.refusals import refused as refusal

pytestmark = pytest.mark.django_db
MANAGER = factories.actor("manager")


def batch_of(shop: Shop, count: int = 2) -> list[PrintedCard]:
    with inside(shop):
        batch = printed.make(store=shop.store, actor=MANAGER, name="Box", count=count, design="white")
        return list(PrintedCard.objects.filter(batch=batch))


def counts(shop: Shop) -> tuple[int, int]:
    """Cards and customers of a shop."""
    with inside(shop):
        return LoyaltyCard.objects.count(), Customer.objects.count()


def total_cards(shop: Shop) -> int:
    with inside(shop):
        return statistics.of_program(shop.program, now=timezone.now(), days=30)["total_cards"]


def test_a_printed_card_comes_alive_at_its_first_scan_and_works_like_any_other(
    shop: Shop, till: Till
) -> None:
    first, second = batch_of(shop)
    assert counts(shop) == (0, 0)
    assert till.get("cards/").json()["count"] == 0
    assert total_cards(shop) == 0
    card = till.get(f"cards/lookup/?q={first.qr_code_data.lower()}").json()
    assert (card["card_number"], card["enrolled_at_store"]) == (first.display_number, shop.store.store_code)
    assert (card["customer"]["name"], card["customer"]["email"]) == ("", None)
    assert till.get(f"cards/lookup/?q={first.card_number}").json()["id"] == card["id"]
    assert till.post(f"cards/{card['id']}/stamps/").json()["card"]["stamp_count"] == 1
    assert counts(shop) == (1, 1)
    other = till.get(f"cards/lookup/?q={second.display_number}").json()
    assert other["id"] != card["id"]
    assert total_cards(shop) == 2
    with inside(shop):
        alive = LoyaltyCard.objects.get(pk=card["id"])
        assert alive.qr_code_data == first.qr_code_data
        lines = alive.transactions.order_by("id").values_list("transaction_type", flat=True)
        assert list(lines) == ["card_created", "stamp_earned"]


def test_a_welcome_bonus_is_given_at_the_first_scan_once() -> None:
    shop = factories.shop(welcome_bonus_points=50)
    till = Till(shop.store, shop.staff)
    (one,) = batch_of(shop, 1)
    for _scan in range(2):
        card_id = till.get(f"cards/lookup/?q={one.card_number}").json()["id"]
    with inside(shop):
        assert balances(LoyaltyCard.objects.get(pk=card_id)) == (0, 50, 2)


def test_nobody_else_brings_a_printed_card_to_life(shop: Shop) -> None:
    (one,) = batch_of(shop, 1)
    rival = factories.shop()
    asked = f"cards/lookup/?q={one.qr_code_data}"
    refused(Till(rival.store, rival.staff).get(asked), 404, "card_not_found")
    key = factories.api_key(shop.store, ["read"])
    refused(Till(shop.store, key=key).get(asked), 404, "card_not_found")
    assert Caller().get(f"stores/{shop.store.store_code}/{asked}").status_code == 401
    assert counts(shop) == (0, 0)
    assert Till(shop.store, key=factories.api_key(shop.store)).get(asked).status_code == 200


def test_where_each_store_has_its_own_cards_a_printed_one_is_good_at_its_own() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    (one,) = batch_of(shop, 1)
    asked = f"cards/lookup/?q={one.card_number}"
    refused(Till(shop.other_store, shop.owner).get(asked), 404, "card_not_found")
    assert counts(shop) == (0, 0)
    found = Till(shop.store, shop.owner).get(asked).json()
    assert found["valid_at_store"] == shop.store.store_code


def test_a_revoked_batch_never_comes_alive_and_what_is_alive_stays(shop: Shop, till: Till) -> None:
    first, second = batch_of(shop)
    alive = till.get(f"cards/lookup/?q={first.card_number}").json()["id"]
    with inside(shop):
        batch = CardBatch.objects.get()
        with refusal(ManagerRequired):
            printed.revoke(batch=batch, actor=factories.actor("staff"))
        printed.revoke(batch=batch, actor=MANAGER)
    refused(till.get(f"cards/lookup/?q={second.card_number}"), 404, "card_not_found")
    assert till.get(f"cards/lookup/?q={first.card_number}").json()["id"] == alive
    assert counts(shop) == (1, 1)


def test_a_replaced_card_is_not_found_by_what_was_printed(shop: Shop, till: Till) -> None:
    (one,) = batch_of(shop, 1)
    card_id = till.get(f"cards/lookup/?q={one.card_number}").json()["id"]
    with inside(shop):
        cards.replace(store=shop.store, card_id=card_id, actor=MANAGER, reason="lost", new_number=True)
    for text in (one.card_number, one.qr_code_data):
        refused(till.get(f"cards/lookup/?q={text}"), 404, "card_not_found")
    assert counts(shop) == (1, 1)


def test_what_is_printed_leads_to_nobody_once_the_person_is_erased(shop: Shop, till: Till) -> None:
    one, other = batch_of(shop)
    card_id = till.get(f"cards/lookup/?q={one.card_number}").json()["id"]
    with inside(shop):
        customers.erase_person(customer=LoyaltyCard.objects.get(pk=card_id).customer)
        assert PrintedCard.objects.get(pk=one.pk).card_id == card_id
        gone = PrintedCard.objects.filter(card_number=one.card_number)
        assert not (gone | PrintedCard.objects.filter(qr_code_data=one.qr_code_data)).exists()
    for text in (one.card_number, one.qr_code_data):
        refused(till.get(f"cards/lookup/?q={text}"), 404, "card_not_found")
    assert counts(shop) == (1, 1)
    assert till.get(f"cards/lookup/?q={other.card_number}").json()["id"] != card_id


def test_while_the_program_is_off_no_card_comes_alive(shop: Shop, till: Till, owner: Till) -> None:
    (one,) = batch_of(shop, 1)
    with inside(shop):
        type(shop.program).objects.filter(pk=shop.program.pk).update(is_active=False)
    refused(till.get(f"cards/lookup/?q={one.card_number}"), 409, "program_inactive")
    assert counts(shop) == (0, 0)


@pytest.mark.parametrize("count", [0, -1, 5_001])
def test_a_batch_has_so_many_cards_and_is_a_managers_to_make(shop: Shop, count: int) -> None:
    about = {"store": shop.store, "name": "Box", "design": "color"}
    with inside(shop):
        with refusal(Invalid):
            printed.make(actor=MANAGER, count=count, **about)
        with refusal(ManagerRequired):
            printed.make(actor=factories.actor("staff"), count=1, **about)
        assert not CardBatch.objects.exists()
        assert printed.make(actor=MANAGER, count=1, **about).cards.count() == 1


def test_a_printed_number_is_of_no_other_card_and_no_code(shop: Shop, till: Till) -> None:
    (one,) = batch_of(shop, 1)
    card = factories.card(shop.store)
    refused(till.post(f"cards/{card.pk}/codes/", {"code": one.card_number}), 409, "card_code_taken")
    with inside(shop):
        with pytest.raises(IntegrityError, match="is of no other"), transaction.atomic():
            LoyaltyCard.objects.filter(pk=card.pk).update(card_number=one.card_number)
        with pytest.raises(IntegrityError, match="is of no other"), transaction.atomic():
            PrintedCard.objects.create(
                merchant=shop.merchant, batch=one.batch, card_number=card.card_number, qr_code_data="B" * 30
            )
        assert not CardCode.objects.exists()

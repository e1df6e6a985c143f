"""People's rights: to see what is kept about them, and to have it erased."""

import json
from datetime import date

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction

from customers import services as customers
from customers.models import Customer
from groundwork.deletion import soft_delete
from loyalty import finding, links, selectors
from loyalty.errors import CardInactive, CardNotFound
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from loyalty.services import cards, enrollment, erasure, points, purchases, returns, stamps
from tests import factories
from tests.announcements import announced
from tests.refusals import refused

MANAGER = factories.actor("manager", ip_address="192.0.2.7", user_agent="Till/1")


@pytest.fixture
def shop() -> factories.Shop:
    return factories.shop(points_per_euro=10)


@pytest.fixture
def card(shop: factories.Shop) -> LoyaltyCard:
    """Anna's, with two stamps and 45 points and a note about her."""
    made = factories.card(shop.store, "anna@example.com", phone="621123456", birth_date=date(1990, 1, 2))
    call = {"store": shop.store, "card_id": made.pk, "actor": MANAGER}
    stamps.give(count=2, notes="the one with the dog", **call)
    points.earn(purchase_amount_cents=450, order_reference="R-1", **call)
    return factories.fresh(made)


def test_the_export_has_the_person_their_cards_and_every_line(card: LoyaltyCard) -> None:
    data = customers.export_person(customer=card.customer)
    data = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    assert data["customer"]["email"] == "anna@example.com"
    assert data["customer"]["birth_date"] == "1990-01-02"
    (exported,) = data["cards"]
    assert (exported["card_number"], exported["stamp_count"]) == (card.display_number, 2)
    assert (exported["points_balance"], exported["is_active"]) == (45, True)
    kinds = [line["transaction_type"] for line in data["transactions"]]
    assert kinds == ["card_created", "stamp_earned", "points_earned"]
    stamp = data["transactions"][1]
    assert (stamp["notes"], stamp["ip_address"], stamp["user_agent"]) == (
        "the one with the dog",
        "192.0.2.7",
        "Till/1",
    )
    assert data["transactions"][2]["purchase_amount_cents"] == 450


def test_the_export_has_deleted_cards_and_nothing_of_anybody_else(
    shop: factories.Shop, card: LoyaltyCard
) -> None:
    factories.card(shop.store, "ben@example.com", stamps=3)
    soft_delete(card, by=None)
    data = customers.export_person(customer=card.customer)
    assert [row["card_number"] for row in data["cards"]] == [card.display_number]
    assert data["cards"][0]["deleted_at"] is not None
    assert {row["card_number"] for row in data["transactions"]} == {card.display_number}


def test_erasing_blanks_the_person_and_leaves_the_figures(shop: factories.Shop, card: LoyaltyCard) -> None:
    customers.erase_person(customer=card.customer)
    person = Customer.objects.get(pk=card.customer_id)
    assert (person.email, person.name, person.phone, person.birth_date) == (None, "", "", None)
    assert (person.is_active, person.marketing_consent, person.search_text.strip()) == (False, False, "")
    assert person.erased_at is not None
    lines = LoyaltyTransaction.objects.filter(card=card)
    assert not lines.exclude(notes="", user_agent="", ip_address=None).exists()
    figures = lines.order_by("id").values_list("transaction_type", "stamps_delta", "points_delta")
    assert list(figures) == [
        ("card_created", 0, 0),
        ("stamp_earned", 2, 0),
        ("points_earned", 0, 45),
        ("card_deactivated", 0, 0),
    ]
    after = factories.fresh(card)
    assert (after.is_active, after.stamp_count, after.points_balance) == (False, 2, 45)


def test_nothing_that_the_person_held_opens_anything_any_more(
    shop: factories.Shop, card: LoyaltyCard
) -> None:
    customers.erase_person(customer=card.customer)
    for text in (card.qr_code_data, card.card_number, "anna@example.com", "621123456"):
        with refused(CardNotFound):
            finding.find_card(shop.store, text)
    with refused(CardNotFound):
        selectors.card_of_page(access_token=card.access_token)


def test_erasing_is_told_to_others_and_twice_changes_nothing(card: LoyaltyCard) -> None:
    with announced() as events:
        customers.erase_person(customer=card.customer)
    told = {event.name: event for event in events}
    assert sorted(told) == ["customers.customer_erased", "loyalty.card_state_changed"]
    assert told["loyalty.card_state_changed"].card_ids == [card.pk]
    assert told["customers.customer_erased"].customer_id == card.customer_id
    lines = LoyaltyTransaction.objects.count()
    with announced() as events:
        customers.erase_person(customer=card.customer)
    assert (events, LoyaltyTransaction.objects.count()) == ([], lines)


def test_a_deleted_card_of_the_person_is_forgotten_as_well(card: LoyaltyCard) -> None:
    soft_delete(card, by=None)
    customers.erase_person(customer=card.customer)
    after = factories.fresh(card)
    assert (after.is_deleted, after.is_active) == (True, False)
    assert after.qr_code_data != card.qr_code_data
    assert not LoyaltyTransaction.objects.filter(card=card).exclude(notes="").exists()


def test_nobody_revives_the_card_of_an_erased_person(shop: factories.Shop, card: LoyaltyCard) -> None:
    customers.erase_person(customer=card.customer)
    call = {"store": shop.store, "card_id": card.pk, "actor": MANAGER}
    with refused(CardInactive):
        cards.reactivate(**call)
    with refused(CardInactive):
        cards.replace(reason="found", **call)


def test_who_was_erased_may_come_back_as_somebody_new(shop: factories.Shop, card: LoyaltyCard) -> None:
    customers.erase_person(customer=card.customer)
    again = enrollment.enroll(
        store=shop.store, actor=MANAGER, email="anna@example.com", create_if_missing=True
    )
    assert (again.already_enrolled, again.card.stamp_count) == (False, 0)
    assert again.card.customer_id != card.customer_id


def test_erasing_takes_the_link_that_went_to_the_persons_address(card: LoyaltyCard) -> None:
    with announced() as events:
        erasure.request(card=card)
    assert [(event.name, event.card_ids) for event in events] == [("loyalty.erasure_requested", [card.pk])]
    assert factories.fresh(card.customer).erased_at is None
    with refused(CardNotFound):
        erasure.confirm(card=card, confirmation="guessed")
    confirmation = links.erasure_url(card).rstrip("/").split("/")[-1]
    erasure.confirm(card=card, confirmation=confirmation)
    assert factories.fresh(card.customer).erased_at is not None


def test_the_link_of_another_card_erases_nobody(shop: factories.Shop, card: LoyaltyCard) -> None:
    other = factories.card(shop.store)
    confirmation = links.erasure_url(other).rstrip("/").split("/")[-1]
    with refused(CardNotFound):
        erasure.confirm(card=card, confirmation=confirmation)


def test_the_export_has_what_was_bought_and_what_was_returned(
    shop: factories.Shop, card: LoyaltyCard
) -> None:
    bread = {"sku": "1", "category": "bread", "quantity": 1, "amount_cents": 900}
    with factories.inside(shop):
        bought = purchases.record(
            store=shop.store,
            card_id=card.pk,
            actor=MANAGER,
            purchase_amount_cents=900,
            order_reference="R-2",
            items=[bread],
        ).purchase
        assert bought is not None
        returns.give_back(
            store=shop.store, purchase_id=bought.pk, actor=MANAGER, reason="Stale", amount_cents=300
        )

    exported = customers.export_person(customer=card.customer)["purchases"][-1]

    assert (exported["order_reference"], exported["items"]) == ("R-2", [bread])
    assert (exported["amount_cents"], exported["returned_cents"]) == (900, 300)
    assert [(part["amount_cents"], part["undone_at"]) for part in exported["returns"]] == [(300, None)]


def test_what_was_bought_is_emptied_and_never_rewritten(shop: factories.Shop, card: LoyaltyCard) -> None:
    bread = {"sku": "1", "category": "bread", "quantity": 1, "amount_cents": 900}
    with factories.inside(shop):
        bought = purchases.record(
            store=shop.store, card_id=card.pk, actor=MANAGER, purchase_amount_cents=900, items=[bread]
        ).purchase
        assert bought is not None
        rows = Purchase.objects.filter(pk=bought.pk)
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
            rows.update(items=[bread | {"category": "cake"}])
        assert rows.get().items == [bread]

        customers.erase_person(customer=card.customer)

        assert rows.get().items == []
        assert (rows.get().amount_cents, rows.get().kept_cents) == (900, 900)

"""A receipt in one call: what it gives, what it would give, how it is found, and what is brought back of it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.test_statements import CACHED_SESSIONS
from tests.loyalty.api.till import Till, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop(points_per_euro=10, cooldown_minutes=15, rewards=[("Croissant", 500)])


def buy(till: Till, card: LoyaltyCard, cents: int, receipt: str = "", **more: object) -> dict:
    body = {"purchase_amount_cents": cents, "order_reference": receipt, **more}
    response = till.post(f"cards/{card.pk}/purchases/", body)
    assert response.status_code == 201, response.content
    return response.json()


def redeem(till: Till, shop: Shop, card: LoyaltyCard) -> None:
    with factories.inside(shop):
        croissant = shop.program.rewards.get()
    response = till.post(f"cards/{card.pk}/points/redeem/", {"reward_id": croissant.pk})
    assert response.status_code == 201, response.content


def test_a_receipt_is_answered_with_all_that_it_gave(till: Till, card: LoyaltyCard) -> None:
    answer = buy(till, card, 450, "R-1", items=[{"sku": "flat-white", "quantity": 1, "amount_cents": 450}])
    assert answer.keys() == {
        "purchase",
        "transactions",
        "promotions",
        "points",
        "stamp",
        "settled",
        "reward_ready",
        "card",
    }
    purchase = answer["purchase"]
    assert (purchase["order_reference"], purchase["purchase_amount_cents"]) == ("R-1", 450)
    assert (purchase["returned_cents"], purchase["can_return"]) == (0, True)
    assert purchase["items"] == [{"sku": "flat-white", "category": "", "quantity": 1, "amount_cents": 450}]
    kinds = [(line["transaction_type"], line["purchase_id"]) for line in answer["transactions"]]
    assert kinds == [("points_earned", purchase["id"]), ("stamp_earned", purchase["id"])]
    assert answer["points"] == {"given": 45, "code": None}
    assert answer["stamp"] == {"given": 1, "code": None, "retry_after": None}
    assert (answer["card"]["points_balance"], answer["card"]["stamp_count"]) == (45, 1)
    assert (answer["card"]["stamps_today"], answer["card"]["can_stamp"]["code"]) == (1, "stamp_cooldown")


def test_a_stamp_that_is_refused_says_why_beside_the_points(till: Till, card: LoyaltyCard) -> None:
    buy(till, card, 450)
    answer = buy(till, card, 450)
    assert answer["points"] == {"given": 45, "code": None}
    assert (answer["stamp"]["given"], answer["stamp"]["code"]) == (0, "stamp_cooldown")
    assert 890 <= answer["stamp"]["retry_after"] <= 900


def test_a_quote_says_the_same_and_writes_nothing(till: Till, card: LoyaltyCard) -> None:
    with factories.inside(till.store):
        before = LoyaltyTransaction.objects.count()
    response = till.post(f"cards/{card.pk}/purchases/quote/", {"purchase_amount_cents": 450})
    assert response.status_code == 200, response.content
    answer = response.json()
    assert (answer["points"], answer["stamps"], answer["promotions"]) == (45, 1, [])
    assert (answer["card"]["points_balance"], answer["card"]["stamp_count"]) == (45, 1)
    with factories.inside(till.store):
        assert LoyaltyTransaction.objects.count() == before
        assert not Purchase.objects.exists()
    assert till.get(f"cards/{card.pk}/").json()["points_balance"] == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "purchase_amount_cents"),
        ({"purchase_amount_cents": 0}, "purchase_amount_cents"),
        ({"purchase_amount_cents": 1_000_001}, "purchase_amount_cents"),
        ({"purchase_amount_cents": "450"}, "purchase_amount_cents"),
        ({"purchase_amount_cents": 450, "stamps": 11}, "stamps"),
        ({"purchase_amount_cents": 450, "stamps": -1}, "stamps"),
        ({"purchase_amount_cents": 450, "order_reference": " - \u2013 "}, "order_reference"),
        ({"purchase_amount_cents": 450, "items": [{"quantity": 0, "amount_cents": 1}]}, "items"),
        ({"purchase_amount_cents": 450, "items": "coffee"}, "items"),
    ],
)
def test_what_no_till_would_send_is_refused_and_nothing_is_recorded(
    till: Till, card: LoyaltyCard, body: dict, field: str
) -> None:
    for path in ("purchases/", "purchases/quote/"):
        told = refused(till.post(f"cards/{card.pk}/{path}", body), 400, "invalid")
        assert told["errors"][0]["field"].startswith(field)
    with factories.inside(till.store):
        assert not Purchase.objects.exists()


def test_more_than_one_stamp_is_for_managers(till: Till, manager: Till, card: LoyaltyCard) -> None:
    body = {"purchase_amount_cents": 450, "stamps": 3}
    refused(till.post(f"cards/{card.pk}/purchases/", body), 403, "manager_required")
    assert buy(manager, card, 450, stamps=3)["stamp"]["given"] == 3


def test_the_same_receipt_earns_once_however_it_is_spelled(till: Till, card: LoyaltyCard) -> None:
    buy(till, card, 450, "R-1")
    for spelled in ("R-1", "r-1", "R - 1", "R\u20111"):
        body = {"purchase_amount_cents": 450, "order_reference": spelled}
        for path in ("purchases/", "purchases/quote/", "points/"):
            refused(till.post(f"cards/{card.pk}/{path}", body), 409, "order_reference_used")
    assert till.get(f"cards/{card.pk}/").json()["points_balance"] == 45


def test_purchases_are_found_by_receipt_and_by_card(till: Till, shop: Shop, card: LoyaltyCard) -> None:
    another = factories.card(shop.store)
    first = buy(till, card, 450, "R-1")["purchase"]["id"]
    second = buy(till, another, 900, "R-2")["purchase"]["id"]
    found = {
        "": [second, first],
        "?order_reference=r%20-%201": [first],
        f"?card={another.pk}": [second],
        "?order_reference=R-3": [],
    }
    for query, ids in found.items():
        assert [row["id"] for row in till.get(f"purchases/{query}").json()["results"]] == ids


def test_what_was_bought_on_a_card_that_was_merged_is_found_on_the_one_that_remains(
    till: Till, manager: Till, shop: Shop, card: LoyaltyCard
) -> None:
    another = factories.card(shop.store)
    bought = buy(till, another, 900, "R-2")["purchase"]["id"]
    assert till.get(f"purchases/?card={card.pk}").json()["results"] == []
    manager.post(f"cards/{another.pk}/merge/", {"into_card_id": card.pk, "reason": "one person"})
    (found,) = till.get(f"purchases/?card={card.pk}").json()["results"]
    assert (found["id"], found["can_return"]) == (bought, True)
    done = till.post(f"purchases/{bought}/return/", {"reason": "too small"}).json()
    assert (done["card"]["id"], done["card"]["points_balance"], done["shortfall"]) == (card.pk, 0, 0)


def test_buy_50_take_the_reward_and_bring_10_back(till: Till, shop: Shop, card: LoyaltyCard) -> None:
    bought = buy(till, card, 5000, "R-1")["purchase"]["id"]
    redeem(till, shop, card)
    response = till.post(f"purchases/{bought}/return/", {"amount_cents": 1000, "reason": "too small"})
    assert response.status_code == 201, response.content
    answer = response.json()
    assert answer.keys() == {"purchase", "transactions", "shortfall", "owed", "card"}
    assert (answer["shortfall"], answer["owed"]) == (100, {"stamps": 0, "points": 100})
    assert answer["purchase"]["returned_cents"] == 1000
    assert [line["transaction_type"] for line in answer["transactions"]] == ["points_returned"]
    assert (answer["card"]["points_balance"], answer["card"]["points_owed"]) == (0, 100)
    later = buy(till, card, 3000)
    assert later["settled"] == {"stamps": 0, "points": 100}
    assert later["card"]["points_balance"] == 200
    whole = till.get(f"purchases/{bought}/").json()
    assert [(part["amount_cents"], part["undone_at"]) for part in whole["returns"]] == [(1000, None)]
    assert [line["transaction_type"] for line in whole["transactions"]] == [
        "points_earned",
        "stamp_earned",
        "points_returned",
    ]


def test_more_than_was_bought_does_not_come_back(till: Till, card: LoyaltyCard) -> None:
    bought = buy(till, card, 900)["purchase"]["id"]
    body = {"amount_cents": 901, "reason": "too small"}
    told = refused(till.post(f"purchases/{bought}/return/", body), 409, "return_exceeds_purchase")
    assert told["left_cents"] == 900
    assert till.post(f"purchases/{bought}/return/", {"reason": "too small"}).status_code == 201
    refused(till.post(f"purchases/{bought}/return/", {"reason": "again"}), 409, "return_exceeds_purchase")
    refused(till.post(f"purchases/{bought}/return/", {}), 400, "invalid")
    assert till.get(f"cards/{card.pk}/").json()["points_balance"] == 0


def test_a_manager_lets_go_what_is_owed(till: Till, manager: Till, shop: Shop, card: LoyaltyCard) -> None:
    bought = buy(till, card, 5000)["purchase"]["id"]
    refused(manager.post(f"cards/{card.pk}/forgive/", {"reason": "a regular"}), 409, "nothing_owed")
    redeem(till, shop, card)
    till.post(f"purchases/{bought}/return/", {"reason": "too small"})
    refused(till.post(f"cards/{card.pk}/forgive/", {"reason": "a regular"}), 403, "manager_required")
    response = manager.post(f"cards/{card.pk}/forgive/", {"reason": "a regular"})
    assert response.status_code == 201
    line = response.json()["transaction"]
    assert (line["transaction_type"], line["points_delta"], line["notes"]) == (
        "debt_forgiven",
        500,
        "a regular",
    )
    assert response.json()["card"]["points_owed"] == 0


def test_a_card_tells_what_it_had_at_a_moment(till: Till, shop: Shop) -> None:
    start = timezone.now() - timedelta(hours=3)
    with time_machine.travel(start, tick=False) as clock:
        card = factories.card(shop.store)
        clock.shift(timedelta(hours=1))
        bought = buy(till, card, 5000)["purchase"]["id"]
        redeem(till, shop, card)
        clock.shift(timedelta(hours=1))
        till.post(f"purchases/{bought}/return/", {"reason": "too small"})
    assert till.get(f"cards/{card.pk}/").json()["points_owed"] == 500
    then = {}
    for hour in (0, 1, 2):
        moment = (start + timedelta(hours=hour, minutes=30)).isoformat().replace("+", "%2B")
        answer = till.get(f"cards/{card.pk}/?at={moment}").json()
        then[hour] = (answer["points_balance"], answer["points_owed"], answer["stamp_count"])
    assert then == {0: (0, 0, 0), 1: (0, 0, 1), 2: (0, 500, 0)}
    before = (start - timedelta(minutes=1)).isoformat().replace("+", "%2B")
    refused(till.get(f"cards/{card.pk}/?at={before}"), 404, "card_not_found")
    refused(till.get(f"cards/{card.pk}/?at=yesterday"), 400, "invalid")
    buy(till, card, 100, occurred_at=(start - timedelta(hours=1)).isoformat())
    refused(till.get(f"cards/{card.pk}/?at={before}"), 404, "card_not_found")


def test_what_was_stamped_offline_for_a_card_merged_since_lands_on_the_one_that_remains(
    till: Till, manager: Till, shop: Shop
) -> None:
    start = timezone.now() - timedelta(hours=3)
    with time_machine.travel(start, tick=False):
        old, new = factories.card(shop.store), factories.card(shop.store)
    happened = (start + timedelta(hours=1)).isoformat()
    manager.post(f"cards/{old.pk}/merge/", {"into_card_id": new.pk, "reason": "one person"})
    refused(till.post(f"cards/{old.pk}/stamps/", {}), 409, "card_inactive")
    answer = till.post(f"cards/{old.pk}/stamps/", {"occurred_at": happened})
    assert (answer.status_code, answer.json()["card"]["id"], answer.json()["card"]["stamp_count"]) == (
        201,
        new.pk,
        1,
    )
    again = till.post(f"cards/{new.pk}/stamps/", {"occurred_at": happened})
    refused(again, 429, "stamp_cooldown")


def test_cooldown_and_daily_limit_go_along_with_a_merge(till: Till, manager: Till, shop: Shop) -> None:
    old, new = factories.card(shop.store), factories.card(shop.store)
    till.post(f"cards/{old.pk}/stamps/", {})
    manager.post(f"cards/{old.pk}/merge/", {"into_card_id": new.pk, "reason": "one person"})
    refused(till.post(f"cards/{new.pk}/stamps/", {}), 429, "stamp_cooldown")
    shown = till.get(f"cards/{new.pk}/").json()
    assert (shown["stamps_today"], shown["stamp_count"]) == (1, 1)


@pytest.mark.django_db(transaction=True)
@CACHED_SESSIONS
def test_a_purchase_takes_fifteen_statements_begin_and_commit_counted() -> None:
    shop = factories.shop(require_staff_pin=True, cooldown_minutes=15, points_per_euro=10)
    card, another = factories.card(shop.store), factories.card(shop.store)
    till = Till(shop.store, shop.staff)
    token = till.unlock()
    body = {"purchase_amount_cents": 450, "order_reference": "R-1"}
    till.post(f"cards/{another.pk}/purchases/", body, token=token, once="warm")

    body = {"purchase_amount_cents": 450, "order_reference": "R-2"}
    with CaptureQueriesContext(connection) as statements:
        response = till.post(f"cards/{card.pk}/purchases/", body, token=token, once="first")

    assert response.status_code == 201
    assert (response.json()["points"]["given"], response.json()["stamp"]["given"]) == (45, 1)
    said = [one["sql"][:60] for one in statements]
    assert len(statements) <= 15, "\n".join(said)

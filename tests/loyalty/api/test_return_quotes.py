"""What is asked before something is brought back, and where what is owed comes from."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase, PurchaseReturn
from loyalty.outputs.card import cards as shown
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
Call = Callable[..., Any]


@pytest.fixture
def shop() -> Shop:
    return factories.shop(rewards=[("Croissant", 40)])


@pytest.fixture
def anouk(shop: Shop) -> LoyaltyCard:
    return factories.card(shop.store, name="Anouk Weber")


@pytest.fixture
def till(shop: Shop) -> Till:
    return Till(shop.store, shop.manager)


def answered(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    return dict(response.json())


def buy(till: Till, card: LoyaltyCard, cents: int, receipt: str) -> int:
    body = {"purchase_amount_cents": cents, "order_reference": receipt}
    done = answered(till.post(f"cards/{card.pk}/purchases/", body, once=receipt), 201)
    return int(done["purchase"]["id"])


def spend(till: Till, shop: Shop, card: LoyaltyCard, once: str = "spend") -> None:
    with factories.inside(shop):
        body = {"reward_id": shop.program.rewards.get().pk}
    answered(till.post(f"cards/{card.pk}/points/redeem/", body, once=f"{once} {card.pk}"), 201)


def bring_back(till: Till, bought: int, cents: int | None = None, once: str = "back") -> dict[str, Any]:
    body = {"amount_cents": cents, "reason": "too small"}
    return answered(till.post(f"purchases/{bought}/return/", body, once=once), 201)


def everything(shop: Shop) -> list[Any]:
    with factories.inside(shop):
        tables = (LoyaltyCard, LoyaltyTransaction, Purchase, PurchaseReturn)
        return [list(table.objects.order_by("pk").values()) for table in tables]


def test_a_quote_says_what_a_return_then_does_and_writes_nothing(
    shop: Shop, anouk: LoyaltyCard, till: Till
) -> None:
    bought = buy(till, anouk, 600, "R-1")
    spend(till, shop, anouk)
    before = everything(shop)

    said = answered(till.post(f"purchases/{bought}/return/quote/", {}), 200)

    assert everything(shop) == before
    assert {key: said[key] for key in ("points", "stamps", "owed")} == {
        "points": 60,
        "stamps": 1,
        "owed": {"stamps": 0, "points": 40},
    }
    done = bring_back(till, bought)
    assert [(line["points_delta"], line["stamps_delta"]) for line in done["transactions"]] == [
        (-60, 0),
        (0, -1),
    ]
    assert done["owed"] == said["owed"]
    for what in ("points_balance", "points_owed", "stamp_count", "stamps_owed", "last_stamp_at"):
        assert done["card"][what] == said["card"][what]


def test_a_quote_shows_the_card_as_it_is_after_the_return() -> None:
    with time_machine.travel(NOON, tick=False):
        shop = factories.shop(cooldown_minutes=15, max_daily_stamps=1, rewards=[("Croissant", 80)])
        factories.promotion(shop.program, "Once a day", effect="points", amount=20, card_day_limit=20)
        card, till = factories.card(shop.store), Till(shop.store, shop.manager)
        bought = buy(till, card, 600, "R-1")
        spend(till, shop, card)

        said = answered(till.post(f"purchases/{bought}/return/quote/", {}), 200)["card"]

        done = bring_back(till, bought)["card"]
    assert (said["stamps_today"], said["can_stamp"]["allowed"]) == (0, True)
    assert (len(said["promotions"]), said["owed_from"]["purchase_id"]) == (1, bought)
    assert said == done


def test_a_quote_of_a_part_leaves_the_stamp(shop: Shop, anouk: LoyaltyCard, till: Till) -> None:
    bought = buy(till, anouk, 600, "R-1")

    said = answered(till.post(f"purchases/{bought}/return/quote/", {"amount_cents": 200}), 200)

    assert (said["points"], said["stamps"], said["owed"]) == (20, 0, {"stamps": 0, "points": 0})
    assert said["card"]["stamp_count"] == 1


@pytest.mark.parametrize(
    ("rules", "amount", "who", "status", "code"),
    [
        ({}, 601, "manager", 409, "return_exceeds_purchase"),
        ({"allow_void_transactions": False}, 600, "manager", 403, "void_disabled"),
        ({"void_window_hours": 1}, 600, "staff", 409, "void_window_passed"),
        ({}, 600, "elsewhere", 403, "void_other_store"),
    ],
)
def test_a_quote_is_refused_as_the_return_is(
    rules: dict[str, Any], amount: int, who: str, status: int, code: str
) -> None:
    shop = factories.shop(settings=rules)
    card = factories.card(shop.store)
    elsewhere = Till(shop.other_store, factories.member(shop.other_store))
    callers = {"manager": shop.manager, "staff": shop.staff}
    with time_machine.travel(NOON, tick=False) as clock:
        bought = buy(Till(shop.store, shop.manager), card, 600, "R-1")
        clock.shift(2 * 60 * 60)
        asking = Till(shop.store, callers[who]) if who in callers else elsewhere
        before = everything(shop)
        quoted = asking.post(f"purchases/{bought}/return/quote/", {"amount_cents": amount})
        body = {"amount_cents": amount, "reason": "too small"}
        refused = asking.post(f"purchases/{bought}/return/", body, once="back")

    assert (quoted.status_code, quoted.json()["code"]) == (status, code)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert everything(shop) == before


def test_a_quote_of_somebody_elses_purchase_finds_none(anouk: LoyaltyCard, till: Till) -> None:
    bought = buy(till, anouk, 600, "R-1")
    other = factories.shop()

    refused = Till(other.store, other.owner).post(f"purchases/{bought}/return/quote/", {})

    assert (refused.status_code, refused.json()["code"]) == (404, "purchase_not_found")
    assert answered(till.post(f"purchases/{bought}/return/quote/", {}), 200)["points"] == 60


def test_a_card_says_from_which_return_it_owes(shop: Shop, anouk: LoyaltyCard, till: Till) -> None:
    with time_machine.travel(NOON, tick=False):
        bought = buy(till, anouk, 600, "R-1")
        spend(till, shop, anouk)
        assert answered(till.get(f"cards/{anouk.pk}/"), 200)["owed_from"] is None
        card = bring_back(till, bought)["card"]

    origin = {"purchase_id": bought, "order_reference": "R-1", "returned_at": "2026-05-12T10:00:00Z"}
    assert (card["points_owed"], card["owed_from"]) == (40, origin)
    assert answered(till.get(f"cards/{anouk.pk}/"), 200)["owed_from"] == origin


def test_what_is_settled_since_or_was_let_go_comes_from_nowhere(
    shop: Shop, anouk: LoyaltyCard, till: Till
) -> None:
    bought = buy(till, anouk, 600, "R-1")
    spend(till, shop, anouk)
    bring_back(till, bought)

    let_go = answered(till.post(f"cards/{anouk.pk}/forgive/", {"reason": "a courtesy"}, once="go"), 201)

    assert (let_go["card"]["points_owed"], let_go["card"]["owed_from"]) == (0, None)

    adjusted = {"points_delta": 40, "reason": "found"}
    found = answered(till.post(f"cards/{anouk.pk}/points/adjust/", adjusted, once="up"), 201)["transaction"]
    spend(till, shop, anouk, once="again")
    owing = answered(till.post(f"transactions/{found['id']}/void/", {"reason": "was not"}, once="undo"), 201)
    assert (owing["card"]["points_owed"], owing["card"]["owed_from"]) == (40, None)


def test_an_undone_return_is_not_where_a_debt_comes_from(shop: Shop, anouk: LoyaltyCard, till: Till) -> None:
    first, second = buy(till, anouk, 600, "R-1"), buy(till, anouk, 100, "R-2")
    spend(till, shop, anouk)  # 30 are left of 70
    bring_back(till, first, once="one")
    mistaken = bring_back(till, second, once="two")

    assert mistaken["card"]["owed_from"]["order_reference"] == "R-2"
    line = mistaken["transactions"][0]["id"]
    undone = answered(till.post(f"transactions/{line}/void/", {"reason": "a mistake"}, once="undo"), 201)

    assert (undone["card"]["points_owed"], undone["card"]["owed_from"]["order_reference"]) == (30, "R-1")


def test_only_cards_that_owe_cost_a_statement_and_all_of_them_one(shop: Shop, till: Till) -> None:
    def statements(rows: list[LoyaltyCard]) -> int:
        with (
            factories.inside(shop),
            CaptureQueriesContext(
                connection,
            ) as made,
        ):
            shown(rows, shop.store)
        return len(made)

    people = [factories.card(shop.store, name=f"Anna {number}") for number in range(3)]
    with factories.inside(shop):
        store = shop.store
        rows = list(LoyaltyCard.objects.select_related("program", "customer").order_by("pk"))
    statements(rows)  # what a process keeps of a program is known from here on
    without = statements(rows)
    for number, card in enumerate(people[:2]):
        bought = buy(till, card, 600, f"R-{number}")
        spend(till, shop, card)
        bring_back(till, bought, once=f"back {number}")
    with factories.inside(shop):
        rows = list(LoyaltyCard.objects.select_related("program", "customer").order_by("pk"))
        found = [card["owed_from"] and card["owed_from"]["order_reference"] for card in shown(rows, store)]

    assert found == ["R-0", "R-1", None]
    assert statements(rows) == without + 1

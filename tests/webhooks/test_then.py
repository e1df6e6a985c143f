"""An event tells a card as the till was shown it: the whole shape of the API, however late the event is made."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from loyalty.services import programs
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller, Till

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture
def shop(db: None) -> Shop:
    with time_machine.travel(NOON - timedelta(days=30)):
        return factories.shop(
            cooldown_minutes=15,
            max_daily_stamps=5,
            stamps_target=4,
            require_staff_pin=False,
            points_per_euro="100",
        )


def events_of(shop: Shop) -> list[dict[str, Any]]:
    """All that happened, in order; events are made now, of what is long past."""
    caller = Caller(key=factories.api_key(shop.store, ["manage"]))
    return caller.get("events/?limit=500").json()["events"]


def test_each_operation_is_told_with_the_card_that_the_till_was_answered(shop: Shop) -> None:
    till, shown = Till(shop.store, shop.manager), {}
    with factories.inside(shop):
        croissant = shop.program.rewards.get(name="Croissant").pk
    with time_machine.travel(NOON, tick=False) as clock:
        card = f"cards/{factories.card(shop.store).pk}/"

        def done(path: str, **body: Any) -> dict[str, Any]:
            clock.shift(timedelta(minutes=20))
            answer = till.post(path, body, once=f"{path}{len(shown)}")
            assert answer.status_code in (200, 201), answer.json()
            said = answer.json()
            shown[datetime.now(UTC).isoformat().replace("+00:00", "Z")] = said.get("card", said)
            return said

        done(f"{card}stamps/")
        bought = done(f"{card}purchases/", purchase_amount_cents=600, order_reference="R-1")
        assert done(f"{card}stamps/")["card"]["can_stamp"]["code"] == "stamp_cooldown"
        done(f"{card}points/redeem/", reward_id=croissant)
        owing = done(f"purchases/{bought['purchase']['id']}/return/", amount_cents=500, reason="broken")
        assert owing["card"]["points_owed"] == 400
        assert owing["card"]["owed_from"]["order_reference"] == "R-1"
        stamped = done(f"{card}stamps/")
        done(f"transactions/{stamped['transaction']['id']}/void/", reason="mistake")
        done(f"{card}deactivate/", reason="lost")
        done(f"{card}reactivate/")
        settled = done(f"{card}purchases/", purchase_amount_cents=900)["card"]
        assert (settled["points_owed"], settled["owed_from"]) == (0, None)
        clock.shift(timedelta(days=3))
        with factories.inside(shop):
            programs.change(
                program_id=shop.program.pk, actor=factories.actor("owner"), stamps_target=7, confirm=True
            )
        told = {event["timestamp"]: event for event in events_of(shop)}
    assert len(shown) == 10
    for at, card_then in shown.items():
        assert told[at]["data"]["card"] == card_then, told[at]["type"]
    assert [told[at]["type"] for at in list(shown)[:2]] == ["stamps.given", "purchase.recorded"]


def test_a_card_is_told_in_its_whole_shape_where_no_line_was_written(shop: Shop) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        till = Till(shop.store, shop.manager)
        card = factories.card(shop.store)
        with factories.inside(shop):
            programs.change(
                program_id=shop.program.pk,
                actor=factories.actor("owner"),
                minimum_purchase_cents=1000,
                loyalty_type="points",
                confirm=True,
            )
        answer = till.post(f"cards/{card.pk}/purchases/", {"purchase_amount_cents": 500}, once="1").json()
        clock.shift(timedelta(hours=1))
        till.post(f"cards/{card.pk}/purchases/", {"purchase_amount_cents": 5000}, once="2")
        recorded = [event for event in events_of(shop) if event["type"] == "purchase.recorded"]
    nothing = next(event for event in recorded if event["data"]["transaction"] is None)
    assert nothing["data"]["card"] == answer["card"]
    assert nothing["data"]["card"]["points_balance"] == 0


def test_names_are_in_the_merchants_language_and_a_merged_card_keeps_its_own_stamps(shop: Shop) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with factories.inside(shop):
            shop.merchant.default_language = "fr"
            shop.merchant.save()
            shop.program.rewards.update(name_fr="Un croissant")
        clock.shift(timedelta(minutes=1))
        source, target = factories.two_cards(shop)
        till = Till(shop.store, shop.manager)
        before = till.post(f"cards/{target.pk}/stamps/", {}, once="1").json()["card"]
        clock.shift(timedelta(minutes=1))
        given = till.post(f"cards/{source.pk}/stamps/", {}, once="2").json()["card"]
        clock.shift(timedelta(minutes=1))
        body = {"into_card_id": target.pk, "reason": "twice the same person"}
        merged = till.post(f"cards/{source.pk}/merge/", body, once="3").json()
        told = [event["data"]["card"] for event in events_of(shop)]
    cards = [each for each in told if each["stamps_today"]]
    figures = [(each["id"], each["stamp_count"], each["stamps_today"]) for each in cards]
    assert figures[:2] == [(target.pk, before["stamp_count"], 1), (source.pk, given["stamp_count"], 1)]
    assert (merged["id"], merged["stamps_today"]) == (target.pk, 2)
    assert (target.pk, merged["stamp_count"], 2) in figures
    assert {reward["name"] for each in told for reward in each["rewards"]} == {"Un croissant"}

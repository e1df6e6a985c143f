"""A merchant's program: made, and changed without surprise for customers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import translation

from groundwork.deletion import soft_delete
from groundwork.errors import Invalid
from loyalty import selectors
from loyalty.errors import ConfirmationRequired, ProgramExists, ProgramNotFound
from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings
from loyalty.services import programs
from tenancy.errors import ManagerRequired
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def change(program: LoyaltyProgram, **fields: object) -> LoyaltyProgram:
    return programs.change(program_id=program.pk, actor=MANAGER, **fields)


# --- Making one -------------------------------------------------------------------------------------------


def test_a_program_is_active_at_once_with_its_rewards_and_the_merchants_settings() -> None:
    house = factories.merchant()
    MerchantLoyaltySettings.objects.all().delete()
    with time_machine.travel(NOON, tick=False):
        program = programs.create(
            merchant=house,
            actor=MANAGER,
            loyalty_type="points",
            points_per_euro=Decimal("1.5"),
            rewards=[{"name": "Bookmark", "points_cost": 50}, {"name": "Voucher", "points_cost": 200}],
        )
    assert (program.is_active, program.activated_at, program.expiry_not_before) == (True, NOON, None)
    assert (program.loyalty_type, program.points_per_euro) == ("points", Decimal("1.50"))
    rewards = [(row.name, row.points_cost, row.position) for row in selectors.rewards_of(program)]
    assert rewards == [("Bookmark", 50, 0), ("Voucher", 200, 1)]
    assert MerchantLoyaltySettings.objects.get().merchant == house


def test_a_program_can_be_prepared_before_it_starts() -> None:
    program = programs.create(merchant=factories.merchant(), actor=MANAGER, is_active=False)
    assert (program.is_active, program.activated_at) == (False, None)


def test_a_merchant_has_one_program_and_a_new_one_after_the_first_was_deleted() -> None:
    shop = factories.shop()
    with refused(ProgramExists):
        programs.create(merchant=shop.merchant, actor=MANAGER)
    soft_delete(shop.program, by=None)
    assert programs.create(merchant=shop.merchant, actor=MANAGER).pk != shop.program.pk


def test_the_database_holds_it_where_two_ask_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = factories.shop()
    monkeypatch.setattr("django.db.models.query.QuerySet.exists", lambda queryset: False)
    with pytest.raises(ProgramExists):
        programs.create(merchant=shop.merchant, actor=MANAGER)


def test_every_wrong_field_is_named() -> None:
    house = factories.merchant()
    with refused(Invalid) as refusal:
        programs.create(
            merchant=house,
            actor=MANAGER,
            loyalty_type="lottery",
            stamps_target=51,
            points_per_euro=Decimal("-1"),
            card_color="green",
            rewards=[{"name": "", "points_cost": 0}],
        )
    assert set(refusal.fields) == {
        "loyalty_type",
        "stamps_target",
        "points_per_euro",
        "card_color",
        "rewards.0.name",
        "rewards.0.points_cost",
    }
    assert all(entry["message"] and entry["code"] for entry in refusal.extra["errors"])


def test_what_the_system_keeps_is_not_for_people_to_set() -> None:
    with pytest.raises(TypeError, match="activated_at"):
        programs.create(merchant=factories.merchant(), actor=MANAGER, activated_at=NOON)


# --- Changing it ------------------------------------------------------------------------------------------


def test_staff_change_nothing_and_nobody_finds_what_is_deleted() -> None:
    shop = factories.shop()
    with refused(ManagerRequired):
        programs.change(program_id=shop.program.pk, actor=STAFF, card_name="Ours")
    soft_delete(shop.program, by=None)
    with refused(ProgramNotFound):
        change(shop.program, card_name="Ours")


def test_a_change_that_is_wrong_changes_nothing() -> None:
    shop = factories.shop()
    with refused(Invalid) as refusal:
        change(shop.program, stamps_target=0, card_name="Ours")
    assert refusal.fields == ["stamps_target"]


@pytest.mark.parametrize(("before", "after"), [(None, 365), (365, 90)])
def test_a_new_or_shorter_expiry_is_confirmed_and_held_off_for_14_days(
    before: int | None, after: int
) -> None:
    shop = factories.shop(points_expiration_days=before)
    factories.card(shop.store, stamps=3)
    factories.card(shop.store, cents=450)
    with refused(ConfirmationRequired) as refusal:
        change(shop.program, points_expiration_days=after)
    assert refusal.extra["cards_affected"] == 1
    with time_machine.travel(NOON, tick=False):
        program = change(shop.program, points_expiration_days=after, confirm=True)
    assert program.expiry_not_before == NOON + timedelta(days=14)


def test_points_that_come_back_to_a_program_with_an_expiry_are_held_off_too() -> None:
    shop = factories.shop(loyalty_type="stamps", points_expiration_days=90)
    with time_machine.travel(NOON, tick=False):
        program = change(shop.program, loyalty_type="hybrid")
    assert program.expiry_not_before == NOON + timedelta(days=14)


def test_switching_the_type_keeps_both_balances() -> None:
    shop = factories.shop()
    card = factories.card(shop.store, stamps=4, cents=450)
    for kind in ("stamps", "points", "hybrid"):
        change(shop.program, loyalty_type=kind, confirm=True)
        after = factories.fresh(card)
        assert (after.stamp_count, after.points_balance) == (4, 45)


def test_switching_off_and_on_again_starts_anew_and_holds_the_expiry_off() -> None:
    shop = factories.shop(points_expiration_days=90)
    off = programs.deactivate(program_id=shop.program.pk, actor=MANAGER)
    assert (off.is_active, off.expiry_not_before) == (False, None)
    with time_machine.travel(NOON, tick=False):
        on = programs.activate(program_id=shop.program.pk, actor=MANAGER)
        assert (on.activated_at, on.expiry_not_before) == (NOON, NOON + timedelta(days=14))
    assert programs.activate(program_id=shop.program.pk, actor=MANAGER).activated_at == NOON


def test_texts_are_kept_in_each_language() -> None:
    shop = factories.shop(card_name="Friends")
    program = change(shop.program, card_name_fr="Amis", card_name_lb="Frënn")
    names = {}
    for language in ("en", "fr", "de", "lb"):
        with translation.override(language):
            names[language] = program.card_name
    assert names == {"en": "Friends", "fr": "Amis", "de": "Friends", "lb": "Frënn"}


# --- Its rewards ------------------------------------------------------------------------------------------


def test_the_list_of_rewards_is_the_whole_offer() -> None:
    shop = factories.shop(rewards=[("Croissant", 500), ("Breakfast", 1500), ("Cake", 800)])
    croissant = shop.program.rewards.get(name="Croissant")
    breakfast = shop.program.rewards.get(name="Breakfast")
    program = change(
        shop.program,
        rewards=[
            {"name": "Breakfast", "points_cost": 1600},
            {"id": croissant.pk, "name": "Croissant beurre"},
            {"name": "Juice", "points_cost": 300, "is_active": False},
        ],
    )
    offer = [(row.name, row.points_cost, row.is_active) for row in selectors.rewards_of(program)]
    assert offer == [("Breakfast", 1600, True), ("Croissant beurre", 500, True), ("Juice", 300, False)]
    kept = {row.name: row.pk for row in selectors.rewards_of(program)}
    assert (kept["Breakfast"], kept["Croissant beurre"]) == (breakfast.pk, croissant.pk)


def test_a_reward_of_another_program_is_not_there() -> None:
    shop, rival = factories.shop(), factories.shop()
    foreign = rival.program.rewards.first()
    with refused(Invalid) as refusal:
        change(shop.program, rewards=[{"id": foreign.pk, "name": "Mine now"}])
    assert refusal.fields == ["rewards.0.id"]
    with refused(Invalid) as refusal:
        change(shop.program, rewards=[{"name": "Free", "points_cost": 0}])
    assert refusal.fields == ["rewards.0.points_cost"]


def test_whoever_keeps_rewards_in_memory_notices_a_change() -> None:
    shop = factories.shop(rewards=[("Croissant", 500)])
    program = selectors.program_of(shop.merchant.pk)
    assert [row.points_cost for row in selectors.rewards_of(program)] == [500]
    program.rewards.update(points_cost=400)
    program = selectors.program_of(shop.merchant.pk)
    assert [row.points_cost for row in selectors.rewards_of(program)] == [400]

"""The program in the console: made, changed, confirmed where customers lose something."""

from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings, PointsReward
from tenancy.models import OutboxMessage
from tests import factories
from tests.console.world import World, address, errors, filled, list_address, said, sign_in


def announced() -> int:
    return OutboxMessage.objects.filter(event="loyalty.program_changed").values("id").count()


def test_an_owner_makes_the_first_program_with_its_rewards(world: World) -> None:
    house = factories.merchant()
    owner = factories.member(factories.store(house), role="owner")
    client = world.client("anonymous")
    sign_in(client, owner)
    page = client.get(list_address(LoyaltyProgram, "add"))
    rewards = {
        "rewards-TOTAL_FORMS": 1,
        "rewards-0-name_fr": "Café",
        "rewards-0-points_cost": 100,
        "rewards-0-is_active": "on",
    }
    data = filled(page, card_name_en="Our card", card_name_lb="Eis Kaart", loyalty_type="points") | rewards
    assert client.post(list_address(LoyaltyProgram, "add"), data).status_code == 302
    with factories.inside(house):
        program = LoyaltyProgram.objects.get(merchant=house)
        reward = PointsReward.objects.get(program=program)
    assert (program.card_name_en, program.card_name_lb, program.is_active) == ("Our card", "Eis Kaart", True)
    assert program.activated_at is not None
    assert (reward.name, reward.name_fr, reward.points_cost) == ("Café", "Café", 100)
    assert reward.merchant == house
    assert client.get(list_address(LoyaltyProgram, "add")).status_code == 403


def test_a_change_goes_through_the_service_and_is_announced(world: World) -> None:
    client = world.client("owner")
    before = announced()
    client.post(
        address(world.shop.program), filled(client.get(address(world.shop.program)), card_color="#112233")
    )
    assert factories.fresh(world.shop.program).card_color == "#112233"
    assert announced() > before


def test_taking_something_from_customers_asks_first(world: World) -> None:
    factories.card(world.shop.store, stamps=10)
    client = world.client("owner")
    data = filled(client.get(address(world.shop.program)), stamps_target=12)
    response = client.post(address(world.shop.program), data)
    assert errors(response) == {"confirm": ["1 card is full now and would not be full any more."]}
    assert factories.fresh(world.shop.program).stamps_target == 10
    client.post(address(world.shop.program), data | {"confirm": "on"})
    assert factories.fresh(world.shop.program).stamps_target == 12


def test_giving_something_to_customers_asks_nothing(world: World) -> None:
    factories.card(world.shop.store, stamps=10)
    client = world.client("owner")
    client.post(address(world.shop.program), filled(client.get(address(world.shop.program)), stamps_target=8))
    assert factories.fresh(world.shop.program).stamps_target == 8


def test_a_reward_of_somebody_else_cannot_be_reached_through_the_form(world: World) -> None:
    with factories.inside(world.stranger):
        theirs = PointsReward.objects.filter(program=world.stranger.program).first()
    client = world.client("owner")
    data = filled(client.get(address(world.shop.program)))
    client.post(
        address(world.shop.program), data | {"rewards-0-id": theirs.pk, "rewards-0-name_en": "Mine now"}
    )
    assert factories.fresh(theirs).name == theirs.name
    assert factories.fresh(theirs).program == world.stranger.program


def test_a_manager_looks_at_the_program_and_changes_nothing(world: World) -> None:
    client = world.client("manager")
    assert client.get(address(world.shop.program)).status_code == 200
    assert client.post(address(world.shop.program), {"card_color": "#000000"}).status_code == 403


def test_the_program_is_switched_off_and_on(world: World) -> None:
    client = world.client("owner")
    response = client.post(address(world.shop.program, "deactivate"), follow=True)
    assert said(response) == ["The program is switched off."]
    assert not factories.fresh(world.shop.program).is_active
    client.post(address(world.shop.program, "activate"))
    assert factories.fresh(world.shop.program).is_active


def test_a_colour_that_is_none_is_refused(world: World) -> None:
    client = world.client("owner")
    data = filled(client.get(address(world.shop.program)), card_color="red; background: url(//evil)")
    assert list(errors(client.post(address(world.shop.program), data))) == ["card_color"]


def test_an_owner_has_one_page_of_settings(world: World) -> None:
    client = world.client("owner")
    page = client.get(list_address(MerchantLoyaltySettings), follow=True)
    row = world.mine["loyalty_merchantloyaltysettings"]
    assert page.redirect_chain == [(address(row), 302)]
    client.post(address(row), filled(page, void_window_hours=48, allow_self_enrollment=None))
    after = factories.fresh(row)
    assert (after.void_window_hours, after.allow_self_enrollment) == (48, False)
    assert after.merchant == world.shop.merchant

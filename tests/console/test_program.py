"""The program in the console: made, changed, confirmed where customers lose something."""

import errno
import io
import re
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

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
        "rewards-0-position": 0,
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
    assert errors(response) == {
        "confirm": [
            "1 full card would lose “a coffee”.",
            "2 cards would be further from their reward.",
        ]
    }
    assert "1 full card would lose “a coffee”." in response.text
    assert factories.fresh(world.shop.program).stamps_target == 10
    client.post(address(world.shop.program), data | {"confirm": "on"})
    assert factories.fresh(world.shop.program).stamps_target == 12


def test_taking_a_reward_away_or_making_it_dearer_asks_first(world: World) -> None:
    client = world.client("owner")
    with factories.inside(world.shop):
        there = list(world.shop.program.rewards.all())
    data = filled(client.get(address(world.shop.program)))
    change = {"rewards-0-points_cost": 50_000, "rewards-1-DELETE": "on"}
    response = client.post(address(world.shop.program), data | change)
    assert errors(response) == {
        "confirm": [
            "1 card with points would need 50,000 points instead of 500 for “Croissant”.",
            "1 card with points could no longer get “Breakfast”.",
        ]
    }
    rewards = [factories.fresh(reward) for reward in there]
    assert [(reward.points_cost, reward.deleted_at) for reward in rewards] == [(500, None), (1500, None)]
    client.post(address(world.shop.program), data | change | {"confirm": "on"})
    croissant, breakfast = (factories.fresh(reward) for reward in there)
    assert (croissant.points_cost, croissant.deleted_at) == (50_000, None)
    assert breakfast.deleted_at is not None


def test_a_reward_that_is_switched_off_is_asked_about_even_where_another_is_wrong(world: World) -> None:
    client = world.client("owner")
    data = filled(client.get(address(world.shop.program)), **{"rewards-0-is_active": None})
    response = client.post(address(world.shop.program), data | {"rewards-1-points_cost": ""})
    assert errors(response) == {"confirm": ["1 card with points could no longer get “Croissant”."]}


def test_giving_something_to_customers_asks_nothing(world: World) -> None:
    factories.card(world.shop.store, stamps=10)
    client = world.client("owner")
    more = {"stamps_target": 8, "rewards-0-points_cost": 400}
    page = client.get(address(world.shop.program))
    assert client.post(address(world.shop.program), filled(page, **more)).status_code == 302
    assert factories.fresh(world.shop.program).stamps_target == 8
    with factories.inside(world.shop):
        assert [reward.points_cost for reward in world.shop.program.rewards.all()] == [400, 1500]


def test_remainders_are_kept_or_not_as_the_owner_says(world: World) -> None:
    client = world.client("owner")
    with factories.inside(world.shop):
        card = world.shop.program.cards.filter(is_active=True).first()
        factories.points.earn(
            store=world.shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=1
        )
    data = filled(client.get(address(world.shop.program)), carry_remainders=None)
    assert errors(client.post(address(world.shop.program), data)) == {
        "confirm": ["1 card would lose the amount that makes no whole point yet."]
    }
    assert factories.fresh(world.shop.program).carry_remainders
    client.post(address(world.shop.program), data | {"confirm": "on"})
    assert not factories.fresh(world.shop.program).carry_remainders


@pytest.mark.parametrize("page", ["deactivate", "delete"])
def test_the_pages_that_stop_a_program_say_what_cannot_be_used_meanwhile(world: World, page: str) -> None:
    response = world.client("owner").get(address(world.shop.program, page))
    assert "1 card has stamps or points that could not be used meanwhile." in response.text
    assert factories.fresh(world.shop.program).is_active


@pytest.mark.parametrize("page", ["deactivate", "delete"])
def test_a_program_without_cards_is_stopped_without_a_word(world: World, page: str) -> None:
    with factories.inside(world.shop):
        world.shop.program.cards.update(is_active=False)
    response = world.client("owner").get(address(world.shop.program, page))
    assert response.status_code == 200
    assert "could not be used meanwhile" not in response.text


def test_rewards_that_are_counted_and_not_sent_are_none(world: World) -> None:
    """A page of a thousand takes minutes."""
    client, program = world.client("owner"), world.shop.program
    page = client.get(address(program))
    sent = filled(page, cooldown_minutes="x")
    there = int(sent["rewards-TOTAL_FORMS"])
    for counted in (
        {"rewards-TOTAL_FORMS": 30},
        {"rewards-TOTAL_FORMS": 30, "rewards-INITIAL_FORMS": 30},
    ):
        answer = client.post(address(program), sent | counted)
        assert "cooldown_minutes" in errors(answer)
        assert len(answer.context["inline_admin_formsets"][0].formset.forms) == there
    cake = {
        "rewards-TOTAL_FORMS": there + 1,
        f"rewards-{there}-name_en": "Cake",
        f"rewards-{there}-points_cost": 300,
    }
    cake |= {f"rewards-{there}-position": 9, f"rewards-{there}-is_active": "on"}
    assert client.post(address(program), filled(page) | cake).status_code == 302
    with factories.inside(world.shop):
        assert PointsReward.objects.filter(program=program).count() == there + 1


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


# --- Pictures ---------------------------------------------------------------------------------------------


def picture(kind: str, size: tuple[int, int] = (40, 20)) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#aa3311").save(buffer, kind)
    return SimpleUploadedFile(f"../../logo.{kind.lower()}", buffer.getvalue(), "image/png")


def test_a_logo_is_written_anew_under_a_name_of_its_own(world: World) -> None:
    client = world.client("owner")
    data = filled(client.get(address(world.shop.program)), logo=picture("PNG", (3000, 1500)))
    client.post(address(world.shop.program), data)
    logo = factories.fresh(world.shop.program).logo
    assert re.fullmatch(r"programs/[0-9a-f]{32}\.png", logo.name)
    with Image.open(logo) as kept:
        assert kept.size == (1000, 500)


def test_a_logo_for_which_there_is_no_room_is_refused_in_words_and_nothing_else_is_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    client = world.client("owner")
    data = filled(client.get(address(world.shop.program)), logo=picture("PNG"), stamps_target=7)
    with monkeypatch.context() as disk:
        disk.setattr(FileSystemStorage, "_save", full)
        response = client.post(address(world.shop.program), data, follow=True)
    (told,) = said(response)
    assert told.startswith("The file could not be kept: there is no room left for it.")
    after = factories.fresh(world.shop.program)
    assert (after.logo.name, after.stamps_target) == ("", world.shop.program.stamps_target)
    data["logo"] = picture("PNG")
    client.post(address(world.shop.program), data)
    assert factories.fresh(world.shop.program).logo


def test_what_is_no_picture_is_refused_beside_its_field(world: World) -> None:
    client = world.client("owner")
    script = SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")
    response = client.post(
        address(world.shop.program), filled(client.get(address(world.shop.program)), logo=script)
    )
    assert list(errors(response)) == ["logo"]
    assert not factories.fresh(world.shop.program).logo

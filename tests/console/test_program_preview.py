"""The preview beside the form of a program: what was typed as customers will see it, and what it takes from them."""

import pytest
from django.http import HttpResponse
from django.utils import translation

from loyalty.console.program_preview import _color_notes
from loyalty.models import LoyaltyProgram
from tests import factories
from tests.console.world import World, address, filled, list_address, sign_in


def preview(world: World, who: str, **changes: object) -> HttpResponse:
    client = world.client(who)
    data = filled(world.client("owner").get(address(world.shop.program)))
    return client.post(address(world.shop.program, "preview"), data | changes)


def test_the_preview_shows_what_was_typed_and_saves_nothing(world: World) -> None:
    answer = preview(
        world, "owner", stamps_target=7, card_name_fr="Chez nous", preview_language="fr", card_color="#123456"
    ).json()
    assert "Chez nous" in answer["document"]
    assert "4<span>/7</span>" in answer["document"]
    assert "/brand/123456-f2d43d.css" in answer["document"]
    assert "pass-apple" in answer["document"]
    assert "pass-google" in answer["document"]
    after = factories.fresh(world.shop.program)
    assert (after.stamps_target, after.card_color) == (10, "#1f5c4a")


def test_the_preview_warns_of_colours_that_cannot_be_told_apart(world: World) -> None:
    (note,) = preview(world, "owner", card_color="#1f5c4a", card_secondary_color="#246350").json()["notes"]
    assert note["level"] == "warning"
    assert "contrast 1.1" in note["text"]


def test_the_preview_says_what_customers_would_lose(world: World) -> None:
    factories.card(world.shop.store, stamps=10)
    texts = [note["text"] for note in preview(world, "owner", stamps_target=12).json()["notes"]]
    assert "1 full card would lose “a coffee”." in texts


def test_the_preview_outlives_a_colour_that_is_none(world: World) -> None:
    answer = preview(world, "owner", card_color="</style>").json()
    assert answer["notes"] == []
    assert "</style>" not in answer["document"]


@pytest.mark.parametrize("who", ["staff", "stranger", "anonymous"])
def test_a_preview_is_only_for_those_who_may_see_the_program(world: World, who: str) -> None:
    assert preview(world, who).status_code in (302, 403, 404)


def test_a_manager_who_may_only_look_sees_the_program_as_it_is_saved(world: World) -> None:
    answer = preview(world, "manager", card_name_en="Mine now", card_color="#123456").json()
    assert "Mine now" not in answer["document"]
    assert "/brand/1f5c4a-f2d43d.css" in answer["document"]
    assert answer["notes"] == []


def test_the_contrast_is_written_as_the_reader_writes_numbers(world: World) -> None:
    with translation.override("de"):
        (note,) = _color_notes("#1f5c4a", "#246350")
    assert "1,1" in note["text"]
    assert "1.1" not in note["text"]


def test_a_new_program_is_previewed_before_it_is_saved(world: World) -> None:
    house = factories.merchant()
    client = world.client("anonymous")
    sign_in(client, factories.member(factories.store(house), role="owner"))
    page = client.get(list_address(LoyaltyProgram, "add"))
    answer = client.post(
        "/admin/loyalty/loyaltyprogram/preview/", filled(page, card_name_en="First card")
    ).json()
    assert "First card" in answer["document"]

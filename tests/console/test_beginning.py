"""A merchant begins: an operator's one form, and the steps that an owner's overview shows until all are done."""

import io
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from loyalty.models import LoyaltyProgram
from loyalty.services import programs
from tenancy import openings
from tenancy.errors import OperatorRequired
from tenancy.models import Invitation, Merchant, Store, Till
from tests import factories
from tests.announcements import announced
from tests.console.world import World, address, errors, filled, list_address


def open_merchant(world: World, who: str = "operator", **said: object) -> object:
    client = world.client(who)
    page = client.get(list_address(Merchant, "add"))
    return client.post(
        list_address(Merchant, "add"), filled(page, **said) if page.status_code == 200 else said
    )


def test_an_operator_makes_merchant_store_and_invitation_in_one_form(world: World) -> None:
    with announced() as events:
        answer = open_merchant(
            world, name="Bäckerei Müller & Co", owner_email="Eva@Example.com", default_language="de"
        )
    assert answer.status_code == 302
    with factories.scope.everything("a test looks"):
        merchant = Merchant.objects.get(slug="backerei-muller-co")
        store, invitation = Store.objects.get(merchant=merchant), Invitation.objects.get(merchant=merchant)
        assert (store.name, store.store_code) == ("Bäckerei Müller & Co", "backerei-muller-co")
        assert (store.default_language, str(store.tzinfo)) == ("de", "Europe/Luxembourg")
        assert (invitation.email, invitation.role, invitation.living_stores()) == (
            "eva@example.com",
            "owner",
            [store],
        )
    assert [(event.kind, event.about_id) for event in events] == [("invitation", invitation.pk)]


def test_the_first_operator_is_shown_where_to_begin(db: None) -> None:
    client = Client()
    client.force_login(factories.operator())
    page = client.get("/admin/").content.decode()
    assert (list_address(Merchant, "add") in page, "The first shop" in page) == (True, True)
    factories.shop()
    assert "The first shop" not in client.get("/admin/").content.decode()


def test_a_second_merchant_of_a_name_gets_codes_of_its_own(world: World) -> None:
    for email in ("one@example.com", "two@example.com"):
        assert open_merchant(world, name="Café Roma", owner_email=email, store_name="Gare").status_code == 302
    with factories.scope.everything("a test looks"):
        made = Store.objects.filter(name="Gare").order_by("pk").values_list("merchant__slug", "store_code")
        assert list(made) == [("cafe-roma", "cafe-roma"), ("cafe-roma-2", "cafe-roma-2")]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"owner_email": "nobody"}, "owner_email"), ({"owner_email": "a@b.lu", "name": ""}, "name")],
)
def test_a_form_with_a_fault_makes_nothing(world: World, said: dict, field: str) -> None:
    before = Merchant.objects.count()
    answer = open_merchant(world, **{"name": "Roma", **said})
    assert list(errors(answer)) == [field]
    assert Merchant.objects.count() == before


def test_only_operators_make_merchants(world: World) -> None:
    before = Merchant.objects.count()
    for who in ("owner", "manager", "staff", "stranger"):
        assert open_merchant(world, who, name="Roma", owner_email="a@example.com").status_code in (302, 403)
    assert Merchant.objects.count() == before


def test_the_service_makes_no_merchant_for_an_owner(world: World) -> None:
    before = Merchant.objects.count()
    with pytest.raises(OperatorRequired):
        openings.open_merchant(
            merchant=Merchant(name="Roma"), actor=factories.actor("owner"), owner_email="a@example.com"
        )
    assert Merchant.objects.count() == before


def test_a_code_that_somebody_else_s_store_has_is_not_proposed(world: World) -> None:
    with factories.scope.everything("a test prepares"):
        Store.objects.filter(pk=world.stranger.store.pk).update(store_code="cafe-roma")
    assert open_merchant(world, name="Café Roma", owner_email="a@example.com").status_code == 302
    with factories.scope.everything("a test looks"):
        assert Store.objects.get(merchant__slug="cafe-roma").store_code == "cafe-roma-2"


# --- The owner's steps ------------------------------------------------------------------------------------


def steps(world: World, who: str = "owner") -> dict[str, bool]:
    shown = world.client(who).get(reverse("admin:index")).context["steps"]
    return {step.title: step.is_done for step in shown}


@pytest.fixture
def new_world(world: World) -> World:
    """The stranger begins anew: a merchant with a store and an owner, as an operator makes it."""
    with factories.scope.everything("a test begins"):
        merchant = Merchant.objects.create(name="Roma", slug="roma")
        store = Store.objects.create(merchant=merchant, name="Roma", store_code="roma")
    owner = factories.member(store, role="owner")
    world.stranger = replace(world.stranger, merchant=merchant, store=store, owner=owner)
    return world


def begin(world: World) -> LoyaltyProgram:
    """What the owner saves first: stamps, a reward, a name."""
    with factories.inside(world.stranger):
        return programs.create(
            merchant=world.stranger.merchant,
            actor=factories.actor("owner"),
            stamps_reward_description_en="a pizza",
            card_name_en="Roma card",
        )


def test_a_new_owner_sees_what_is_to_be_done_and_each_step_ticks_itself_off(new_world: World) -> None:
    world, shop = new_world, new_world.stranger
    assert list(steps(world, "stranger").values()) == [False] * 8
    begin(world)
    assert {title for title, done in steps(world, "stranger").items() if done} == {
        "What you give",
        "First reward",
        "Name and colours",
    }
    poster = world.client("stranger").get(reverse("join-poster-pdf", args=["roma"]))
    assert (poster.status_code, poster.content[:5]) == (200, b"%PDF-")
    assert steps(world, "stranger")["Poster for the counter"]
    factories.card(shop.store)
    assert steps(world, "stranger")["A test card on your phone"]
    with factories.inside(shop):
        Till.objects.create(
            merchant=shop.merchant,
            store=shop.store,
            name="Till 1",
            token_hash="b" * 64,
            enrolled_at=timezone.now(),
        )
    assert steps(world, "stranger")["A till on your tablet"]
    assert not steps(world, "stranger")["A PIN for the till"]
    factories.staff_pin(shop.store)
    assert steps(world, "stranger")["A PIN for the till"]
    assert not steps(world, "stranger")["Invite your team"]
    factories.member(shop.store)
    assert steps(world, "stranger") == {}


def test_a_till_that_was_revoked_or_an_own_invitation_that_was_taken_ticks_nothing(new_world: World) -> None:
    shop = new_world.stranger
    begin(new_world)
    with factories.inside(shop):
        now = timezone.now()
        Till.objects.create(
            merchant=shop.merchant,
            store=shop.store,
            name="1",
            token_hash="a" * 64,
            enrolled_at=now,
            revoked_at=now,
        )
    assert not steps(new_world, "stranger")["A till on your tablet"]
    assert not steps(new_world, "stranger")["Invite your team"]


def test_managers_accountants_and_staff_are_shown_no_steps_of_the_owner(new_world: World) -> None:
    for role in ("manager", "accountant"):
        client = Client()
        member = factories.member(new_world.stranger.store, role=role)
        client.force_login(member, backend="tenancy.sign_in.EmailBackend")
        assert client.get(reverse("admin:index")).context["steps"] == [], role


def test_a_poster_that_staff_open_is_not_the_owner_s_step(new_world: World) -> None:
    begin(new_world)
    staff = factories.member(new_world.stranger.store)
    client = Client()
    client.force_login(staff, backend="tenancy.sign_in.EmailBackend")
    assert client.get(reverse("join-poster-pdf", args=["roma"])).status_code == 200
    assert not steps(new_world, "stranger")["Poster for the counter"]


# --- The first program ------------------------------------------------------------------------------------


def save_program(world: World, **said: object) -> object:
    client = world.client("stranger")
    page = client.get(list_address(LoyaltyProgram, "add"))
    return client.post(list_address(LoyaltyProgram, "add"), filled(page, **said))


def test_a_program_of_stamps_says_what_a_full_card_is_good_for(new_world: World) -> None:
    refused = save_program(new_world)
    assert errors(refused) == {
        "stamps_reward_description_en": ["Say in one language at least what a full card is good for."]
    }
    assert save_program(new_world, stamps_reward_description_de="eine Pizza").status_code == 302
    with factories.inside(new_world.stranger):
        assert LoyaltyProgram.objects.get().stamps_reward_description_de == "eine Pizza"


def test_a_program_of_points_needs_no_full_card(new_world: World) -> None:
    assert save_program(new_world, loyalty_type="points").status_code == 302


def test_the_colour_comes_from_the_first_logo_unless_one_is_chosen(new_world: World) -> None:
    said = {"stamps_reward_description_en": "a pizza"}
    assert save_program(new_world, logo=logo("#b3261e"), **said).status_code == 302
    with factories.inside(new_world.stranger):
        program = LoyaltyProgram.objects.get()
        assert program.card_color == "#b3261e"
        programs.change(program_id=program.pk, actor=factories.actor("owner"), card_color="#112233")
        page = new_world.client("stranger").get(address(program))
    new_world.client("stranger").post(address(program), filled(page, logo=logo("#0000ff")))
    with factories.inside(new_world.stranger):
        assert LoyaltyProgram.objects.get().card_color == "#112233"


def logo(color: str) -> SimpleUploadedFile:
    """A coloured disc on white, as logos are."""
    picture = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(picture).ellipse((40, 40, 160, 160), fill=color)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue(), content_type="image/png")

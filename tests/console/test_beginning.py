"""A merchant begins: an operator's one form, and the steps that an owner's overview shows until all are done."""

import pytest

from tenancy.models import Invitation, Merchant, Store
from tests import factories
from tests.announcements import announced
from tests.console.world import World, errors, filled, list_address


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

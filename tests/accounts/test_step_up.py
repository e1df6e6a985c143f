"""Whoever finds a screen that was left open does no great harm: what hurts asks for the password again."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from loyalty_site.console.step_up import ASKING, asks
from tenancy.models import ApiKey, StoreUser
from tests import factories
from tests.console import world as worlds
from tests.console.world import World, filled
from tests.factories import fresh
from tests.one_row_each import an_endpoint

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=10, seconds=1)
JUST_BEFORE = timedelta(minutes=9, seconds=58)

# Kind of row and page; what has no row is the list's.
OF_A_ROW = [
    ("customers_customer", "erase"),
    ("customers_customer", "export_data"),
    ("tenancy_apikey", "change"),
    ("tenancy_apikey", "history"),
    ("tenancy_apikey", "revoke"),
    ("tenancy_storeuser", "change"),
    ("tenancy_storeuser", "delete"),
    ("tenancy_merchant", "change"),
    ("tenancy_merchant", "delete"),
    ("tenancy_merchant", "export_everything"),
    ("tenancy_user", "change"),
    ("tenancy_user", "unlock"),
    ("tenancy_user", "delete"),
    ("tenancy_backgroundjob", "download"),
    ("webhooks_endpoint", "change"),
    ("webhooks_endpoint", "rotate"),
]
OF_A_LIST = [
    ("tenancy_apikey", "changelist"),
    ("tenancy_apikey", "add"),
    ("tenancy_invitation", "add"),
    ("webhooks_endpoint", "add"),
]
EXPORTS = [
    "customers_customer",
    "loyalty_loyaltycard",
    "loyalty_loyaltytransaction",
    "loyalty_staffpin",
    "loyalty_undoneline",
    "notifications_emaillog",
    "tenancy_apikey",
    "tenancy_historyentry",
    "tenancy_storeuser",
    "tenancy_user",
    "webhooks_delivery",
]


@pytest.fixture
def world(db: None) -> World:
    built = worlds.build()
    with factories.inside(built.shop):
        built.mine["webhooks_endpoint"] = an_endpoint(built.shop)
    return built


def places(world: World) -> dict[str, str]:
    """Every address that asks, by what it is called here."""
    found = {
        f"{kind} {page}": reverse(f"admin:{kind}_{page}", args=[world.mine[kind].pk])
        for kind, page in OF_A_ROW
    }
    found |= {f"{kind} {page}": reverse(f"admin:{kind}_{page}") for kind, page in OF_A_LIST}
    found |= {f"{kind} export": reverse(f"admin:{kind}_export", args=["csv"]) for kind in EXPORTS}
    return found


def who_opens(world: World, name: str) -> Client:
    """A job is its owner's; everything else here opens for operators."""
    return world.client("owner" if "backgroundjob" in name else "operator")


def asked_at(answer, place: str) -> bool:
    """By a way there, or, where a form was sent, by a page that carries it along."""
    if answer.status_code == 403:
        return answer.templates[0].name == "account/again.html" and answer.context["next"] == place
    return answer.status_code == 302 and answer["Location"].startswith("/account/again/?next=")


def names() -> list[str]:
    return [
        f"{kind} {page}" for kind, page in (*OF_A_ROW, *OF_A_LIST, *((kind, "export") for kind in EXPORTS))
    ]


@pytest.mark.parametrize("name", names())
def test_what_hurts_asks_again_after_ten_minutes_and_not_before(world, name) -> None:
    place, client = places(world)[name], who_opens(world, name)
    with time_machine.travel(timezone.now() + JUST_BEFORE, tick=False):
        assert client.get(place).status_code == 200
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert asked_at(client.get(place), place)
        assert asked_at(client.post(place, {"post": "yes"}), place)
    for row in world.mine.values():
        assert getattr(fresh(row), "deleted_at", None) is None
        assert getattr(fresh(row), "erased_at", None) is None
        assert getattr(fresh(row), "revoked_at", None) is None


def test_every_kind_that_asks_is_tried_here(world) -> None:
    tried = {name.split()[0] for name in names()}
    assert set(ASKING) == tried


def test_whatever_a_page_of_keys_members_or_accounts_may_do_asks(world) -> None:
    from_the_console = {
        pattern.name
        for model in admin.site._registry
        if model._meta.label in ("tenancy.ApiKey", "tenancy.Invitation", "tenancy.StoreUser", "tenancy.User")
        for pattern in admin.site._registry[model].urls
        if pattern.name
    }
    silent = {name for name in from_the_console if not asks(name, "POST")}
    assert silent == {f"tenancy_{kind}_history" for kind in ("invitation", "storeuser", "user")}


def test_nothing_moves_by_a_form_that_was_open_too_long(world) -> None:
    client = world.client("operator")
    store, count = world.shop.store.pk, ApiKey._base_manager.count()
    customer, member = world.mine["customers_customer"], world.mine["tenancy_storeuser"]
    form = filled(client.get(worlds.address(member)), role="owner")
    with time_machine.travel(timezone.now() + LATER, tick=False):
        client.post(worlds.list_address(ApiKey, "add"), {"name": "Thief", "store": store, "scopes": ["read"]})
        client.post(worlds.address(customer, "erase"), {})
        client.post(worlds.address(member), form)
        ticked = {"action": "delete_selected", "_selected_action": [member.pk], "post": "yes"}
        client.post(worlds.list_address(StoreUser), ticked)
    assert ApiKey._base_manager.count() == count
    assert (fresh(customer).erased_at, fresh(member).role, fresh(member).deleted_at) == (None, "staff", None)

    client = world.client("operator")
    client.post(worlds.list_address(ApiKey, "add"), {"name": "Till", "store": store, "scopes": ["read"]})
    client.post(worlds.address(customer, "erase"), {})
    client.post(worlds.address(member), form)
    assert ApiKey._base_manager.count() == count + 1
    assert fresh(customer).erased_at is not None
    assert fresh(member).role == "owner"


def test_a_merchant_takes_its_second_factor_back_only_by_whoever_has_just_signed_in(world) -> None:
    merchant = world.shop.merchant
    type(merchant).objects.filter(pk=merchant.pk).update(requires_second_factor=True)
    Authenticator.objects.create(user=world.shop.owner, type=Authenticator.Type.TOTP, data={"secret": ""})
    client, place = world.client("owner"), worlds.address(merchant)
    form = filled(client.get(place), requires_second_factor=None)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        assert asked_at(client.post(place, form), place)
    assert fresh(merchant).requires_second_factor
    assert world.client("owner").post(place, form).status_code == 302
    assert not fresh(merchant).requires_second_factor


def test_what_does_not_hurt_asks_for_nothing(world) -> None:
    client = world.client("owner")
    with time_machine.travel(timezone.now() + LATER, tick=False):
        for place in (
            reverse("admin:index"),
            worlds.list_address(Customer),
            worlds.list_address(StoreUser),
            worlds.address(world.mine["tenancy_store"]),
        ):
            assert client.get(place).status_code == 200
        assert client.get(reverse("terminal", args=[world.shop.store.store_code])).status_code == 200


def test_whoever_the_console_does_not_open_for_is_told_so_and_not_asked(world) -> None:
    place = worlds.list_address(ApiKey)
    for who in ("staff", "anonymous"):
        client = world.client(who)
        with time_machine.travel(timezone.now() + LATER, tick=False):
            assert "/login/" in client.get(place)["Location"]


def test_the_password_leads_back_to_where_they_were(world) -> None:
    client = world.client("owner")
    place = worlds.list_address(ApiKey)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        asking = client.get(place)["Location"]
        assert client.get(asking).status_code == 200
        wrong = client.post(asking, {"password": "guessed"})
        assert (wrong.status_code, asked_at(client.get(place), place)) == (200, True)

        assert client.post(asking, {"password": factories.PASSWORD})["Location"] == place
        assert client.get(place).status_code == 200


def test_what_was_filled_in_is_carried_along_and_sent_by_one_more_click(world) -> None:
    client, place = world.client("owner"), worlds.list_address(ApiKey, "add")
    count, name = ApiKey._base_manager.count(), 'Till "2"\nat <the> door'
    form = {"name": name, "store": world.shop.store.pk, "scopes": ["read", "earn"]}
    with time_machine.travel(timezone.now() + LATER, tick=False):
        asking = client.post(place, form)
        assert asked_at(asking, place)
        assert name not in str(dict(client.session))
        kept = sent_on(asking)
        assert kept["kept-scopes"] == ["read", "earn"]

        wrong = client.post(reverse("account_reauthenticate"), kept | {"password": "guessed"})
        assert sent_on(wrong) == kept
        right = client.post(reverse("account_reauthenticate"), kept | {"password": factories.PASSWORD})
        assert ApiKey._base_manager.count() == count
        again = {name.removeprefix("kept-"): value for name, value in kept.items() if name != "next"}
        assert (f'action="{place}"' in right.content.decode(), sent_on(right)) == (True, again)

        assert client.post(place, again).status_code == 200
    made = ApiKey._base_manager.latest("pk")
    assert (made.name, made.scopes, made.store_id) == (
        'Till "2"\nat <the> door',
        ["read", "earn"],
        form["store"],
    )


def sent_on(page) -> dict[str, list[str]]:
    """What a page's last form sends along unseen."""
    texts = re.findall(r"<form(.*?)</form>", page.content.decode(), re.S)[-1]
    found = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', texts, re.S)
    found += re.findall(r'<input type="hidden" name="(next)" value="([^"]*)"', texts)
    return {name: [unescape(value) for key, value in found if key == name] for name, _value in found}


def test_nothing_is_sent_on_to_another_site(world) -> None:
    sent = {"password": factories.PASSWORD, "kept-name": "x", "next": "https://evil.example/"}
    assert world.client("owner").post("/account/again/", sent)["Location"] == "/account/"


def test_it_leads_to_no_other_site(world) -> None:
    client = world.client("owner")
    answer = client.post("/account/again/?next=https://evil.example/", {"password": factories.PASSWORD})
    assert answer["Location"] == "/account/"


def test_wrong_passwords_count_there_like_those_of_the_sign_in_page(world) -> None:
    client = world.client("owner")
    with time_machine.travel(timezone.now() + LATER, tick=False):
        answers = [client.post("/account/again/", {"password": "guessed"}).status_code for _ in range(7)]
        assert (answers[:5], answers[-1]) == ([200] * 5, 429)
        assert client.post("/account/again/", {"password": factories.PASSWORD}).status_code == 429
        assert asked_at(client.get(worlds.list_address(ApiKey)), "")


def test_a_stamp_from_the_future_counts_for_nothing(world) -> None:
    client = world.client("owner")
    with time_machine.travel(timezone.now() - timedelta(hours=1), tick=False):
        assert asked_at(client.get(worlds.list_address(ApiKey)), "")


def test_the_second_factor_itself_is_set_up_only_by_whoever_has_just_signed_in(client) -> None:
    client.force_login(factories.member(factories.store()))
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    with time_machine.travel(timezone.now() + LATER, tick=False):
        for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
            place = reverse(name)
            assert asked_at(client.get(place), place)
            assert asked_at(client.post(place, {"code": "000000"}), place)
    assert not Authenticator.objects.exists()

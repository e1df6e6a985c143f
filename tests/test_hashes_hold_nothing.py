"""Slow hashes are computed outside of any transaction: whoever waits for one holds no row, and no connection."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from loyalty.models import StaffPin
from tenancy import account_links, invitations
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "a-quite-new-secret"
ONCE = {"once": "call-1"}


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture
def lea(shop: Shop) -> StaffPin:
    return factories.staff_pin(shop.store)


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch, shop: Shop, lea: StaffPin) -> list[bool]:
    """For each hash from now on, whether a transaction was open."""
    found: list[bool] = []
    encode = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, *args: str) -> str:
        found.append(connection.in_atomic_block)
        return encode(self, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return found


def browser(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.owner, backend="tenancy.sign_in.EmailBackend")
    return client


def manager(shop: Shop) -> Till:
    return Till(shop.store, shop.manager)


def by_console(shop: Shop, page: str, *ids: int, **more: object) -> None:
    sent = {"store": shop.store.pk, "pin": "8052", "is_active": "on", **more}
    assert browser(shop).post(reverse(f"admin:loyalty_staffpin_{page}", args=ids), sent).status_code == 302


def invited(shop: Shop) -> None:
    token = invitations.token_of(factories.invitation(shop.store, shop.owner))
    sent = {"first_name": "Nora", "last_name": "Weis", "password": NEW}
    assert Client().post(reverse("invitation", args=[token]), sent).status_code == 302


def forgotten(shop: Shop, lea: StaffPin) -> None:
    client = Client()
    opened = client.get(account_links.reset_path(shop.owner))
    assert client.post(opened["Location"], {"new_password1": NEW, "new_password2": NEW}).status_code == 302


DOORS: dict[str, Callable[[Shop, StaffPin], object]] = {
    "a PIN is made": lambda shop, lea: manager(shop).post("pins/", {"name": "Marc", "pin": "8052"}, **ONCE),
    "a PIN is changed": lambda shop, lea: manager(shop).patch(f"pins/{lea.pk}/", {"pin": "8052"}),
    "a PIN is typed": lambda shop, lea: manager(shop).post(f"staff/{lea.pk}/unlock/", {"pin": "4711"}),
    "a PIN is made in the console": lambda shop, lea: by_console(shop, "add", name="Marc"),
    "a PIN is changed in the console": lambda shop, lea: by_console(shop, "change", lea.pk, name="Léa"),
    "somebody signs in": lambda shop, lea: Client().post(
        "/login/", {"username": shop.owner.email, "password": factories.PASSWORD}
    ),
    "somebody shows again who they are": lambda shop, lea: browser(shop).post(
        "/account/again/", {"password": factories.PASSWORD}
    ),
    "a password is changed": lambda shop, lea: browser(shop).post(
        "/account/password/",
        {"old_password": factories.PASSWORD, "new_password1": NEW, "new_password2": NEW},
    ),
    "an address is changed": lambda shop, lea: browser(shop).post(
        "/account/email/", {"email": "new@example.com", "password": factories.PASSWORD}
    ),
    "a forgotten password is set anew": forgotten,
    "an invitation is accepted": lambda shop, lea: invited(shop),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_transaction_is_open_while_a_hash_is_computed(
    door: str, shop: Shop, lea: StaffPin, hashes: list[bool]
) -> None:
    DOORS[door](shop, lea)
    assert hashes
    assert not any(hashes)


def test_one_inside_of_a_transaction_would_be_noticed(hashes: list[bool]) -> None:
    with transaction.atomic():
        make_password("8052")
    assert hashes == [True]

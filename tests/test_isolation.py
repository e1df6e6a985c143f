"""Every address of the site is in somebody's access test; a new one without an entry fails here."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from loyalty.models import LoyaltyCard
from tenancy.models import Role
from tests import factories
from tests.factories import Shop

pytestmark = pytest.mark.django_db

SIGN_IN = "/login/"
# name -> who may see it: "anyone", "members" of the store (the others: sign in, or 404), or whoever holds the token
PAGES = {
    "home": "anyone",
    "join": "anyone",
    "join-done": "anyone",
    "join-poster": "members",
    "join-poster-pdf": "members",
    "terminal-manifest": "members",
    "card-worker": "anyone",
    "card": "token",
    "card-history": "token",
    "card-export": "token",
    "card-erase": "token",
    "card-erase-confirm": "token",
    "card-manifest": "token",
    "card-take-along": "token",
    "card-data": "token",
    "card-phone": "token",
    "card-email-confirm": "token",
    "brand-css": "anyone",
    "brand-icon": "anyone",
    "brand-picture": "anyone",
    "problem": "anyone",
    "invitation": "token",
    "login": "anyone",
    "account_login": "anyone",
    "mfa_authenticate": "anyone",  # between the password and the session
    "openid_connect_login": "anyone",
    "mfa_login_webauthn": "anyone",  # instead of the password
    "openid_connect_callback": "anyone",
    "second-factor/webauthn/": "anyone",  # leads to the next
    "account_reauthenticate": "the person",
    "account-carried": "anyone",  # tells back what was sent; whoever signed in here last sends it on
    "mfa_index": "the person",
    "mfa_activate_totp": "the person",
    "mfa_deactivate_totp": "the person",
    "mfa_add_webauthn": "the person",
    "mfa_download_recovery_codes": "the person",
    "mfa_generate_recovery_codes": "the person",
    "mfa_list_webauthn": "the person",
    "mfa_view_recovery_codes": "the person",
    "mfa_reauthenticate": "the person",
    "mfa_reauthenticate_webauthn": "the person",
    "mfa_edit_webauthn": "the person, by the number of a passkey",
    "mfa_remove_webauthn": "the person, by the number of a passkey",
    "account-forgotten": "anyone",
    "account-reset": "token",
    "account-email-confirm": "token",
    "account": "the person",
    "account-password": "the person",
    "account-email": "the person",
    "account-sessions": "the person",
    "account-sessions-end": "the person",
    "logout": "anyone",
    "terminal-choose": "anyone",  # asked for a code; whose stores are shown, see below
    "terminal-worker": "anyone",
    "terminal-shell": "anyone",
    "terminal": "members",
    "terminal-today": "members",
    "terminal-display": "members",
    "terminal-display-shown": "the screen of a till",
    "terminal-display-tell": "a till",
    "terminal-display-code": "a till",
    "card-pass": "token",
    "card-google": "token",
    "card-wallet": "token",
    "media": "anyone",
}
# Walked one by one elsewhere, each with a test that fails on a missing entry.
ELSEWHERE = ("api-", "wallet-")


def addresses(resolver: URLResolver, inside: str = "") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        namespace = (
            f"{inside}{entry.namespace}:" if isinstance(entry, URLResolver) and entry.namespace else inside
        )
        if isinstance(entry, URLPattern):
            yield namespace, entry.name or str(entry.pattern)
        else:
            yield from addresses(entry, namespace)


def test_every_address_has_an_entry() -> None:
    outside_console = {name for namespace, name in addresses(get_resolver()) if not namespace}
    unknown = {name for name in outside_console if not name.startswith(ELSEWHERE)}
    assert unknown == set(PAGES)
    assert {namespace for namespace, _ in addresses(get_resolver())} == {"", "admin:"}


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="tenancy.sign_in.EmailBackend")
    return client


@pytest.mark.parametrize("name", [name for name, who in PAGES.items() if who == "members"])
def test_a_stores_pages_are_for_those_who_work_there(shop: Shop, name: str) -> None:
    address = reverse(name, args=[shop.store.store_code])
    stranger = factories.member(factories.shop().store, role=Role.OWNER)
    colleague = factories.member(shop.other_store)
    for person in (shop.owner, shop.manager, shop.staff, factories.operator()):
        assert signed_in(person).get(address).status_code == 200
    for person in (stranger, colleague):
        assert signed_in(person).get(address).status_code == 404
    nobody = Client().get(address)
    assert nobody.status_code in (302, 401)
    if nobody.status_code == 302:
        assert nobody.headers["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("name", [name for name, who in PAGES.items() if who == "the person"])
def test_an_account_is_its_persons_and_nobody_elses(shop: Shop, name: str) -> None:
    ask = Client().post if name == "account-sessions-end" else Client().get
    nobody = ask(reverse(name), follow=True)
    assert urlsplit(nobody.redirect_chain[-1][0]).path in (SIGN_IN, reverse("account_login"))
    page = signed_in(shop.staff).get(reverse(name), follow=True).content.decode()
    assert shop.owner.email not in page


# Pages that a token alone does not open: what else they need, and the tests that open them.
NEEDS_MORE = {
    "card-erase-confirm": "a signed link",  # tests/loyalty/pages/test_my_data.py
    "card-email-confirm": "nothing but a signed link",  # tests/loyalty/pages/test_own_data.py
    "card-pass": "a certificate of Apple's",  # tests/wallet/test_pages.py
    "card-google": "an account of Google's",  # tests/wallet/test_pages.py
    "card-wallet": "one of these",  # tests/wallet/test_one_link.py
}


@pytest.mark.parametrize("name", [name for name, who in PAGES.items() if who == "token" and "card" in name])
def test_a_customers_pages_open_with_their_token_and_with_nothing_else(shop: Shop, name: str) -> None:
    card: LoyaltyCard = factories.card(shop.store, phone="621123456")
    more = ["B" * 30] if NEEDS_MORE.get(name) == "a signed link" else []
    if name not in NEEDS_MORE:
        assert Client().get(reverse(name, args=[card.access_token])).status_code == 200
    for wrong in (card.qr_code_data, "B" * 30):
        assert signed_in(shop.owner).get(reverse(name, args=[wrong, *more])).status_code == 404


def test_the_stores_to_choose_from_are_the_own_ones(shop: Shop) -> None:
    other = factories.shop()
    page = signed_in(shop.owner).get(reverse("terminal-choose")).content.decode()
    assert shop.store.name in page
    assert shop.other_store.name in page
    assert other.store.name not in page
    nobody = Client().get(reverse("terminal-choose")).content.decode()
    assert shop.store.name not in nobody


@pytest.mark.parametrize("name", ["terminal", "terminal-today"])
def test_a_till_opens_the_pages_of_its_own_store_alone(shop: Shop, name: str) -> None:
    device = Client()
    device.cookies["till"] = factories.till(shop.store)[1]
    assert device.get(reverse(name, args=[shop.store.store_code])).status_code == 200
    for other in (shop.other_store, factories.shop().store):
        assert device.get(reverse(name, args=[other.store_code])).status_code == 404

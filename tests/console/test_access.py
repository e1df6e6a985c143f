"""Every address of the console, visited as everybody: an address without an entry here fails.

O is the operator, W the owner, M the manager; staff, strangers and people who are not signed in get in nowhere.
"""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, reverse

from tenancy.models.base import SoftDeletable
from tests.console.world import World

LETTERS = {"O": "operator", "W": "owner", "M": "manager"}
EVERYBODY = ("operator", "owner", "manager", "staff", "anonymous")
WITHOUT_A_ROW = ("changelist", "add", "import_customers")
# Whoever runs one merchant is led from the list to its one row.
ONE_PER_MERCHANT = ("loyalty_merchantloyaltysettings", "loyalty_loyaltyprogram", "tenancy_merchant")

# kind of row -> page -> who gets in on a row of their own merchant (the operator: of any)
GATES: dict[str, dict[str, str]] = {
    "tenancy_merchant": {"changelist": "OW", "add": "O", "change": "OW", "history": "OW", "delete": "O"},
    "tenancy_store": {
        "changelist": "OWM",
        "add": "OW",
        "change": "OWM",
        "history": "OWM",
        "delete": "OW",
        "poster": "OWM",
        "join_page": "OWM",
        "terminal": "OWM",
        "qr_picture": "OWM",
        "qr_drawing": "OWM",
    },
    "tenancy_storeuser": {
        "changelist": "OWM",
        "add": "OW",
        "change": "OWM",
        "history": "OWM",
        "delete": "OW",
    },
    "tenancy_user": {
        "changelist": "OW",
        "add": "O",
        "change": "OW",
        "history": "OW",
        "delete": "O",
        "set_password": "OW",
    },
    "tenancy_apikey": {
        "changelist": "OW",
        "add": "OW",
        "change": "OW",
        "history": "OW",
        "delete": "",
        "revoke": "OW",
    },
    "tenancy_historyentry": {
        "changelist": "OWM",
        "add": "",
        "change": "OWM",
        "history": "OWM",
        "delete": "",
    },
    "tenancy_outboxmessage": {"changelist": "O", "add": "", "change": "O", "history": "O", "delete": ""},
    # Whose it is may look at it; here it is the owner's.
    "tenancy_backgroundjob": {
        "changelist": "OWM",
        "add": "",
        "change": "W",
        "history": "W",
        "delete": "",
        "progress": "W",
        "download": "W",
    },
    "customers_customer": {
        "changelist": "OWM",
        "add": "OWM",
        "change": "OWM",
        "history": "OWM",
        "delete": "OW",
        "export_data": "OWM",
        "erase": "OW",
    },
    "loyalty_loyaltycard": {
        "changelist": "OWM",
        "add": "",
        "change": "OWM",
        "history": "OWM",
        "delete": "OW",
        "give_stamp": "OWM",
        "adjust_points": "OWM",
        "send_link": "OWM",
        "replace": "OWM",
        "merge": "OWM",
        "deactivate": "OWM",
        "reactivate": "",  # it is active
        "import_customers": "OW",
    },
    "loyalty_loyaltytransaction": {
        "changelist": "OWM",
        "add": "",
        "change": "OWM",
        "history": "OWM",
        "delete": "",
        "undo": "OWM",
    },
    "loyalty_loyaltyprogram": {
        "changelist": "OWM",
        "add": "O",  # an owner has one already
        "change": "OWM",
        "history": "OWM",
        "delete": "OW",
        "activate": "",  # it is on
        "deactivate": "OW",
    },
    "loyalty_merchantloyaltysettings": {
        "changelist": "OW",
        "add": "O",  # an owner has them already
        "change": "OW",
        "history": "OW",
        "delete": "",
    },
    "loyalty_staffpin": {
        "changelist": "OWM",
        "add": "OWM",
        "change": "OWM",
        "history": "OWM",
        "delete": "OWM",
        "end_lockout": "",  # it is not locked
    },
}
GATES |= {
    "notifications_emailtemplate": {
        "changelist": "OWM",
        "add": "OWM",
        "change": "OWM",
        "history": "OWM",
        "delete": "OWM",
    },
    "notifications_emaillog": {
        "changelist": "OWM",
        "add": "",
        "change": "OWM",
        "history": "OWM",
        "delete": "",
        "send_this_again": "",  # it has not failed
    },
    "wallet_walletpass": {
        "changelist": "OWM",
        "add": "",
        "change": "OWM",
        "history": "OWM",
        "delete": "",
        "try_this_again": "",  # it does not lag
    },
    "wallet_passdesign": {"changelist": "O", "add": "", "change": "O", "history": "O", "delete": ""},
    "wallet_appledeviceregistration": {
        "changelist": "O",
        "add": "",
        "change": "O",
        "history": "O",
        "delete": "",
    },
}
OPERATORS_SCHEDULE = {"changelist": "O", "add": "O", "change": "O", "history": "O", "delete": ""}
SCHEDULE = ("periodictask", "crontabschedule", "intervalschedule", "clockedschedule", "solarschedule")
for name in SCHEDULE:
    GATES[f"django_celery_beat_{name}"] = OPERATORS_SCHEDULE

# Drawn from a form or a file that is sent; the tests of these pages knock at them.
ONLY_POSTED = {
    "loyalty_loyaltycard_import_preview",
    "loyalty_loyaltyprogram_preview",
    "loyalty_loyaltyprogram_preview_new",
    "notifications_emailtemplate_preview",
}
# Addresses of the site itself: everybody with a console gets in, and they show nothing of a tenant.
OF_THE_SITE = {
    "index",
    "login",
    "logout",
    "language",
    "search",
    "password_change",
    "password_change_done",
    "autocomplete",
    "jsi18n",
    "view_on_site",
    "app_list",
    "auth_user_password_change",
    None,
}


def console_patterns() -> Iterator[URLPattern]:
    for entry in admin.site.get_urls():
        yield from entry.url_patterns if isinstance(entry, URLResolver) else [entry]


def kinds_and_pages() -> Iterator[tuple[str, str]]:
    return ((kind, page) for kind, pages in GATES.items() for page in pages)


def gets_in(response: HttpResponse) -> bool:
    """Whether a page was shown, and not a refusal, the sign-in or "there is no such thing"."""
    leads_out = response.status_code == 302 and not response["Location"].startswith("/admin/")
    return response.status_code == 200 or leads_out


def address(world: World, kind: str, page: str, rows: str = "mine") -> str | None:
    if page in WITHOUT_A_ROW:
        return reverse(f"admin:{kind}_{page}")
    row = getattr(world, rows).get(kind)
    return reverse(f"admin:{kind}_{page}", args=[row.pk]) if row else None


def test_every_address_of_the_console_has_an_entry_here() -> None:
    known = {f"{kind}_{page}" for kind, page in kinds_and_pages()}
    soft = {
        f"{model._meta.app_label}_{model._meta.model_name}_restore"
        for model in admin.site._registry
        if issubclass(model, SoftDeletable)
    }
    exports = {f"{kind}_export" for kind in GATES}  # go with their lists, see below
    for pattern in console_patterns():
        if pattern.name in OF_THE_SITE | ONLY_POSTED | soft | exports:
            continue
        assert pattern.name in known, f"{pattern.name}: say in this file who may open it"


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_gets_in_exactly_where_their_role_allows(world: World, who: str) -> None:
    client = world.client(who)
    for kind, page in kinds_and_pages():
        path = address(world, kind, page)
        if path is None:
            continue
        allowed = who in {LETTERS[letter] for letter in GATES[kind][page]}
        response = client.get(path, follow=kind in ONE_PER_MERCHANT and allowed)
        assert gets_in(response) == allowed, f"{who} at {path}: {response.status_code}"


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_list_is_downloaded_by_those_who_see_it(world: World, who: str) -> None:
    client = world.client(who)
    for kind, pages in GATES.items():
        allowed = who in {LETTERS[letter] for letter in pages["changelist"]}
        for file in ("csv", "xlsx"):
            response = client.get(reverse(f"admin:{kind}_export", args=[file]))
            assert gets_in(response) == allowed, f"{who}: {kind} as {file}: {response.status_code}"


@pytest.mark.parametrize("who", ["stranger", "staff", "anonymous"])
def test_nobody_sees_a_row_of_a_merchant_that_is_not_theirs(world: World, who: str) -> None:
    client = world.client(who)
    for kind, page in kinds_and_pages():
        path = address(world, kind, page)
        if path is None or page in WITHOUT_A_ROW:
            continue
        assert not gets_in(client.get(path)), f"{who} at {path}"
        assert not gets_in(client.post(path, {"post": "yes", "reason": "mine now"})), (
            f"{who} posting to {path}"
        )


def test_a_manager_sees_nothing_of_another_store(world: World) -> None:
    client = world.client("manager")
    for kind in world.elsewhere:
        for page in GATES[kind]:
            path = address(world, kind, page, "elsewhere")
            if page in WITHOUT_A_ROW:
                continue
            assert not gets_in(client.get(path)), path


def test_restoring_is_only_for_what_is_deleted(world: World) -> None:
    client = world.client("operator")
    for kind, row in world.mine.items():
        if isinstance(row, SoftDeletable):
            assert client.get(reverse(f"admin:{kind}_restore", args=[row.pk])).status_code == 403


@pytest.mark.parametrize(("who", "seen"), [("owner", {"mine", "elsewhere"}), ("manager", {"mine"})])
def test_lists_hold_only_rows_of_the_own_merchant_and_stores(world: World, who: str, seen: set[str]) -> None:
    client = world.client(who)
    for kind in ("tenancy_store", "customers_customer", "loyalty_staffpin", "tenancy_storeuser"):
        rows_shown = client.get(address(world, kind, "changelist")).context["cl"].result_list
        shown = {row.pk for row in rows_shown}
        for rows in ("mine", "theirs", "elsewhere"):
            row = getattr(world, rows)[kind]
            assert (row.pk in shown) == (rows in seen), f"{who}: {kind} of {rows}"


def test_the_menu_leads_only_to_pages_that_open(world: World) -> None:
    for who in ("operator", "owner", "manager"):
        client = world.client(who)
        menu = client.get(reverse("admin:index")).context["sidebar_navigation"]
        links = [item["link"] for group in menu for item in group["items"]]
        assert len(links) > 5
        for link in links:
            assert client.get(link, follow=True).status_code == 200, f"{who} at {link}"


def test_staff_are_sent_to_the_sign_in_with_a_word_why(world: World) -> None:
    response = world.client("staff").get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[0][0].startswith(reverse("admin:login"))
    assert "does not open the console" in response.content.decode()

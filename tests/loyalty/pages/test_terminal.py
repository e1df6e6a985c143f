"""The terminal's pages: who gets in, what is on them, and what is kept for want of a network."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation

from loyalty.pages.terminal.shell import FIRST, LATER, MODULES, READER, SHARED, STYLES, WORKER, worker_script
from loyalty.pages.terminal.texts import terminal_texts
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db

SCRIPTS = Path(settings.BASE_DIR) / "static" / "terminal"
NOT_LOADED = {"types.js", "answers.d.ts", "service-worker.js", "qr-worker.js"}


def address(shop: factories.Shop, name: str = "terminal") -> str:
    return reverse(name, args=[shop.store.store_code])


def block(response, name: str):
    """A JSON block of the page."""
    found = re.search(
        rf'<script id="{name}" type="application/json">(.*?)</script>', response.content.decode()
    )
    return json.loads(found[1])


# --- Signing in -------------------------------------------------------------------------------------------


def test_staff_sign_in_with_e_mail_and_password_and_stand_at_their_till(client, shop):
    response = client.post(
        "/login/", {"username": shop.staff.email, "password": factories.PASSWORD}, follow=True
    )

    assert response.redirect_chain == [("/terminal/", 302), (address(shop), 302)]
    assert response.status_code == 200


def test_the_sign_in_form_has_one_e_mail_and_one_password_field(client, db):
    page = client.get("/login/").content.decode()

    assert re.findall(r'<input type="(email|text|password)"', page) == ["email", "password"]
    assert "csrfmiddlewaretoken" in page


def test_a_wrong_password_is_refused_and_the_e_mail_stays(client, shop):
    response = client.post("/login/", {"username": shop.staff.email, "password": "wrong"})

    assert response.status_code == 200
    assert "This e-mail and password do not go together." in words(response)
    assert f'value="{shop.staff.email}"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_in_goes_on_to_the_page_that_was_asked_for_on_this_site_only(client, shop):
    right = {"username": shop.staff.email, "password": factories.PASSWORD}

    assert client.post("/login/", right | {"next": address(shop)})["Location"] == address(shop)
    client.logout()
    assert client.post("/login/", right | {"next": "https://evil.example/"})["Location"] == "/terminal/"


def test_signing_out_asks_first(client, shop):
    client.force_login(shop.staff)

    assert "Sign out?" in words(client.get("/logout/"))
    assert "_auth_user_id" in client.session
    assert client.post("/logout/")["Location"] == "/login/"
    assert "_auth_user_id" not in client.session


# --- Choosing a store -------------------------------------------------------------------------------------


def test_with_one_store_there_is_no_choice(client, shop):
    client.force_login(shop.staff)

    assert client.get("/terminal/")["Location"] == address(shop)


def test_an_owner_chooses_between_all_stores_of_the_merchant(client, shop):
    client.force_login(shop.owner)

    page = words(client.get("/terminal/"))

    assert shop.store.name in page
    assert shop.other_store.name in page


def test_an_accountant_works_at_no_till(client, shop):
    client.force_login(factories.member(shop.store, role="accountant"))

    assert client.get("/terminal/")["Location"] == "/admin/"
    for page in (address(shop), f"{address(shop)}today.json"):
        assert client.get(page).status_code == 404

    client.force_login(shop.staff)
    for page in (address(shop), f"{address(shop)}today.json"):
        assert client.get(page).status_code == 200


def test_whoever_works_nowhere_is_told_so(client, db):
    client.force_login(factories.user("new@example.com"))

    page = words(client.get("/terminal/"))
    assert "new@example.com works at no till." in page
    assert ("No till yet" in page, "Which store?" in page) == (True, False)


def test_the_first_operator_is_led_to_the_console_where_there_is_no_store_yet(client, db):
    client.force_login(factories.operator())

    assert client.get("/terminal/")["Location"] == "/admin/"
    factories.shop()
    assert "Which store?" in words(client.get("/terminal/"))


def test_who_owns_one_store_is_led_to_the_console_until_its_program_runs(client, db):
    merchant = factories.merchant()
    store = factories.store(merchant)
    client.force_login(factories.member(store, role="owner"))

    assert client.get("/terminal/")["Location"] == "/admin/"
    factories.program(merchant)
    assert client.get("/terminal/")["Location"] == f"/terminal/{store.store_code}/"


# --- The terminal -----------------------------------------------------------------------------------------


def test_the_terminal_shows_the_names_of_its_staff_at_once(client, shop):
    factories.staff_pin(shop.store, name="Léa Thill")
    factories.staff_pin(shop.other_store, name="Marc")
    client.force_login(shop.staff)

    page = words(client.get(address(shop)))

    assert "LT Léa Thill" in page
    assert "Marc" not in page


def test_the_terminal_tells_its_scripts_about_the_store_and_nothing_about_customers(client, shop):
    factories.card(shop.store, email="anouk@example.com", name="Anouk Weber")
    client.force_login(shop.manager)

    response = client.get(address(shop))
    facts = block(response, "terminal-facts")

    assert facts["store"]["role"] == "manager"
    assert facts["program"]["loyalty_type"] == "hybrid"
    assert [reward["name"] for reward in facts["program"]["rewards"]] == ["Croissant", "Breakfast"]
    assert facts["program"]["points_per_euro"] == "10.00"
    assert (facts["currency"], facts["currency_digits"]) == ("EUR", 2)
    assert facts["idle_seconds"] == 600
    assert "Anouk" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["terminal", "terminal-today"])
def test_nobody_is_sent_to_sign_in_and_strangers_find_nothing(client, shop, name):
    assert client.get(address(shop, name))["Location"] == f"/login/?next={address(shop, name)}"

    client.force_login(factories.shop().owner)
    assert client.get(address(shop, name)).status_code == 404


def test_staff_of_one_store_find_nothing_at_the_other(client, shop):
    client.force_login(shop.staff)

    assert client.get(reverse("terminal", args=[shop.other_store.store_code])).status_code == 404


def test_an_inactive_program_has_no_terminal(client, shop):
    with factories.inside(shop):
        shop.program.is_active = False
        shop.program.save(update_fields=["is_active"])
    client.force_login(shop.staff)

    assert client.get(address(shop)).status_code == 404


def test_an_operator_gets_in_everywhere(client, shop):
    client.force_login(factories.operator())

    assert block(client.get(address(shop)), "terminal-facts")["store"]["role"] == "operator"


def test_todays_figures_leave_out_what_was_undone(client, shop):
    factories.card(shop.store, stamps=3, cents=1240)
    client.force_login(shop.staff)

    assert client.get(address(shop, "terminal-today")).json() == {"stamps": 3, "points": 124, "rewards": 0}


def test_the_page_takes_few_statements_however_many_stores_and_rewards_there_are(
    client, shop, django_assert_max_num_queries
):
    client.force_login(shop.owner)

    with django_assert_max_num_queries(12):
        client.get(address(shop))


# --- Without a network ------------------------------------------------------------------------------------


def test_the_shell_is_nobodys(client, shop):
    factories.staff_pin(shop.store, name="Léa Thill")

    response = client.get("/terminal/shell.html")

    assert block(response, "terminal-facts") is None
    assert "Léa" not in response.content.decode()
    assert shop.merchant.name not in response.content.decode()
    assert "There is no network." in words(response)


def test_the_service_worker_keeps_every_script_and_style_of_the_terminal():
    in_folder = {f"terminal/{file.name}" for file in SCRIPTS.iterdir() if file.name not in NOT_LOADED}

    assert {FIRST, *MODULES, *LATER, *STYLES} - {"address-slips.js"} == in_folder - {"terminal/gate.css"}
    for name in (*MODULES, *LATER, *STYLES, *READER, *SHARED, WORKER):
        assert finders.find(name)
        assert name == WORKER or f'"{static(name)}"' in worker_script()


def test_what_a_till_needs_later_is_not_loaded_before_it_stands(client, shop):
    client.force_login(shop.staff)
    page = client.get(address(shop)).content.decode()

    assert modules_behind("terminal/terminal.js") == set(MODULES)
    assert modules_behind(*LATER) - set(MODULES) == set(LATER)
    assert set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page)) == set(MODULES)


def modules_behind(*names: str) -> set[str]:
    """What a browser loads with these modules, before any of them runs."""
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name in found:
            continue
        found.add(name)
        file = Path(finders.find(name))
        for other in re.findall(r'^import [^;]*?"(\.[^"]+)";', file.read_text("utf-8"), re.MULTILINE):
            ahead.append((file.parent / other).resolve().relative_to(SCRIPTS.parent).as_posix())
    return found


def test_the_service_worker_is_served_from_beside_the_terminals(client, db):
    response = client.get("/terminal/sw.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    assert response.content.decode() == worker_script()
    assert '"page": "/terminal/shell.html"' in worker_script()


def test_the_till_is_an_app_that_opens_at_its_store(client, shop):
    client.force_login(shop.staff)
    page = client.get(address(shop)).content.decode()
    app = client.get(address(shop, "terminal-manifest"))

    assert f'<link rel="manifest" href="{address(shop, "terminal-manifest")}"' in page
    assert app["Content-Type"] == "application/manifest+json"
    assert (app.json()["start_url"], app.json()["id"]) == (address(shop), address(shop))
    assert app.json()["name"] == f"Till · {shop.store.name}"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in app.json()["icons"]}
    assert sizes == {(size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")}
    assert all(client.get(icon["src"]).status_code == 200 for icon in app.json()["icons"])
    assert client.get("/terminal/shell.html").content.decode().count("webmanifest") == 0


# --- Words ------------------------------------------------------------------------------------------------


def test_the_scripts_hold_no_words_of_their_own():
    texts = terminal_texts()
    used = {
        key
        for file in SCRIPTS.glob("*.js")
        for key in re.findall(r'\b(?:text|plural)\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }

    assert used - texts.keys() == set()


def test_every_text_has_the_same_gaps_in_every_language():
    english = _gaps(terminal_texts())
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert _gaps(terminal_texts()) == english


def _gaps(texts) -> dict[str, set[str]]:
    forms = {key: list(text.values()) if isinstance(text, dict) else [text] for key, text in texts.items()}
    return {key: set(re.findall(r"\{\w+\}", " ".join(sentences))) for key, sentences in forms.items()}

"""The terminal's pages: who gets in, and what is on them."""

import re

import pytest
from django.urls import reverse

from tests import factories
from tests.loyalty.pages.reading import address, block, words

pytestmark = pytest.mark.django_db


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

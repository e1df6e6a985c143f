"""A tablet becomes a till: the page with the code, and the cookie by which it is known from then on."""

import pytest
from django.test import Client
from django.urls import reverse

from tenancy import tills
from tenancy.models import Till
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db
DOOR = "/terminal/"


@pytest.fixture
def code(shop: factories.Shop) -> str:
    with factories.inside(shop):
        return tills.make(store=shop.store, name="Counter 1", by=shop.owner)[1]


def terminal(shop: factories.Shop) -> str:
    return reverse("terminal", args=[shop.store.store_code])


def row(shop: factories.Shop) -> Till:
    with factories.inside(shop):
        return Till.objects.get(name="Counter 1")


def enrolled(shop: factories.Shop) -> tuple[Client, Till]:
    made, carried = factories.till(shop.store, "Counter 1")
    client = Client()
    client.cookies[tills.COOKIE] = carried
    return client, made


def test_a_new_tablet_types_its_code_and_stands_at_its_store(client, shop, code):
    page = client.get(DOOR)
    assert page.status_code == 200
    assert "Make this device a till" in words(page)
    assert "no-store" in page["Cache-Control"]

    response = client.post(DOOR, {"code": f"{code[:4]}-{code[4:]}".lower()}, follow=True)

    assert response.redirect_chain == [(terminal(shop), 302)]
    assert shop.store.name in words(response)
    assert "Counter 1" in words(response)
    assert row(shop).enrolled_at is not None
    assert client.get(DOOR)["Location"] == terminal(shop)


def test_what_the_tablet_carries_is_for_no_script_and_no_other_site_and_lasts_400_days(client, code):
    cookie = client.post(DOOR, {"code": code}).cookies[tills.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert cookie["max-age"] == 400 * 24 * 3600
    assert len(cookie.value) >= 43


def test_in_production_it_goes_over_tls_only(client, code, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert client.post(DOOR, {"code": code}).cookies[tills.COOKIE]["secure"] is True


def test_opening_the_address_of_the_qr_code_uses_no_code_up(client, shop, code):
    for _look in range(3):
        page = client.get(DOOR, {"code": code})
        assert page.status_code == 200
        assert f'value="{code}"' in page.content.decode()
    assert tills.COOKIE not in client.cookies
    assert row(shop).enrolled_at is None
    assert client.post(DOOR, {"code": code}).status_code == 302


def test_whoever_is_signed_in_is_asked_too_when_a_code_stands_in_the_address(client, shop, code):
    client.force_login(shop.staff, backend="tenancy.sign_in.EmailBackend")
    assert f'value="{code}"' in client.get(DOOR, {"code": code}).content.decode()
    assert client.get(DOOR)["Location"] == terminal(shop)


def test_a_wrong_code_is_said_beside_the_field_and_enrols_nothing(client, shop, code):
    page = client.post(DOOR, {"code": "WRONG"})
    assert page.status_code == 400
    assert "This code is wrong, used already or over." in words(page)
    assert 'value="WRONG"' in page.content.decode()
    assert row(shop).enrolled_at is None
    assert client.post(DOOR, {}).status_code == 400


def test_a_used_code_makes_no_second_device(client, shop, code):
    client.post(DOOR, {"code": code})
    second = Client()
    assert second.post(DOOR, {"code": code}).status_code == 400
    assert tills.COOKIE not in second.cookies


def test_codes_can_be_tried_only_so_often_from_one_address(client, shop, code, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"till_pair": "2/h"}
    assert [client.post(DOOR, {"code": f"WRONG{n}"}).status_code for n in range(3)] == [400, 400, 429]
    assert client.post(DOOR, {"code": code}).status_code == 429
    assert row(shop).enrolled_at is None
    assert client.post(DOOR, {"code": code}, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_code_is_sent_from_this_page_only(shop, code):
    client = Client(enforce_csrf_checks=True)
    assert client.post(DOOR, {"code": code}).status_code == 403
    assert row(shop).enrolled_at is None
    client.get(DOOR)
    token = client.cookies["csrftoken"].value
    assert client.post(DOOR, {"code": code, "csrfmiddlewaretoken": token}).status_code == 302


def test_nobody_stays_signed_in_on_a_device_that_becomes_a_till(client, shop, code):
    client.force_login(shop.owner, backend="tenancy.sign_in.EmailBackend")
    client.post(DOOR, {"code": code})
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302
    assert client.get(terminal(shop)).status_code == 200


def test_a_till_opens_its_own_store_and_is_a_stranger_elsewhere(shop):
    client, _till = enrolled(shop)
    assert client.get(terminal(shop)).status_code == 200
    for other in (shop.other_store, factories.shop().store):
        assert client.get(reverse("terminal", args=[other.store_code])).status_code == 404
        assert client.get(reverse("terminal-today", args=[other.store_code])).status_code == 404
    assert client.get(reverse("terminal-today", args=[shop.store.store_code])).status_code == 200


def test_a_tills_page_offers_neither_sign_out_nor_another_store(shop, client):
    page = enrolled(shop)[0].get(terminal(shop)).content.decode()
    assert "/logout/" not in page
    client.force_login(shop.staff, backend="tenancy.sign_in.EmailBackend")
    assert "/logout/" in client.get(terminal(shop)).content.decode()


def test_the_cookie_is_renewed_whenever_the_terminal_opens_and_the_till_is_seen(shop):
    client, till = enrolled(shop)
    carried = client.cookies[tills.COOKIE].value
    renewed = client.get(terminal(shop)).cookies[tills.COOKIE]
    assert (renewed.value, renewed["max-age"]) == (carried, 400 * 24 * 3600)
    assert len(factories.fresh(till).app_version) == 12


@pytest.mark.parametrize("over", ["revoked", "never was one"])
def test_a_device_that_is_no_till_any_more_is_told_so_kindly(shop, over):
    client, till = enrolled(shop)
    if over == "revoked":
        with factories.inside(shop):
            tills.revoke(till=till)
    else:
        client.cookies[tills.COOKIE] = "expired"
    response = client.get(terminal(shop), follow=True)
    assert response.redirect_chain == [(DOOR, 302)]
    assert "This device is not a till of the shop any more." in words(response)
    assert "/login/?next=/terminal/" in response.content.decode()


def test_whoever_signs_in_on_a_device_that_was_a_till_opens_the_terminal_as_before(shop):
    client = Client()
    client.cookies[tills.COOKIE] = "over"
    client.force_login(shop.staff, backend="tenancy.sign_in.EmailBackend")
    page = client.get(terminal(shop))
    assert page.status_code == 200
    assert page.cookies[tills.COOKIE].value == ""
    assert client.get(f"/api/v1/stores/{shop.store.store_code}/").status_code == 200


def test_a_lost_tablet_that_is_enrolled_anew_goes_on_as_the_till_of_its_store(shop):
    client, till = enrolled(shop)
    with factories.inside(shop):
        tills.revoke(till=till)
        _again, code = tills.make(store=shop.store, name="Counter 1", by=None)
    assert client.post(DOOR, {"code": code})["Location"] == terminal(shop)
    assert client.get(terminal(shop)).status_code == 200

"""Guessing passwords: after ten wrong ones a name is locked for that address, and for nobody else."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def owner() -> None:
    factories.user("owner@mirabel.example", is_superuser=True)


def sign_in(client: Client, name: str, password: str, address: str = "192.0.2.1") -> HttpResponse:
    form = {"username": name, "password": password}
    return client.post("/login/", form, REMOTE_ADDR=address)


def guess(client: Client, times: int, name: str = "owner@mirabel.example") -> list[int]:
    return [sign_in(client, name, "wrong").status_code for _ in range(times)]


def test_the_right_password_opens(client: Client) -> None:
    assert sign_in(client, "owner@mirabel.example", factories.PASSWORD).status_code == 302


def test_ten_wrong_ones_lock_even_for_the_right_one(client: Client) -> None:
    assert guess(client, 10) == [200] * 9 + [429]
    assert sign_in(client, "owner@mirabel.example", factories.PASSWORD).status_code == 429
    assert "_auth_user_id" not in client.session


def test_another_way_to_write_the_address_is_no_way_round(client: Client) -> None:
    guess(client, 10)
    assert sign_in(client, "Owner@Mirabel.example ", factories.PASSWORD).status_code == 429


def test_the_console_counts_together_with_the_terminal(client: Client) -> None:
    guess(client, 10)
    form = {"username": "owner@mirabel.example", "password": factories.PASSWORD}
    response = client.post("/admin/login/", form, REMOTE_ADDR="192.0.2.1")
    assert response.status_code == 429


def test_nobody_locks_an_owner_out_from_elsewhere(client: Client) -> None:
    guess(client, 10)
    elsewhere = sign_in(client, "owner@mirabel.example", factories.PASSWORD, address="198.51.100.7")
    assert elsewhere.status_code == 302


def test_a_right_one_in_between_begins_the_count_anew(client: Client) -> None:
    guess(client, 9)
    sign_in(client, "owner@mirabel.example", factories.PASSWORD)
    client.logout()
    assert guess(client, 9) == [200] * 9


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
@pytest.mark.parametrize("name", ["x" * 10_000, "a\x00b@example.com"])
def test_a_name_that_nobody_can_have_is_wrong_as_any_other(client: Client, path: str, name: str) -> None:
    answer = client.post(path, {"username": name, "password": "wrong"}, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 200


@pytest.mark.parametrize("key", [r'"\000abcdefghij"', "x" * 5000, "\u00e9" * 32, "'; --", "short"])
@pytest.mark.parametrize("path", ["/", "/login/", "/terminal/", "/api/v1/stores/", "/nowhere/"])
def test_a_session_cookie_that_we_never_gave_is_as_good_as_none(client: Client, path: str, key: str) -> None:
    without = client.get(path)
    assert client.get(path, headers={"Cookie": f"sessionid={key}"}).status_code == without.status_code

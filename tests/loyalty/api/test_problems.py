"""What goes wrong is said as application/problem+json, whatever it is; nothing is ever a 500."""

from typing import Any
from unittest import mock

import pytest
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import Client

from loyalty import selectors
from loyalty.models import LoyaltyCard
from tests.factories import Shop, fresh
from tests.loyalty.api.till import BACKEND, Caller, Till

pytestmark = pytest.mark.django_db


def problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    document = response.json()  # type: ignore[attr-defined]
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert document["type"] == f"/problems/{code}"
    assert document["title"]
    assert document["detail"]
    return document


# --- Addresses and methods --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["", "nothing/", "stores/x/nothing/", "admin/dragons/", "stores/x/cards/anna/", "stores/a/b/c/d/e/"],
)
def test_an_address_that_is_none(path: str) -> None:
    problem(Caller().get(path), 404, "not_found")


def test_a_store_code_of_any_kind_is_no_store(till: Till) -> None:
    for code in ("nowhere", "UPPER", "%00", "%F0%9F%8D%B0", "a b", "x" * 300, "..", "'; drop", "%ff"):
        problem(till.client.get(f"/api/v1/stores/{code}/"), 404, "store_not_found")
        problem(till.client.get(f"/api/v1/public/stores/{code}/program/"), 404, "store_not_found")


@pytest.mark.parametrize("card_id", ["0", str(2**63), str(2**64), "9" * 40])
def test_an_id_of_any_size_is_no_card(till: Till, card_id: str) -> None:
    problem(till.get(f"cards/{card_id}/"), 404, "card_not_found")
    problem(till.get(f"cards/{card_id}/transactions/"), 404, "card_not_found")


def test_an_id_of_thousands_of_digits_is_no_address(till: Till) -> None:
    problem(till.get(f"cards/{'9' * 5000}/"), 404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_an_address_does_not_take(till: Till, card: LoyaltyCard, method: str) -> None:
    response = till.call(method, f"cards/{card.pk}/stamps/")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST"


def test_head_is_get_without_its_body(till: Till) -> None:
    response = till.call("HEAD", "cards/")
    assert (response.status_code, response.content) == (200, b"")
    assert till.call("HEAD", "stats/").status_code == 403


def test_an_answer_in_another_form_is_not_to_be_had(till: Till) -> None:
    problem(till.get(headers={"Accept": "text/html"}), 406, "not_acceptable")
    assert till.get(headers={"Accept": "application/*"}).status_code == 200


# --- Bodies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b'{"count": NaN}',
        b'{"count": Infinity}',
        b'{"notes": "\xff"}',
        b'{"notes": "\\ud800"}',
        b'{"\\udfff": 1}',
        b"\xef\xbb\xbf{}",
        b'{"notes": "\x00"}',
        b'{"count": ' + b"9" * 5000 + b"}",
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 100_000,
        b'{"a":' * 30 + b"1" + b"}" * 30,
    ],
)
def test_a_body_that_is_no_json(till: Till, card: LoyaltyCard, body: bytes) -> None:
    document = problem(till.post(f"cards/{card.pk}/stamps/", body), 400, "invalid")
    assert [error["field"] for error in document["errors"]] == [""]
    assert fresh(card).stamp_count == 0


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"5", b"true"])
def test_a_body_that_is_no_object(till: Till, card: LoyaltyCard, body: bytes) -> None:
    document = problem(till.post(f"cards/{card.pk}/stamps/", body), 400, "invalid")
    assert [error["field"] for error in document["errors"]] == [""]
    assert fresh(card).stamp_count == 0


def test_no_body_is_as_good_as_an_empty_one(till: Till, card: LoyaltyCard) -> None:
    assert till.post(f"cards/{card.pk}/stamps/").status_code == 201


def test_a_body_of_another_kind(till: Till, card: LoyaltyCard) -> None:
    for kind in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "nonsense",
    ):
        response = till.client.generic(
            "POST", f"{till.base}cards/{card.pk}/stamps/", data=b"count=1", content_type=kind
        )
        problem(response, 415, "unsupported_media_type")
    assert fresh(card).stamp_count == 0


def test_a_body_that_is_too_large(till: Till, card: LoyaltyCard, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(till.post(f"cards/{card.pk}/stamps/", {"notes": "x" * 1000}), 413, "body_too_large")
    assert fresh(card).stamp_count == 0


def test_a_body_without_its_length_is_not_taken_for_an_empty_one(till: Till, card: LoyaltyCard) -> None:
    answer = till.post(f"cards/{card.pk}/stamps/", headers={"Transfer-Encoding": "chunked"})
    problem(answer, 411, "length_required")
    assert fresh(card).stamp_count == 0


def test_every_wrong_field_is_named(till: Till, card: LoyaltyCard) -> None:
    document = problem(
        till.post(f"cards/{card.pk}/points/", {"purchase_amount_cents": "ten", "notes": "x" * 501}),
        400,
        "invalid",
    )
    assert document["errors"] == [
        {"field": "purchase_amount_cents", "code": "invalid", "message": "A valid integer is required."},
        {
            "field": "notes",
            "code": "max_length",
            "message": "Ensure this field has no more than 500 characters.",
        },
    ]


def test_a_refusal_speaks_the_callers_language(till: Till) -> None:
    french = till.get("cards/1/", headers={"Accept-Language": "fr"})
    assert french["Content-Language"] == "fr"
    problem(french, 404, "card_not_found")


# --- Who --------------------------------------------------------------------------------------------------


def test_nobody_is_asked_to_sign_in(shop: Shop) -> None:
    for path in (f"stores/{shop.store.store_code}/", "stores/", "admin/programs/", "admin/users/"):
        response = Caller().get(path)
        problem(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"] == "Bearer"


def test_a_session_needs_its_csrf_token_for_what_changes_something(shop: Shop, card: LoyaltyCard) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    token = client.cookies["csrftoken"].value
    client.force_login(shop.staff, backend=BACKEND)
    path = f"/api/v1/stores/{shop.store.store_code}/cards/{card.pk}/stamps/"
    for headers in ({}, {"X-CSRFToken": "x" * 32}):
        problem(
            client.post(path, b"{}", content_type="application/json", headers=headers), 403, "csrf_failed"
        )
    assert fresh(card).stamp_count == 0
    good = client.post(path, b"{}", content_type="application/json", headers={"X-CSRFToken": token})
    assert good.status_code == 201


def test_the_caller_comes_before_the_store_and_the_store_before_the_shape(shop: Shop, till: Till) -> None:
    problem(Till(shop.store).post("cards/", b"{"), 401, "not_authenticated")
    problem(Till(shop.other_store, shop.staff).post("cards/", b"{"), 404, "store_not_found")
    problem(till.post("pins/", b"{"), 403, "manager_required")


# --- Faults -----------------------------------------------------------------------------------------------


def test_a_database_that_is_away_is_said_quickly(till: Till, card: LoyaltyCard) -> None:
    with mock.patch.object(selectors, "card_at", side_effect=OperationalError("gone")):
        response = till.get(f"cards/{card.pk}/")
    problem(response, 503, "unavailable")
    assert response["Retry-After"] == "5"


def test_a_database_that_is_away_before_the_view_is_said_too(shop: Shop) -> None:
    caller = Caller(shop.staff)
    caller.client.raise_request_exception = False
    with mock.patch(
        "django.contrib.sessions.backends.db.SessionStore.load", side_effect=OperationalError("gone")
    ):
        problem(caller.get("stores/"), 503, "unavailable")


@pytest.mark.parametrize(
    ("fault", "status", "code"), [(IntegrityError, 409, "conflict"), (DataError, 400, "invalid")]
)
def test_what_only_the_database_refuses_is_no_fault_of_the_server(
    till: Till, card: LoyaltyCard, fault: type[Exception], status: int, code: str
) -> None:
    with mock.patch.object(selectors, "card_at", side_effect=fault("secret detail")):
        response = till.get(f"cards/{card.pk}/")
    problem(response, status, code)
    assert b"secret" not in response.content


def test_a_fault_of_ours_shows_nothing_of_itself(till: Till, card: LoyaltyCard) -> None:
    till.client.raise_request_exception = False
    with mock.patch.object(selectors, "card_at", side_effect=RuntimeError("secret detail")):
        response = till.get(f"cards/{card.pk}/")
    problem(response, 500, "server_error")
    assert b"secret" not in response.content


def test_an_address_that_a_proxy_made_up_is_not_written_down(
    till: Till, card: LoyaltyCard, settings: Any
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    for address in ("unknown", "1.2.3.4:5678", "\x00", ""):
        response = till.post(f"cards/{card.pk}/stamps/", headers={"X-Forwarded-For": address})
        assert response.status_code == 201


def test_a_client_may_call_itself_anything(till: Till, card: LoyaltyCard) -> None:
    for agent in ("x" * 5000, "caf\xe9", "a\x00b"):
        assert till.post(f"cards/{card.pk}/stamps/", headers={"User-Agent": agent}).status_code == 201

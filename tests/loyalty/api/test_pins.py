"""Staff PINs: typed at the terminal, kept by managers, never shown."""

import pytest

from groundwork.idempotency.once import fingerprint
from loyalty.models import StaffPin
from tenancy.models import IdempotencyKey
from tests import factories
from tests.factories import Shop, fresh
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.django_db


def unlock(till: Till, pin: StaffPin, typed: object) -> object:
    return till.post(f"staff/{pin.pk}/unlock/", {"pin": typed})


# --- At the terminal --------------------------------------------------------------------------------------


def test_the_right_pin_opens_the_terminal(shop: Shop, till: Till) -> None:
    lea = factories.staff_pin(shop.store)
    response = unlock(till, lea, "4711")
    assert response.status_code == 200
    answer = response.json()
    assert answer.keys() == {"token", "expires_at", "staff"}
    assert answer["staff"] == {"id": lea.pk, "name": "Léa"}
    assert answer["expires_at"].endswith("Z")
    card = factories.card(shop.store)
    stamped = till.post(f"cards/{card.pk}/stamps/", token=answer["token"]).json()
    assert stamped["transaction"]["staff"] == "Léa"


def test_wrong_pins_are_counted_until_the_lock_out() -> None:
    shop = factories.shop(settings={"staff_pin_lockout_attempts": 3, "staff_pin_lockout_minutes": 30})
    till, lea = Till(shop.store, shop.staff), factories.staff_pin(shop.store)
    for left in (2, 1, 0):
        response = unlock(till, lea, "0815")
        assert (response.status_code, response.json()["code"]) == (401, "pin_invalid")
        assert response.json()["attempts_left"] == left
    locked = unlock(till, lea, "4711")
    assert (locked.status_code, locked.json()["code"]) == (423, "pin_locked")
    assert locked.json()["locked_until"].endswith("Z")
    assert till.get("staff/").json() == [{"id": lea.pk, "name": "Léa", "locked": True}]


def test_a_manager_ends_a_lock_out() -> None:
    shop = factories.shop(settings={"staff_pin_lockout_attempts": 1})
    till, manager = Till(shop.store, shop.staff), Till(shop.store, shop.manager)
    lea = factories.staff_pin(shop.store)
    unlock(till, lea, "0815")
    assert till.post(f"pins/{lea.pk}/unlock/").json()["code"] == "manager_required"
    response = manager.post(f"pins/{lea.pk}/unlock/")
    assert response.status_code == 200
    assert (response.json()["failed_attempts"], response.json()["locked_until"]) == (0, None)
    assert unlock(till, lea, "4711").status_code == 200


@pytest.mark.parametrize(
    "body", [{}, {"pin": ""}, {"pin": 4711}, {"pin": None}, {"pin": "\0"}, {"pin": "1" * 65}]
)
def test_a_pin_that_is_none_is_not_counted_as_a_guess(shop: Shop, till: Till, body: dict) -> None:
    lea = factories.staff_pin(shop.store)
    response = till.post(f"staff/{lea.pk}/unlock/", body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "pin")
    assert fresh(lea).failed_attempts == 0


def test_only_this_stores_people_can_type_a_pin(shop: Shop, till: Till) -> None:
    elsewhere = factories.staff_pin(shop.other_store)
    stranger = factories.staff_pin(factories.shop().store)
    for pin_id in (elsewhere.pk, stranger.pk, 0, 2**63):
        response = till.post(f"staff/{pin_id}/unlock/", {"pin": "4711"})
        assert (response.status_code, response.json()["code"]) == (404, "pin_not_found")
    assert fresh(elsewhere).failed_attempts == 0


# --- Kept by managers -------------------------------------------------------------------------------------


def test_a_person_is_added_and_the_pin_never_shown(shop: Shop, manager: Till) -> None:
    response = manager.post("pins/", {"name": " Léa ", "pin": "4711", "staff_code": "A1"})
    assert response.status_code == 201
    row = response.json()
    assert row == {
        "id": row["id"],
        "name": "Léa",
        "staff_code": "A1",
        "is_active": True,
        "failed_attempts": 0,
        "locked_until": None,
        "last_used_at": None,
    }
    assert manager.get(f"pins/{row['id']}/").json() == row
    assert manager.get("pins/").json()["results"] == [row]


def test_what_is_kept_for_a_repeat_tells_no_pin_to_who_has_a_copy_of_the_table(
    shop: Shop, manager: Till
) -> None:
    lea = {"name": "Léa", "pin": "4711"}
    first = manager.post("pins/", lea, once="pin-1")
    assert manager.post("pins/", lea, once="pin-1").json() == first.json()
    assert (
        manager.post("pins/", lea | {"pin": "4712"}, once="pin-1").json()["code"] == "idempotency_key_reused"
    )
    with factories.inside(shop):
        (kept,) = IdempotencyKey.objects.values_list("fingerprint", flat=True)
    path = f"/api/v1/stores/{shop.store.store_code}/pins/"
    guesses = (fingerprint("POST", path, lea | {"pin": f"{number:04}"}) for number in range(4700, 4720))
    assert kept not in set(guesses)


def test_a_changed_pin_ends_the_old_tokens(shop: Shop, manager: Till) -> None:
    lea = factories.staff_pin(shop.store)
    token = manager.unlock(lea)
    response = manager.patch(f"pins/{lea.pk}/", {"pin": "2580", "name": "Léa M."})
    assert (response.status_code, response.json()["name"]) == (200, "Léa M.")
    card = factories.card(shop.store)
    line = manager.post(f"cards/{card.pk}/stamps/", token=token).json()["transaction"]
    assert line["staff"] == shop.manager.email  # the token says nothing any more
    assert unlock(manager, lea, "2580").status_code == 200


def test_a_removed_person_is_gone(shop: Shop, manager: Till) -> None:
    lea = factories.staff_pin(shop.store)
    response = manager.delete(f"pins/{lea.pk}/")
    assert (response.status_code, response.content) == (204, b"")
    assert manager.get("pins/").json()["count"] == 0
    for again in (
        manager.get(f"pins/{lea.pk}/"),
        manager.delete(f"pins/{lea.pk}/"),
        unlock(manager, lea, "4711"),
    ):
        assert (again.status_code, again.json()["code"]) == (404, "pin_not_found")


def test_two_people_cannot_have_one_name(shop: Shop, manager: Till) -> None:
    factories.staff_pin(shop.store, name="Léa")
    marc = factories.staff_pin(shop.store, name="Marc")
    made = manager.post("pins/", {"name": "Léa", "pin": "8052"})
    changed = manager.patch(f"pins/{marc.pk}/", {"name": "Léa"})
    for response in (made, changed):
        assert (response.status_code, response.json()["code"]) == (409, "pin_name_taken")
    assert fresh(marc).name == "Marc"


@pytest.mark.parametrize("pin", ["1111", "1234", "8765", "7890"])
def test_a_pin_that_is_easy_to_guess_is_refused(manager: Till, pin: str) -> None:
    response = manager.post("pins/", {"name": "Léa", "pin": pin})
    assert (response.status_code, response.json()["code"]) == (400, "pin_too_simple")
    assert manager.get("pins/").json()["count"] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pin", "471"),
        ("pin", "471112345"),
        ("pin", "47a1"),
        ("pin", "٤٧١١"),
        ("pin", 4711),
        ("pin", " 4711"),
        ("name", ""),
        ("name", "x" * 61),
        ("name", "\0"),
        ("staff_code", "x" * 31),
        ("is_active", "no"),
    ],
)
def test_what_cannot_be_is_refused(shop: Shop, manager: Till, field: str, value: object) -> None:
    lea = factories.staff_pin(shop.store)
    made = manager.post("pins/", {"name": "Marc", "pin": "8052"} | {field: value})
    changed = manager.patch(f"pins/{lea.pk}/", {field: value})
    for response in (made, changed):
        assert (response.status_code, response.json()["code"]) == (400, "invalid")
        assert [error["field"] for error in response.json()["errors"]] == [field]
    assert (fresh(lea).name, fresh(lea).is_active) == ("Léa", True)
    assert manager.get("pins/").json()["count"] == 1


def test_another_stores_pin_is_not_found(shop: Shop, manager: Till) -> None:
    elsewhere = factories.staff_pin(shop.other_store)
    for response in (
        manager.get(f"pins/{elsewhere.pk}/"),
        manager.patch(f"pins/{elsewhere.pk}/", {"name": "Mine"}),
        manager.delete(f"pins/{elsewhere.pk}/"),
        manager.post(f"pins/{elsewhere.pk}/unlock/"),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "pin_not_found")
    assert fresh(elsewhere).name == "Léa"

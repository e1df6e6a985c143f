"""Google's callback: who may say that a pass was saved, and how often it counts."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from time_machine import travel

from loyalty.models import LoyaltyCard
from loyalty.services import cards
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import carried, deliver, google_pass
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.google_signer import Signer, in_seconds, new_key
from wallet.models import GoogleNonce, PassState

ADDRESS = "/api/v1/wallet/google/callback/"


@pytest.fixture
def signer(google: FakeGoogle) -> Signer:
    made = Signer()
    google.root_keys = made.root_keys
    return made


@pytest.fixture
def card(google: FakeGoogle, shop: factories.Shop) -> LoyaltyCard:
    made = carried(factories.card(shop.store))
    deliver()
    return made


def post(body: Any) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    client = Client(enforce_csrf_checks=True)
    return client.post(ADDRESS, data, content_type="application/json").status_code


def state(card: LoyaltyCard) -> str:
    return google_pass(card).state


def test_saving_and_deleting_are_noted(signer: Signer, card: LoyaltyCard) -> None:
    object_id = str(google_pass(card).object_id)
    assert post(signer.callback("save", object_id)) == 200
    assert state(card) == PassState.SAVED
    assert post(signer.callback("del", object_id, nonce="n-2")) == 200
    assert state(card) == PassState.REMOVED


def test_a_nonce_counts_once(signer: Signer, card: LoyaltyCard) -> None:
    """Of two that expire together neither has overtaken the other: the nonce alone tells that one is old."""
    object_id, together = str(google_pass(card).object_id), in_seconds(3600)
    saved = signer.callback("save", object_id, nonce="n-1", expTimeMillis=together)
    post(saved)
    post(signer.callback("del", object_id, nonce="n-2", expTimeMillis=together))
    assert post(saved) == 200
    assert state(card) == PassState.REMOVED


def test_a_name_in_other_letters_is_counted_in_bytes(signer: Signer, card: LoyaltyCard) -> None:
    object_id = str(google_pass(card).object_id)
    assert post(signer.callback("save", object_id, nonce="n-ë-日本", unknown={"more": "Café"})) == 200
    assert state(card) == PassState.SAVED


def test_an_object_that_is_not_ours_is_answered_alike(signer: Signer, card: LoyaltyCard) -> None:
    assert post(signer.callback("save", "3388.unknown")) == 200
    assert state(card) == PassState.ACTIVE


def test_a_void_pass_stays_void_and_remembers(
    signer: Signer, card: LoyaltyCard, shop: factories.Shop
) -> None:
    with factories.inside(shop):
        cards.deactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
    deliver()
    post(signer.callback("save", str(google_pass(card).object_id)))
    assert state(card) == PassState.VOID
    with factories.inside(shop):
        cards.reactivate(store=shop.store, card_id=card.pk, actor=factories.actor())
    deliver()
    assert state(card) == PassState.SAVED


def other_message(body: dict[str, Any]) -> None:
    body["signedMessage"] = body["signedMessage"].replace('"save"', '"del"')


def other_key(body: dict[str, Any]) -> None:
    own = Signer().callback("save", "x")
    body["intermediateSigningKey"] = own["intermediateSigningKey"]
    body["signature"] = own["signature"]


def keys_of_their_own(body: dict[str, Any]) -> None:
    """All of it is in order, but for the root key: that is not Google's."""
    object_id = json.loads(body["signedMessage"])["objectId"]
    body.update(Signer().callback("save", object_id))


def no_signature(body: dict[str, Any]) -> None:
    body["signature"] = ""


def garbage_signature(body: dict[str, Any]) -> None:
    body["signature"] = "!!!"


def other_protocol(body: dict[str, Any]) -> None:
    body["protocolVersion"] = "ECv1"


def no_key(body: dict[str, Any]) -> None:
    del body["intermediateSigningKey"]


def strange_key(body: dict[str, Any]) -> None:
    body["intermediateSigningKey"] = {"signedKey": 7, "signatures": [None, 3, {}]}


def lone_surrogate(body: dict[str, Any]) -> None:
    body["signedMessage"] = "\ud800"


@pytest.mark.parametrize(
    "spoil",
    [
        other_message,
        other_key,
        keys_of_their_own,
        no_signature,
        garbage_signature,
        other_protocol,
        no_key,
        strange_key,
        lone_surrogate,
    ],
)
def test_what_google_did_not_sign_changes_nothing(signer: Signer, card: LoyaltyCard, spoil: Any) -> None:
    body = signer.callback("save", str(google_pass(card).object_id))
    spoil(body)
    assert post(body) == 400
    assert state(card) == PassState.ACTIVE
    assert GoogleNonce.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "3388000000099999999"},
        {"sender": "Google"},
        {"intermediate_expires": in_seconds(-60)},
        {"root_expires": in_seconds(-60)},
    ],
)
def test_another_recipient_sender_or_an_expired_key_changes_nothing(
    google: FakeGoogle, card: LoyaltyCard, wrong: dict[str, Any]
) -> None:
    signer = Signer(**wrong)
    google.root_keys = signer.root_keys
    assert post(signer.callback("save", str(google_pass(card).object_id))) == 400
    assert state(card) == PassState.ACTIVE


@pytest.mark.parametrize(
    "message",
    [
        {"expTimeMillis": in_seconds(-60)},
        {"expTimeMillis": None},
        {"expTimeMillis": "soon"},
        {"expTimeMillis": True},
        {"eventType": "steal"},
        {"eventType": None},
        {"nonce": ""},
        {"objectId": 7},
    ],
)
def test_a_message_that_expired_or_lacks_something_changes_nothing(
    signer: Signer, card: LoyaltyCard, message: dict[str, Any]
) -> None:
    body = signer.callback("save", str(google_pass(card).object_id), **message)
    assert post(body) == 400
    assert state(card) == PassState.ACTIVE


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff", b"[" * 200_000, b'{"a": "' + b"x" * 100_000 + b'"}'],
)
def test_a_broken_body_is_400(signer: Signer, db: None, body: bytes) -> None:
    assert post(body) == 400


def test_an_expiry_in_a_million_years_is_no_error(signer: Signer, card: LoyaltyCard) -> None:
    body = signer.callback("save", str(google_pass(card).object_id), expTimeMillis=999_999_999_999_999)
    assert post(body) == 200


def test_only_posting_is_answered(client: Client, db: None) -> None:
    assert client.get(ADDRESS).status_code == 405


# --- Google's keys ----------------------------------------------------------------------------------------


def test_the_keys_are_fetched_once(google: FakeGoogle, signer: Signer, card: LoyaltyCard) -> None:
    for number in range(3):
        post(signer.callback("save", str(google_pass(card).object_id), nonce=f"n-{number}"))
    assert google.keys_fetched == 1


def test_the_keys_are_fetched_again_when_they_expire(
    google: FakeGoogle, signer: Signer, card: LoyaltyCard
) -> None:
    google.keys_max_age = 600
    post(signer.callback("save", str(google_pass(card).object_id)))
    with travel(in_seconds(700) / 1000):
        signer = Signer(root=signer.root)
        google.root_keys = signer.root_keys
        post(signer.callback("del", str(google_pass(card).object_id), nonce="n-2"))
    assert google.keys_fetched == 2
    assert state(card) == PassState.REMOVED


def test_a_root_key_is_kept_until_it_expires_and_no_longer(
    google: FakeGoogle, signer: Signer, card: LoyaltyCard
) -> None:
    object_id = str(google_pass(card).object_id)
    for number in range(3):  # each key lives for twenty seconds, and its successor is fetched when it is over
        with travel(in_seconds(number * 30) / 1000):
            current = Signer(root_expires=in_seconds(20))
            google.root_keys = current.root_keys
            assert post(current.callback("save", object_id, nonce=f"a-{number}")) == 200
            assert post(current.callback("del", object_id, nonce=f"b-{number}")) == 200
            assert google.keys_fetched == number + 1


def test_an_expired_key_among_good_ones_does_not_make_us_fetch_them_all_day(
    google: FakeGoogle, signer: Signer, card: LoyaltyCard
) -> None:
    google.root_keys = [*Signer(root_expires=in_seconds(-60)).root_keys, *signer.root_keys]
    for number in range(3):
        with travel(in_seconds(number * 60) / 1000):
            again = Signer(root=signer.root)
            assert post(again.callback("save", str(google_pass(card).object_id), nonce=f"n-{number}")) == 200
    assert google.keys_fetched == 1


def test_new_root_keys_are_found_and_strangers_cannot_make_us_look_for_them_all_day(
    google: FakeGoogle, signer: Signer, card: LoyaltyCard
) -> None:
    object_id = str(google_pass(card).object_id)
    post(signer.callback("save", object_id))
    signer.root = new_key()
    google.root_keys = signer.root_keys
    assert post(signer.callback("del", object_id, nonce="n-2")) == 200
    assert state(card) == PassState.REMOVED
    for number in range(5):
        assert post(Signer().callback("save", object_id, nonce=f"x-{number}")) == 400
    assert google.keys_fetched == 2


def test_while_the_keys_cannot_be_fetched_google_is_asked_to_come_again(
    google: FakeGoogle, signer: Signer, card: LoyaltyCard
) -> None:
    google.answer("KEYS", 503)
    body = signer.callback("save", str(google_pass(card).object_id))
    assert post(body) == 503
    assert state(card) == PassState.ACTIVE
    assert post(body) == 200
    assert state(card) == PassState.SAVED


def test_old_nonces_are_forgotten(signer: Signer, card: LoyaltyCard) -> None:
    post(signer.callback("save", str(google_pass(card).object_id)))
    workers.sweep_passes()
    assert GoogleNonce.objects.count() == 1
    with travel(in_seconds(2 * 3600) / 1000):
        cache.clear()
        workers.sweep_passes()
    assert GoogleNonce.objects.count() == 0


def test_without_google_nothing_is_believed(no_wallets: None, db: None) -> None:
    assert post(Signer().callback("save", "x")) == 400

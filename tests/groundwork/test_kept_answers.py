"""Answers as they are kept: small, to the letter, and without whoever was forgotten."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from groundwork.idempotency import once, packing
from groundwork.idempotency.once import Answer, Claim, exactly_once
from tenancy import scope
from tenancy.models import IdempotencyKey, Store
from tests import factories

# As they were when the first answer was packed with them.
SPECIMENS = {"answers-1.jsonl": "cfbc20e9f9c594c2ebcd23c7553100928a33031615d15b6995cc48b8b50ac772"}
GONE = Answer(404, {"code": "card_not_found"})


def test_a_specimen_stays_as_it_was(settings: Settings) -> None:
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in settings.IDEMPOTENCY_SPECIMENS
    }
    assert found == SPECIMENS


@pytest.mark.parametrize("text", [b"null", b"[]", '{"name":"Léa"}'.encode(), bytes(range(256)) * 300])
def test_whatever_is_packed_comes_out_to_the_letter(text: bytes) -> None:
    assert packing.unpack(packing.pack(text)) == text


def test_what_a_till_is_mostly_told_takes_an_eighth_of_its_room(settings: Settings) -> None:
    stamped = settings.IDEMPOTENCY_SPECIMENS[-1].read_text().splitlines()[-1]
    told = stamped.replace("Anna Weber", "Ben Muller").replace("anna.weber", "ben").replace("1000", "7315")
    assert len(packing.pack(told.encode())) * 8 < len(told)


def test_an_answer_is_read_by_the_specimen_that_it_was_packed_with(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_text('{"card":{"stamp_count":1}}')
    second.write_text('{"balances":{"stamps":1}}')
    settings.IDEMPOTENCY_SPECIMENS = [first]
    before = packing.pack(b'{"card":{"stamp_count":2}}')
    settings.IDEMPOTENCY_SPECIMENS = [first, second]
    after = packing.pack(b'{"balances":{"stamps":2}}')
    assert before[packing.CHECKSUM] != after[packing.CHECKSUM]
    assert packing.unpack(before) == b'{"card":{"stamp_count":2}}'
    settings.IDEMPOTENCY_SPECIMENS = [second]
    assert packing.unpack(after) == b'{"balances":{"stamps":2}}'
    with pytest.raises(KeyError):
        packing.unpack(before)


# --- In the table ------------------------------------------------------------------------------------------


def answer_once(store: Store, key: str, body: Any) -> Answer:
    """What a call is answered whose service does nothing, and which is answered so the first time."""
    where = {"merchant_id": store.merchant_id, "store_id": store.pk}
    claim = Claim(where, "user:1", key, "fingerprint")
    return exactly_once(lambda: body).once(claim, lambda done: Answer(201, done))()


def as_1_0_0_kept_it(store: Store, key: str, body: Any) -> None:
    where = {"merchant_id": store.merchant_id, "store_id": store.pk}
    row = {"credential": "user:1", "fingerprint": "fingerprint", "status": 201}
    with scope.everything("a key of before"):
        IdempotencyKey.objects.create(**where, **row, key=key, body=body)


@pytest.mark.django_db
def test_a_call_of_before_the_update_is_answered_as_1_0_0_answered_it() -> None:
    store = factories.shop().store
    as_1_0_0_kept_it(store, "k", {"b": {"d": "Léa", "c": 1}, "a": None})
    again = answer_once(store, "k", {"other": 1})
    assert (again.replayed, again.status) == (True, 201)
    assert again.text.decode() == '{"a":null,"b":{"c":1,"d":"Léa"}}'


ABOUT_ANNA = {
    "by a text": {"card": {"tags": ["x", "anna@example.com"]}},
    "by a number": {"lines": [{"card_id": 7}]},
    "by a member's number": {"made": {"card": {"id": 7}}},
}
ABOUT_OTHERS = [
    {"card": {"email": "joanna@example.com", "note": "not anna@example.com"}},
    {"id": 7, "card_id": 77, "reward": {"id": 7}, "card": {"reward": {"id": 7}}},
    None,
]


@pytest.mark.django_db
@pytest.mark.parametrize("keep", [answer_once, as_1_0_0_kept_it])
@pytest.mark.parametrize("how", ABOUT_ANNA)
def test_whoever_is_forgotten_is_in_no_kept_answer(how: str, keep: Any) -> None:
    store, elsewhere = factories.shop().store, factories.shop().store
    keep(store, "anna", ABOUT_ANNA[how])
    keep(elsewhere, "anna", ABOUT_ANNA[how])
    for number, body in enumerate(ABOUT_OTHERS):
        keep(store, f"{number}", body)
    found = once.forget(
        place={"merchant_id": store.merchant_id},
        texts=["anna@example.com", ""],
        ids={"card_id": [7], "card.id": [7]},
        answer=GONE,
    )
    assert found == 1
    again = answer_once(store, "anna", {})
    assert (again.replayed, again.status, again.body) == (True, 404, GONE.body)
    assert answer_once(elsewhere, "anna", {}).body == ABOUT_ANNA[how]
    for number, body in enumerate(ABOUT_OTHERS):
        assert json.loads(answer_once(store, f"{number}", {}).text) == body

"""Exactly once: a repeated call gets its first answer, to the letter, and has no second effect."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from groundwork import idempotency
from groundwork.errors import IdempotencyKeyReused
from groundwork.idempotency.once import Answer, Claim
from loyalty.errors import NotEnoughStamps, StaffPinRequired
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import programs, stamps
from loyalty.services.operation import Posting
from tenancy import scope
from tenancy.models import IdempotencyKey, Store
from tests import factories
from tests.refusals import refused

pytestmark = pytest.mark.django_db
STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def everything() -> object:
    with scope.everything("tests of idempotency"):
        yield


def rendered(done: Posting) -> Answer:
    return Answer(201, {"transaction": done.transaction.pk, "at": done.transaction.transaction_at})


def claim(store: Store, key: str | None = "key-1", body: Any = None, who: str = "user:1") -> Claim:
    digest = idempotency.fingerprint("POST", "/stamps/", body or {})
    return Claim({"merchant_id": store.merchant_id, "store_id": store.pk}, who, key, digest)


def stamp(card: LoyaltyCard, at: Store, **claimed: Any) -> Answer:
    return stamps.give.once(claim(at, **claimed), rendered)(store=at, card_id=card.pk, actor=STAFF)


def count(card: LoyaltyCard) -> int:
    return factories.fresh(card).stamp_count


def test_the_first_answer_comes_again_to_the_letter_and_the_stamp_only_once() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    first, again = stamp(card, shop.store), stamp(card, shop.store)
    assert (first.status, first.replayed, again.status, again.replayed) == (201, False, 201, True)
    assert again.text == first.text
    assert set(again.body) == {"transaction", "at"}
    assert count(card) == 1


def test_another_request_under_the_same_key_is_a_mistake() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    stamp(card, shop.store)
    with refused(IdempotencyKeyReused):
        stamp(card, shop.store, body={"count": 2})


def test_a_key_belongs_to_one_credential_at_one_store() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    stamp(card, shop.store)
    assert not stamp(card, shop.store, who="user:2").replayed
    assert not stamp(card, shop.store, who="key:1").replayed
    assert not stamp(card, shop.other_store).replayed
    assert not stamp(card, shop.store, key="key-2").replayed
    assert count(card) == 5


def test_without_a_key_each_call_counts() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    answers = [stamp(card, shop.store, key=None) for _tap in range(2)]
    assert [answer.replayed for answer in answers] == [False, False]
    assert (count(card), IdempotencyKey.objects.count()) == (2, 0)


def test_a_refusal_is_not_remembered_and_may_be_tried_again() -> None:
    shop = factories.shop(stamps_target=2)
    card = factories.card(shop.store, stamps=1)
    call = {"store": shop.store, "card_id": card.pk, "actor": STAFF}
    redeem = stamps.redeem.once(claim(shop.store), rendered)
    with refused(NotEnoughStamps):
        redeem(**call)
    factories.give_stamps(card, shop.store, 1)
    assert not redeem(**call).replayed
    assert redeem(**call).replayed
    assert count(card) == 0


def test_a_repeat_is_answered_even_if_the_staff_token_has_run_out_since() -> None:
    shop = factories.shop(require_staff_pin=True)
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False) as clock:
        actor = factories.actor("staff", staff_token=factories.staff_token(shop.store))
        call = {"store": shop.store, "card_id": card.pk, "actor": actor}
        stamps.give.once(claim(shop.store), rendered)(**call)
        clock.shift(timedelta(hours=13))
        with refused(StaffPinRequired):
            stamps.give.once(claim(shop.store, "key-2"), rendered)(**call)
        assert stamps.give.once(claim(shop.store), rendered)(**call).replayed


def test_a_repeat_is_answered_even_if_the_program_was_switched_off_since() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    stamp(card, shop.store)
    programs.deactivate(program_id=shop.program.pk, actor=MANAGER)
    assert stamp(card, shop.store).replayed


def test_the_answer_that_got_lost_after_the_commit_is_had_again_with_the_same_key() -> None:
    """Cut line: the till never heard that it was done."""
    shop = factories.shop()
    card = factories.card(shop.store)

    def cut_off(card: LoyaltyCard) -> None:
        stamp(card, shop.store)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        cut_off(card)
    assert stamp(card, shop.store).replayed
    assert (count(card), LoyaltyTransaction.objects.filter(transaction_type="stamp_earned").count()) == (1, 1)


def test_a_call_that_broke_before_the_commit_did_nothing_and_is_done_the_next_time() -> None:
    """Cut line: the process died between the ledger and the answer."""
    shop = factories.shop()
    card = factories.card(shop.store)

    def dies(done: Posting) -> Answer:
        raise SystemExit

    with pytest.raises(SystemExit):
        stamps.give.once(claim(shop.store), dies)(store=shop.store, card_id=card.pk, actor=STAFF)
    assert (count(card), IdempotencyKey.objects.count()) == (0, 0)
    assert not stamp(card, shop.store).replayed
    assert count(card) == 1


def test_two_requests_are_the_same_whatever_the_order_of_their_members() -> None:
    one = idempotency.fingerprint("POST", "/a/", {"count": 1, "notes": "x"})
    assert one == idempotency.fingerprint("POST", "/a/", {"notes": "x", "count": 1})
    others = [
        idempotency.fingerprint("PUT", "/a/", {"count": 1, "notes": "x"}),
        idempotency.fingerprint("POST", "/b/", {"count": 1, "notes": "x"}),
        idempotency.fingerprint("POST", "/a/", {"count": "1", "notes": "x"}),
    ]
    assert len({one, *others}) == 4


def test_keys_are_kept_longer_than_two_days_and_then_cleaned() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False):
        stamp(card, shop.store)
    assert idempotency.clean(now=NOON + timedelta(hours=48)) == 0
    assert idempotency.clean(now=NOON + timedelta(hours=72, seconds=1)) == 1
    assert not IdempotencyKey.objects.exists()


def test_cleaning_goes_on_in_batches_until_nothing_old_is_left() -> None:
    shop = factories.shop()
    card = factories.card(shop.store)
    with time_machine.travel(NOON, tick=False):
        for number in range(5):
            stamp(card, shop.store, key=f"key-{number}")
    assert idempotency.clean(now=NOON + timedelta(hours=80), batch=2) == 5

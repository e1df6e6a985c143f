"""Deleting while tills work: neither waits for the other for ever, and nothing is left living under what is gone."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from customers.models import Customer
from groundwork import deletion
from loyalty import ledger
from loyalty.models import LoyaltyCard
from loyalty.services import enrollment, stamps
from tests import factories
from tests.concurrency.crowd import ROUNDS, Crowd, loses, without_row_locks
from tests.factories import Shop
from tests.lock_waits import somebody_waits
from tests.patience import PATIENCE

pytestmark = pytest.mark.concurrency
STAFF = factories.actor("staff")


@contextmanager
def met(module: Any, function: str, meeting: threading.Barrier) -> Iterator[None]:
    """Let both come to these two functions before either goes on."""
    original, arrived = getattr(module, function), threading.Event()

    def wait_and_go_on(*arguments: Any, **keywords: Any) -> Any:
        if not arrived.is_set():
            arrived.set()
            with suppress(threading.BrokenBarrierError):
                meeting.wait(10)
        return original(*arguments, **keywords)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, function, wait_and_go_on)
        yield


def test_deleting_a_store_and_stamping_its_cards_do_not_block_each_other(few: Crowd) -> None:
    """Both hold what they have locked, and then go for the other's: the till's line names the store, the deletion
    takes the card along. Seen red with FOR UPDATE on the store, which keeps foreign keys out: deadlock detected.
    """
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    card = factories.card(shop.store)

    holding = threading.Barrier(2)

    def stamp_or_delete(number: int) -> object:
        if number == 0:
            return stamps.give(store=shop.store, card_id=card.pk, actor=STAFF)
        return deletion.soft_delete(shop.store, by=None)

    with met(ledger, "_apply", holding), met(deletion, "_mark_under", holding):
        assert few.all_at_once(stamp_or_delete, people=2) == ["done", "done"]


# --- A card made at the very moment in which what it belongs to is deleted ---------------------------------

PARENTS: dict[str, Callable[[Shop, Customer], Any]] = {
    "merchant": lambda shop, customer: shop.merchant,
    "store": lambda shop, customer: shop.store,
    "program": lambda shop, customer: shop.program,
    "customer": lambda shop, customer: customer,
}


@contextmanager
def written_but_not_committed(written: threading.Event, deleted: threading.Event) -> Iterator[None]:
    """Let an enrolment that has written its card wait until the deletion is through, or waits for it."""
    original = enrollment._write_first_lines

    def write_and_wait(*arguments: Any, **keywords: Any) -> None:
        original(*arguments, **keywords)
        written.set()
        while not (deleted.wait(0.01) or somebody_waits()):
            pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(enrollment, "_write_first_lines", write_and_wait)
        yield


def a_card_is_made_while_its_parent_is_deleted(few: Crowd, parent: str) -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    anna = factories.customer(shop.store)
    row = PARENTS[parent](shop, anna)
    written, deleted = threading.Event(), threading.Event()

    def enrol_or_delete(number: int) -> object:
        if number == 0:
            return enrollment.enroll(store=shop.store, customer_id=anna.pk, actor=STAFF)
        written.wait(PATIENCE)
        deletion.soft_delete(row, by=None)
        return deleted.set()

    with written_but_not_committed(written, deleted):
        assert few.all_at_once(enrol_or_delete, people=2) == ["done", "done"]
    card = LoyaltyCard.all_objects.get(customer=anna)
    assert card.is_deleted, f"a card is left under a deleted {parent}"
    assert card.deletion_batch == factories.fresh(row).deletion_batch is not None


@pytest.mark.parametrize("parent", PARENTS)
def test_a_card_made_while_what_it_belongs_to_is_deleted_goes_along(few: Crowd, parent: str) -> None:
    """Seen red: `test_with_nothing_held_a_card_is_left_under_what_is_deleted`."""
    a_card_is_made_while_its_parent_is_deleted(few, parent)


@pytest.mark.parametrize("parent", PARENTS)
def test_with_nothing_held_a_card_is_left_under_what_is_deleted(
    few: Crowd, parent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "hold", lambda *rows: True)
    with without_row_locks(), loses(f"a card is left under a deleted {parent}"):
        a_card_is_made_while_its_parent_is_deleted(few, parent)


def everybody_enrols_while_the_program_ends(crowd: Crowd) -> None:
    shop = factories.shop()

    def enrol_or_delete(number: int) -> object:
        if number == crowd.size // 2:
            return deletion.soft_delete(shop.program, by=None)
        email = f"person{factories.number()}@example.com"
        return enrollment.enroll(store=shop.store, email=email, create_if_missing=True, actor=STAFF)

    answers = Counter(crowd.all_at_once(enrol_or_delete))
    assert answers.keys() <= {"done", "program_not_found"}
    assert LoyaltyCard.objects.filter(program=shop.program).count() == 0
    assert LoyaltyCard.all_objects.filter(program=shop.program).count() == answers["done"] - 1


def test_of_many_who_enrol_as_the_program_ends_nobody_keeps_a_card_of_it(few: Crowd) -> None:
    """Seen red, each parent for itself: `test_with_nothing_held_a_card_is_left_under_what_is_deleted`."""
    for _round in range(ROUNDS):
        everybody_enrols_while_the_program_ends(few)

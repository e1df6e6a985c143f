"""What becomes of lines that are undone, or left: what happened since, and what is written again."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from loyalty.models import LoyaltyProgram, UndoneLine
from loyalty.services import purchases, restoring, returns, stamps, voids
from loyalty.undo_errors import AlreadyRestored
from tests import factories
from tests.console.undoing import at, choose, do, held, ids, newest, take_back, verify
from tests.console.world import World, address


def test_a_purchase_and_its_return_come_back_as_they_were(world: World) -> None:
    card = factories.card(world.shop.store, "ben@example.com")
    with factories.inside(world.shop):
        bought = purchases.record(
            card_id=card.pk, purchase_amount_cents=2_000, order_reference="R-1", **at(world)
        )
        brought = returns.give_back(
            purchase_id=bought.purchase.pk, amount_cents=500, reason="Too big", **at(world)
        )
    before = held(card)
    choose(world, ids(bought, brought))
    do(world)
    assert held(card) == (0, 0, 0, 0)
    again = factories.fresh(bought.purchase)
    assert (again.is_open, again.returned_cents) == (False, 0)
    verify(world)
    take_back(world)
    assert held(card) == before
    again = factories.fresh(bought.purchase)
    assert (again.is_open, again.returned_cents) == (True, 500)
    verify(world)
    # What was written again is a line like any other: the undoing of the undoing can be taken back as well.
    take_back(world)
    assert held(card) == (0, 0, 0, 0)
    verify(world)
    take_back(world)
    assert held(card) == before
    verify(world)


def test_a_line_to_which_something_happened_since_is_named_and_left(world: World) -> None:
    card, other = (factories.card(world.shop.store, f"{name}@example.com") for name in ("ben", "eva"))
    with factories.inside(world.shop):
        about = {"purchase_amount_cents": 2_000, **at(world)}
        used = purchases.record(card_id=card.pk, order_reference="R-1", **about)
        kept = purchases.record(card_id=other.pk, order_reference="R-2", **about)
    had = held(other)
    choose(world, ids(used, kept))
    do(world)
    with factories.inside(world.shop):  # the number is free, and somebody else's now
        purchases.record(card_id=other.pk, order_reference="R-1", **about)
    meanwhile = held(other)
    world.client("owner").post(address(newest(), "take_back"), follow=True)
    foreseen = newest().foreseen
    assert (foreseen["lines"], foreseen["refused"]) == (4, 2)
    do(world)
    assert held(card) == (0, 0, 0, 0)
    assert held(other) == tuple(one + two for one, two in zip(had, meanwhile, strict=True))
    with factories.inside(world.shop):
        left = UndoneLine.objects.filter(batch=newest(), state="refused")
        assert {row.card_id for row in left} == {card.pk}
        assert {row.why for row in left} == {
            "This receipt has earned its points already.",
            "Something else has happened to it since.",  # its other line is undone still
        }
    verify(world)


def test_a_reward_that_cannot_be_paid_any_more_stays_undone(world: World) -> None:
    card = factories.card(world.shop.store, "ben@example.com", stamps=10)
    with factories.inside(world.shop):
        redeemed = stamps.redeem(card_id=card.pk, **at(world))
    choose(world, [redeemed.transaction.pk])
    do(world)
    assert held(card)[0] == 10
    with factories.inside(world.shop):
        stamps.redeem(card_id=card.pk, **at(world))
    world.client("owner").post(address(newest(), "take_back"), follow=True)
    assert (newest().foreseen["done"], newest().foreseen["refused"]) == (0, 1)
    assert do(world).status_code == 403
    assert held(card)[0] == 0
    verify(world)


def test_what_was_returned_since_is_named_and_left(world: World) -> None:
    card = factories.card(world.shop.store, "ben@example.com")
    with factories.inside(world.shop):
        bought = purchases.record(card_id=card.pk, purchase_amount_cents=2_000, **at(world))
        earned = next(line for line in bought.transactions if line.transaction_type == "points_earned")
    choose(world, [earned.pk])
    do(world)
    undone = newest()
    with factories.inside(world.shop):
        returns.give_back(purchase_id=bought.purchase.pk, amount_cents=500, reason="Too big", **at(world))
    before = held(card)
    world.client("owner").post(address(undone, "take_back"), follow=True)
    with factories.inside(world.shop):
        assert [row.why for row in newest().lines.all()] == ["Something else has happened to it since."]
    assert held(card) == before


def test_an_undoing_is_taken_back_once(world: World) -> None:
    card = factories.card(world.shop.store)
    with factories.inside(world.shop):
        stamp = stamps.give(card_id=card.pk, **at(world)).transaction.pk
        undone = voids.void(transaction_id=stamp, reason="Trial", **at(world)).transaction.pk
        again = {"undoing_id": undone, "written": [undone], "reason": "Right after all", **at(world)}
        restoring.restore(**again)
        with pytest.raises(AlreadyRestored):
            restoring.restore(**again)
    assert held(card)[0] == 1


def test_a_stamp_that_is_written_again_keeps_nobody_from_the_next(world: World) -> None:
    with factories.inside(world.shop):
        LoyaltyProgram.objects.update(cooldown_minutes=60)
    yesterday = timezone.now() - timedelta(days=1)
    with time_machine.travel(yesterday, tick=False):
        card = factories.card(world.shop.store)
        with factories.inside(world.shop):
            stamp = stamps.give(card_id=card.pk, **at(world)).transaction
    choose(world, [stamp.pk])
    do(world)
    take_back(world)
    assert factories.fresh(card).last_stamp_at == stamp.transaction_at
    with factories.inside(world.shop):
        stamps.give(card_id=card.pk, **at(world))
    assert held(card)[0] == 2

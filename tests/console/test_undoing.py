"""Undoing many lines at once: what will happen is said first, and one that cannot be undone stops no other."""

import pytest
from django.http import HttpResponse

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import points, stamps, undoing, voids
from tests import factories
from tests.console.world import World, list_address, said

LINES = list_address(LoyaltyTransaction)


def ticked(world: World, lines: list[int], who: str = "owner", **more: str) -> HttpResponse:
    return world.client(who).post(
        LINES, {"action": "undo_these", "_selected_action": lines} | more, follow=True
    )


def lines_of(world: World) -> int:
    with factories.inside(world.shop):
        return LoyaltyTransaction.objects.count()


def held(card: LoyaltyCard) -> tuple[int, int, int, int]:
    now = factories.fresh(card)
    return now.stamp_count, now.stamps_owed, now.points_balance, now.points_owed


def test_what_comes_back_and_what_will_be_owed_is_said_before_it_is_done(world: World) -> None:
    card, other = (factories.card(world.shop.store, f"{name}@example.com") for name in ("ben", "eva"))
    with factories.inside(world.shop):
        at = {"store": world.shop.store, "actor": factories.actor()}
        stamp = stamps.give(card_id=card.pk, count=3, **at).transaction.pk
        gone = stamps.give(card_id=card.pk, **at).transaction.pk
        voids.void(transaction_id=gone, reason="Twice", **at)
        earned = points.earn(card_id=other.pk, purchase_amount_cents=1_000, **at).transaction
        points.adjust(card_id=other.pk, points_delta=-earned.points_delta, reason="Spent", **at)
        created = LoyaltyTransaction.objects.get(card=card, transaction_type="card_created").pk
    lines = [stamp, gone, earned.pk, created]
    before = held(card), held(other), lines_of(world)
    page = ticked(world, lines).content.decode()
    assert (held(card), held(other), lines_of(world)) == before
    assert "<dt>Will be undone</dt><dd>2</dd>" in page
    assert "<dt>Stamps</dt><dd>\N{MINUS SIGN}3</dd>" in page
    assert "<dt>Cannot be undone</dt><dd>2</dd>" in page
    assert f"{earned.points_delta} points are owed" in page
    assert ticked(world, lines, post="yes", reason=" ").status_code == 200
    assert (held(card), held(other), lines_of(world)) == before
    done = ticked(world, lines, post="yes", reason="Stamped by mistake")
    assert said(done)[0] == "2 transactions were undone."
    assert len(said(done)) == 3
    assert held(card) == (0, 0, *before[0][2:])
    assert held(other)[3] == earned.points_delta
    with factories.inside(world.shop):
        assert LoyaltyTransaction.objects.get(voids=stamp).notes == "Stamped by mistake"
    again = ticked(world, lines, post="yes", reason="Stamped by mistake")
    assert len(said(again)) == 4
    assert (held(card)[0], held(other)[3]) == (0, earned.points_delta)


def test_a_reward_comes_back_before_the_stamps_that_paid_it_are_taken(world: World) -> None:
    card = factories.card(world.shop.store, "ben@example.com")
    with factories.inside(world.shop):
        at = {"store": world.shop.store, "actor": factories.actor()}
        given = stamps.give(card_id=card.pk, count=10, **at).transaction.pk
        redeemed = stamps.redeem(card_id=card.pk, **at).transaction.pk
    assert held(card)[:2] == (0, 0)
    page = ticked(world, [given, redeemed]).content.decode()
    assert "Will be owed" not in page
    ticked(world, [given, redeemed], post="yes", reason="A test of the till")
    assert held(card)[:2] == (0, 0)
    with factories.inside(world.shop):
        assert LoyaltyTransaction.objects.filter(voids__in=[given, redeemed]).count() == 2


def test_more_than_one_page_can_hold_are_not_undone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.console.undoing.MOST_AT_ONCE", 1)
    card = factories.card(world.shop.store, "ben@example.com")
    with factories.inside(world.shop):
        at = {"store": world.shop.store, "actor": factories.actor()}
        lines = [stamps.give(card_id=card.pk, **at).transaction.pk for _ in range(2)]
    refused = ticked(world, lines, post="yes", reason="All of it")
    assert said(refused) == ["At most 1 transactions can be undone at once. Narrow the list down."]
    assert held(card)[0] == 2
    ticked(world, lines[:1], post="yes", reason="All of it")
    assert held(card)[0] == 1
    assert undoing.MOST_AT_ONCE == 500

"""Lines are undone as one batch: what will happen is said first, each is undone once, and it can be taken back."""

import pytest
from django.urls import reverse

from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyTransaction, UndoBatch, UndoneLine
from loyalty.services import points, stamps, undoing, voids
from tests import factories
from tests.console.undoing import LINES, at, choose, do, held, lines_of, newest, take_back, verify
from tests.console.world import World, address, said


def test_what_comes_back_and_what_will_be_owed_is_said_before_it_is_done(world: World) -> None:
    card, other = (factories.card(world.shop.store, f"{name}@example.com") for name in ("ben", "eva"))
    with factories.inside(world.shop):
        stamp = stamps.give(card_id=card.pk, count=3, **at(world)).transaction.pk
        gone = stamps.give(card_id=card.pk, **at(world)).transaction.pk
        voids.void(transaction_id=gone, reason="Twice", **at(world))
        earned = points.earn(card_id=other.pk, purchase_amount_cents=1_000, **at(world)).transaction
        points.adjust(card_id=other.pk, points_delta=-earned.points_delta, reason="Spent", **at(world))
        created = LoyaltyTransaction.objects.get(card=card, transaction_type="card_created").pk
    lines = [stamp, gone, earned.pk, created]
    before = held(card), held(other), lines_of(world)
    page = choose(world, lines).content.decode()
    assert (held(card), held(other), lines_of(world)) == before
    assert newest().foreseen == {
        "lines": 4,
        "done": 2,
        "refused": 2,
        "stamps": -3,
        "points": -earned.points_delta,
        "stamps_owed": 0,
        "points_owed": earned.points_delta,
        "cards": 2,
        "customers": 2,
    }
    assert "<li>This cannot be undone.: 1</li>" in page
    assert "<li>This has been undone already.: 1</li>" in page
    assert f"{earned.points_delta} points are owed" in page
    assert do(world, reason=" ").status_code == 200
    assert (held(card), held(other), lines_of(world)) == before
    done = do(world)
    assert said(done) == [
        f"2 lines are done: \N{MINUS SIGN}3 stamps, \N{MINUS SIGN}{earned.points_delta} points; "
        f"{earned.points_delta} points are owed. 2 could not be done."
    ]
    assert held(card) == (0, 0, *before[0][2:])
    assert held(other)[3] == earned.points_delta
    with factories.inside(world.shop):
        assert LoyaltyTransaction.objects.get(voids=stamp).notes == "Stamped by mistake"
        row = UndoneLine.objects.get(batch=newest(), line=stamp)
        assert (row.state, row.stamps, row.first_id, row.why) == (
            "done",
            -3,
            LoyaltyTransaction.objects.get(voids=stamp).pk,
            "",
        )
    assert do(world).status_code == 403
    assert (held(card)[0], held(other)[3]) == (0, earned.points_delta)
    verify(world)


def test_a_reward_comes_back_before_the_stamps_that_paid_it_are_taken(world: World) -> None:
    card = factories.card(world.shop.store, "ben@example.com")
    with factories.inside(world.shop):
        given = stamps.give(card_id=card.pk, count=10, **at(world)).transaction.pk
        redeemed = stamps.redeem(card_id=card.pk, **at(world)).transaction.pk
    assert held(card)[:2] == (0, 0)
    choose(world, [given, redeemed])
    assert (newest().foreseen["done"], newest().foreseen["stamps_owed"]) == (2, 0)
    do(world, reason="A test of the till")
    assert held(card)[:2] == (0, 0)
    with factories.inside(world.shop):
        assert LoyaltyTransaction.objects.filter(voids__in=[given, redeemed]).count() == 2
    take_back(world)
    assert held(card)[:2] == (0, 0)
    after = factories.fresh(card)
    assert (after.stamps_redeemed, after.total_stamps_spent) == (1, 10)
    verify(world)


def test_all_that_answer_to_the_filters_are_undone_by_a_worker_and_taken_back(
    world: World, settings: object
) -> None:
    settings.BACKGROUND_ROWS = 0  # type: ignore[attr-defined]
    cards = [factories.card(world.shop.store, stamps=2, cents=450) for _ in range(3)]
    before = [held(card) for card in cards]
    asked = f"{LINES}?transaction_type__exact=stamp_earned"
    sent = {"action": "undo_these", "_selected_action": ["1"], "select_across": "1"}
    with factories.inside(world.shop):
        stamped = LoyaltyTransaction.objects.filter(transaction_type="stamp_earned")
        sent["_selected_action"] = [stamped[0].pk]  # type: ignore[assignment]
        count = stamped.count()
    assert "It begins as soon as it is its turn." in (
        world.client("owner").post(asked, sent, follow=True).content.decode()
    )
    assert [held(card) for card in cards] == before
    assert jobs.run_due() == 1
    assert newest().foreseen["lines"] == count
    assert [held(card) for card in cards] == before
    do(world)
    assert [held(card) for card in cards] == before
    assert jobs.run_due() == 1
    assert [held(card)[0] for card in cards] == [0, 0, 0]
    assert newest().figures["done"] == count
    verify(world)
    settings.BACKGROUND_ROWS = 2_000  # type: ignore[attr-defined]
    take_back(world)
    assert [held(card) for card in cards] == before
    verify(world)


def test_a_worker_that_was_lost_is_followed_by_one_that_goes_on(world: World) -> None:
    cards = [factories.card(world.shop.store, stamps=1) for _ in range(3)]
    with factories.inside(world.shop):
        mine = LoyaltyTransaction.objects.filter(card__in=cards, transaction_type="stamp_earned")
        choose(world, list(mine.values_list("pk", flat=True)))
        batch, actor = newest(), factories.actor("owner", world.shop.owner)
        undoing.confirm(batch=batch, reason="Trial")
        first = UndoneLine.objects.filter(batch=batch).select_related("line").order_by("card_id")[0]
        for _twice in range(2):
            line = LoyaltyTransaction.objects.get(pk=first.line_id)
            undoing._carry_out_one(factories.fresh(batch), first.pk, line, actor)
        assert [held(card)[0] for card in cards] == [0, 1, 1]
    do(world, reason="Trial")
    assert [held(card)[0] for card in cards] == [0, 0, 0]
    with factories.inside(world.shop):
        assert LoyaltyTransaction.objects.filter(voids__in=mine.values("pk")).count() == 3
    assert newest().figures["done"] == 3
    assert newest().figures["refused"] == 0


def test_a_manager_undoes_at_their_own_stores_and_no_other(world: World) -> None:
    here, there = factories.card(world.shop.store, stamps=1), factories.card(world.shop.other_store, stamps=1)
    with factories.inside(world.shop):
        found = LoyaltyTransaction.objects.filter(transaction_type="stamp_earned", card__in=[here, there])
        lines = list(found.values_list("pk", flat=True))
    choose(world, lines, who="manager")
    assert newest().foreseen["lines"] == 1
    do(world, who="manager")
    assert (held(here)[0], held(there)[0]) == (0, 1)
    choose(world, lines, who="owner")
    page = address(newest())
    assert world.client("manager").get(page).status_code in (302, 404)
    do(world, who="owner")
    assert held(there)[0] == 0


def test_more_than_a_batch_can_hold_are_not_chosen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.services.undoing.MOST_AT_ONCE", 1)
    card = factories.card(world.shop.store, "ben@example.com")
    with factories.inside(world.shop):
        lines = [stamps.give(card_id=card.pk, **at(world)).transaction.pk for _ in range(2)]
    refused = choose(world, lines)
    assert said(refused) == ["At most 1 transactions can be undone at once. Narrow the list down."]
    assert not UndoBatch._base_manager.exists()
    choose(world, lines[:1])
    do(world)
    assert held(card)[0] == 1


def test_lines_of_two_merchants_are_no_batch(world: World) -> None:
    cards = [factories.card(shop.store, stamps=1) for shop in (world.shop, world.stranger)]
    every = LoyaltyTransaction._base_manager.filter(card__in=cards, transaction_type="stamp_earned")
    refused = choose(world, list(every.values_list("pk", flat=True)), who="operator")
    assert said(refused) == ["These are of several merchants. Choose those of one."]
    assert not UndoBatch._base_manager.exists()


def test_what_was_chosen_and_not_confirmed_gives_way_to_what_is_chosen_next(world: World) -> None:
    card = factories.card(world.shop.store)
    with factories.inside(world.shop):
        first, second = (stamps.give(card_id=card.pk, **at(world)).transaction.pk for _ in range(2))
    choose(world, [first])
    choose(world, [second])
    assert UndoBatch._base_manager.count() == 1
    assert [row.line_id for row in UndoneLine._base_manager.all()] == [second]
    do(world)
    choose(world, [first])
    assert UndoBatch._base_manager.count() == 2


def test_what_cannot_be_undone_is_a_file(world: World) -> None:
    card = factories.card(world.shop.store, "ben@example.com", stamps=1)
    with factories.inside(world.shop):
        lines = list(LoyaltyTransaction.objects.filter(card=card).values_list("pk", flat=True))
    choose(world, lines)
    place = reverse("admin:loyalty_undoneline_export", args=["csv"])
    answer = world.client("owner").get(f"{place}?batch={newest().pk}&state=refused")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(text.splitlines()) == newest().foreseen["refused"] + 1
    assert "This cannot be undone." in text
    assert "ben@example.com" in text or card.card_number[:4] in text


def test_lines_at_a_store_that_was_taken_from_a_manager_stay(world: World) -> None:
    card = factories.card(world.shop.other_store, stamps=1)
    with factories.inside(world.shop):
        stamp = LoyaltyTransaction.objects.get(card=card, transaction_type="stamp_earned")
        rows = LoyaltyTransaction.objects.filter(pk=stamp.pk)
        batch = undoing.begin(lines=rows, actor=factories.actor("manager", world.shop.manager))
        undoing.foresee(batch=batch, actor=factories.actor("manager", world.shop.manager))
    assert newest().foreseen["refused"] == 1
    assert held(card)[0] == 1
    with factories.inside(world.shop):
        undoing.foresee(batch=batch, actor=factories.actor("owner", world.shop.owner))
    assert newest().foreseen["refused"] == 0

"""A worker that is killed in the middle of undoing what somebody did: the next one goes on, each line undone once."""

from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyCard, LoyaltyTransaction, StaffPin, UndoBatch, UndoneLine
from loyalty.reporting import fairness, verification
from loyalty.services import purchases
from tenancy import scope
from tenancy.models import BackgroundJob
from tests import factories
from tests.console.world import address, list_address, sign_in
from tests.lost_workers import kill_in_the_middle

CARDS = 6
LINES = 2  # of each of them: a stamp and points of one purchase, which are undone together
BETWEEN_TEN_AND_ELEVEN = {"when_from": "2026-06-12T10:00", "when_to": "2026-06-12T10:59"}


def sold_by(shop: factories.Shop, pin: StaffPin, cards: list[LoyaltyCard], hour: int) -> None:
    with time_machine.travel(f"2026-06-12T{hour}:30:00+02:00", tick=False), factories.inside(shop):
        seller = factories.actor("staff", staff_token=factories.staff_token(shop.store, of=pin))
        for card in cards:
            purchases.record(store=shop.store, card_id=card.pk, actor=seller, purchase_amount_cents=2_000)


def undo_all_of(shop: factories.Shop, pin: StaffPin, client: Client) -> UndoBatch:
    """Ask for what somebody did in an hour, tick all of it, look at what would come of it, and confirm that."""
    asked = {"staff_pin": pin.pk} | BETWEEN_TEN_AND_ELEVEN
    lines = list_address(LoyaltyTransaction)
    shown = client.get(lines, asked).context["cl"].result_list
    sent = {"action": "undo_these", "_selected_action": [shown[0].pk], "select_across": "1"}
    client.post(lines, sent, query_params=asked)
    assert jobs.run_due() == 1
    batch = UndoBatch.objects.get()
    client.post(address(batch, "undo_now"), {"reason": "Marc tried the till"})
    return factories.fresh(batch)


def undone(batch: UndoBatch) -> int:
    return UndoneLine.objects.filter(batch=batch, state="done").count()


def balances(cards: list[LoyaltyCard]) -> list[tuple[int, int]]:
    rows = LoyaltyCard.objects.filter(pk__in=[card.pk for card in cards]).order_by("pk")
    return list(rows.values_list("stamp_count", "points_balance"))


@pytest.mark.django_db(transaction=True)
def test_an_undoing_whose_worker_is_killed_is_done_by_the_next_one(
    redis_url: str, tmp_path: Path, client: Client, settings: Settings
) -> None:
    settings.BACKGROUND_ROWS = 0
    with time_machine.travel("2026-06-01T09:00:00+02:00", tick=False):
        shop = factories.shop()
        cards = [factories.card(shop.store) for _ in range(CARDS)]
        marc, lea = (factories.staff_pin(shop.store, name=name) for name in ("Marc", "Léa"))
    sold_by(shop, marc, cards, hour=10)
    had = [1, factories.fresh(cards[0]).points_balance]
    sold_by(shop, lea, cards[:1], hour=10)
    sold_by(shop, marc, cards[1:2], hour=12)
    sign_in(client, shop.owner)
    with scope.merchant(shop.merchant):
        batch = undo_all_of(shop, marc, client)
        assert batch.foreseen["done"] == CARDS * LINES
        with transaction.atomic():
            # The till has the last card in hand, so that its lines cannot be undone.
            LoyaltyCard.objects.select_for_update(of=("self",)).get(pk=cards[-1].pk)
            kill_in_the_middle(
                jobs.RUN_TASK,
                is_in_the_middle=lambda: undone(batch) == (CARDS - 1) * LINES,
                redis_url=redis_url,
                folder=tmp_path,
                queue="jobs",
            )
        assert undone(batch) == (CARDS - 1) * LINES
        assert factories.fresh(batch).finished_at is None
        assert balances(cards[2:]) == [(0, 0)] * (CARDS - 3) + [tuple(had)]
        assert jobs.run_due() == 0  # until its lease is over
        BackgroundJob.objects.filter(state="running").update(leased_until=timezone.now())
        assert jobs.run_due() == 1
        assert factories.fresh(batch).figures == batch.foreseen
        assert balances(cards) == [tuple(had)] * 2 + [(0, 0)] * (CARDS - 2)  # Léa's, and noon's
        twice = LoyaltyTransaction.objects.filter(voids__isnull=False).values("voids")
        assert set(twice.annotate(count=Count("pk")).values_list("count", flat=True)) == {1}
        assert LoyaltyTransaction.objects.filter(voids__isnull=False).count() == CARDS * LINES
        assert list(verification.differences()) == []
        assert [str(each) for each in fairness.violations()] == []

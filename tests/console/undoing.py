"""A batch of lines that is undone in the console: chosen, looked at, confirmed, and taken back."""

from django.http import HttpResponse

from loyalty.models import LoyaltyCard, LoyaltyTransaction, UndoBatch
from loyalty.reporting import fairness, verification
from tests import factories
from tests.console.world import World, address, list_address

LINES = list_address(LoyaltyTransaction)


def choose(world: World, lines: list[int], who: str = "owner", **more: str) -> HttpResponse:
    """Tick lines, and send "Undo these"; the answer is the page that it leads to."""
    sent = {"action": "undo_these", "_selected_action": lines} | more
    return world.client(who).post(LINES, sent, follow=True)


def newest() -> UndoBatch:
    return UndoBatch._base_manager.latest("pk")


def do(world: World, reason: str = "Stamped by mistake", who: str = "owner") -> HttpResponse:
    """Confirm the newest batch."""
    return world.client(who).post(address(newest(), "undo_now"), {"reason": reason}, follow=True)


def take_back(world: World, reason: str = "It was right after all") -> HttpResponse:
    """Look what taking the newest batch back does, and do it."""
    world.client("owner").post(address(newest(), "take_back"), follow=True)
    return do(world, reason)


def lines_of(world: World) -> int:
    with factories.inside(world.shop):
        return LoyaltyTransaction.objects.count()


def held(card: LoyaltyCard) -> tuple[int, int, int, int]:
    now = factories.fresh(card)
    return now.stamp_count, now.stamps_owed, now.points_balance, now.points_owed


def at(world: World) -> dict:
    return {"store": world.shop.store, "actor": factories.actor()}


def ids(*done: object) -> list[int]:
    return [line.pk for each in done for line in each.transactions]  # type: ignore[attr-defined]


def verify(world: World) -> None:
    with factories.inside(world.shop):
        assert list(verification.differences()) == []
        assert [str(each) for each in fairness.violations()] == []

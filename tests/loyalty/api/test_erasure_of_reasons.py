"""A reason that was given about several people goes from the lines of them all once one of them is erased."""

import pytest

from customers import services as customers
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services import cards
from tests import factories
from tests.console import world as worlds
from tests.console.undoing import choose, do
from tests.factories import Shop
from tests.loyalty.api.test_erasure_leaves_no_copy import MARK, dump, folder
from tests.webhooks.conftest import listen
from webhooks.models import Event
from webhooks.services import log

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
TOLD = Event._meta.db_table
LINES = LoyaltyTransaction._meta.db_table


def told_in() -> set[str]:
    return {table for table, row in dump() if MARK in row}


def merge(shop: Shop, source: LoyaltyCard, target: LoyaltyCard, reason: str) -> None:
    at = {"store": shop.store, "actor": factories.actor()}
    cards.merge(card_id=source.pk, into_card_id=target.pk, reason=reason, **at)


@pytest.mark.parametrize("erased", [0, 1])
def test_why_two_cards_were_merged_names_nobody_who_is_erased(shop: Shop, erased: int) -> None:
    listen(shop, "https://shop.example/hook")
    anna, also_anna, third = (factories.card(shop.store, f"anna{n}@example.com", stamps=1) for n in range(3))
    with factories.inside(shop):
        merge(shop, anna, also_anna, f"Both are Anna {MARK}")
        merge(shop, also_anna, third, "One more")
        log.catch_up(shop.merchant.pk)
        assert told_in() == {LINES, TOLD}
        customers.erase_person(customer=[anna, also_anna][erased].customer)
        assert told_in() == set()
        notes = LoyaltyTransaction.objects.filter(card=third).values_list("notes", flat=True)
        assert ("One more" in notes) == (erased == 0)  # why others were merged stays


def test_why_lines_of_several_people_were_undone_names_nobody_who_is_erased() -> None:
    world = worlds.build()
    shop = world.shop
    listen(shop, "https://shop.example/hook")
    anna, bea = (factories.card(shop.store, f"{name}@example.com", stamps=1) for name in ("anna", "bea"))
    with factories.inside(shop):
        stamps = LoyaltyTransaction.objects.filter(card__in=[anna, bea], transaction_type="stamp_earned")
        chosen = list(stamps.values_list("pk", flat=True))
    choose(world, chosen)
    do(world, f"{MARK} stamped herself")
    with factories.inside(shop):
        log.catch_up(shop.merchant.pk)
        assert {LINES, TOLD, "loyalty_undobatch"} <= told_in()
        customers.erase_person(customer=anna.customer)
        assert told_in() == set()
        undone = LoyaltyTransaction.objects.get(card=bea, transaction_type="stamp_voided")
        assert (undone.notes, undone.stamps_delta) == ("", -1)

"""What long lists are sorted by: copied each minute from the cards that have lines since."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from customers.models import Customer
from groundwork import deletion
from loyalty.models import CardStanding, CustomerStanding, LoyaltyCard, MerchantCalendar
from loyalty.reporting import standings
from loyalty.services import cards, points, stamps, voids
from tests import factories
from tests.factories import Shop
from tests.loyalty.test_snapshot import BOSS, roll_up

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
Row = tuple[int, int, int, datetime]


@pytest.fixture
def shop() -> Shop:
    with time_machine.travel(MORNING, tick=False):
        return factories.shop()


def minutes(count: int) -> datetime:
    return MORNING + timedelta(minutes=count)


def stamp(shop: Shop, card: LoyaltyCard, at: int, count: int = 1) -> None:
    with time_machine.travel(minutes(at), tick=False):
        stamps.give(store=shop.store, card_id=card.pk, actor=BOSS, count=count)


def of(row: LoyaltyCard | Customer) -> Row:
    table = CardStanding if isinstance(row, LoyaltyCard) else CustomerStanding
    kept = table.objects.get(pk=row.pk)
    return kept.stamps, kept.points, kept.owed, kept.last_activity_at


def test_whoever_is_made_stands_from_the_beginning_with_nothing(shop: Shop) -> None:
    with factories.inside(shop):
        person = factories.customer(shop.store)
        card = factories.card(shop.store, stamps=2)
        assert of(person) == (0, 0, 0, person.created_at)
        assert of(card) == (0, 0, 0, card.created_at)
        assert of(card.customer) == (0, 0, 0, card.customer.created_at)


def test_each_minute_it_has_what_was_written_since_and_nothing_else_is_touched(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(MORNING, tick=False):
        card, quiet = (factories.card(shop.store) for _ in range(2))
    with factories.inside(shop):
        stamp(shop, card, 1, count=3)
        roll_up(shop, minutes(2), monkeypatch)
        assert of(card) == of(card.customer) == (3, 0, 0, minutes(1))
        assert of(quiet) == (0, 0, 0, quiet.last_activity_at or quiet.created_at)
        stamp(shop, card, 3)
        CardStanding.objects.filter(pk=quiet.pk).update(stamps=7)  # it has no line since: nobody looks at it
        roll_up(shop, minutes(4), monkeypatch)
        assert of(card) == of(card.customer) == (4, 0, 0, minutes(3))
        assert of(quiet)[0] == 7


def test_what_is_owed_stands_there(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    card = factories.card(shop.store)
    with factories.inside(shop):
        earned = points.earn(store=shop.store, card_id=card.pk, actor=BOSS, purchase_amount_cents=1_000)
        points.adjust(store=shop.store, card_id=card.pk, actor=BOSS, points_delta=-5, reason="Spent")
        voids.void(store=shop.store, transaction_id=earned.transaction.pk, actor=BOSS, reason="Not hers")
        roll_up(shop, minutes(5), monkeypatch)
        assert of(card)[:3] == (0, 0, 5)
        assert of(card.customer)[:3] == (0, 0, 5)


def test_a_customer_has_what_is_on_all_cards_and_not_what_was_on_one_that_is_gone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = factories.two_cards(shop)
    with factories.inside(shop):
        stamp(shop, first, 1, count=2)
        stamp(shop, second, 2, count=5)
        roll_up(shop, minutes(3), monkeypatch)
        assert of(first.customer)[:3] == (7, 0, 0)
        deletion.soft_delete(factories.fresh(second), by=None)
        assert of(first.customer)[:3] == (2, 0, 0)
        deletion.restore(LoyaltyCard.all_objects.get(pk=second.pk))
        assert of(first.customer)[:3] == (7, 0, 0)
        cards.merge(
            store=shop.store, card_id=first.pk, into_card_id=second.pk, actor=BOSS, reason="one person"
        )
        roll_up(shop, minutes(4), monkeypatch)
        assert (of(first)[0], of(second)[0], of(first.customer)[0]) == (0, 7, 7)


def test_what_was_there_before_it_came_to_be_is_copied_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, nobody = factories.card(shop.store, stamps=3), factories.customer(shop.store)
    with factories.inside(shop):
        CardStanding.objects.all().delete()
        CustomerStanding.objects.all().delete()
        MerchantCalendar.objects.update_or_create(merchant=shop.merchant, defaults={"standings_upto": 0})
        assert not standings.are_made()
        roll_up(shop, minutes(1), monkeypatch)
        assert standings.are_made()
        assert (of(card)[0], of(card.customer)[0], of(nobody)[0]) == (3, 3, 0)

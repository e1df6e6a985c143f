"""The honest till: what was planted is found, ordinary trade is left alone, and what is fine is not told again.

How much is found of much more trade is in docs/honest-till.md (`make bench-honest-till`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from benchmarks import honest_till
from customers import services as customers
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Observation, StaffPin
from loyalty.norms import Kind
from loyalty.outputs import observed
from loyalty.reporting.till_figures import Period, open_hours
from loyalty.services import guard
from tenancy import scope
from tenancy.models import Merchant, Store
from tests import factories

NOW = datetime(2026, 6, 13, 3, tzinfo=UTC)  # the night to a Saturday
OWNER = factories.actor("owner")


@pytest.fixture
def shop(db: None) -> Iterator[Merchant]:
    """One store; on Friday its first person gave one card fourteen stamps between ten and eleven."""
    made = honest_till.plant(NOW.date(), seed=5, kinds=[Kind.STAMPS_AN_HOUR], visits=12).shop.merchant
    with scope.merchant(made):
        yield made


def look(merchant: Merchant, now: datetime = NOW) -> int:
    return guard.look(merchant, now=now)


def told() -> list[tuple[str, int]]:
    return [(row.kind, row.figure) for row in Observation.objects.order_by("pk")]


def fourteen_more(
    merchant: Merchant, now: datetime, count: int = 14, card: LoyaltyCard | None = None
) -> None:
    """The same person gives the same card as much on the day before `now`, at three o'clock."""
    row = Observation.objects.order_by("pk")[0]
    at = (now - timedelta(days=1)).replace(hour=13)
    LoyaltyTransaction.objects.bulk_create(
        LoyaltyTransaction(
            merchant=merchant,
            card=card or row.card,
            store=row.store,
            staff_pin=row.staff_pin,
            transaction_type="stamp_earned",
            stamps_delta=1,
            stamps_balance_after=0,
            points_balance_after=0,
            transaction_at=at,
        )
        for _ in range(count)
    )


@pytest.fixture
def unguarded(shop: Merchant) -> Iterator[None]:
    """Lines are written as they are: what they amount to on a card is not looked at here."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.mark.django_db
def test_each_kind_is_found_where_it_was_done_and_nothing_is_told_of_the_others() -> None:
    world = honest_till.plant(NOW.date(), seed=3, quiet=2, visits=45, days=36)
    with scope.merchant(world.shop.merchant):
        found = look(world.shop.merchant)
        rows = [(Kind(row.kind), row.store_id) for row in Observation.objects.all()]
        assert world.done - set(rows) == set()
        assert [row for row in rows if row not in world.done] == []
        assert found == len(rows)
        assert look(world.shop.merchant) == 0
        with CaptureQueriesContext(connection) as of_many:
            look(world.shop.merchant)
    small = honest_till.plant(
        NOW.date(), seed=5, kinds=[Kind.STAMPS_AN_HOUR], visits=5, days=20
    ).shop.merchant
    with scope.merchant(small):
        look(small)
        with CaptureQueriesContext(connection) as of_few:
            look(small)
    assert len(of_few) == len(of_many) <= 14


def test_a_shopkeeper_reads_what_happened_and_what_is_usual(shop: Merchant) -> None:
    assert look(shop) == 1
    row = Observation.objects.get()
    sentences = {
        "en": "Person 0's PIN gave one card 14 stamps on Friday, 12/06/2026 between 10 and 11. "
        "Usual here are at most 2.",
        "de": "Die PIN von Person 0 hat einer Karte am Freitag, 12.06.2026, zwischen 10 und 11 Uhr 14 Stempel "
        "gegeben. Üblich sind hier höchstens 2.",
    }
    for language, words in sentences.items():
        with translation.override(language), timezone.override(shop.tzinfo):
            assert observed.sentence(row) == words
    assert row.store.name not in observed.sentence(row)


def test_the_lines_behind_it_are_those(shop: Merchant) -> None:
    look(shop)
    row = Observation.objects.get()
    with timezone.override(shop.tzinfo):
        asked = observed.link(row)
    assert asked == {
        "when_from": "2026-06-12T10:00",
        "when_to": "2026-06-12T10:52",
        "transaction_type__exact": "stamp_earned",
        "card": row.card_id,
        "staff_pin": row.staff_pin_id,
    }


@pytest.mark.usefixtures("unguarded")
def test_what_was_seen_and_is_fine_does_not_come_back_until_it_is_clearly_more(
    shop: Merchant,
) -> None:
    look(shop)
    (row,) = Observation.objects.all()
    guard.seen(observation_id=row.pk, actor=OWNER, note="For the office", now=NOW)
    next_week = NOW + timedelta(days=7)
    fourteen_more(shop, next_week)
    assert look(shop, next_week) == 0
    assert told() == [("stamps_an_hour", 14)]
    week_after = NOW + timedelta(days=14)
    fourteen_more(shop, week_after, count=21)
    assert look(shop, week_after) == 1
    assert told() == [("stamps_an_hour", 14), ("stamps_an_hour", 21)]
    assert Observation.objects.get(figure=14).note == "For the office"


@pytest.mark.usefixtures("unguarded")
def test_another_card_is_told_of_all_the_same(shop: Merchant) -> None:
    look(shop)
    (row,) = Observation.objects.all()
    guard.seen(observation_id=row.pk, actor=OWNER, note="", now=NOW)
    next_week = NOW + timedelta(days=7)
    fourteen_more(shop, next_week, card=LoyaltyCard.objects.exclude(pk=row.card_id)[0])
    assert look(shop, next_week) == 1
    assert len(told()) == 2


@pytest.mark.usefixtures("unguarded")
def test_what_came_in_late_makes_it_larger_and_it_is_to_be_looked_at_again(
    shop: Merchant,
) -> None:
    look(shop)
    (row,) = Observation.objects.all()
    guard.seen(observation_id=row.pk, actor=OWNER, note="", now=NOW)
    at = row.since
    lines = LoyaltyTransaction.objects.filter(
        card=row.card, transaction_at__gte=at, transaction_at__lte=row.until
    )
    for line in list(lines):
        line.pk = None
        line.save(force_insert=True)
    look(shop, NOW + timedelta(days=1))
    row.refresh_from_db()
    assert (row.figure, row.seen_at) == (28, None)


@pytest.mark.usefixtures("unguarded")
def test_what_was_undone_is_not_counted(shop: Merchant) -> None:
    given = LoyaltyTransaction.objects.filter(
        transaction_type="stamp_earned", transaction_at__gte=NOW - timedelta(1)
    )
    line = given.values("card").order_by("card")
    many = next(card for card in {each["card"] for each in line} if given.filter(card=card).count() >= 14)
    for each in given.filter(card=many, voided_by__isnull=True):
        each.voids_id, each.pk, each.transaction_type = each.pk, None, "stamp_voided"
        each.stamps_delta = -each.stamps_delta
        each.save(force_insert=True)
    assert look(shop) == 0


def test_the_first_who_looks_decides(shop: Merchant) -> None:
    look(shop)
    (row,) = Observation.objects.all()
    guard.seen(observation_id=row.pk, actor=OWNER, note="first", now=NOW)
    guard.seen(observation_id=row.pk, actor=OWNER, note="second", now=NOW + timedelta(days=1))
    row.refresh_from_db()
    assert (row.note, row.seen_at) == ("first", NOW)


def test_an_erased_customer_leaves_no_note(shop: Merchant) -> None:
    look(shop)
    (row,) = Observation.objects.all()
    guard.seen(observation_id=row.pk, actor=OWNER, note="Mrs Weber's office", now=NOW)
    assert row.card is not None
    customers.erase_person(customer=row.card.customer)
    row.refresh_from_db()
    assert row.note == ""
    assert (row.figure, row.seen_at) == (14, NOW)


def test_hours_that_the_store_tells_its_customers_go_before_those_it_usually_has(shop: Merchant) -> None:
    period = Period(NOW.date() - timedelta(days=4), NOW.date() - timedelta(days=1))
    store = Store.objects.get()
    learned = open_hours(shop, period)[store.pk]
    assert [bool(learned[day]) for day in range(7)] == [True] * 6 + [False]
    store.opening_hours = "Mo-Fr 6:00-14:00"
    store.save()
    said = open_hours(shop, period)[store.pk]
    assert said[0] == [(315, 885)]
    assert said[5] == []


def test_a_person_is_told_of_once_and_not_again_as_their_till_and_store(shop: Merchant) -> None:
    look(shop)
    (row,) = Observation.objects.all()
    assert (row.staff_pin, row.till_id) == (StaffPin.objects.get(name="Person 0"), None)

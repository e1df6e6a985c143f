"""A promotion as its sentence, in four languages."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from loyalty import offers
from loyalty.offers import Promotion
from loyalty.promotion_words import Names, sentence, today

LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
NAMES = Names("EUR", stores={1: "Gare", 2: "Kirchberg"}, others={9: "Happy hour"})
DOUBLE = Promotion(id=1, effect=offers.FACTOR, factor=Decimal(2))
TUESDAY = Promotion(
    id=1,
    effect=offers.FACTOR,
    factor=Decimal(2),
    weekdays=frozenset({2}),
    from_time=time(14),
    until_time=time(17),
    store_ids=frozenset({1}),
    card_day_limit=100,
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "On Tuesdays from 14:00 to 17:00, points count double at Gare, at most 100 points a card and day",
        ),
        (
            "fr",
            "Le mardi de 14:00 à 17:00, les points comptent double chez Gare, au plus 100 points par carte et par jour",
        ),
        (
            "de",
            "Dienstags von 14:00 bis 17:00: doppelte Punkte bei Gare, höchstens 100 Punkte pro Karte und Tag",
        ),
        (
            "lb",
            "Dënschdes vun 14:00 bis 17:00: duebel Punkten (Gare), héchstens 100 Punkten op all Kaart an Dag",
        ),
    ],
)
def test_a_quiet_tuesday_in_four_languages(language: str, said: str) -> None:
    with translation.override(language):
        assert sentence(TUESDAY, NAMES) == said


@pytest.mark.parametrize(
    ("promotion", "said"),
    [
        (DOUBLE, "Points count double"),
        (
            Promotion(id=1, effect=offers.FACTOR, factor=Decimal("1.5"), weekdays=frozenset({1, 2, 3, 4, 5})),
            "From Monday to Friday, points count 1.5 times",
        ),
        (
            Promotion(
                id=1,
                effect=offers.POINTS,
                amount=1000,
                audience=offers.BIRTHDAY,
                days=3,
                from_time=time(22),
                until_time=time(2),
            ),
            "Every day from 22:00 to 02:00, there are 1,000 points on top on a birthday and up to 3 days before"
            " and after it",
        ),
        (
            Promotion(
                id=1,
                effect=offers.STAMPS,
                amount=1,
                first_day=date(2026, 12, 1),
                last_day=date(2026, 12, 24),
                audience=offers.EVERY_VISIT,
                every=3,
                least_cents=1000,
                categories=frozenset({"cake", "coffee"}),
                budget=500,
                not_with=frozenset({9}),
                store_ids=frozenset({1, 2}),
            ),
            "From 1 December 2026 to 24 December 2026, there is 1 stamp on top at Gare and Kirchberg once every 3"
            " visits for purchases of €10.00 or more on cake and coffee, at most 500 stamps in all, not together"
            " with Happy hour",
        ),
    ],
)
def test_each_part_has_its_place(promotion: Promotion, said: str) -> None:
    assert sentence(promotion, NAMES) == said


NOON, EVENING = datetime(2026, 5, 12, 12, tzinfo=UTC), datetime(2026, 5, 12, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("promotion", "now", "begins", "ends", "said"),
    [
        (TUESDAY, NOON, NOON, EVENING, "Today until 17:00: points count double"),
        (
            TUESDAY,
            NOON.replace(hour=9),
            NOON,
            EVENING,
            "Today from 14:00 to 17:00: points count double",
        ),
        (DOUBLE, NOON, NOON, datetime(2026, 5, 12, 22, tzinfo=UTC), "Today: points count double"),
        (DOUBLE, NOON, NOON, datetime(2026, 5, 14, 22, tzinfo=UTC), "Until 14 May 2026: points count double"),
        (DOUBLE, NOON, NOON, None, "Points count double"),
    ],
)
def test_it_says_until_when(
    promotion: Promotion, now: datetime, begins: datetime, ends: datetime | None, said: str
) -> None:
    there = Names("EUR")
    shown = today(promotion, there, zone=LUXEMBOURG, now=now, begins=begins, ends=ends)
    assert shown.removesuffix(", at most 100 points a card and day") == said

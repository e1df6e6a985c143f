"""A merchant who changes the time zone: no figure is wrong, and the statistics say what goes on meanwhile."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from groundwork import deletion
from groundwork.messaging import doorbell
from loyalty import tasks
from loyalty.models import CardSnapshot, DailyFigures, LoyaltyProgram, MerchantCalendar
from loyalty.reporting import statistics
from loyalty.services import points, stamps
from tenancy import services
from tenancy.errors import OwnerRequired
from tests import factories
from tests.announcements import announced
from tests.factories import Shop
from tests.refusals import refused

pytestmark = pytest.mark.django_db

OWNER = factories.actor("owner")
NEW_YORK, AUCKLAND, LUXEMBOURG = "America/New_York", "Pacific/Auckland", "Europe/Luxembourg"
# Closed by the roll-up of the third of March; what comes after is still open, in each of the three zones or in some.
SALES = {
    "2026-02-28T12:00:00+01:00": 100,
    "2026-02-28T23:30:00+01:00": 50,
    "2026-03-01T00:30:00+01:00": 500,
    "2026-03-01T22:00:00+01:00": 20,
    "2026-03-03T01:30:00+01:00": 7,
}
NOW = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
ZONES = pytest.mark.parametrize("zone", [NEW_YORK, AUCKLAND])


@pytest.fixture
def shop() -> Shop:
    """A euro is a point; each sale is one card's, the closed days are rolled up."""
    with time_machine.travel("2026-02-28T08:00:00+01:00", tick=False):
        made = factories.shop(points_per_euro=1)
    for moment, euros in SALES.items():
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            factories.card(made.store, cents=100 * euros)
    with factories.inside(made):
        assert statistics.roll_up(made.merchant, now=NOW) > 0
    return made


def move_to(shop: Shop, zone: str) -> None:
    shop.merchant.timezone = zone
    services.change_merchant(merchant=shop.merchant, actor=OWNER)


def figures(shop: Shop, now: datetime = NOW) -> list[Any]:
    """Of the program and of both stores."""
    with factories.inside(shop):
        program = LoyaltyProgram.objects.select_related("merchant").get(pk=shop.program.pk)
        whole = statistics.of_program(program, now=now, days=60)
        stores = [
            statistics.of_store(program, each, now=now, days=60) for each in (shop.store, shop.other_store)
        ]
    return [whole, *stores]


def per_day(shop: Shop) -> dict[str, int]:
    daily = figures(shop)[0]["daily"]
    return {day["date"]: day["points_issued"] for day in daily if day["points_issued"]}


def is_rebuilding(shop: Shop) -> bool:
    (said,) = {each["is_rebuilding"] for each in figures(shop)}
    return said


def without_the_word(shown: list[Any]) -> list[Any]:
    return [{name: value for name, value in each.items() if name != "is_rebuilding"} for each in shown]


IN_ZONE = {
    LUXEMBOURG: {"2026-02-28": 150, "2026-03-01": 520, "2026-03-03": 7},
    NEW_YORK: {"2026-02-28": 650, "2026-03-01": 20, "2026-03-02": 7},
    AUCKLAND: {"2026-03-01": 650, "2026-03-02": 20, "2026-03-03": 7},
}


# --- No figure is wrong -----------------------------------------------------------------------------------


def test_before_anything_is_changed_nothing_is_made_anew(shop):
    assert (per_day(shop), is_rebuilding(shop)) == (IN_ZONE[LUXEMBOURG], False)


@ZONES
def test_from_the_change_on_each_day_has_what_was_sold_on_it(shop, zone):
    move_to(shop, zone)
    assert (per_day(shop), is_rebuilding(shop)) == (IN_ZONE[zone], True)
    assert figures(shop)[0]["total_points_issued"] == 677
    assert figures(shop)[0]["points_this_month"] == {NEW_YORK: 27, AUCKLAND: 677}[zone]


@ZONES
def test_the_next_roll_up_makes_the_days_anew_and_then_nothing_is_said_any_more(shop, zone):
    move_to(shop, zone)
    meanwhile = figures(shop)
    with time_machine.travel(NOW, tick=False):
        assert tasks.roll_up_statistics() > 0
        assert tasks.roll_up_statistics() == 0
    after = figures(shop)
    assert not is_rebuilding(shop)
    assert without_the_word(after) == without_the_word(meanwhile)
    with factories.inside(shop):
        rolled_up = sorted(DailyFigures.objects.values_list("date", "points_issued", "points_expired"))
        statistics.rebuild(shop.merchant, now=NOW)
        assert (
            sorted(DailyFigures.objects.values_list("date", "points_issued", "points_expired")) == rolled_up
        )
    assert figures(shop) == after


@ZONES
def test_cards_used_in_thirty_days_are_counted_by_the_new_days(shop, zone):
    """In Luxembourg the five hundred points are of the first of March; elsewhere it was a day earlier or later."""
    late = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
    assert figures(shop, late)[0]["cards_with_activity_30d"] == 3
    move_to(shop, zone)
    assert figures(shop, late)[0]["cards_with_activity_30d"] == 2
    with factories.inside(shop):
        statistics.roll_up(shop.merchant, now=NOW)
    assert figures(shop, late)[0]["cards_with_activity_30d"] == 2


def test_there_and_back_before_the_night_is_as_if_nothing_had_been(shop):
    before = figures(shop)
    move_to(shop, AUCKLAND)
    move_to(shop, LUXEMBOURG)
    assert figures(shop) == before


def test_a_card_deleted_meanwhile_is_out_of_the_old_days_and_of_the_new_ones(shop):
    with factories.inside(shop):
        card = LoyaltyProgram.objects.get().cards.order_by("id")[2]  # the five hundred points
        move_to(shop, NEW_YORK)
        deletion.soft_delete(card, by=None)
    assert per_day(shop) == {"2026-02-28": 150, "2026-03-01": 20, "2026-03-02": 7}
    move_to(shop, LUXEMBOURG)
    assert per_day(shop) == {"2026-02-28": 150, "2026-03-01": 20, "2026-03-03": 7}
    with factories.inside(shop):
        statistics.roll_up(factories.fresh(shop.merchant), now=NOW)
    assert per_day(shop) == {"2026-02-28": 150, "2026-03-01": 20, "2026-03-03": 7}


def test_a_roll_up_that_read_the_merchant_before_the_change_makes_the_days_of_the_new_zone(shop):
    long_ago = factories.fresh(shop.merchant)
    move_to(shop, AUCKLAND)
    with factories.inside(shop):
        statistics.roll_up(long_ago, now=NOW)
        assert MerchantCalendar.objects.get().timezone == AUCKLAND
        assert set(CardSnapshot.objects.values_list("timezone", flat=True)) == {AUCKLAND}
    assert (per_day(shop), is_rebuilding(shop)) == (IN_ZONE[AUCKLAND], False)


def test_whoever_reads_while_the_days_are_made_anew_reads_them_again(shop, monkeypatch):
    rolled_up, read = statistics._rolled_up, []

    def overtaken(*of: Any) -> Any:
        """The roll-ups are gone between the calendar and the days."""
        if not read:
            read.append("once")
            statistics.forget_roll_ups(shop.merchant)
        return rolled_up(*of)

    truth = figures(shop)
    monkeypatch.setattr(statistics, "_rolled_up", overtaken)
    assert figures(shop) == truth
    assert read == ["once"]


# --- What a change sets going -----------------------------------------------------------------------------


@pytest.fixture
def rings(monkeypatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(doorbell, "ring", lambda task, **ids: heard.append(task))
    return heard


def test_the_change_rings_for_the_roll_up_and_renews_the_passes(shop, rings):
    with announced() as events:
        move_to(shop, NEW_YORK)
    assert "loyalty.roll_up_statistics" in rings
    assert [event.name for event in events] == ["loyalty.program_changed"]


def test_another_change_of_the_merchant_rings_for_nothing(shop, rings):
    shop.merchant.contact_email = "office@example.com"
    with announced() as events:
        services.change_merchant(merchant=shop.merchant, actor=OWNER)
    assert (rings, events) == ([], [])
    assert not is_rebuilding(shop)


def test_only_owners_change_a_merchant(shop):
    shop.merchant.timezone = NEW_YORK
    with refused(OwnerRequired):
        services.change_merchant(merchant=shop.merchant, actor=factories.actor("manager"))
    assert factories.fresh(shop.merchant).timezone == LUXEMBOURG


def test_the_console_changes_it_by_the_same_way_and_the_overview_says_so(shop, client):
    client.force_login(shop.owner)
    address = reverse("admin:tenancy_merchant_change", args=[shop.merchant.pk])
    form = {
        "name": "The old name",
        "contact_email": "",
        "default_language": "en",
        "timezone": NEW_YORK,
    }
    said = "days that are over are being counted anew"
    overview = reverse("admin:index") + f"?place=merchant-{shop.merchant.pk}"
    assert said not in client.get(overview).content.decode()
    with announced() as events:
        assert client.post(address, form).status_code == 302
    assert [event.name for event in events] == ["loyalty.program_changed"]
    assert factories.fresh(shop.merchant).timezone == NEW_YORK
    assert said in client.get(overview).content.decode()


def test_a_stores_own_time_zone_moves_no_figure(shop):
    before = figures(shop)
    with factories.inside(shop):
        shop.store.timezone = AUCKLAND
        shop.store.save()
    assert figures(shop) == before


# --- The calendar of the expiry ---------------------------------------------------------------------------


def nights(zone_from: str, zone_to: str, expired_at: str, until_hours: int) -> list[str]:
    """The local dates on which the expiry ran, hour by hour after it ran once and the zone was changed."""
    shop = factories.shop(points_per_euro=1, points_expiration_days=100)
    shop.merchant.timezone = zone_from
    services.change_merchant(merchant=shop.merchant, actor=OWNER)
    start, found = datetime.fromisoformat(expired_at), []
    with time_machine.travel(start, tick=False):
        assert [done["programs_processed"] for done in tasks.expire_points()] == [1]
    move_to(shop, zone_to)
    for hour in range(1, until_hours):
        with time_machine.travel(start + timedelta(hours=hour), tick=False):
            if tasks.expire_points():
                with factories.inside(shop):
                    found.append(MerchantCalendar.objects.get().points_expired_on)
    return [str(day) for day in found]


@pytest.mark.parametrize(
    ("zone_from", "zone_to", "expired_at", "dates"),
    [
        (AUCKLAND, NEW_YORK, "2026-05-02T02:05:00+12:00", ["2026-05-01", "2026-05-02", "2026-05-03"]),
        (NEW_YORK, AUCKLAND, "2026-05-01T02:05:00-04:00", ["2026-05-02", "2026-05-03", "2026-05-04"]),
    ],
)
def test_each_local_date_has_its_night_also_after_the_zone_was_changed(zone_from, zone_to, expired_at, dates):
    assert nights(zone_from, zone_to, expired_at, until_hours=60) == dates


def test_stamps_and_new_cards_of_the_open_days_go_along(shop):
    with time_machine.travel(NOW, tick=False), factories.inside(shop):
        card = LoyaltyProgram.objects.get().cards.latest("id")
        stamps.give(store=shop.store, card_id=card.pk, actor=OWNER, count=2)
        points.earn(store=shop.other_store, card_id=card.pk, actor=OWNER, purchase_amount_cents=300)
    move_to(shop, NEW_YORK)
    (today,) = [day for day in figures(shop)[0]["daily"] if day["date"] == str(date(2026, 3, 2))]
    assert (today["stamps"], today["points_issued"], today["new_cards"]) == (2, 10, 1)

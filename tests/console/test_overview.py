"""The overview: true figures of who may see them, beside the period before."""

from datetime import date

import pytest
from django.utils.formats import date_format

from groundwork import deletion
from groundwork.console.charts import Series, chart, hours_chart
from loyalty.models import LoyaltyTransaction
from loyalty.services import points, voids
from loyalty_site.console.overview_figures import against
from tests import factories
from tests.console.world import World, overview

DAY = date(2026, 11, 1)


def test_an_owner_sees_the_whole_and_each_store_a_manager_their_own(world: World) -> None:
    shop = world.shop
    whole, first, second = (
        f"merchant-{shop.merchant.pk}",
        f"store-{shop.store.pk}",
        f"store-{shop.other_store.pk}",
    )
    assert {place.key for place in overview(world, "owner")["places"]} == {whole, first, second}
    assert [place.key for place in overview(world, "manager")["places"]] == [first]
    assert overview(world, "owner")["place"].key == whole


def test_the_figures_are_those_of_the_ledger(world: World) -> None:
    figures = {figure["title"]: figure["value"] for figure in overview(world, "owner")["figures"]}
    # one card with two stamps and 50 points for 5.00
    assert figures["Cards"] == "1"
    assert figures["Stamps given"] == "2"
    assert figures["Points given"] == "50"
    assert figures["Open value"] == "€0.50"


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (6, 4, "50 % more than in the 2 days before"),
        (3, 4, "25 % less than in the 2 days before"),
        (4, 4, "as many as in the 2 days before"),
        (4, 0, "none in the 2 days before"),
        (0, 0, "as many as in the 2 days before"),
    ],
)
def test_a_figure_stands_beside_that_of_the_period_before(now: int, before: int, words: str) -> None:
    figures = {"daily": [{"stamps": now}, {"stamps": 0}], "before": [{"stamps": 0}, {"stamps": before}]}
    assert against(figures, "stamps", 2) == words


def test_the_overview_says_how_the_period_before_was(world: World) -> None:
    compared = {figure["title"]: figure["compared"] for figure in overview(world, "owner")["figures"]}
    assert compared["Stamps given"] == "none in the 30 days before"
    assert compared["Open value"] == ""


def test_a_place_of_somebody_else_is_not_shown(world: World) -> None:
    for key in (
        f"merchant-{world.stranger.merchant.pk}",
        f"store-{world.stranger.store.pk}",
        "merchant-x",
        "x",
    ):
        assert overview(world, "owner", place=key)["place"].merchant == world.shop.merchant
        assert overview(world, "manager", place=key)["place"].store == world.shop.store
    assert (
        overview(world, "manager", place=f"store-{world.shop.other_store.pk}")["place"].store
        == world.shop.store
    )


def test_the_newest_transactions_are_of_the_own_merchant(world: World) -> None:
    lines = list(overview(world, "owner")["newest"])
    assert {line.merchant for line in lines} == {world.shop.merchant}
    assert len(lines) == 3


@pytest.fixture
def eventful(world: World) -> None:
    """At both stores: stamps that were undone, points given and taken by hand, and a card that was deleted."""
    shop = world.shop
    for store in (shop.store, shop.other_store):
        card = factories.card(store, stamps=3, cents=700)
        deletion.soft_delete(factories.card(store, stamps=2, cents=900), by=None)
        with factories.inside(shop):
            for number in (40, -15):
                points.adjust(
                    store=store,
                    card_id=card.pk,
                    actor=factories.actor(),
                    points_delta=number,
                    reason="Goodwill",
                )
            for kind in ("stamp_earned", "points_earned"):
                line = LoyaltyTransaction.objects.filter(card=card, transaction_type=kind).latest("pk")
                voids.void(store=store, transaction_id=line.pk, actor=factories.actor(), reason="Twice")
        factories.give_stamps(card, store, 1)


@pytest.mark.parametrize("who", ["owner", "manager"])
@pytest.mark.parametrize(
    ("title", "moved"), [("Stamps given", "stamps_delta"), ("Points given", "points_delta")]
)
def test_what_was_given_is_what_the_lines_behind_it_amount_to(
    world: World, eventful: None, who: str, title: str, moved: str
) -> None:
    [figure] = [figure for figure in overview(world, who)["figures"] if figure["title"] == title]
    page = world.client(who).get(figure["url"])
    with factories.inside(world.shop):
        lines = list(page.context["cl"].queryset.values_list(moved, flat=True))
    assert (sum(lines), min(lines) < 0) == (int(figure["value"]), True)


def test_an_operator_begins_with_the_merchants_and_opens_one(world: World) -> None:
    begin = overview(world, "operator")
    assert {merchant.pk for merchant in begin["merchants"]} == {
        world.shop.merchant.pk,
        world.stranger.merchant.pk,
    }
    assert begin["place"] is None
    opened = overview(world, "operator", place=f"merchant-{world.shop.merchant.pk}", days="90")
    assert (opened["place"].merchant, opened["days"]) == (world.shop.merchant, 90)


@pytest.mark.parametrize("days", ["0", "-1", "999999999999", "x"])
def test_a_period_that_is_no_choice_is_thirty_days(world: World, days: str) -> None:
    assert overview(world, "owner", days=days)["days"] == 30


def test_a_year_is_drawn_in_weeks_that_add_up() -> None:
    days = [DAY.fromordinal(DAY.toordinal() + number) for number in range(365)]
    drawn = chart("Stamps", days, [Series("stamps", "bar-one", list(range(365)))])
    assert drawn.of == "week"
    assert len(drawn.places) == 53
    assert sum(drawn.series[0].values) == sum(range(365))
    assert drawn.places[-1] == date_format(days[-7], "SHORT_DATE_FORMAT")


def test_the_hours_of_a_day_are_drawn_side_by_side_and_told_from_the_first_on() -> None:
    given = [0] * 14 + [3, 6] + [0] * 8
    drawn = hours_chart("Points", [Series("points", "bar-one", given)])
    assert [(bar.place, bar.value, bar.height) for bar in drawn.bars] == [
        ("14:00–15:00", 3, 60.0),
        ("15:00–16:00", 6, 120.0),
    ]
    assert drawn.rows[0] == ("0:00–1:00", [0])
    assert drawn.rows[14] == ("14:00–15:00", [3])


def test_a_chart_without_anything_has_no_bars() -> None:
    assert chart("Stamps", [DAY], [Series("stamps", "bar-one", [0])]).bars == []

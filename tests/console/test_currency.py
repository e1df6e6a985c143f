"""The merchant's currency: chosen from a list, refused with a sentence, kept once something was bought."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from groundwork.errors import Invalid
from groundwork.formats.currencies import CURRENCIES
from tenancy import services
from tenancy.errors import CurrencyInUse, OperatorRequired
from tenancy.models import Merchant
from tests import factories
from tests.console.world import World, address, errors, filled, list_address
from tests.refusals import refused

STAYS = "The currency stays: something was bought already, and its amount would mean something else."
OPERATOR = factories.actor("operator")


def change(world: World, merchant: Merchant, currency: str):
    """An operator's answer after choosing another currency for a merchant."""
    client = world.client("operator")
    page = filled(client.get(address(merchant)), currency=currency)
    return client.post(address(merchant), page)


def test_every_currency_is_offered_by_name_in_the_readers_language(world: World) -> None:
    client = world.client("operator")
    for language, forint in [("en", "Hungarian Forint (HUF)"), ("fr", "forint hongrois (HUF)")]:
        with translation.override(language):
            page = client.get(list_address(Merchant, "add"), headers={"Accept-Language": language})
            offered = page.context["adminform"].form.fields["currency"].widget.choices
        assert dict(offered)["HUF"] == forint
        assert {code for code, _name in offered} == set(CURRENCIES)


def test_a_merchant_is_made_with_a_currency_of_the_list(world: World) -> None:
    client = world.client("operator")
    page = client.get(list_address(Merchant, "add"))
    for wrong in ("ABC", "eur", "XAU", "DEM"):
        answer = client.post(
            list_address(Merchant, "add"),
            filled(page, name="Kyoto", owner_email="kyoto@example.com", currency=wrong),
        )
        assert errors(answer) == {"currency": ["This currency is not known, for example EUR."]}
    assert not Merchant.objects.filter(slug="kyoto").exists()
    client.post(
        list_address(Merchant, "add"),
        filled(page, name="Kyoto", owner_email="kyoto@example.com", currency="JPY"),
    )
    assert Merchant.objects.get(slug="kyoto").currency == "JPY"


@pytest.mark.parametrize("currency", ["ABC", "XXX", "DEM"])
@pytest.mark.django_db
def test_the_database_knows_no_other_currency(currency: str) -> None:
    house = factories.merchant()
    with (
        pytest.raises(IntegrityError, match="merchant_currency_is_iso_4217"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE tenancy_merchant SET currency = %s WHERE id = %s", [currency, house.pk])
    assert factories.fresh(house).currency == "EUR"


@pytest.mark.django_db
def test_the_database_knows_every_currency_of_the_list() -> None:
    house = factories.merchant()
    with connection.cursor() as cursor:
        for currency in CURRENCIES:
            cursor.execute("UPDATE tenancy_merchant SET currency = %s WHERE id = %s", [currency, house.pk])
    assert factories.fresh(house).currency == CURRENCIES[-1]


def test_the_currency_stays_once_something_was_bought(world: World) -> None:
    house = world.shop.merchant
    assert errors(change(world, house, "JPY")) == {"currency": [STAYS]}
    assert factories.fresh(house).currency == "EUR"
    with refused(CurrencyInUse) as refusal:
        services.change_currency(merchant=house, actor=OPERATOR, currency="JPY")
    assert str(refusal.error) == STAYS
    assert services.change_currency(merchant=house, actor=OPERATOR, currency="EUR").currency == "EUR"


def test_the_rest_of_a_merchant_that_has_sold_can_be_changed(world: World) -> None:
    client = world.client("operator")
    house = world.shop.merchant
    client.post(address(house), filled(client.get(address(house)), name="Renamed"))
    assert (factories.fresh(house).name, factories.fresh(house).currency) == ("Renamed", "EUR")


def test_where_nothing_was_bought_an_operator_may_still_choose(world: World) -> None:
    shop = factories.shop()
    factories.card(shop.store, stamps=3)
    assert change(world, shop.merchant, "CHF").status_code == 302
    assert factories.fresh(shop.merchant).currency == "CHF"
    with refused(Invalid) as refusal:
        services.change_currency(merchant=shop.merchant, actor=OPERATOR, currency="ABC")
    assert refusal.fields == ["currency"]
    with refused(OperatorRequired):
        services.change_currency(merchant=shop.merchant, actor=factories.actor("owner"), currency="EUR")
    assert factories.fresh(shop.merchant).currency == "CHF"


def test_a_purchase_of_another_merchant_is_nothing_to_this_one(world: World) -> None:
    fresh = factories.shop()
    assert not services.currency_is_used(fresh.merchant)
    assert services.currency_is_used(world.shop.merchant)


def test_a_line_shows_its_purchase_as_an_amount_and_a_program_explains_its_smallest_unit(
    world: World,
) -> None:
    client = world.client("owner")
    line = world.mine["loyalty_loyaltytransaction"]
    shown = client.get(address(line)).content.decode()
    assert "€5.00" in shown
    assert f'href="{address(line.purchase)}"' in shown
    page = client.get(address(world.shop.program))
    help_text = page.context["adminform"].form.fields["maximum_purchase_cents"].help_text
    assert help_text.startswith("In the smallest unit of the currency: 1000 is €10.00.")
    assert "cents" not in page.content.decode().replace("_cents", "").replace("-cents", "").casefold()


def test_a_largest_purchase_below_the_minimum_is_refused_beside_its_field(world: World) -> None:
    client, program = world.client("owner"), world.shop.program
    page = client.get(address(program))
    answer = client.post(
        address(program), filled(page, minimum_purchase_cents=500, maximum_purchase_cents=499)
    )
    assert errors(answer) == {
        "maximum_purchase_cents": ["The largest purchase must not be below the minimum purchase."]
    }
    sold = filled(page, minimum_purchase_cents=500, maximum_purchase_cents=500, confirm="on")
    client.post(address(program), sold)
    assert factories.fresh(program).maximum_purchase_cents == 500


def test_a_page_that_was_open_since_before_brings_no_old_currency_back(world: World) -> None:
    house = factories.shop().merchant
    stale = factories.fresh(house)
    services.change_currency(merchant=house, actor=OPERATOR, currency="CHF")
    stale.name = "Renamed"
    services.change_merchant(merchant=stale, actor=OPERATOR)
    assert (factories.fresh(house).name, factories.fresh(house).currency) == ("Renamed", "CHF")

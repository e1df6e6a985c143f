"""Every currency there is, and amounts as each language writes them. No database."""

import doctest
import re
from datetime import date

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision
from django.utils import translation

from groundwork.formats import currencies
from groundwork.formats.currencies import CURRENCIES, MAGNITUDES, minor_digits, minor_units
from groundwork.formats.money import GAP, currency_choices, money, whole_unit

NARROW = "\N{NARROW NO-BREAK SPACE}"


def test_the_examples_in_the_docstrings_are_right() -> None:
    assert doctest.testmod(currencies).failed == 0


def test_the_currencies_are_those_that_are_legal_tender_somewhere() -> None:
    tender = {
        code
        for used in get_global("territory_currencies").values()
        for code, _since, until, is_tender in used
        if is_tender and (until is None or date(*until) > date.today())
    }
    assert set(CURRENCIES) == tender


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_currency_has_the_digits_that_cldr_gives_it(currency: str) -> None:
    assert minor_digits(currency) == get_currency_precision(currency)


def test_each_currency_has_one_magnitude() -> None:
    listed = " ".join(MAGNITUDES.values()).split()
    assert len(listed) == len(set(listed)) == len(CURRENCIES) == 154


@pytest.mark.parametrize("code", ["ABC", "eur", "", "XAU", "XXX", "XTS", "DEM", "LUF", "HRK", "CLF"])
def test_what_is_no_currency_of_a_shop_has_no_digits_and_no_amounts(code: str) -> None:
    assert code not in CURRENCIES
    for reckoned in (lambda: minor_digits(code), lambda: minor_units(1, code), lambda: money(1, code)):
        with pytest.raises(KeyError):
            reckoned()


@pytest.mark.parametrize(
    ("currency", "cents"),
    [("EUR", 1_000_000), ("JPY", 1_000_000), ("HUF", 1_000_000_000), ("KWD", 10_000_000), ("ISK", 1_000_000)],
)
def test_ten_thousand_euros_are_about_so_much(currency: str, cents: int) -> None:
    assert minor_units(10_000, currency) == cents


WRITTEN = {
    "en": {
        (1240, "EUR"): "€12.40",
        (123456, "EUR"): "€1,234.56",
        (-500, "EUR"): "-€5.00",
        (1200, "JPY"): "JP¥1,200",
        (1240, "KWD"): f"KWD{GAP}1.240",
        (123450, "HUF"): f"HUF{GAP}1,234.50",
        (1240, "CHF"): f"CHF{GAP}12.40",
        (1240, "XCG"): f"Cg.{GAP}12.40",
    },
    "fr": {
        (1240, "EUR"): f"12,40{GAP}€",
        (123456, "EUR"): f"1{NARROW}234,56{GAP}€",
        (1200, "JPY"): f"1{NARROW}200{GAP}JPY",
        (1240, "KWD"): f"1,240{GAP}KWD",
    },
    "de": {
        (1240, "EUR"): f"12,40{GAP}€",
        (123456, "EUR"): f"1.234,56{GAP}€",
        (1200, "JPY"): f"1.200{GAP}¥",
        (1240, "KWD"): f"1,240{GAP}KWD",
        (123450, "HUF"): f"1.234,50{GAP}HUF",
    },
    "lb": {
        (1240, "EUR"): f"12,40{GAP}€",
        (1200, "JPY"): f"1.200{GAP}¥",
        (1240, "KWD"): f"1,240{GAP}KWD",
    },
}


@pytest.mark.parametrize(
    ("language", "cents", "currency", "text"),
    [(lang, *amount, text) for lang, amounts in WRITTEN.items() for amount, text in amounts.items()],
)
def test_an_amount_is_written_as_the_reader_writes_it(
    language: str, cents: int, currency: str, text: str
) -> None:
    with translation.override(language):
        assert money(cents, currency) == text


@pytest.mark.parametrize("language", ["en", "fr", "de", "lb"])
@pytest.mark.parametrize("currency", CURRENCIES)
def test_an_amount_has_all_its_figures_in_every_currency_and_language(currency: str, language: str) -> None:
    with translation.override(language):
        text = money(1_234_567, currency)
    assert "".join(sign for sign in text if sign.isdecimal()) == "1234567"
    assert len(re.findall(r"\d+", text)[-1]) == (minor_digits(currency) or 3)


def test_a_whole_unit_has_no_decimals() -> None:
    assert [whole_unit(code) for code in ("EUR", "JPY", "CHF")] == ["€1", "JP¥1", f"CHF{GAP}1"]
    with translation.override("fr"):
        assert [whole_unit(code) for code in ("EUR", "KWD")] == [f"1{GAP}€", f"1{GAP}KWD"]


def test_every_currency_is_offered_by_its_name_in_the_readers_language() -> None:
    for language, name in [
        ("en", "Hungarian Forint"),
        ("fr", "forint hongrois"),
        ("de", "Ungarischer Forint"),
    ]:
        with translation.override(language):
            offered = currency_choices()
        assert dict(offered)["HUF"] == f"{name} (HUF)"
        assert {code for code, _label in offered} == set(CURRENCIES)
        assert [label.casefold() for _code, label in offered] == sorted(
            label.casefold() for _code, label in offered
        )


def test_outside_of_every_language_amounts_are_in_the_sites_own() -> None:
    with translation.override(None):
        assert money(1240, "EUR") == "€12.40"

"""Amounts for people, as the language that is active writes them."""

import re
import unicodedata
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol
from django.conf import settings
from django.utils.translation import get_language, to_locale

from groundwork.formats.currencies import CURRENCIES, minor_digits

GAP = "\N{NO-BREAK SPACE}"
EUROPEAN_ENGLISH = "en_GB"  # as the terminal's scripts have it


# Matched against CLDR's own patterns and texts, which are short.
DECIMALS = re.compile(r"\.0+")


def money(cents: int, currency: str) -> str:
    """Write an amount in a currency's minor unit: 1240 is €12.40, ¥1,240, 12,40 €. Raises KeyError for no currency."""
    locale = _locale()
    amount = in_whole_units(cents, currency)
    return _spaced(format_currency(amount, currency, locale=locale), currency, locale)


def in_whole_units(cents: int, currency: str) -> Decimal:
    """The number that an amount in a currency's minor unit is: 1240 is 12.40, 1240, 1.240. Raises KeyError as above."""
    return Decimal(cents).scaleb(-minor_digits(currency))


def whole_unit(currency: str) -> str:
    """One whole unit of a currency, without decimals: €1, 1 €, CHF 1."""
    locale = _locale()
    pattern = DECIMALS.sub("", locale.currency_formats["standard"].pattern)
    text = format_currency(1, currency, pattern, locale=locale, currency_digits=False)
    return _spaced(text, currency, locale)


def currency_choices() -> list[tuple[str, str]]:
    """Every currency with its name in the reader's language, by that name: ("EUR", "Euro (EUR)")."""
    names = _locale().currencies
    labels = [(code, f"{names.get(code, code)} ({code})") for code in CURRENCIES]
    return sorted(labels, key=lambda choice: choice[1].casefold())


def _locale() -> Locale:
    language = get_language() or settings.LANGUAGE_CODE
    return Locale.parse(EUROPEAN_ENGLISH if language == "en" else to_locale(language))


def _spaced(text: str, currency: str, locale: Locale) -> str:
    """CLDR's space between what is no sign and the figure after it, which Babel leaves out: CHF 12.40."""
    symbol = get_currency_symbol(currency, locale)
    if unicodedata.category(symbol[-1]) == "Sc":
        return text
    before, found, after = text.partition(symbol)
    return f"{before}{found}{GAP}{after}" if found and after[:1].isdigit() else text

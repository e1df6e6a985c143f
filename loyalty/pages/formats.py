"""How amounts are written for people, in the language that is active."""

from decimal import Decimal

from django.utils import formats

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
GAP = "\N{NO-BREAK SPACE}"


def money(cents: int, currency: str) -> str:
    """Write an amount in cents with its currency (ISO 4217): 1240, EUR -> 12.40 €."""
    amount = formats.number_format(Decimal(cents) / 100, decimal_pos=2, force_grouping=True)
    return f"{amount}{GAP}{SYMBOLS.get(currency, currency)}"


def signed(number: int) -> str:
    """Write a change of a balance with its sign, a true minus: 1 -> +1, -200 -> −200."""
    sign = "+" if number > 0 else "\N{MINUS SIGN}" if number < 0 else ""
    return f"{sign}{formats.number_format(abs(number), force_grouping=True)}"

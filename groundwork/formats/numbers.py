"""How numbers are written for people, in the language that is active."""

from django.utils.formats import number_format


def grouped(number: int) -> str:
    """Write a number with marks between its thousands: 50,000."""
    return number_format(number, force_grouping=True)


def signed(number: int) -> str:
    """Write a change with its sign, a true minus: 1 -> +1, -1200 -> −1,200."""
    sign = "+" if number > 0 else "\N{MINUS SIGN}" if number < 0 else ""
    return f"{sign}{grouped(abs(number))}"

"""The console's pages of loyalty: the program, cards, their ledger, staff PINs and a merchant's settings."""

from loyalty.console import card, program, settings, staff_pin, transaction  # noqa: F401 - registers them

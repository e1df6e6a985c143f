"""The console's pages of loyalty: the program, cards, their ledger, staff PINs, tills and a merchant's settings."""

from loyalty.console import card, program, settings, staff_pin, till, transaction  # noqa: F401 - registers them

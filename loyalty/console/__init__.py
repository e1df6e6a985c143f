"""The console's pages of loyalty: program, cards, purchases, ledger, staff PINs, tills, a merchant's settings."""

from loyalty.console import card, program, purchase, settings, staff_pin, till, transaction  # noqa: F401 - registers them

"""The console's pages of loyalty: the program, cards, their ledger, staff PINs, tills and a merchant's settings."""

from loyalty.console import (  # noqa: F401 - registers them
    card,
    customer,
    program,
    settings,
    staff_pin,
    store,
    till,
    transaction,
)

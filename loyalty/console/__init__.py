"""The console's pages of loyalty: program, cards, printed ones, purchases, ledger, staff PINs, tills, settings."""

from loyalty.console import (  # noqa: F401 - registers them
    batch,
    card,
    program,
    purchase,
    settings,
    staff_pin,
    till,
    transaction,
)

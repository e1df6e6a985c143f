"""The console's pages of loyalty: program, cards, imports, purchases, ledger, staff PINs, tills, settings."""

from loyalty.console import (  # noqa: F401 - registers them
    batch,
    card,
    import_batch,
    program,
    purchase,
    settings,
    staff_pin,
    till,
    transaction,
)

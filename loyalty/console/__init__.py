"""The console's pages of loyalty: program, cards, printed ones, purchases, ledger, staff PINs, tills, imports, settings."""

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

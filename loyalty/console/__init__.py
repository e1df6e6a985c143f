"""The console's pages of loyalty: program, promotions, cards, imports, purchases, ledger, PINs, tills, settings."""

from loyalty.console import (  # noqa: F401 - registers them
    batch,
    card,
    import_batch,
    observation,
    program,
    promotion,
    purchase,
    settings,
    staff_pin,
    till,
    transaction,
    undo_batch,
    undo_lines,
)

"""How far events have been made of rows, so that none is lost to a transaction that commits late.

Numbers are given to rows before they are seen: a lower one may turn up after a higher one. So rows are read again from
`settled_id` on, and it moves on only over numbers that are safe (`groundwork.database.fences`).
"""

from webhooks.models import Progress


def settle(progress: Progress, *, made_upto: int | None) -> None:
    """Events were made of all rows that were there, up to an id or (None) of all of them."""
    upto = progress.safe_id if made_upto is None else min(progress.safe_id, made_upto)
    progress.settled_id = max(progress.settled_id, upto)
    progress.save()

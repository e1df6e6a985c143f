"""Losing nothing: a backup of database and files, encrypted; its way back; and a drill that goes that way each night.

A backup is a folder of the storage "backups" (settings.STORAGES): two sealed parts, and last of all a manifest that
says what they are. Without its manifest there is no backup.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from groundwork.errors import StorageAway, StorageFull

# Noted when it ended well, and only then: `groundwork.watching.pulses`.
LAST_BACKUP = "last backup"
LAST_DRILL = "last drill"


class KeepingFault(Exception):
    """A backup, a restore or a drill could not be done; the message says why, in a sentence for who runs the site."""


class LeftBehind(KeepingFault):
    """A restore could not be done, nor all of it be undone; the message says what stayed, too."""


@contextmanager
def in_words() -> Iterator[None]:
    """Raises KeepingFault with what the place of backups, or of files, said."""
    try:
        yield
    except StorageAway as away:
        raise KeepingFault(f"The bucket cannot be used: {away.__cause__ or away}.") from away
    except StorageFull as full:
        raise KeepingFault(f"There is no room left: {full.__cause__}.") from full

"""Losing nothing: a backup of database and files, encrypted; its way back; and a drill that goes that way each night.

A backup is a folder of the storage "backups" (settings.STORAGES): two sealed parts, and last of all a manifest that
says what they are. Without its manifest there is no backup.
"""

# Noted when it ended well, and only then: `groundwork.watching.pulses`.
LAST_BACKUP = "last backup"
LAST_DRILL = "last drill"


class KeepingFault(Exception):
    """A backup, a restore or a drill could not be done; the message says why, in a sentence for who runs the site."""

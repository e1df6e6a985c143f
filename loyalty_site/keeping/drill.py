"""Whether the newest backup can be lived from: brought back into a scratch database, migrated and verified there."""

import os
import subprocess
import sys
from dataclasses import dataclass

from django.conf import settings

from groundwork.watching import pulses
from loyalty_site.keeping import LAST_DRILL, KeepingFault, backups, databases

# What is run there, as an operator would: a backup of yesterday may be of the release before.
STEPS = ("migrate --no-input --verbosity 0", "verify_ledger", "verify_fairness")


@dataclass(frozen=True)
class Green:
    """What was brought back and found right."""

    backup: backups.Backup
    files: int


def run() -> Green:
    """Restore the newest backup beside the database, verify it there, and drop it again.

    Raises KeepingFault with what is wrong with it; then the drill is red.
    """
    backup = backups.find(None)
    with databases.scratch(settings.DRILL_DATABASE_URL) as address:
        count = backups.restore(backup, into=address, media=None)
        for step in STEPS:
            manage(step, address)
    pulses.beat(LAST_DRILL)
    return Green(backup, count)


def manage(step: str, address: str) -> None:
    """Run a command in a process of its own, at another database. Raises KeepingFault with what it said."""
    environment = os.environ | {"DATABASE_URL": address}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *step.split()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [*done.stdout.splitlines(), *done.stderr.splitlines()] or ["it said nothing"]
        raise KeepingFault(f"{step.split()[0]} of what was restored fails: {lines[0]} ({lines[-1]})")

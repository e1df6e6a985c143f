"""The clock: django-celery-beat's database scheduler, made to respect what operators changed.

Several may run, on several machines: one of them acts, and the others stand by (`pulses.holds`).
"""

import os
import secrets
import socket
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django_celery_beat.schedulers import DatabaseScheduler

from groundwork.watching import pulses

PULSE = "beat"
STANDING_BY = 5.0  # seconds from one look to the next


class Scheduler(DatabaseScheduler):
    """Adds the jobs of `loyalty_site.celery` that the database lacks, and leaves the others as they are there."""

    def update_from_dict(self, mapping: Mapping[str, Any]) -> None:
        known = set(self.Model.objects.filter(name__in=list(mapping)).values_list("name", flat=True))
        super().update_from_dict({name: entry for name, entry in mapping.items() if name not in known})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.holder = f"{socket.gethostname()[:100]} {os.getpid()} {secrets.token_hex(4)}"
        self.stood_by = False
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due, if it is us who act, and show that the clock lives.

        Returns the seconds until the next look.
        """
        if not pulses.holds(PULSE, self.holder):
            self.stood_by = True
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()  # it may be one to a primary that is no more
            if not has_ended(before := pulses.holder_of(PULSE)):
                return STANDING_BY
            pulses.let_go(PULSE, before)
            return 0.0
        if self.stood_by:  # what we knew is what was due when we began to wait
            self._initial_read, self._heap, self.stood_by = True, None, False
        return super().tick(*args, **kwargs)

    def close(self) -> None:
        """Write down what was sent, and leave the clock to who stands by."""
        super().close()
        pulses.let_go(PULSE, self.holder)


def has_ended(holder: str) -> bool:
    """Whether a clock of this machine is no more: it was killed, and need not be waited for."""
    host, _space, process = holder.partition(" ")
    number = process.partition(" ")[0]
    if host != socket.gethostname()[:100] or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        return False
    return False

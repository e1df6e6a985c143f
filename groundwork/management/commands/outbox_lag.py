"""manage.py outbox_lag: how far behind the outbox and all other queues are, for monitoring."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groundwork.messaging import outbox
from groundwork.messaging.monitoring import queues


class Command(BaseCommand):
    help = "Say how many announcements wait, how many were given up, and how late the relay is."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="print it for a machine")
        parser.add_argument(
            "--limit",
            type=float,
            metavar="SECONDS",
            help="fail if any queue is later than that, or an announcement fails each time or was given up",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lag = outbox.OUTBOX.lag()
        words = "{waiting} waiting, {dead} given up, {late_seconds:.1f} s late".format(**lag)
        said = {"outbox": lag, **{queue.name: queue.lag() for queue in queues}}
        self.stdout.write(json.dumps(lag | {"queues": said}) if options["json"] else words)
        if options["limit"] is not None and (wrong := self.wrong(options["limit"], words, lag["dead"])):
            raise CommandError(f"The queues need somebody: {'; '.join(wrong)}.")

    def wrong(self, limit: float, words: str, dead: float) -> list[str]:
        """What is late in any queue, was given up in the outbox, or fails there each time."""
        late = {queue.name: queue.lag()["late_seconds"] for queue in (outbox.OUTBOX, *queues)}
        found = [f"{name} is {seconds:.1f} s late" for name, seconds in late.items() if seconds > limit]
        if failing := outbox.OUTBOX.failing():
            found.append(f"{failing} fail each time")
        if found or dead:
            found.insert(0, words)
        return found

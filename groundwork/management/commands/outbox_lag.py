"""manage.py outbox_lag: how far behind the outbox is, for monitoring."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groundwork.messaging import outbox


class Command(BaseCommand):
    help = "Say how many announcements wait, how many were given up, and how late the relay is."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="print it for a machine")
        parser.add_argument(
            "--limit",
            type=float,
            metavar="SECONDS",
            help="fail if it is later than that, or something was given up",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lag = outbox.OUTBOX.lag()
        words = "{waiting} waiting, {dead} given up, {late_seconds:.1f} s late".format(**lag)
        self.stdout.write(json.dumps(lag) if options["json"] else words)
        limit = options["limit"]
        if limit is not None and (lag["late_seconds"] > limit or lag["dead"]):
            raise CommandError(f"The outbox needs somebody: {words}.")

"""`manage.py flush`: Django's own, which asks before it empties every table; the ledger lets only this one do it."""

from typing import Any

from django.core.management.commands import flush
from django.db import connections

from groundwork.database.triggers import emptying


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with emptying(connections[options["database"]]):
            super().handle(**options)

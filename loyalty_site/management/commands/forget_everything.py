"""`manage.py forget_everything`: the database, mail, uploads and queue of a demo begin anew."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = "Empty the database and remove mail, uploads and queued messages. Never with production settings."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("These settings are for real customers: nothing is forgotten here.")
        if connection.vendor == "sqlite":
            self.remove_database_files()
        else:
            self.empty_schema()
        for folder in (settings.EMAIL_FILE_PATH, settings.MEDIA_ROOT, settings.VAR_DIR / "broker"):
            shutil.rmtree(folder, ignore_errors=True)
        cache.clear()

    def remove_database_files(self) -> None:
        """Remove the SQLite file with its write-ahead log."""
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)

    def empty_schema(self) -> None:
        """Drop every table of the PostgreSQL database: the ledger's own triggers refuse to be emptied."""
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")

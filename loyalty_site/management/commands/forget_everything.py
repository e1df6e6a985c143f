"""`manage.py forget_everything`: the database, cache, mail and uploads of a demo begin anew."""

import shutil
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from loyalty_site.keeping import files


class Command(BaseCommand):
    help = "Empty the database and the cache, and remove mail and uploads. Never with production settings."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("These settings are for real customers: nothing is forgotten here.")
        self.empty_schema()
        for name in files.names(default_storage):
            default_storage.delete(name)
        for folder in (settings.EMAIL_FILE_PATH, settings.MEDIA_ROOT):
            shutil.rmtree(folder, ignore_errors=True)
        cache.clear()

    def empty_schema(self) -> None:
        """Drop every table of the database: the ledger's own triggers refuse to be emptied."""
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")

"""manage.py backup: keep database and files, encrypted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loyalty_site.keeping import KeepingFault, backups


class Command(BaseCommand):
    help = "Keep the database and all files, encrypted, in a bucket or folder; and remove backups whose days are over."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup = backups.make()
        except KeepingFault as fault:
            raise CommandError(str(fault)) from None
        size = sum(part["bytes"] for part in backup.parts.values())
        self.stdout.write(f"{backup.name}: {size:,} bytes.")

"""manage.py restore --into DATABASE_URL: bring a backup back into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError

from loyalty_site.keeping import KeepingFault, LeftBehind, backups
from loyalty_site.settings import backends, parsers


class Command(BaseCommand):
    help = (
        "Bring a backup back, wholly or not at all: into an empty database and, with --media, an empty place."
    )
    requires_system_checks = []  # the site's own database may be lost

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="which backup (the newest); --list tells their names")
        parser.add_argument("--into", metavar="URL", help="postgresql://USER:PASSWORD@HOST:PORT/NAME, empty")
        parser.add_argument(
            "--media", metavar="PLACE", help="where the files go: a folder or s3://..., new or empty"
        )
        parser.add_argument("--list", action="store_true", help="only say which backups there are")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["list"]:
                self.stdout.write("\n".join(backups.listed(backups.place())))
                return
            self.restore(options)
        except LeftBehind as fault:
            raise CommandError(f"{fault} The database is as it was.") from None
        except KeepingFault as fault:
            raise CommandError(f"{fault} Nothing was changed.") from None

    def restore(self, options: dict[str, Any]) -> None:
        media = options["media"] or ""
        _parsed("--into", parsers.database, options["into"] or "")
        if in_bucket := media.startswith("s3://"):
            _parsed("--media", parsers.bucket, media)
        backup = backups.find(options["name"])
        place = (
            storages.create_storage(backends.bucket(media, backends.BACKUP_WAITS))
            if in_bucket
            else Path(media)
        )
        count = backups.restore(backup, into=options["into"], media=place if media else None)
        where = (
            f"{count} files are in {options['media']}" if options["media"] else f"{count} files were left out"
        )
        self.stdout.write(
            f"{backup.name} is restored; {where}. Now: migrate, verify_ledger, verify_fairness."
        )


def _parsed(option: str, parser: parsers.Parser, text: str) -> None:
    try:
        parser(text)
    except (ValueError, ImproperlyConfigured) as error:
        raise CommandError(f"{option}: must {error}") from None

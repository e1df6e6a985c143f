"""manage.py drill: whether the newest backup can be restored, and holds what it should."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loyalty_site.keeping import KeepingFault, drill


class Command(BaseCommand):
    help = (
        "Restore the newest backup into a scratch database, migrate and verify it there; fail if it is red."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            green = drill.run()
        except KeepingFault as fault:
            raise CommandError(f"Red: {fault}") from None
        self.stdout.write(f"Green: {green.backup.name} is restored and verified, with {green.files} files.")

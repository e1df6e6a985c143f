"""Load the texts of the e-mails that come with the software."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications.services import texts
from tenancy import scope


class Command(BaseCommand):
    help = "Loads the platform's e-mail texts. Safe to run again: what somebody has edited is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.everything("the platform's own texts belong to no merchant"):
            loaded = texts.load()
        self.stdout.write(f"{loaded.written} texts written, {loaded.kept} edited ones kept.")

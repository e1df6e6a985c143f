"""manage.py unlock_account EMAIL: forget the wrong passwords for an account, so that nobody has to wait there."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenancy import sign_in


class Command(BaseCommand):
    help = "Forget the wrong passwords for an account. The pauses of the network they came from go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        if not sign_in.forgive(options["email"]):
            raise CommandError(str(sign_in.NOT_FORGIVEN))
        self.stdout.write("Wrong passwords for this account are forgotten.")

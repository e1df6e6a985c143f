"""`manage.py reset_second_factor EMAIL`: the way back in for an operator whom nobody in the console can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_noop as _

from groundwork.formats.email import normalize_email
from tenancy import accounts, second_factor
from tenancy.models import User


class Command(BaseCommand):
    help = "Remove the second factor of a person, who is told by e-mail and then signs in with the password alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address that they sign in with")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=normalize_email(email)).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {email}.")
        if not second_factor.reset(user):
            raise CommandError(f"{user.email} has no second factor.")
        accounts.remember(user, _("The second factor was reset."))
        self.stdout.write(f"{user.email} signs in with the password alone now.")

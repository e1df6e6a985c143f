"""manage.py rehearse --check: whether the rules of each moment give what the ledger says; exit code 1 if not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from loyalty.models import LoyaltyProgram
from loyalty.reporting.rehearsal import rehearsing
from loyalty.reporting.rehearsal.figures import Check
from loyalty.rules import POINT
from tenancy import scope


class Command(BaseCommand):
    help = (
        "Play the rules that were valid at each moment over the ledger, and name each line that is otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", required=True, help="the one thing that it does")
        parser.add_argument("--merchant", default="", help="slug of a merchant, else all of them")
        parser.add_argument("--days", type=int, help="only the last so many days, else since ever")

    def handle(self, *args: Any, merchant: str, days: int | None, **options: Any) -> None:
        now, differing = timezone.now(), 0
        with scope.everything("every ledger is rehearsed"):
            programs = LoyaltyProgram.all_objects.select_related("merchant").order_by("pk")
            if merchant:
                programs = programs.filter(merchant__slug=merchant)
            for program in programs:
                found = rehearsing.check(program, now=now, days=days)
                self._say(program, found)
                differing += found.differing
        if differing:
            sys.exit(1)

    def _say(self, program: LoyaltyProgram, found: Check) -> None:
        self.stdout.write(
            f"{program.merchant.slug}: {found.cards} cards, {found.lines} lines, {found.carried} carried, "
            f"difference {found.stamps} stamps and {found.units / POINT:g} points in {found.differing} places"
        )
        for words in found.wrong:
            self.stdout.write(f"  {words}")

"""manage.py demo: three merchants to try everything with, and a table of how to sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty.demo.load import load
from loyalty.demo.shops import OPERATOR, SHOPS
from tenancy import scope
from tenancy.roles import READERS


class Command(BaseCommand):
    help = "Load the demo (what is there already is kept) and print its addresses, sign-ins and PINs."

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO_ALLOWED", False):
            raise CommandError("The demo has known passwords: it is refused with production settings.")
        with scope.everything("the demo has several merchants"):
            loaded = load(now=timezone.now(), progress=lambda name: self.stdout.write(f"Loading {name} ..."))
        if not loaded:
            self.stdout.write("The demo is there already; nothing was changed.")
        self._print_table()

    def _print_table(self) -> None:
        base = settings.PUBLIC_BASE_URL
        rows = [("What", "Address", "Sign-in", "Password", "PINs")]
        rows.append(("Start", f"{base}/", "-", "-", "-"))
        rows.append(("Console", f"{base}/admin/", *OPERATOR, "-"))
        for shop in SHOPS:
            pins = ", ".join(f"{name} {pin}" for name, pin in shop.pins) or "-"
            for email, password, role in shop.sign_ins:
                page = "/admin/" if role in READERS else "/login/"
                rows.append((f"{shop.name}, {role}", f"{base}{page}", email, password, "-"))
            for store in shop.stores:
                code = store["store_code"]
                rows.append(
                    (f"{store['name']}, till", f"{base}/terminal/{code}/", "any of the above", "", pins)
                )
                rows.append(("  to join", f"{base}/join/{code}/", "-", "-", "-"))
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        for number, row in enumerate(rows):
            self.stdout.write(
                "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            )
            if number == 0:
                self.stdout.write("  ".join("-" * width for width in widths))

"""manage.py terminal_types: write static/terminal/answers.d.ts from the OpenAPI document."""

from typing import Any

from django.core.management.base import BaseCommand

from loyalty.api.reference import document
from loyalty.api.typescript import DECLARATIONS, declarations


class Command(BaseCommand):
    help = "Write what the till's calls answer as TypeScript, by which the terminal's scripts are checked."

    def handle(self, *args: Any, **options: Any) -> None:
        DECLARATIONS.write_text(declarations(document()), encoding="utf-8")
        self.stdout.write(f"{DECLARATIONS.name} is up to date.")

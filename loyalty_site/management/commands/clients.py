"""manage.py clients: write what the clients in clients/ are made of from the OpenAPI document."""

from typing import Any

from django.core.management.base import BaseCommand

from loyalty.api import clients
from loyalty.api.reference import document


class Command(BaseCommand):
    help = "Write types, calls and problems of the Python and the TypeScript client."

    def handle(self, *args: Any, **options: Any) -> None:
        for path, text in clients.files(document()):
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path.relative_to(clients.FOLDER)} is up to date.")

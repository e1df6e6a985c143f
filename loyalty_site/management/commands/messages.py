"""`manage.py messages`: bring the catalogues in locale/ up to date with the code, and compile them."""

from typing import Any

import polib
from django.core.management.base import BaseCommand, CommandError

from loyalty_site import catalogue


class Command(BaseCommand):
    help = "Extract all texts into locale/*/LC_MESSAGES/*.po, keep their translations, compile the .mo files."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for domain in catalogue.DOMAINS:
            try:
                wanted = catalogue.texts(domain)
            except catalogue.GettextMissing as missing:
                raise CommandError(str(missing)) from missing
            for language, texts in wanted.items():
                self.report(language, domain, catalogue.update(language, domain, texts))

    def report(self, language: str, domain: str, written: polib.POFile | None) -> None:
        if written is None or language == catalogue.SOURCE_LANGUAGE:
            return
        missing = len(catalogue.untranslated(written))
        self.stdout.write(f"{language} {domain}: {len(written)} texts, {missing} to translate")

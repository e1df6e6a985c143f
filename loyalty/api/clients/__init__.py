"""Clients for other people's programs, made of the OpenAPI document by `make clients`: Python and TypeScript.

Made are types, calls and problems; what sends a call, and repeats it, stands beside them and is written by hand.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from loyalty.api.clients import python, typescript

FOLDER = Path(settings.BASE_DIR) / "clients"


def files(document: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Every file that is made of the document, and its text."""
    for language, made in (("python/loyalty_client", python), ("typescript", typescript)):
        for name, text in made.files(document).items():
            yield FOLDER / language / name, text

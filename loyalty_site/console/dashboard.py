"""The overview: what a merchant looks at first."""

from typing import Any

from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """What the overview's template shows."""
    return {}

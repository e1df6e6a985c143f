"""How sign-in failures are counted (django-axes, settings AXES_*)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from groundwork.formats.email import normalize_email

LONGEST_NAME = 254  # an e-mail address; the table of failures holds little more


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Return the name that a failure counts against: one for all ways to write the same e-mail address."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return normalize_email(str(given))[:LONGEST_NAME]

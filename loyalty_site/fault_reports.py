"""Faults, told to Sentry where SENTRY_DSN names one: with their trace, and with nothing personal or secret.

What is sent is masked by the rules of the log (`loyalty_site.logs`); what a request carried, who sent it, and what
local variables held are not sent at all.
"""

from typing import Any

import sentry_sdk
from django.conf import settings

from loyalty_site import logs

LEFT_OUT = ("request", "user", "server_name", "modules", "extra")


def scrubbed(event: Any, hint: Any = None) -> Any:
    """An event as it may leave the house."""
    kept = {name: value for name, value in event.items() if name not in LEFT_OUT}
    masked: dict[str, Any] = logs.mask_value(kept)
    for error in masked.get("exception", {}).get("values", []):
        error["value"] = logs.mask_values(str(error.get("value", "")))
    return masked


def options() -> dict[str, Any]:
    """What Sentry's client is told."""
    return {
        "dsn": settings.SENTRY_DSN,
        "include_local_variables": False,
        "max_request_body_size": "never",
        "max_breadcrumbs": 0,  # they quote queries and log lines
        "before_send": scrubbed,
    }


def set_up() -> None:
    """Report faults from now on, if there is somebody to report them to."""
    if settings.SENTRY_DSN:
        sentry_sdk.init(**options())

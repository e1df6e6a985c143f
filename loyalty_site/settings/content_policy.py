"""What pages may load and run (django-csp; `loyalty_site.middleware` chooses between the two)."""

from typing import Any

from csp.constants import NONE, SELF

PAGES: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
    },
}
# Unfold's Alpine evaluates expressions and its charts set styles: only the console may.
CONSOLE: dict[str, Any] = {
    "DIRECTIVES": PAGES["DIRECTIVES"]
    | {
        "script-src": [SELF, "'unsafe-eval'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "frame-ancestors": [SELF],
        "frame-src": [SELF],
    },
}

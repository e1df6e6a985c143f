"""How the API is described: OpenAPI 3.1."""

from typing import Any

HEADERS: dict[str, Any] = {
    "X-Request-Id": {
        "schema": {"type": "string"},
        "description": "Names the request in our logs: the caller's own, or one made here.",
    },
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."},
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": "The limit: so many calls (`q`) in so many seconds (`w`).",
        "example": '"lookup";q=120;w=60',
    },
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "How the caller stands with it: calls left (`r`), for so many seconds (`t`).",
        "example": '"lookup";r=119;t=58',
    },
}


def settings(site_name: str) -> dict[str, Any]:
    """The settings of drf-spectacular. HEADERS are what many answers have, told once."""
    return {
        "TITLE": f"{site_name} loyalty API",
        "DESCRIPTION": "Tills, back office, public enrolment and wallets of a loyalty-card system.",
        "VERSION": "1",
        "OAS_VERSION": "3.1.0",
        "SERVE_INCLUDE_SCHEMA": False,
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
        "REDOC_DIST": "SIDECAR",
        "COMPONENT_SPLIT_REQUEST": True,
        "SCHEMA_PATH_PREFIX": "/api/v1",
        "APPEND_COMPONENTS": {"headers": HEADERS},
    }

"""Examples in the OpenAPI document, for every call and every problem.

A call's are kept in a file of its app's (`loyalty/api/examples.json`), by operation: what is sent, and what was
answered. They are real answers, taken by `make examples`; a test makes every call anew. A problem's is made of its
class.

    {"Stamps_post": {"request": {"count": 2}, "answers": {"201": {"transaction": {...}, "card": {...}}}}}
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from groundwork.errors import DomainError
from loyalty.api.errors import document_of

REQUEST_ID = "5f1d7a84c1e04d6f9f3b0f5f6f2f7d10"
JSON = "application/json"


def file_of(app: str) -> Path:
    """Where the examples of an app's calls are kept."""
    return Path(settings.BASE_DIR) / app / "api" / "examples.json"


@cache
def kept(app: str) -> dict[str, Any]:
    """The examples of an app's calls, by operation; none yet where there is no file."""
    path = file_of(app)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def add(operation: dict[str, Any], app: str) -> None:
    """Put the kept examples of a call into its description: of its body, of its query, of what it answers."""
    known = kept(app).get(operation["operationId"], {})
    if "request" in known:
        operation["requestBody"]["content"][JSON]["example"] = known["request"]
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in known.get("query", {}):
            parameter["example"] = known["query"][parameter["name"]]
    for status, answer in known.get("answers", {}).items():
        described = operation["responses"].get(status, {}).get("content")
        if described:
            described[JSON]["example"] = answer


def of_problem(refusal: type[DomainError]) -> dict[str, Any]:
    """What a caller gets that is refused so."""
    return document_of(refusal(**refusal.example), REQUEST_ID)

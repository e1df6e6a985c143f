"""The calls of the OpenAPI document, as a client offers them: each under a name, with what it takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
JSON = "application/json"
CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
PART = re.compile(r"\{(\w+)\}")

# What a view and a method are called otherwise than by the rule of `_name`.
NAMES = {
    "Stamps_post": "give_stamps",
    "Points_post": "earn_points",
    "CardLookup_get": "find_card",
    "PublicEnrollment_post": "enroll",
    "OneProgram_get": "program_by_id",
    "SendTest_post": "send_test_event",
    "Replay_post": "replay_events",
    "Resend_post": "resend_delivery",
}


@dataclass(frozen=True)
class Parameter:
    """What a call takes in its path or its query."""

    name: str
    schema: Schema
    is_needed: bool


@dataclass(frozen=True)
class Call:
    """One call. `is_once`: it takes an idempotency key; `answers` are the schemas of its good answers."""

    name: str
    method: str
    path: str
    summary: str
    parts: list[Parameter]
    query: list[Parameter]
    body: Schema | None
    answers: list[Schema]
    is_once: bool
    takes_staff_token: bool

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be sent again where it is not known what became of it."""
        return self.is_once or self.method == "GET"


def calls(document: Schema) -> list[Call]:
    """Every call, by name. Raises ValueError where two would have the same."""
    found = sorted(
        (
            _call(path, method, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ),
        key=lambda call: call.name,
    )
    names = [call.name for call in found]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"Two calls have the same name: {sorted(doubled)}")
    return found


def _call(path: str, method: str, operation: Schema) -> Call:
    given = {(one["in"], one["name"]): one for one in operation.get("parameters", ())}
    body = operation.get("requestBody", {}).get("content", {}).get(JSON)
    good = [answer for status, answer in operation["responses"].items() if status < "400"]
    shapes = [answer["content"][JSON]["schema"] for answer in good if JSON in answer.get("content", {})]
    return Call(
        name=_name(operation["operationId"]),
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        parts=[Parameter(part, given["path", part]["schema"], True) for part in PART.findall(path)],
        query=[
            Parameter(name, one["schema"], one.get("required", False))
            for (where, name), one in sorted(given.items())
            if where == "query"
        ],
        body=body["schema"] if body else None,
        answers=[shape for number, shape in enumerate(shapes) if shape not in shapes[:number]],
        is_once=("header", "Idempotency-Key") in given,
        takes_staff_token=("header", "X-Staff-Token") in given,
    )


def _name(operation: str) -> str:
    """`Cards_get` -> cards, `Cards_post` -> create_card, `OneStaffPin_patch` -> change_staff_pin."""
    if operation in NAMES:
        return NAMES[operation]
    view, _, method = operation.partition("_")
    noun = CAPITAL.sub("_", view).lower().removeprefix("one_").removeprefix("any_")
    if method == "post" and noun.endswith("s"):
        return f"create_{noun.removesuffix('s')}"
    return {"patch": "change_", "delete": "delete_"}.get(method, "") + noun

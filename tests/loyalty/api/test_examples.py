"""Each example of the API's description is tried: a call's is made, and answered so; a problem's is what is sent.

`make examples` writes them anew: EXAMPLES=write keeps what is answered here.
"""

import ast
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from jsonschema import Draft202012Validator, FormatChecker

from groundwork.errors import DomainError
from loyalty.api import examples
from loyalty.api.reference import document
from loyalty_site.errors import problem
from tests.loyalty.api.example_shop import BEFORE, BODIES, QUERIES, ExampleShop, opened
from tests.sources import LAYERS, sources
from webhooks import addresses

IS_WRITTEN = os.environ.get("EXAMPLES") == "write"
CALLS = [
    (call["operationId"], method, path)
    for path, methods in document()["paths"].items()
    for method, call in methods.items()
]


def described(operation: str) -> dict[str, Any]:
    (found,) = [
        call
        for methods in document()["paths"].values()
        for call in methods.values()
        if call["operationId"] == operation
    ]
    return found


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """What is wrong with a value, by its schema in the document."""
    whole = {**schema, "components": document()["components"]}
    return [
        f"{error.json_path}: {error.message}"
        for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)
    ]


def shape(value: Any) -> Any:
    """The members of an answer and their kinds, whatever their values."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:2]]
    return type(value).__name__


# --- Calls ------------------------------------------------------------------------------------------------


def answered(place: ExampleShop, operation: str, method: str, path: str) -> dict[str, Any]:
    """What the shop answers to an example, by status: a call with two good answers is made twice."""
    place.prepare(operation)
    good = [status for status in described(operation)["responses"] if status < "400"]
    answers = {}
    for number in range(len(good)):
        answer = place.send(operation, method, path, once=f"example-{number}")
        assert str(answer.status_code) in good, (operation, answer.content)
        answers[str(answer.status_code)] = answer.json() if answer.content else None  # type: ignore[attr-defined]
    assert sorted(answers) == sorted(good), operation
    return answers


def unlike(operation: str, answers: dict[str, Any]) -> Iterator[str]:
    """Where the examples of a call are not what was sent and answered."""
    call = described(operation)
    for status, answer in answers.items():
        content = call["responses"][status].get("content", {}).get(examples.JSON)
        if content is None:
            yield from [f"{status} has a body"] if answer is not None else []
            continue
        yield from faults(answer, content["schema"])
        yield from faults(content.get("example"), content["schema"])
        if shape(content.get("example")) != shape(answer):
            yield f"{status}: another answer"
    if (
        "requestBody" in call
        and call["requestBody"]["content"][examples.JSON].get("example") != BODIES[operation]
    ):
        yield "another body"
    asked = {each["name"]: each["example"] for each in call.get("parameters", ()) if "example" in each}
    if asked != QUERIES.get(operation, {}):
        yield "another query"


@pytest.mark.django_db
def test_every_call_is_answered_as_its_example_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "look_up", lambda host, port: ["93.184.216.34"])
    place = opened()
    wrong = {}
    for operation, method, path in CALLS:
        with transaction.atomic():  # each call finds the shop as it was opened
            answers = answered(replace(place, known=dict(place.known)), operation, method, path)
            transaction.set_rollback(True)
        if IS_WRITTEN:
            write(operation, path, answers)
        if found := list(unlike(operation, answers)):
            wrong[operation] = found
    assert wrong == {}, "make examples"


def write(operation: str, path: str, answers: dict[str, Any]) -> None:
    """Keep what was sent and answered; what has the same members as before stays as it is."""
    app = "webhooks" if path.startswith(("/api/v1/webhooks/", "/api/v1/events/")) else "loyalty"
    file = examples.file_of(app)
    kept = json.loads(file.read_text()) if file.exists() else {}
    before = kept.get(operation, {}).get("answers", {})
    told = {
        status: before[status] if shape(before.get(status)) == shape(answer) else shortened(answer)
        for status, answer in sorted(answers.items())
        if answer is not None
    }
    entry = {"request": BODIES.get(operation), "query": QUERIES.get(operation), "answers": told}
    kept[operation] = {name: value for name, value in entry.items() if value}
    file.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    examples.kept.cache_clear()
    document.cache_clear()


def shortened(value: Any) -> Any:
    """An answer with two of each list: an example is to be read."""
    if isinstance(value, dict):
        return {name: shortened(inner) for name, inner in value.items()}
    return [shortened(inner) for inner in value[:2]] if isinstance(value, list) else value


def test_nothing_is_kept_that_is_no_call() -> None:
    kept = {operation for app in ("loyalty", "webhooks") for operation in examples.kept(app)}
    assert kept <= {operation for operation, _method, _path in CALLS}
    assert {*BODIES, *QUERIES, *BEFORE} <= {operation for operation, _method, _path in CALLS}


# --- Problems ---------------------------------------------------------------------------------------------


def refusals(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from refusals(inner)


def raised() -> dict[str, set[str]]:
    """With which members each refusal is raised in the house, by its class's name; `**` where they are computed."""
    found: dict[str, set[str]] = defaultdict(set)
    names = {refusal.__name__ for refusal in refusals()}
    for app in LAYERS:
        for _path, tree in sources(app):
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    name = (
                        node.func.attr
                        if isinstance(node.func, ast.Attribute)
                        else getattr(node.func, "id", "")
                    )
                    if name in names:
                        found[name] |= {keyword.arg or "**" for keyword in node.keywords}
    return found


PROBLEMS = sorted(document()["components"]["examples"])


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_problems_example_is_what_is_sent(code: str) -> None:
    example = document()["components"]["examples"][code]["value"]
    kinds = [kind for kind in refusals() if kind.code == code and "__init__" not in vars(kind)]
    with translation.override("en"):
        sent = [json.loads(problem(kind(**kind.example)).content) | {"request_id": "x"} for kind in kinds]
    assert example | {"request_id": "x"} in sent
    assert faults(example, {"$ref": "#/components/schemas/Problem"}) == []


def test_each_call_has_an_example_of_each_problem_it_names() -> None:
    for methods in document()["paths"].values():
        for call in methods.values():
            for status, answer in call["responses"].items():
                if status >= "400":
                    said = {
                        line.split("`")[1] for line in answer["description"].splitlines() if line[:3] == "- `"
                    }
                    (content,) = answer["content"].values()
                    assert set(content["examples"]) == said
                    values = [document()["components"]["examples"][code]["value"] for code in said]
                    assert {value["status"] for value in values} == {int(status)}


def test_an_example_has_the_members_that_the_problem_is_raised_with() -> None:
    told = raised()
    wrong = {
        kind.__name__: (sorted(told[kind.__name__]), sorted(kind.example))
        for kind in refusals()
        if kind.code in PROBLEMS
        if not told[kind.__name__] - {"**", "code", "message"} <= set(kind.example)
    }
    assert wrong == {}
    assert told["NotEnoughStamps"] == {"missing"}
    assert told["CardAmbiguous"] == {"matches"}

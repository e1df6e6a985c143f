"""The Python client's types, calls and problems."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.api.clients.calls import Call, calls

Schema = Mapping[str, Any]
MADE = "Made of the API's description by `make clients`: never changed by hand."
PLAIN = {"integer": "int", "number": "float", "string": "str", "boolean": "bool", "null": "None"}
WIDTH = 104  # of a docstring's lines


def files(document: Schema) -> dict[str, str]:
    """Every file of the package that is made of the document, and its text."""
    return {"models.py": _models(document), "calls.py": _calls(document), "problems.py": _problems(document)}


# --- Types ------------------------------------------------------------------------------------------------


def _models(document: Schema) -> str:
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    types = [_typed_dict(name, schemas[name]) for name in sorted(schemas) if "properties" in schemas[name]]
    others = [
        f"{name}: TypeAlias = {_type(schemas[name])}\n"
        for name in sorted(schemas)
        if "properties" not in schemas[name]
    ]
    imports = "from typing import Literal, NotRequired, TypeAlias, TypedDict"
    head = f'"""What the API takes and answers. {MADE}"""\n\n{imports}\n'
    # A TypedDict names the others in quotes: they may stand below it.
    return "\n".join([head, *types, *_in_order(others, schemas)])


def _in_order(others: list[str], schemas: Mapping[str, Schema]) -> list[str]:
    """Names for values first, then what is one of several of these."""
    return sorted(others, key=lambda line: ("oneOf" in schemas[line.partition(":")[0]], line))


def _typed_dict(name: str, schema: Schema) -> str:
    needed = schema.get("required", ())
    lines = [f"\nclass {name}(TypedDict):", *_docstring(schema.get("description", ""), "    ")]
    for field, inner in schema["properties"].items():
        said = _type(inner)
        lines.append(f"    {field}: {_quoted(said if field in needed else f'NotRequired[{said}]')}")
    return "\n".join([*lines, ""])


def _quoted(said: str) -> str:
    """A type whose names may stand below."""
    return f'"{said}"' if any(character.isupper() for character in said.replace("None", "")) else said


def _docstring(text: str, indent: str) -> Iterator[str]:
    """A text in lines that can be read, if there is one."""
    words, line, lines = text.replace("\\", "\\\\").split(), "", []
    for word in words:
        if len(line) + len(word) > WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    if len(lines) > 0:
        yield from [
            f'{indent}"""{lines[0]}',
            *(f"{indent}{each}" for each in (*lines[1:], line)),
            f'{indent}"""\n',
        ]
    elif line:
        yield f'{indent}"""{line}"""\n'


def _type(schema: Schema, prefix: str = "") -> str:
    """A schema as a type; `prefix` stands before the names of others."""
    if "$ref" in schema:
        return prefix + str(schema["$ref"]).rpartition("/")[2]
    if "oneOf" in schema:
        return " | ".join(_type(one, prefix) for one in schema["oneOf"])
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]".replace('"', "'")
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(_plain(kind, schema, prefix) for kind in kinds)


def _plain(kind: str, schema: Schema, prefix: str) -> str:
    if kind == "array":
        return f"list[{_type(schema['items'], prefix)}]"
    if kind == "object":
        return f"dict[str, {_type(schema['additionalProperties'], prefix)}]"
    return PLAIN[kind]


# --- Calls ------------------------------------------------------------------------------------------------


def _calls(document: Schema) -> str:
    head = [
        f'"""Every call of the API. {MADE}"""\n',
        "from abc import ABC, abstractmethod",
        "from typing import Any, Literal\n",
        "from loyalty_client import models\n\n",
        "class Calls(ABC):",
        '    """One method for each call: what its path names, its body, and by name what else it takes."""\n',
        "    @abstractmethod",
        "    def call(",
        "        self,",
        "        method: str,",
        "        path: str,",
        "        *,",
        "        query: dict[str, Any] | None = None,",
        "        body: Any = None,",
        "        is_once: bool = False,",
        "        idempotency_key: str | None = None,",
        "        staff_token: str | None = None,",
        "    ) -> Any:",
        '        """Send a call, and answer with what the API said."""\n',
    ]
    return "\n".join(head) + "\n" + "\n".join(_method(call) for call in calls(document))


def _method(call: Call) -> str:
    named = [f"{one.name}: {_type(one.schema, 'models.')} | None = None" for one in call.query]
    named += ["idempotency_key: str | None = None"] if call.is_once else []
    named += ["staff_token: str | None = None"] if call.takes_staff_token else []
    given = ["self", *(f"{one.name}: {_type(one.schema)}" for one in call.parts)]
    given += [f"body: {_type(call.body, 'models.')}"] if call.body else []
    given += ["*", *named] if named else []
    answer = " | ".join(_type(one, "models.") for one in call.answers) or "None"
    lines = [f"    def {call.name}(", *(f"        {one}," for one in given), f"    ) -> {answer}:"]
    lines += [f'        """{call.summary}: `{call.method} {call.path}`."""']
    lines += ["        answer: Any = self.call("] if call.answers else ["        self.call("]
    lines += [f"            {one}," for one in _sent(call)]
    return "\n".join([*lines, "        )", *(["        return answer"] if call.answers else []), ""])


def _sent(call: Call) -> Iterator[str]:
    yield f'"{call.method}"'
    yield f'{"f" if call.parts else ""}"{call.path}"'
    if call.query:
        yield "query={" + ", ".join(f'"{one.name}": {one.name}' for one in call.query) + "}"
    if call.body:
        yield "body=body"
    if call.is_once:
        yield "is_once=True"
        yield "idempotency_key=idempotency_key"
    if call.takes_staff_token:
        yield "staff_token=staff_token"


# --- Problems ---------------------------------------------------------------------------------------------


def _problems(document: Schema) -> str:
    kept = document["components"]["examples"]
    classes = [_problem(code, kept[code]["value"]) for code in sorted(kept)]
    known = [f'    "{code}": {_class_name(code)},' for code in sorted(kept)]
    head = f'"""What the API refuses, by its code. {MADE}"""\n\nfrom loyalty_client.errors import Problem\n'
    table = ["\nBY_CODE: dict[str, type[Problem]] = {", *known, "}", ""]
    return "\n".join([head, *classes, *table])


def _problem(code: str, example: Schema) -> str:
    said = "\n".join(_docstring(example["title"], "    "))
    more = sorted(set(example) - {"type", "title", "status", "detail", "code", "request_id"})
    told = f"\n    # Its members: {', '.join(more)}." if more else ""
    return f'\nclass {_class_name(code)}(Problem):\n{said}{told}\n    code, status = "{code}", {example["status"]}\n'


def _class_name(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("_"))

"""What the till's calls answer, as TypeScript made of the OpenAPI document: the terminal's scripts go by it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

TILL = "/api/v1/stores/"
DECLARATIONS = Path(settings.BASE_DIR) / "static/terminal/answers.d.ts"
SCHEMAS = "#/components/schemas/"
HEAD = "// What the till's calls answer, made of the API's own description by `make types`: never changed by hand.\n"
PLAIN = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}

Schema = Mapping[str, Any]


def declarations(document: Schema) -> str:
    """The text of answers.d.ts: every schema that an answer of the till is made of, by name."""
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    return "\n".join(
        [HEAD, *(declaration(name, schemas[name]) for name in sorted(_needed(document, schemas)))]
    )


def _needed(document: Schema, schemas: Mapping[str, Schema]) -> set[str]:
    """The names of the answers' schemas, and of those within them."""
    till = [calls for path, calls in document["paths"].items() if path.startswith(TILL)]
    waiting = [name for calls in till for call in calls.values() for name in _names(call["responses"])]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _names(schemas[name])
    return needed


def _names(part: Any) -> Iterator[str]:
    """The names of the schemas that a part of the document refers to."""
    if isinstance(part, Mapping):
        if str(part.get("$ref", "")).startswith(SCHEMAS):
            yield _name(part)
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _names(inner)


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def declaration(name: str, schema: Schema) -> str:
    """A schema of the document under its name."""
    if "properties" not in schema:
        return f"export type {name} = {as_type(schema)};\n"
    required = schema.get("required", ())
    lines = [f"{_comment(schema)}export interface {name} {{"]
    for field, inner in schema["properties"].items():
        comment = _comment(inner, indent="  ")
        lines.append(f"{comment}  {field}{'' if field in required else '?'}: {as_type(inner)};")
    return "\n".join([*lines, "}\n"])


def _comment(schema: Schema, indent: str = "") -> str:
    said = schema.get("description", "").split()
    return f"{indent}/** {' '.join(said)} */\n" if said else ""


def as_type(schema: Schema, prefix: str = "") -> str:
    """A schema as a type; `prefix` stands before the names of others. Raises KeyError for a kind that JSON lacks."""
    if "$ref" in schema:
        return prefix + _name(schema)
    if "oneOf" in schema:
        return " | ".join(as_type(one, prefix) for one in schema["oneOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(_plain(kind, schema, prefix) for kind in kinds)


def _plain(kind: str, schema: Schema, prefix: str) -> str:
    if kind == "array":
        inner = as_type(schema["items"], prefix)
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if kind == "object":
        return f"Record<string, {as_type(schema['additionalProperties'], prefix)}>"
    return PLAIN[kind]

"""The TypeScript client's types and calls: a script that runs as it is, and declarations beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from loyalty.api.clients.calls import Call, calls
from loyalty.api.typescript import as_type, declaration

Schema = Mapping[str, Any]
HEAD = "// Made of the API's description by `make clients`: never changed by hand.\n"


def files(document: Schema) -> dict[str, str]:
    """Every file of the package that is made of the document, and its text."""
    found = calls(document)
    return {
        "types.d.ts": _types(document),
        "calls.d.ts": _declared(found),
        "calls.js": "\n".join([HEAD, "export class Calls {", *map(_method, found), "}", ""]),
    }


def _types(document: Schema) -> str:
    schemas = document["components"]["schemas"]
    codes = "\n".join(f'  | "{code}"' for code in sorted(document["components"]["examples"]))
    kinds = [declaration(name, schemas[name]) for name in sorted(schemas)]
    return "\n".join([HEAD, *kinds, f"/** What the API refuses. */\nexport type ProblemCode =\n{codes};\n"])


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _named(call: Call) -> list[str]:
    """What a call takes by name."""
    once, token = ["idempotencyKey"] if call.is_once else [], ["staffToken"] if call.takes_staff_token else []
    return [*(one.name for one in call.query), *once, *token]


def _declared(found: list[Call]) -> str:
    lines = [HEAD, 'import type * as types from "./types.d.ts";\n', "export declare class Calls {"]
    return "\n".join([*lines, *(line for call in found for line in _signature(call)), "}", ""])


def _signature(call: Call) -> Iterator[str]:
    given = [f"{_camel(one.name)}: {as_type(one.schema)}" for one in call.parts]
    given += [f"body: {as_type(call.body, 'types.')}"] if call.body else []
    named = [f"{one.name}?: {as_type(one.schema, 'types.')}" for one in call.query]
    named += [f"{name}?: string" for name in _named(call)[len(call.query) :]]
    given += [f"options?: {{ {'; '.join(named)} }}"] if named else []
    answer = " | ".join(as_type(one, "types.") for one in call.answers) or "void"
    yield f"  /** {call.summary}: `{call.method} {call.path}` */"
    yield f"  {_camel(call.name)}({', '.join(given)}): Promise<{answer}>;"


def _method(call: Call) -> str:
    path = call.path
    for one in call.parts:
        path = path.replace(f"{{{one.name}}}", f"${{encodeURIComponent({_camel(one.name)})}}")
    given = [_camel(one.name) for one in call.parts] + (["body"] if call.body else [])
    named = _named(call)
    query = ", ".join(one.name for one in call.query)
    sent = [f"query: {{ {query} }}"] if query else []
    sent += ["body"] if call.body else []
    sent += ["isOnce: true", "idempotencyKey"] if call.is_once else []
    sent += ["staffToken"] if call.takes_staff_token else []
    takes = ", ".join([*given, *([f"{{ {', '.join(named)} }} = {{}}"] if named else [])])
    options = f", {{ {', '.join(sent)} }}" if sent else ""
    return (
        f'  {_camel(call.name)}({takes}) {{\n    return this.call("{call.method}", `{path}`{options});\n  }}'
    )

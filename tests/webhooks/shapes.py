"""Every field of a shape, and what stands in it: `card.customer.name`, `card.rewards[].id`."""

import json
import types
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import (
    Annotated,
    Any,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)


def paths_of(hint: Any, path: str) -> Iterator[str]:
    """Every field of a shape that holds a value: `card.customer.name`, `card.rewards[].id`."""
    if get_origin(hint) in (Annotated, NotRequired, Required):
        yield from paths_of(get_args(hint)[0], path)
    elif get_origin(hint) in (Union, types.UnionType):
        for each in get_args(hint):
            if each is not type(None):
                yield from paths_of(each, path)
    elif get_origin(hint) is list:
        yield from paths_of(get_args(hint)[0], f"{path}[]")
    elif is_typeddict(hint):
        for name, inner in get_type_hints(hint).items():
            yield from paths_of(inner, f"{path}.{name}" if path else name)
    else:
        yield path.removesuffix("[]")


def values_of(shown: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What stands in each field."""
    if isinstance(shown, Mapping):
        for name, inner in shown.items():
            yield from values_of(inner, f"{path}.{name}" if path else name)
    elif isinstance(shown, list) and shown and isinstance(shown[0], Mapping):
        for inner in shown:
            yield from values_of(inner, f"{path}[]")
    else:
        yield path, json.dumps(shown, default=str)


def fields(shown: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path, value in values_of(shown):
        found[path].append(value)
    return found

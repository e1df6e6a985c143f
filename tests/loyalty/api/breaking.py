"""What an integrator's program would trip over: `breaks(released, now)`, for two OpenAPI documents.

Answers may get more members, calls more optional ones; nothing may go, and nothing may be asked for anew
(docs/api/versions.md). What is sent may be widened and never narrowed, what is answered the other way round.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
LEAST, MOST = ("minimum", "minLength", "minItems"), ("maximum", "maxLength", "maxItems")


def breaks(released: Schema, now: Schema) -> Iterator[str]:
    """Each breaking change, in words."""
    for path, methods in released["paths"].items():
        for method, old in methods.items():
            place = f"{method.upper()} {path}"
            new = now["paths"].get(path, {}).get(method)
            if new is None:
                yield f"{place} is gone"
            else:
                yield from (f"{place}: {what}" for what in _Calls(released, now).breaks(old, new))
    codes, present = _codes(released), _codes(now)
    for code, status in codes.items():
        if present.get(code) not in (status, None):
            yield f"the problem {code} is {present[code]}, and was {status}"


def _codes(document: Schema) -> dict[str, int]:
    """The status of each problem."""
    kept = document["components"].get("examples", {})
    return {code: example["value"]["status"] for code, example in kept.items()}


class _Calls:
    def __init__(self, released: Schema, now: Schema) -> None:
        self.released, self.now = released, now
        self.seen: set[tuple[str, str, bool]] = set()

    def breaks(self, old: Schema, new: Schema) -> Iterator[str]:
        """What a call does not do any more."""
        if lost := [who for who in old.get("security", ()) if who not in new.get("security", ())]:
            yield f"not for {lost}"
        if lost := set(old.get("x-scopes", ())) - set(new.get("x-scopes", ())):
            yield f"not with the scope {sorted(lost)}"
        yield from self._parameters(old, new)
        yield from self._body(old, new)
        for status, answer in old["responses"].items():
            if status < "400":
                yield from self._answer(status, answer, new["responses"].get(status))

    def _parameters(self, old: Schema, new: Schema) -> Iterator[str]:
        before, after = (
            {(one["in"], one["name"]): one for one in call.get("parameters", ())} for call in (old, new)
        )
        for key, one in before.items():
            if key not in after:
                yield f"takes no {key[1]}"
            else:
                yield from self._schemas(one["schema"], after[key]["schema"], key[1], is_sent=True)
        for key, one in after.items():
            if one.get("required") and not before.get(key, {}).get("required"):
                yield f"needs {key[1]}"

    def _body(self, old: Schema, new: Schema) -> Iterator[str]:
        before, after = old.get("requestBody"), new.get("requestBody")
        if after and after.get("required") and not (before or {}).get("required"):
            yield "needs a body"
        if before:
            yield from self._contents(before, after or {}, "the body", is_sent=True)

    def _answer(self, status: str, old: Schema, new: Schema | None) -> Iterator[str]:
        if new is None:
            yield f"never answers {status}"
            return
        for name in old.get("headers", {}):
            if name not in new.get("headers", {}):
                yield f"{status} has no header {name}"
        yield from self._contents(old, new, status, is_sent=False)

    def _contents(self, old: Schema, new: Schema, place: str, *, is_sent: bool) -> Iterator[str]:
        for kind, content in old.get("content", {}).items():
            after = new.get("content", {}).get(kind)
            if after is None:
                yield f"{place} is no {kind}"
            else:
                yield from self._schemas(content["schema"], after["schema"], place, is_sent=is_sent)

    # --- Schemas ---

    def _schemas(self, old: Schema, new: Schema, place: str, *, is_sent: bool) -> Iterator[str]:
        key = (str(old), str(new), is_sent)
        if key in self.seen:
            return
        self.seen.add(key)
        before, after = _flat(old, self.released), _flat(new, self.now)
        had, has = _kinds(before), _kinds(after)
        # A reader may be told less than was possible, a sender may say more; never the other way round.
        if narrowed := (had - has if is_sent else has - had):
            yield f"{place} {'cannot be' if is_sent else 'may be'} {', '.join(sorted(narrowed))}"
        for name in sorted(had & has):
            yield from self._alike(before[name], after[name], place, is_sent=is_sent)

    def _alike(self, old: Schema, new: Schema, place: str, *, is_sent: bool) -> Iterator[str]:
        """Two schemas of one kind: two objects, two lists, two texts, two numbers."""
        yield from _values(old, new, place)
        if is_sent:
            yield from _bounds(old, new, place)
        elif new.get("format") != old.get("format"):
            yield f"{place} is written as {new.get('format')}"
        for part in ("items", "additionalProperties"):
            if isinstance(old.get(part), dict) and isinstance(new.get(part), dict):
                yield from self._schemas(old[part], new[part], f"{place}[]", is_sent=is_sent)
        yield from self._members(old, new, place, is_sent=is_sent)

    def _members(self, old: Schema, new: Schema, place: str, *, is_sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name, inner in before.items():
            if name not in after:
                yield f"{place}.{name} is gone"
            else:
                yield from self._schemas(inner, after[name], f"{place}.{name}", is_sent=is_sent)
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(needs - needed if is_sent else (needed - needs) & after.keys()):
            yield f"{place}.{name} {'is needed' if is_sent else 'may be missing'}"


def _flat(schema: Schema, document: Schema) -> dict[str, Schema]:
    """The kinds of values that a schema lets through, each with what it says of them; objects are merged."""
    if "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return _flat(found, document)
    if "oneOf" in schema:
        merged: dict[str, Schema] = {}
        for one in schema["oneOf"]:
            for kind, inner in _flat(one, document).items():
                merged[kind] = _either(merged[kind], inner) if kind in merged else inner
        return merged
    kinds = schema.get("type", "string" if "enum" in schema else "anything")
    return dict.fromkeys(kinds if isinstance(kinds, list) else [kinds], schema)


def _either(one: Schema, other: Schema) -> Schema:
    """What is there in one of two schemas; needed is what both need."""
    both = {**one, **other}
    if "enum" in one and "enum" in other:
        both["enum"] = [*one["enum"], *other["enum"]]
    if "properties" in both:
        both["properties"] = {**one.get("properties", {}), **other.get("properties", {})}
        both["required"] = sorted(set(one.get("required", ())) & set(other.get("required", ())))
    return both


def _kinds(flat: Mapping[str, Schema]) -> set[str]:
    return set(flat)


def _values(old: Schema, new: Schema, place: str) -> Iterator[str]:
    """Values that are gone: of what is sent, it is refused now; of what is answered, somebody waits for it."""
    if "enum" in new:
        if "enum" not in old:
            yield f"{place} is one of few"
        elif lost := [value for value in old["enum"] if value not in new["enum"]]:
            yield f"{place} is never {lost}"


def _bounds(old: Schema, new: Schema, place: str) -> Iterator[str]:
    """Less may be sent."""
    for name in LEAST:
        if new.get(name, 0) > old.get(name, 0):
            yield f"{place} has {name} {new[name]}"
    for name in MOST:
        if name in new and (name not in old or new[name] < old[name]):
            yield f"{place} has {name} {new[name]}"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{place} is written otherwise"
    if "format" in new and new["format"] != old.get("format"):
        yield f"{place} is written as {new['format']}"

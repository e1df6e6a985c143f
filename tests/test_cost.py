"""Nothing costs more than its size: what strangers send is read in time that grows with it, and not with its square.

Cost is processor time of this thread, and judged by its growth alone: eight times as long may cost eight times as much
and three times that for what a busy machine adds; a square would be sixty-four times. Only what is slow at all is
measured, and only what is too slow each time counts.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.core.validators import RegexValidator
from django.urls import URLPattern, URLResolver, get_resolver

from loyalty_site import logs
from notifications import markup
from tenancy.models import merchant
from tests.costs import (
    APPS,
    CATCH_ALL,
    ENDS,
    HOSTILE,
    PARSERS,
    ROOT,
    SIGNS,
    Work,
    grows_linearly,
    refusing,
)

# --- Regular expressions ----------------------------------------------------------------------------------

POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+")


def modules() -> Iterator[Any]:
    for app in APPS:
        package = importlib.import_module(app)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".settings." not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern]:
    """Every regular expression of the project, by the place where it was found."""
    found: dict[str, re.Pattern] = {}
    for module in modules():
        for name, value in vars(module).items():
            for one in value.values() if isinstance(value, dict) else [value]:
                expression = one.regex if isinstance(one, RegexValidator) else one
                if isinstance(expression, re.Pattern) and isinstance(expression.pattern, str):
                    found.setdefault(f"{module.__name__}.{name} {expression.pattern}", expression)
    for model in apps.get_models():
        for field in model._meta.get_fields():
            for validator in getattr(field, "validators", []):
                if isinstance(validator, RegexValidator):
                    found.setdefault(f"{model.__name__}.{field.name}", validator.regex)
    return found | dict(addresses(get_resolver(), ""))


def addresses(resolver: URLResolver, before: str) -> Iterator[tuple[str, re.Pattern]]:
    for entry in resolver.url_patterns:
        if entry.pattern.regex.pattern.startswith("^r/"):
            continue  # Django's own view_on_site: squared, 0.2 s at the longest address that gunicorn takes
        if entry.pattern.regex.pattern == CATCH_ALL:
            continue  # the console's last address: Django asks only whether it fits a whole one, which is linear
        yield f"{before}{entry.pattern}", entry.pattern.regex
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{before}{entry.pattern}")
        else:
            assert isinstance(entry, URLPattern)


def units(expression: re.Pattern) -> Iterator[str]:
    """Hostile texts for an expression, to be repeated: signs, pairs of signs, and the words that stand in it."""
    yield from SIGNS
    yield from map("".join, product(SIGNS, SIGNS))
    for word in re.findall(r"[A-Za-z/@#$ ]{2,}", expression.pattern):
        yield from (word, f"{word} ", f"{word}a", f"{word}(", f"{word}='")


def test_every_regular_expression_of_the_project_grows_linearly() -> None:
    found = patterns()
    assert {logs.KEY.pattern, markup._INLINE.pattern, merchant.CODE_PATTERN.pattern} <= {
        e.pattern for e in found.values()
    }
    slow = []
    for place, expression in {e.pattern: (p, e) for p, e in found.items()}.values():
        for unit, end in product(units(expression), ENDS):
            if not all(
                grows_linearly(work, unit, end) for work in (all_in_it(expression), expression.fullmatch)
            ):
                slow.append(f"{place} {unit!r} {end!r}")
                break
    assert slow == []


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5, Debian 12's own, loses its way there (gh-106052): what should be masked was not."""
    wrong = {place: e.pattern for place, e in patterns().items() if POSSESSIVE_GROUP.search(e.pattern)}
    assert wrong == {}
    assert POSSESSIVE_GROUP.search(r"'(?:[^'\\]|\\.)*+'?")


def all_in_it(expression: re.Pattern) -> Work:
    """All that is found in a text: what `sub`, `split`, `search` and `findall` do at most."""
    return lambda text: sum(1 for _ in expression.finditer(text))


@pytest.mark.parametrize("app", APPS)
def test_regular_expressions_have_names_by_which_they_are_found(app: str) -> None:
    """One that is compiled within a function, or by `re.sub`, would escape the test above."""
    wrong = []
    for path in sorted((ROOT / app).rglob("*.py")):
        tree = ast.parse(path.read_text())
        assigned = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign) and one.value]
        named = {id(node) for one in assigned for node in ast.walk(one.value)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "re":
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr != "escape"
                and not (node.func.attr == "compile" and id(node) in named)
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_a_square_is_seen() -> None:
    """The measure itself: what the log's masking once was, and a text put together sign by sign."""
    assert not grows_linearly(all_in_it(re.compile(r"[\w-]*pin=")), "a-")
    assert not grows_linearly(lambda text: [text[:end].count("b") for end in range(len(text))], "a")
    assert grows_linearly(lambda text: [sign for sign in text for _ in range(20)], "a")


# --- Parsers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parser", PARSERS)
def test_what_strangers_send_is_read_in_time_that_grows_with_it(parser: str) -> None:
    work = refusing(PARSERS[parser])
    slow = [
        f"{unit!r} {end!r}"
        for unit, end in product(HOSTILE, (*ENDS, "}}", "%}"))
        if not grows_linearly(work, unit, end)
    ]
    assert slow == []

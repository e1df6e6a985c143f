"""Names of the house in code marks, in documents and docstrings, are those of today: modules, what is in them, files.

A name is ours if it begins with an app or with the name of one of our modules (`rules.expires_at`): anything else is
a variable, a host or somebody else's.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from loyalty_site.celery import app
from loyalty_site.wiring import SUBSCRIPTIONS
from tests.sources import LAYERS, ROOT
from tests.test_docs import CODE, FENCED, FILE, documents, missing_files
from webhooks.catalogue import TYPES

DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?:\(.*)?")
HOST = re.compile(r"[\w.]+\.(com|example)")
FOLDERS = (*LAYERS, "tests", "benchmarks")
DESCRIBED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def modules() -> frozenset[str]:
    """Every module and package of the house."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return frozenset(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files
    )


@cache
def rows() -> frozenset[str]:
    """What a row of each model is called: the last word of the model's name."""
    return frozenset(re.findall("[A-Z][a-z]+", model.__name__)[-1].lower() for model in apps.get_models())


@cache
def announced() -> frozenset[str]:
    """Dotted names that are no Python: of tasks and subscriptions, and of the events that others are told of."""
    app.loader.import_default_modules()
    return frozenset(app.tasks) | {each.name for each in SUBSCRIPTIONS} | set(TYPES)


def unknown_names(text: str) -> Iterator[str]:
    """Dotted names of ours in code marks that stand for nothing."""
    for code in CODE.findall(FENCED.sub("", text)):
        found = DOTTED.fullmatch(code)
        if found and not FILE.fullmatch(code) and not HOST.fullmatch(code) and not is_known(found[1]):
            yield found[1]


def is_known(name: str) -> bool:
    """Whether a dotted name is not one of ours, or stands for something."""
    parts = name.split(".")
    if name in announced() or not named(parts[0]):
        return True
    prefixes = [(".".join(parts[:count]), parts[count:]) for count in range(len(parts), 0, -1)]
    return any(has(module, rest) for prefix, rest in prefixes for module in named(prefix))


def named(name: str) -> list[str]:
    """The modules of that name: an app's by the whole of it, others by the end of it.

    None if rows are called so: `card.merchant` is of a variable. Nor do the peers answer to a short name: what they
    import is in no environment but that of their benchmark.
    """
    if name.partition(".")[0] in FOLDERS:
        return [name] if name in modules() else []
    ours = [module for module in modules() if not module.startswith("benchmarks.peers.")]
    return [module for module in ours if module.endswith(f".{name}") and name not in rows()]


def has(module: str, rest: list[str]) -> bool:
    """Whether a module has an attribute, and that the next one. Nothing is imported for the module's own name."""
    thing = import_module(module) if rest else None
    for attribute in rest:
        if not hasattr(thing, attribute):
            return False
        thing = getattr(thing, attribute)
    return True


def docstrings() -> Iterator[tuple[Path, str]]:
    """Every docstring of the house, with its file."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, DESCRIBED) and (text := ast.get_docstring(node)):
                    yield path, text


def prose() -> Iterator[tuple[Path, str]]:
    yield from ((path, path.read_text()) for path in documents())
    yield from docstrings()


def test_every_dotted_name_of_ours_stands_for_something() -> None:
    unknown = [f"{path.relative_to(ROOT)}: {name}" for path, text in prose() for name in unknown_names(text)]
    assert unknown == []


def test_every_file_that_a_docstring_names_is_there() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, text in docstrings()
        for name in missing_files(text, path.parent)
    ]
    assert missing == []


@pytest.mark.parametrize(
    "text",
    [
        "It is in `loyalty.statistics`.",
        "Every write calls `outbox.say(...)`.",
        "See `groundwork.queue.queue.Queue.borrow`.",
        "The task `wallet.spread_rumours` does it.",
    ],
)
def test_a_name_that_is_gone_is_found(text: str) -> None:
    assert len(list(unknown_names(text))) == 1


@pytest.mark.parametrize(
    "name",
    [
        "loyalty.reporting.statistics",
        "outbox.record(...)",
        "groundwork.queue.queue.Queue.take",
        "queue.Queue.take(limit=10)",
        "wallet.spread_designs",
        "notifications.reward_ready",
        "card.merchant",
        "re.sub",
        "compose.yaml",
        "api.push.apple.com",
    ],
)
def test_a_name_of_today_and_what_is_not_ours_pass(name: str) -> None:
    assert list(unknown_names(f"See `{name}`.")) == []

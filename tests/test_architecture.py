"""What an import linter cannot see: dotted paths, foreign keys by name, clocks in rules, hidden imports, long files.

Who holds the pen is `test_pen.py`. Each rule is a function of a source or a model, so that it is tried itself: on what
it must find, and on what it must let pass.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from loyalty.models import LoyaltyCard
from tests.sources import LAYERS, ROOT, sources

MAXIMUM_LINES = 300
PURE = ("rules.py", "terms.py", "hindsight.py", "codes.py", "tokens.py", "events.py", "colors.py")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "localtime", "gmtime", "localdate", "Now"}
CLOCKMAKERS = {"timezone", "datetime", "date", "time", "functions"}
DOTTED = re.compile(rf"^({'|'.join(LAYERS)})\.[a-zA-Z_][\w.]*$")


def may_know(app: str, other: str) -> bool:
    """Whether code of one app may name another: its own, or one of a layer below."""
    return app == other or LAYERS[other] < LAYERS[app]


# --- The rules --------------------------------------------------------------------------------------------


def dotted_paths_upwards(app: str, tree: ast.Module) -> Iterator[str]:
    """Texts that are a module of an app above, or something in one; composition alone knows everybody."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = DOTTED.match(node.value)
            if found and not may_know(app, found[1]) and leads_to_module(node.value):
                yield node.value


def leads_to_module(dotted: str) -> bool:
    """Whether a text names a module, or something in one: names of tasks and events begin with an app's name too."""
    parts = dotted.split(".")
    return any(
        (ROOT / "/".join(parts[:length])).with_suffix(".py").exists()
        or (length > 1 and (ROOT / "/".join(parts[:length]) / "__init__.py").exists())
        for length in (len(parts), len(parts) - 1)
    )


def keys_upwards(model: type[models.Model]) -> Iterator[str]:
    """Foreign keys (one to one, many to many) to a model of an app above."""
    app = model._meta.app_label
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        if app in LAYERS and isinstance(field, models.ForeignKey | models.ManyToManyField):
            other = field.related_model._meta.app_label
            if other in LAYERS and not may_know(app, other):
                yield field.name


def unprotected_keys(model: type[models.Model]) -> Iterator[str]:
    """Foreign keys that let go what they point to."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT:
            yield field.name


def clocks(tree: ast.Module) -> Iterator[str]:
    """Whatever reads the time: `timezone.now()`, `date.today`, `from time import time`, the database's Now."""
    for node in ast.walk(tree):
        of = ast.unparse(node.value).rpartition(".")[2] if isinstance(node, ast.Attribute) else ""
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and of in CLOCKMAKERS:
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"import {each.name}" for each in node.names if each.name in CLOCKS - {"time"})
            if node.module == "time":
                yield "import from time"


def hidden_imports(tree: ast.Module) -> Iterator[str]:
    """Imports inside of a function, by statement or by call: a hidden import hides a circle."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for node in ast.walk(function):
                is_call = isinstance(node, ast.Call) and ast.unparse(node.func) == "__import__"
                if is_call or isinstance(node, ast.Import | ast.ImportFrom):
                    yield ast.unparse(node)


def is_too_long(text: str) -> bool:
    """Whether a file is longer than can be read."""
    return len(text.splitlines()) > MAXIMUM_LINES


# --- The house --------------------------------------------------------------------------------------------


def in_house(apps_: Iterable[str], rule: Callable[[str, ast.Module], Iterable[str]]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {what}"
        for app in apps_
        for path, tree in sources(app)
        for what in rule(app, tree)
    ]


def test_no_dotted_path_leads_upwards() -> None:
    assert in_house([name for name in LAYERS if name != "loyalty_site"], dotted_paths_upwards) == []


def test_no_foreign_key_points_upwards() -> None:
    wrong = [f"{model.__name__}.{name}" for model in apps.get_models() for name in keys_upwards(model)]
    assert wrong == []


def test_everything_that_the_ledger_points_to_is_protected() -> None:
    assert list(unprotected_keys(apps.get_model("loyalty", "LoyaltyTransaction"))) == []


def test_the_database_is_the_only_reader_of_the_clock_in_rules() -> None:
    """Rules take the time as a parameter."""
    for name in PURE:
        assert list(clocks(ast.parse((ROOT / "loyalty" / name).read_text()))) == []


def test_nothing_is_imported_inside_a_function() -> None:
    assert in_house(LAYERS, lambda _app, tree: hidden_imports(tree)) == []


@pytest.mark.parametrize("app", list(LAYERS))
def test_files_stay_short_enough_to_be_read(app: str) -> None:
    long = [path.relative_to(ROOT) for path, _tree in sources(app) if is_too_long(path.read_text())]
    assert long == []


def test_every_app_of_the_house_has_a_layer_and_is_looked_at() -> None:
    own = {config.label for config in apps.get_app_configs() if (ROOT / config.label / "apps.py").exists()}
    assert own <= set(LAYERS)
    assert all(len(list(sources(app))) > 5 for app in LAYERS)


# --- The rules themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "text"),
    [
        ("tenancy", "path = 'loyalty.services.stamps.give'"),
        ("tenancy", "path = 'loyalty.ledger'"),
        ("tenancy", "path = 'loyalty.services'"),
        ("customers", "path = 'wallet.handlers.on_program_changed'"),
        ("loyalty", "TABLE = {'a': ['notifications.services.people.export']}"),
        ("notifications", "path = 'wallet.handlers'"),
        ("wallet", "import_string('loyalty_site.wiring.SUBSCRIBERS')"),
    ],
)
def test_a_path_upwards_is_found(app: str, text: str) -> None:
    assert len(list(dotted_paths_upwards(app, ast.parse(text)))) == 1


@pytest.mark.parametrize(
    ("app", "text"),
    [
        ("loyalty", "path = 'groundwork.messaging.outbox.record'"),
        ("loyalty", "path = 'loyalty.services.stamps.give'"),
        ("wallet", "path = 'loyalty.ledger'"),
        ("tenancy", "event = 'loyalty.reward_ready'"),
        ("tenancy", "model = 'loyalty.LoyaltyCard'"),
        ("tenancy", "words = 'wallet.handlers and more'"),
    ],
)
def test_a_path_downwards_or_a_mere_name_passes(app: str, text: str) -> None:
    assert list(dotted_paths_upwards(app, ast.parse(text))) == []


def a_model(app: str, key: models.Field) -> type[models.Model]:
    """A model of an app, which only this test knows."""
    with isolate_apps("tenancy"):
        meta = type("Meta", (), {"app_label": app})
        return type("Tried", (models.Model,), {"__module__": __name__, "Meta": meta, "key": key})


def test_a_key_upwards_is_found_whatever_its_kind() -> None:
    protect = {"on_delete": models.PROTECT, "related_name": "+"}
    keys = [
        models.ForeignKey(LoyaltyCard, **protect),
        models.OneToOneField(LoyaltyCard, **protect),
        models.ManyToManyField(LoyaltyCard, related_name="+"),
    ]
    assert [list(keys_upwards(a_model("tenancy", key))) for key in keys] == [["key"]] * 3


def test_a_key_downwards_or_within_an_app_passes() -> None:
    for app in ("loyalty", "wallet", "notifications"):
        key = models.ForeignKey(LoyaltyCard, on_delete=models.PROTECT, related_name="+")
        assert list(keys_upwards(a_model(app, key))) == []


@pytest.mark.parametrize(
    ("on_delete", "found"),
    [
        (models.PROTECT, []),
        (models.CASCADE, ["key"]),
        (models.SET_NULL, ["key"]),
        (models.DO_NOTHING, ["key"]),
        (models.RESTRICT, ["key"]),
    ],
)
def test_a_key_that_lets_go_is_found(on_delete: Callable, found: list[str]) -> None:
    key = models.ForeignKey(LoyaltyCard, null=True, on_delete=on_delete, related_name="+")
    assert list(unprotected_keys(a_model("loyalty", key))) == found


@pytest.mark.parametrize(
    "text",
    [
        "at = timezone.now()",
        "at = datetime.datetime.now(UTC)",
        "at = datetime.utcnow()",
        "day = date.today()",
        "day = timezone.localdate()",
        "seconds = time.time()",
        "from time import monotonic",
        "from time import time as seconds",
        "from django.utils.timezone import now",
        "from django.db.models.functions import Now",
        "clock = timezone.now",
    ],
)
def test_a_clock_in_a_rule_is_found(text: str) -> None:
    assert list(clocks(ast.parse(text))) != []


@pytest.mark.parametrize(
    "text",
    [
        "def is_over(now: datetime) -> bool:\n  return now > at",
        "from datetime import UTC, datetime, time, timedelta",
        "midnight = datetime.combine(day, time.min)",
        "used = usage.today",
    ],
)
def test_a_time_that_is_given_passes(text: str) -> None:
    assert list(clocks(ast.parse(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n  import loyalty",
        "async def f():\n  from loyalty import ledger",
        "class A:\n  def f(self):\n    if self:\n      from loyalty import ledger",
        "f = lambda: __import__('loyalty')",
    ],
)
def test_a_hidden_import_is_found(text: str) -> None:
    assert list(hidden_imports(ast.parse(text))) != []


def test_an_import_at_the_top_passes() -> None:
    text = "import loyalty\nif TYPE_CHECKING:\n  from loyalty import ledger\ndef f():\n  pass"
    assert list(hidden_imports(ast.parse(text))) == []


def test_a_file_is_too_long_from_one_line_more() -> None:
    assert not is_too_long("line\n" * MAXIMUM_LINES)
    assert is_too_long("line\n" * (MAXIMUM_LINES + 1))

"""What an import linter cannot see: dotted paths, string foreign keys, and who holds the pen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).parents[1]
LAYERS = {"tenancy": 0, "customers": 1, "loyalty": 2, "notifications": 3, "wallet": 3, "loyalty_site": 4}
# Who may name what by a dotted path: composition knows everybody.
BALANCES = {
    "stamp_count",
    "points_balance",
    "total_stamps_earned",
    "total_stamps_spent",
    "total_stamps_voided",
    "stamps_redeemed",
    "total_points_earned",
    "points_redeemed",
    "total_points_voided",
}
MAXIMUM_LINES = 320
WRITERS = {"update", "bulk_update", "bulk_create", "create", "get_or_create", "update_or_create"}


def sources(app: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def may_know(app: str, other: str) -> bool:
    return app == other or LAYERS[other] < LAYERS[app]


@pytest.mark.parametrize("app", [name for name in LAYERS if name != "loyalty_site"])
def test_no_dotted_path_leads_upwards(app: str) -> None:
    dotted = re.compile(rf"^({'|'.join(LAYERS)})\.[a-zA-Z_][\w.]*$")
    wrong = []
    for path, tree in sources(app):
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = dotted.match(node.value)
                # Names of tasks and events begin with their owner's name too, and are no imports.
                is_module = found and (ROOT / node.value.rpartition(".")[0].replace(".", "/")).with_suffix(
                    ".py"
                )
                if found and is_module.exists() and not may_know(app, found[1]):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.value}")
    assert wrong == []


def test_no_foreign_key_points_upwards() -> None:
    wrong = []
    for model in apps.get_models():
        app = model._meta.app_label
        for field in model._meta.get_fields():
            if app in LAYERS and isinstance(field, models.ForeignKey):
                other = field.related_model._meta.app_label
                if other in LAYERS and not may_know(app, other):
                    wrong.append(f"{model.__name__}.{field.name} -> {other}")
    assert wrong == []


def test_everything_that_the_ledger_points_to_is_protected() -> None:
    ledger = apps.get_model("loyalty", "LoyaltyTransaction")
    for field in ledger._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            assert field.remote_field.on_delete is models.PROTECT, field.name


@pytest.mark.parametrize("app", list(LAYERS))
def test_only_the_ledger_writes_balances_and_transactions(app: str) -> None:
    wrong = []
    for path, tree in sources(app):
        if path == ROOT / "loyalty/ledger.py":
            continue
        for node in ast.walk(tree):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                wrong += [
                    f"{place} {t.attr} ="
                    for t in targets
                    if isinstance(t, ast.Attribute) and t.attr in BALANCES
                ]
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITERS
            ):
                wrong += [f"{place} {k.arg}" for k in node.keywords if k.arg in BALANCES]
                if "LoyaltyTransaction.objects" in ast.unparse(node.func):
                    wrong.append(f"{place} {ast.unparse(node.func)}")
    assert wrong == []


def test_the_database_is_the_only_reader_of_the_clock_in_rules() -> None:
    """Rules take the time as a parameter."""
    for name in ("rules.py", "events.py", "colors.py"):
        text = (ROOT / "loyalty" / name).read_text()
        assert "timezone.now" not in text
        assert "datetime.now" not in text


@pytest.mark.parametrize("app", list(LAYERS))
def test_nothing_is_imported_inside_a_function(app: str) -> None:
    """A hidden import hides a circle."""
    wrong = []
    for path, tree in sources(app):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [
                    f"{path.relative_to(ROOT)}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    assert wrong == []


@pytest.mark.parametrize("app", list(LAYERS))
def test_files_stay_short_enough_to_be_read(app: str) -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path, _ in sources(app)
        if (count := len(path.read_text().splitlines())) > MAXIMUM_LINES
    ]
    assert long == []

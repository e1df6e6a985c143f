"""The house's own code, for tests that read it: its apps by layer, and their files."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAYERS = {
    "groundwork": 0,
    "tenancy": 1,
    "customers": 2,
    "loyalty": 3,
    "notifications": 4,
    "wallet": 4,
    "webhooks": 4,
    "loyalty_site": 5,
}


def paths(app: str, *, migrations: bool = False) -> Iterator[Path]:
    """Every Python file of an app, in order."""
    for path in sorted((ROOT / app).rglob("*.py")):
        if migrations or "migrations" not in path.parts:
            yield path


def sources(app: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every file of an app but migrations, read as Python reads it."""
    for path in paths(app):
        yield path, ast.parse(path.read_text())

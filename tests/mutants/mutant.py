"""Mutant: one guard taken out, and the tests that are there to see it. Pure, but for the files it patches."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class NoLongerApplies(Exception):
    """The code has moved on: the snippet is not there as often as the mutant says."""


@dataclass(frozen=True)
class Patch:
    """In `file` (from the root), `old` stands exactly `count` times; each becomes `new`."""

    file: str
    old: str
    new: str
    count: int = 1

    def patched(self, root: Path) -> str:
        """The file's text with the guard taken out. Raises NoLongerApplies."""
        path = root / self.file
        return self.put_into(path.read_text() if path.exists() else "")

    def put_into(self, text: str) -> str:
        """The same of a text that may hold other patches already. Raises NoLongerApplies."""
        if text.count(self.old) != self.count:
            raise NoLongerApplies(
                f"{self.file} has {text.count(self.old)} times, and not {self.count}: {self.old}"
            )
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Mutant:
    """A guard's name, how it is taken out, and the tests (pytest's node ids) of which each must turn red.

    `constraint` is dropped from the database, by "table.name". `is_of_schema`: what is patched is installed in the
    database, so that the tests need its triggers made anew.
    """

    name: str
    tests: tuple[str, ...]
    patches: tuple[Patch, ...] = ()
    constraint: str = ""
    is_of_schema: bool = False

    @contextmanager
    def applied(self, root: Path) -> Iterator[dict[str, str]]:
        """Patch the files under `root`, and put them back; yields what stood in them, by file.

        Raises NoLongerApplies before anything is written.
        """
        after: dict[str, str] = {}
        for patch in self.patches:
            file = patch.file
            after[file] = patch.put_into(after[file]) if file in after else patch.patched(root)
        kept = {file: (root / file).read_text() for file in after}
        try:
            for file, text in after.items():
                (root / file).write_text(text)
            yield kept
        finally:
            for file, text in kept.items():
                (root / file).write_text(text)


def mutant(
    name: str, file: str, old: str, new: str, *tests: str, count: int = 1, is_of_schema: bool = False
) -> Mutant:
    """A mutant of one patch."""
    return Mutant(name, tests, (Patch(file, old, new, count),), is_of_schema=is_of_schema)


def without_constraint(constraint: str, *tests: str) -> Mutant:
    """A mutant whose database lacks a constraint, by "table.name"."""
    return Mutant(constraint.partition(".")[2].replace("_", "-"), tests, constraint=constraint)


def tests_in(path: Path) -> set[str]:
    """The names of the test functions of a file."""
    tree = ast.parse(path.read_text()) if path.exists() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def tests_missing(mutant: Mutant, root: Path) -> list[str]:
    """Those of a mutant's tests that are not there any more."""
    missing = []
    for test in mutant.tests:
        file, _, name = test.partition("::")
        if name.partition("[")[0] not in tests_in(root / file):
            missing.append(test)
    return missing

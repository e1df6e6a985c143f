"""No test looks for the absence of a word that a number, a key or a digest may hold by chance.

`assert "50" not in letter` fails once in some hundred runs: the letter names a card, and its number is any.
A whole word (`\\b50\\b`) or a longer one is looked for instead.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BY_CHANCE = re.compile(r"[0-9a-f]{1,4}", re.IGNORECASE)


def _short(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and BY_CHANCE.fullmatch(node.value) is not None
    )


def _looped(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The names that stand for such a word in a loop, each with its loop."""
    for loop in ast.walk(tree):
        parts = loop.generators if isinstance(loop, ast.GeneratorExp | ast.ListComp) else [loop]
        for part in parts:
            if (
                isinstance(part, ast.For | ast.comprehension)
                and isinstance(part.target, ast.Name)
                and isinstance(part.iter, ast.Tuple | ast.List)
                and any(map(_short, part.iter.elts))
            ):
                yield part.target.id, loop


def _looked_for(tree: ast.AST) -> Iterator[ast.expr]:
    """What `not in`, and `not any(... in ...)`, look for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotIn):
            yield node.left
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            for inner in ast.walk(node.operand):
                if isinstance(inner, ast.Compare) and isinstance(inner.ops[0], ast.In):
                    yield inner.left


def by_chance(source: str) -> list[int]:
    """The lines of `source` on which the absence of so short a word is asserted."""
    tree = ast.parse(source)
    found = {left.lineno for left in _looked_for(tree) if _short(left)}
    for name, loop in _looped(tree):
        scope = loop if isinstance(loop, ast.For) else tree
        found |= {
            left.lineno for left in _looked_for(scope) if isinstance(left, ast.Name) and left.id == name
        }
    return sorted(found)


def test_no_test_fails_by_chance() -> None:
    found = [
        f"{path.relative_to(HERE)}:{line}"
        for path in sorted(HERE.rglob("*.py"))
        for line in by_chance(path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        'assert "50" not in letter',
        'assert "aa01" not in page',
        'for word in ("Weber", "621"):\n    assert word not in text',
        'assert not any(word in text for word in ("Weber", "621"))',
    ],
)
def test_such_a_word_is_seen(source: str) -> None:
    assert by_chance(source)


@pytest.mark.parametrize(
    "source",
    [
        'assert "50 points" not in letter',
        'assert "621" in text',
        'for word in ("Weber", "Lea"):\n    assert word not in text',
        'for size in ("621", "40"):\n    assert ask(size).status_code == 400',
    ],
)
def test_others_are_not(source: str) -> None:
    assert by_chance(source) == []

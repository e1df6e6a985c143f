"""A mutant put into a process that has read its file already: what can be, what cannot, and that it is said."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutants import swapping

SHOP = """from functools import cache

LIMIT = 10
FULL = [stamps for stamps in range(20) if stamps >= 10]


def counted(call):
    def count(*given):
        return call(*given)
    return count


@counted
def may_stamp(stamps):
    return stamps < LIMIT


class Card:
    colour = "brown"

    def is_full(self, stamps):
        return any(stamps >= each for each in [10])
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "a_shop_to_swap.py").write_text(SHOP)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("a_shop_to_swap")
    del sys.modules["a_shop_to_swap"]


def change(shop: ModuleType, old: str, new: str) -> None:
    path = Path(str(shop.__file__))
    assert SHOP.count(old) == 1
    path.write_text(SHOP.replace(old, new))
    swapping.swap(path.parent, {path.name: SHOP})


def test_a_function_gets_its_new_code_whoever_holds_it(shop: ModuleType) -> None:
    held = shop.may_stamp
    change(shop, "return stamps < LIMIT", "\n    return True")
    assert (held(12), shop.Card().is_full(9)) == (True, False)


def test_a_method_gets_it_too_and_so_does_what_is_within_it(shop: ModuleType) -> None:
    card = shop.Card()
    change(shop, "stamps >= each", "stamps > each")
    assert (card.is_full(10), card.is_full(11)) == (False, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 10", "LIMIT = 12"),
        ("if stamps >= 10]", "if stamps >= 12]"),
        ("@counted\n", ""),
        ('colour = "brown"', 'colour = "green"'),
        ("def is_full(self, stamps)", "def is_full(self, stamps=10)"),
        ("from functools import cache\n", "from functools import lru_cache\n"),
    ],
)
def test_what_has_run_already_is_said_to_have(shop: ModuleType, old: str, new: str) -> None:
    with pytest.raises(swapping.Cold):
        change(shop, old, new)
    assert (shop.may_stamp(11), shop.Card().is_full(10)) == (False, True)


def test_a_file_that_was_not_read_is_left_alone(shop: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "another.py").write_text("LIMIT = 12")
    swapping.swap(tmp_path, {"another.py": "LIMIT = 10"})
    assert shop.may_stamp(9)

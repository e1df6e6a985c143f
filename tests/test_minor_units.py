"""Nobody counts in hundredths: what a currency's minor unit is, is asked for. Found by the text of the code.

Each rule is a function of a source, so that it is tried itself: on what it must find, and on what it must let pass.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources import LAYERS, ROOT, sources

PERCENT = {
    "loyalty_site/console/overview_figures.py": ["share * 100"],
    "groundwork/formats/images.py": ["count * 100"],
}
DRAWN = {"templates/admin/_chart.html"}  # places in a picture
IN_SCRIPTS = re.compile(r"[*/%]\s*100(?:\.0+)?n?\b(?!\s*\))|\b100n?\s*\*|\b100n\b|\btoFixed\b")
IN_TEMPLATES = re.compile(r"floatformat|stringformat:\s*['\"]\.\df|divisibleby:\s*['\"]?100\b")
HUNDRED = {"100", "100.0", "Decimal(100)", "Decimal('100')", "10 ** 2"}
HUNDREDTH = {"0.01", "Decimal('0.01')", "Decimal('.01')"}
RECKONING = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
SHIFTING = {"scaleb": {"-2", "2"}, "quantize": HUNDREDTH, "divmod": HUNDRED}


def hundredths(tree: ast.AST) -> Iterator[str]:
    """Arithmetic with a hundred, and amounts written with two decimals, in Python."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            is_found = _reckons(node)
        elif isinstance(node, ast.Call):
            is_found = _shifts(node)
        else:
            is_found = isinstance(node, ast.FormattedValue) and ".2f" in ast.unparse(node)
        if is_found:
            yield ast.unparse(node)


def _reckons(node: ast.BinOp) -> bool:
    is_text = isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
    sides = {ast.unparse(node.left), ast.unparse(node.right)}
    return not is_text and isinstance(node.op, RECKONING) and bool(sides & (HUNDRED | HUNDREDTH))


def _shifts(node: ast.Call) -> bool:
    name = ast.unparse(node.func).rpartition(".")[2]
    given = {ast.unparse(argument) for argument in [*node.args, *node.keywords]}
    return bool(given & SHIFTING.get(name, {"decimal_pos=2"}))


@pytest.mark.parametrize(
    "source",
    [
        "cents / 100",
        "Decimal(cents) / 100",
        "cents * rate // 100",
        "divmod(cents, 100)",
        "cents % 100",
        "euros * 100",
        "100 * euros",
        "cents / Decimal('100')",
        "cents * 0.01",
        "cents / 10**2",
        "amount.scaleb(-2)",
        "amount.quantize(Decimal('0.01'))",
        "f'{amount:.2f}'",
        "formats.number_format(amount, decimal_pos=2)",
    ],
)
def test_counting_in_hundredths_is_found(source: str) -> None:
    assert list(hundredths(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "amount.scaleb(-digits)",
        "cents / 10**digits",
        "count > 100",
        "LIMIT = 100",
        "f'{seconds:.1f}'",
        "'%d' % 100",
        "units * 1000",
    ],
)
def test_other_arithmetic_is_let_pass(source: str) -> None:
    assert not list(hundredths(ast.parse(source)))


@pytest.mark.parametrize("app", LAYERS)
def test_no_app_counts_in_hundredths(app: str) -> None:
    found = {}
    for path, tree in sources(app):
        name = str(path.relative_to(ROOT))
        if lines := [line for line in hundredths(tree) if line not in PERCENT.get(name, [])]:
            found[name] = lines
    assert not found


@pytest.mark.parametrize(
    "line", ["cents / 100", "100n * cents", "cents * 100", "x.toFixed(2)", "cents % 100"]
)
def test_a_script_that_counts_in_hundredths_is_found(line: str) -> None:
    assert IN_SCRIPTS.search(line)


@pytest.mark.parametrize(
    "line", ["cents / 10 ** digits", "left < 100", "time / 1000", "10n ** BigInt(digits)"]
)
def test_a_script_that_asks_for_the_digits_is_let_pass(line: str) -> None:
    assert not IN_SCRIPTS.search(line)


def written(folder: str, *endings: str) -> Iterator[tuple[str, str]]:
    """Our own files of a folder, by name."""
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in endings and "vendor" not in path.relative_to(ROOT).parts:
            yield str(path.relative_to(ROOT)), Path(path).read_text()


def test_no_script_counts_in_hundredths() -> None:
    found = {name: IN_SCRIPTS.findall(text) for name, text in written("static", ".js")}
    assert len(found) > 40
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_no_template_writes_an_amount_itself() -> None:
    found = {name for name, text in written("templates", ".html", ".txt") if IN_TEMPLATES.search(text)}
    assert found == DRAWN

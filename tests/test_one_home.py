"""What has one home: a second one is found by the text of the code."""

import ast
import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from loyalty_site import catalogue
from wallet import text

ROOT = Path(__file__).parents[1]
APPS = (
    "groundwork",
    "tenancy",
    "customers",
    "loyalty",
    "notifications",
    "wallet",
    "webhooks",
    "loyalty_site",
)
LOWERING = {"lower", "casefold"}
EMAIL = ("email", "e-mail")
CLOCKS = {"timezone.now", "datetime.now", "date.today", "time.time"}
SIMPLE = (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr, ast.NamedExpr)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def lowered_addresses(tree: ast.Module) -> Iterator[int]:
    """The lines that change the case of something where an address is spoken of.

    That is in the statement itself, in the head or docstring of its function, or in the name of its class.
    """
    for scope in ast.walk(tree):
        if isinstance(scope, ast.ClassDef) and scope.name.startswith("Email"):
            yield from (line for name, line in lowered(scope) if name == "text")
        if isinstance(scope, ast.FunctionDef):
            head = f"{scope.name} {ast.unparse(scope.args)} {ast.get_docstring(scope) or ''}"
            statements = [part for part in ast.walk(scope) if isinstance(part, SIMPLE)]
            if not speaks_of_addresses(head):
                statements = [part for part in statements if speaks_of_addresses(ast.unparse(part))]
            for statement in statements:
                yield from (line for _name, line in lowered(statement))


def speaks_of_addresses(text: str) -> bool:
    return any(word in text.lower() for word in EMAIL)


def lowered(node: ast.AST) -> Iterator[tuple[str, int]]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr in LOWERING:
            yield ast.unparse(part.value), part.lineno


def imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def test_an_address_gets_its_one_form_in_one_place() -> None:
    homes = {
        f"{path}:{line}"
        for path, tree in trees()
        if path != "groundwork/formats/email.py"
        for line in lowered_addresses(tree)
    }
    assert homes == set()


@pytest.mark.parametrize(
    "second_home",
    [
        "def find(email): return User.objects.filter(email=email.strip().lower())",
        "def save(self): self.email = self.email.casefold()",
        "class Email(Text):\n    def parse(self, text): return text.lower()",
        "def same(one, other):\n    'Whether two are one e-mail address.'\n    return one.lower() == other.lower()",
        "def f(emails): return map(str.lower, emails)",
    ],
)
def test_a_second_home_of_addresses_is_found(second_home: str) -> None:
    assert list(lowered_addresses(ast.parse(second_home))) != []


def test_telephone_numbers_are_read_in_one_place() -> None:
    assert [path for path, tree in trees() if "phonenumbers" in imported(tree)] == [
        "groundwork/formats/phone.py"
    ]


def listed_languages(tree: ast.Module) -> Iterator[int]:
    """The lines with a list, tuple or set that names each language once."""
    languages = set(dict(settings.LANGUAGES))
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            texts = [part.value for part in node.elts if isinstance(part, ast.Constant)]
            if len(texts) == len(languages) and set(texts) == languages:
                yield node.lineno


def test_the_languages_are_listed_in_the_settings_alone() -> None:
    assert [f"{path}:{line}" for path, tree in trees() for line in listed_languages(tree)] == []
    assert list(listed_languages(ast.parse('LANGUAGES = ("en", "lb", "fr", "de")'))) == [1]


@pytest.mark.parametrize(
    "keys",
    [catalogue.PLURAL_FORMS, text.DATE_FORMATS, [field.name for field in dataclasses.fields(text.Text)]],
    ids=["plural forms", "dates of passes", "texts of passes"],
)
def test_what_is_kept_for_each_language_is_there_for_all(keys: Iterable[str]) -> None:
    assert list(keys) == [code for code, _name in settings.LANGUAGES]
    assert tuple(keys) == settings.MODELTRANSLATION_LANGUAGES


def reads_of_another_clock(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS:
            yield node.lineno


def test_services_read_one_clock() -> None:
    """So that a story of the past can be told through them (groundwork.clock)."""
    wrong = [
        f"{path}:{line}"
        for path, tree in trees()
        if path.startswith(("loyalty/services/", "customers/services", "groundwork/idempotency/"))
        for line in reads_of_another_clock(tree)
    ]
    assert wrong == []
    assert list(reads_of_another_clock(ast.parse("now = timezone.now()"))) == [1]


def test_nothing_that_is_run_for_people_imports_the_tools_of_tests() -> None:
    assert [path for path, tree in trees() if imported(tree) & {"unittest", "pytest", "time_machine"}] == []

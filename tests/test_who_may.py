"""Who may what is said in `tenancy/roles.py` alone: nobody else asks a role's name, or who runs the platform.

The rule is a function of a source, so that it is tried itself: on what it must find, and on what it must let pass.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tenancy.roles import RIGHTS
from tests.sources import LAYERS, ROOT, sources

HOME = "tenancy/roles.py"
# Elsewhere a role is named only to make a row of it, or to paint it.
ALLOWED = {
    "tenancy/models/people.py": ["is_superuser", "role__in"],  # makes operators; the table knows all roles
    "tenancy/models/invitation.py": ["role__in"],  # so does this one
    "tenancy/console/people.py": ["Role.MANAGER", "Role.OWNER"],  # the colours of two roles in the list
    "loyalty/demo/load.py": ["is_superuser"],  # makes an operator
}
QUERIES = {"filter", "exclude", "get", "Q", "When"}
IN_TEMPLATES = re.compile(r"is_superuser|\brole\s*(?:==|!=|in)")


def names_a_role(node: ast.AST) -> bool:
    """Whether an expression is a role by its name: a text, a member of Role, or its value."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value in RIGHTS
    return (
        isinstance(node, ast.Attribute) and re.match(r"(\w+\.)*Role\.[A-Z]+", ast.unparse(node)) is not None
    )


def judged(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of an expression that decide something by what they are equal to."""
    if isinstance(node, ast.Compare | ast.Set):
        yield from ast.walk(node)
    elif isinstance(node, ast.Dict) and sum(names_a_role(key) for key in node.keys if key) > 1:
        yield from filter(None, node.keys)
    elif isinstance(node, ast.MatchValue):
        yield node.value
    elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in QUERIES:
        yield from (keyword.value for keyword in node.keywords)


def decisions(tree: ast.Module) -> Iterator[str]:
    """Whatever asks for a role by its name, looks roles up in a query, or reads or sets the operator's flag."""
    for node in ast.walk(tree):
        yield from sorted({ast.unparse(part) for part in judged(node) if names_a_role(part)})
        if isinstance(node, ast.Attribute) and node.attr == "is_superuser":
            yield ast.unparse(node)
        elif isinstance(node, ast.keyword) and re.search(
            "is_superuser|(^|__)role__(?!isnull)", node.arg or ""
        ):
            yield str(node.arg)


def test_who_may_what_is_decided_in_one_place() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(decisions(tree)) for app in LAYERS for path, tree in sources(app)
    }
    assert found.pop(HOME) != []
    assert {path: what for path, what in found.items() if what} == ALLOWED


def test_no_template_asks_for_a_role() -> None:
    pages = sorted((ROOT / "templates").rglob("*.*"))
    assert len(pages) > 30
    assert [str(page) for page in pages if IN_TEMPLATES.search(page.read_text())] == []


@pytest.mark.parametrize(
    "text",
    [
        "row.role == 'owner'",
        "'manager' != row.role",
        "row.role in ('owner', 'manager')",
        "row.role in {Role.OWNER}",
        "row.role == models.Role.MANAGER.value",
        "MANAGERS = frozenset({'manager', 'x'})",
        "COLORS = {'owner': 'green', 'staff': 'grey'}",
        "COLORS = {Role.OWNER: 'green', Role.STAFF: 'grey'}",
        "match role:\n  case 'staff':\n    pass",
        "match role:\n  case Role.STAFF:\n    pass",
        "rows.filter(role=Role.OWNER)",
        "rows.exclude(store_users__role__in=names)",
        "Q(role='manager')",
        "When(role='manager', then=1)",
        "if request.user.is_superuser:\n  pass",
        "users.filter(is_superuser=True)",
        "users.filter(user__is_superuser=True)",
    ],
)
def test_a_decision_by_a_role_is_found(text: str) -> None:
    assert list(decisions(ast.parse(text))) != []


@pytest.mark.parametrize(
    "text",
    [
        "role_for(user, merchant_id) in OWNERS",
        "invite(stores=[store], role=Role.STAFF)",
        "role = CharField(choices=Role.choices, default=Role.STAFF)",
        "fields = ['is_active', 'is_superuser']",
        "people = [('anna@example.com', 'owner')]",
        "facts = {'role': role_at(user, store)}",
        "facts = {'staff': pin.name, 'at': at}",
        "kind == 'stamps'",
    ],
)
def test_a_mere_name_or_a_named_set_passes(text: str) -> None:
    assert list(decisions(ast.parse(text))) == []

"""The console's pages are said by their own app: nobody takes one out of the registry or changes it from outside.

What an app above adds to a page, the page asks for through a port. Else what it shows hangs on which module is
imported first. Reading the registry is for those who list it.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.sources import LAYERS, ROOT, sources

CONSOLES = frozenset({"console", "admin"})
OUT_OF_THE_REGISTRY = frozenset({"get_model_admin", "_registry"})
# Methods that change the site, and those that change a list, a dictionary or a set.
OF_THE_SITE = frozenset({"unregister", "add_action", "disable_action"})
CHANGING = OF_THE_SITE | frozenset(
    {"append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "sort"}
    | {"reverse", "add", "discard", "__setitem__", "__delitem__", "__setattr__", "__delattr__"}
)
SETTERS = frozenset({"setattr", "delattr"})
READING = frozenset({"get", "items", "keys", "values"})


def foreign_names(app: str, tree: ast.Module) -> set[str]:
    """Names under which a file has another app's console, something in one, or a page out of the registry."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            within = getattr(node, "module", None) or ""
            for each in node.names:
                parts = f"{within}.{each.name}".strip(".").split(".")
                if parts[0] != app and CONSOLES & set(parts):
                    names.add(each.asname or (each.name if within else parts[0]))
    found = True
    while found:  # what is made of one is one too
        found = False
        for node in ast.walk(tree):
            for target, value in assigned(node):
                if isinstance(target, ast.Name) and target.id not in names and is_foreign(value, names):
                    names.add(target.id)
                    found = True
    return names


def assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Each target of an assignment or a loop, with what it is given."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        yield node.target, node.value
    elif isinstance(node, ast.AugAssign):
        yield node.target, None
    elif isinstance(node, ast.For | ast.comprehension):
        targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
        yield from ((target, node.iter) for target in targets)
    elif isinstance(node, ast.Delete):
        yield from ((target, None) for target in node.targets)


def is_foreign(node: ast.expr | None, names: set[str]) -> bool:
    """Whether an expression begins with such a name, or reaches into the registry."""
    while node is not None:
        if isinstance(node, ast.Attribute) and node.attr in OUT_OF_THE_REGISTRY:
            return True
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("type", "vars", "getattr") and node.args:
            node = node.args[0]
        elif isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute):
            return False  # makes something of its own
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return isinstance(node, ast.Name) and node.id in names
    return False


def changes_from_outside(app: str, tree: ast.Module) -> Iterator[str]:
    """Whatever a file does to a page or a registry that is not its own."""
    names = foreign_names(app, tree)
    for node in ast.walk(tree):
        for target, _value in assigned(node):
            if isinstance(target, ast.Attribute | ast.Subscript) and is_foreign(target, names):
                yield ast.unparse(node)
        if isinstance(node, ast.Call):
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            of = node.func.value if isinstance(node.func, ast.Attribute) else None
            sets = ast.unparse(node.func) in SETTERS and is_foreign(node.args[0], names)
            site = method in OF_THE_SITE and of is not None and ast.unparse(of).endswith("site")
            if sets or site or (method in CHANGING and is_foreign(of, names)):
                yield ast.unparse(node)


def registries_held(tree: ast.Module) -> Iterator[str]:
    """Every `_registry` that is not merely read where it stands."""
    read = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in READING
    }
    for node in ast.walk(tree):
        named = getattr(node, "attr", None) or getattr(
            node, "value", None
        )  # an attribute, or a text for getattr
        if named == "_registry" and id(node) not in read:
            yield ast.unparse(node)


@pytest.mark.parametrize("app", list(LAYERS))
def test_nobody_changes_a_page_of_another_app(app: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path, tree in sources(app)
        for what in (*changes_from_outside(app, tree), *registries_held(tree))
    ]
    assert found == []


# --- The rule itself --------------------------------------------------------------------------------------

PAGE = "from django.contrib import admin\nfrom tenancy.console.merchant import StoreAdmin\n"


@pytest.mark.parametrize(
    "text",
    [
        "admin.site.unregister(Store)",
        "for model in (A, B):\n  admin.site.unregister(model)",
        "site.unregister(Store)",
        "page = admin.site.get_model_admin(Store)\npage.inlines = [*page.inlines, Mine]",
        "admin.site.get_model_admin(Store).inlines.append(Mine)",
        "page = admin.site._registry.get(Store)\npage.actions += ('mine',)",
        "type(admin.site.get_model_admin(Store)).poster = poster",
        "for model, page in admin.site._registry.items():\n  page.list_per_page = 9",
        "if page := admin.site.get_model_admin(Store):\n  page.save_on_top = True",
        "StoreAdmin.poster = poster",
        "StoreAdmin.inlines.extend([Mine])",
        "StoreAdmin.fieldsets[0][1]['fields'] = []",
        "StoreAdmin.list_display += ['mine']",
        "StoreAdmin.prepopulated_fields.update(mine=[])",
        "columns = StoreAdmin.list_display\ncolumns.append('mine')",
        "setattr(StoreAdmin, 'poster', poster)",
        "delattr(StoreAdmin, 'poster')",
        "del StoreAdmin.poster",
        "def ready():\n  StoreAdmin.poster = poster",
        "import tenancy.console.merchant as pages\npages.StoreAdmin.poster = poster",
        "import tenancy.console.merchant\ntenancy.console.merchant.StoreAdmin.poster = poster",
        "from tenancy.console import merchant\nmerchant.StoreAdmin.poster = poster",
        "admin.site.index_title = 'Mine'",
        "admin.site.disable_action('delete_selected')",
        "from unfold.admin import ModelAdmin\nModelAdmin.list_per_page = 9",
    ],
)
def test_a_change_from_outside_is_found(text: str) -> None:
    assert list(changes_from_outside("loyalty", ast.parse(PAGE + text))) != []


@pytest.mark.parametrize(
    "text",
    [
        "pages = admin.site._registry",
        "admin.site._registry[Store] = page",
        "del admin.site._registry[Store]",
        "admin.site._registry.pop(Store)",
        "pages = getattr(admin.site, '_registry')",
    ],
)
def test_a_registry_that_is_held_or_changed_is_found(text: str) -> None:
    assert list(registries_held(ast.parse(text))) != []


@pytest.mark.parametrize(
    "text",
    [
        "@admin.register(Card)\nclass CardAdmin(StoreAdmin):\n  inlines = [*StoreAdmin.inlines, Mine]",
        "class CardAdmin(StoreAdmin):\n  def show(self):\n    self.shown = StoreAdmin.list_display",
        "rows = admin.site.get_model_admin(Store).choices(request)",
        "named = [page.menu_title for model, page in admin.site._registry.items()]",
        "page = admin.site._registry.get(Store)\nmay = page.has_view_permission(request)",
        "columns = list(StoreAdmin.list_display)\ncolumns.append('mine')",
        "form = make(StoreAdmin)\nform.page = 1",
        "devices.unregister(wallet_pass)",
        "class Mine:\n  pass\nMine.columns = []",
    ],
)
def test_ones_own_page_and_a_look_at_another_pass(text: str) -> None:
    tree = ast.parse(PAGE + text)
    assert [*changes_from_outside("loyalty", tree), *registries_held(tree)] == []


def test_an_app_may_change_what_it_has_made_itself() -> None:
    tree = ast.parse("from tenancy.console.merchant import StoreAdmin\nStoreAdmin.poster = poster")
    assert list(changes_from_outside("tenancy", tree)) == []

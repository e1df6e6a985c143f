"""Finding whoever writes a balance or a line of the ledger, by the syntax tree: `writings(ast.parse(source))`.

What a reader of code cannot know - a computed name, a table that stands in a variable - is found too: where it is
harmless, the guard's list of exceptions says why.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BALANCES = {
    "stamp_count",
    "stamps_owed",
    "points_balance",
    "points_owed",
    "points_fraction",
    "total_stamps_earned",
    "total_stamps_spent",
    "total_stamps_voided",
    "stamps_redeemed",
    "total_points_earned",
    "points_redeemed",
    "total_points_voided",
    "returned_cents",  # of a purchase, what its receipt is worth still and whether it may earn again
    "is_open",
}
CARD, LINE = "LoyaltyCard", "LoyaltyTransaction"
LINES = {"line", "lines", "transaction", "transactions", "loyalty_transaction"}  # what a line is called
MANAGERS = {"objects", "all_objects", "deleted_objects", "_base_manager", "_default_manager", "_meta"}
MANAGERS |= {"base_manager", "default_manager"}
CARDS = {"card", "cards", "source", "target", "locked_card"}
QUERYSET_WRITERS = {
    "update",
    "bulk_update",
    "bulk_create",
    "create",
    "get_or_create",
    "update_or_create",
}
WRITERS = QUERYSET_WRITERS | {f"a{name}" for name in QUERYSET_WRITERS}
SAVES = {"save", "asave", "save_base"}
REMOVES = {"delete", "adelete", "_raw_delete"}
HELPERS = {"prepared.insert", "prepared.update", "bulk.update"}  # the house's own, by module and name
SQL = re.compile(
    r"\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY|ALTER\s+TABLE)\s+(?:TABLE\s+|ONLY\s+)*"
    r"(?P<table>(?:\"?\w+\"?\.)?(?:\"?loyalty_loyalty(?:card|transaction)\b|\"?\{[^}]*\}|\"?%\(?s?))",
    re.IGNORECASE,
)
COMPUTED = "a computed name"


@dataclass(frozen=True)
class Writing:
    """Somebody holds the pen: in which function ("Class.method", or "" for the module), where, and how."""

    function: str
    line: int
    how: str


def writings(tree: ast.Module) -> list[Writing]:
    """Everything in a module that writes a balance or a line, or may."""
    names = _Names(tree)
    found = []
    for function, node in _with_function(tree):
        found += [Writing(function, getattr(node, "lineno", 0), how) for how in _ways(node, names)]
    return found


def _with_function(tree: ast.AST, inside: str = "", is_inner: bool = False) -> Iterator[tuple[str, ast.AST]]:
    """Every node but docstrings, with the outermost function (and its class) that it stands in."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring, or a text that nobody uses
        name, is_function = inside, isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if not is_inner and (is_function or isinstance(child, ast.ClassDef)):
            name = f"{inside}.{child.name}".lstrip(".")
        yield name, child
        yield from _with_function(child, name, is_inner or is_function)


class _Names:
    """What the names of a module stand for: imports under other names, and variables that hold cards or lines."""

    def __init__(self, tree: ast.Module) -> None:
        self.imported: dict[str, str] = {}
        self.constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self.holders: dict[str, set[str]] = {CARD: set(CARDS), LINE: set(LINES)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None) or ""
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = f"{module}.{alias.name}".lstrip(".")
        if self.imported.get("transaction") == "django.db.transaction":
            self.holders[LINE].discard("transaction")
        for _again in range(3):  # a variable from a variable
            for node in ast.walk(tree):
                self._learn(node)

    def _learn(self, node: ast.AST) -> None:
        given: list[tuple[ast.AST | None, ast.AST | None]] = []
        if isinstance(node, ast.Assign):
            given = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            given = [(node.target, node.annotation), (node.target, node.value)]
        elif isinstance(node, ast.NamedExpr):
            given = [(node.target, node.value)]
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            given = [(node.target, node.iter)]
        elif isinstance(node, ast.arg) and node.annotation:
            given = [(ast.Name(node.arg), node.annotation)]
        for target, value in given:
            if isinstance(target, ast.Name) and value is not None:
                for model, holders in self.holders.items():
                    if self.is_about(model, value):
                        holders.add(target.id)

    def is_about(self, model: str, node: ast.AST) -> bool:
        """Whether an expression begins at a model or at what holds its rows."""
        if isinstance(node, ast.Name):
            return self.is_model(model, node) or node.id in self.holders[model]
        if isinstance(node, ast.Attribute):
            return self.is_model(model, node) or self._is_row_of(model, node)
        if isinstance(node, ast.Call):
            called_on = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            parts = [called_on, *node.args[:1]]
            return self._is_got_model(model, node) or any(self.is_about(model, part) for part in parts)
        if isinstance(node, ast.Subscript):
            return self.is_about(model, node.value) or self.is_about(model, node.slice)
        if isinstance(node, ast.BinOp):
            return self.is_about(model, node.left) or self.is_about(model, node.right)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):  # an annotation in quotes
            return node.value.rpartition(".")[2] == model
        return False

    def _is_row_of(self, model: str, node: ast.Attribute) -> bool:
        if node.attr in LINES:  # a card's lines, or what a posting did
            return model == LINE
        if node.attr in CARDS:
            return model == CARD
        return node.attr in MANAGERS and self.is_about(model, node.value)

    def is_model(self, model: str, node: ast.AST) -> bool:
        if isinstance(node, ast.Name):
            return node.id == model or self.imported.get(node.id, "").rpartition(".")[2] == model
        return isinstance(node, ast.Attribute) and node.attr == model

    @staticmethod
    def _is_got_model(model: str, node: ast.Call) -> bool:
        """apps.get_model("loyalty", "LoyaltyCard"), in whichever spelling."""
        texts = [part.value for part in node.args if isinstance(part, ast.Constant)]
        said = "".join(text for text in texts if isinstance(text, str)).lower()
        return (
            isinstance(node.func, ast.Attribute) and node.func.attr == "get_model" and model.lower() in said
        )

    def helper(self, node: ast.AST) -> str | None:
        """`prepared.insert` and its like, whatever it was imported as."""
        dotted = ast.unparse(node)
        first, _, rest = dotted.partition(".")
        full = ".".join(filter(None, [self.imported.get(first, first), rest]))
        return next((name for name in HELPERS if full == name or full.endswith(f".{name}")), None)


def _ways(node: ast.AST, names: _Names) -> Iterator[str]:
    yield from _assignments(node)
    yield from _sql(node)
    is_writer = isinstance(node, ast.Attribute) and node.attr in WRITERS | REMOVES | SAVES
    if is_writer and names.is_about(LINE, node.value):
        yield f"{ast.unparse(node)} of lines"
    if isinstance(node, ast.Call):
        yield from _call(node, names)


def _assignments(node: ast.AST) -> Iterator[str]:
    targets: Iterable[ast.AST] = ()
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor | ast.comprehension):
        targets = [node.target]
    elif isinstance(node, ast.withitem) and node.optional_vars:
        targets = [node.optional_vars]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and part.attr in BALANCES:
                yield f"{part.attr} ="
            if isinstance(part, ast.Subscript) and _is_inside_of_a_row(part.value):
                yield from _named([part.slice], "__dict__")


def _is_inside_of_a_row(node: ast.AST) -> bool:
    return ast.unparse(node).endswith("__dict__") or ast.unparse(node).startswith("vars(")


def _call(node: ast.Call, names: _Names) -> Iterator[str]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    helper = names.helper(node.func)
    if helper == "prepared.insert":
        yield helper
    elif helper:
        yield from _named(node.args[1:], helper)
    elif name in ("setattr", "__setattr__"):
        yield from _named(node.args[-2:-1], name)
    elif name in ("bulk_update", "abulk_update"):
        fields = node.args[1:2] + [each.value for each in node.keywords if each.arg == "fields"]
        yield from _named(fields, name)
    elif name in SAVES:
        yield from _save(node, names)
    elif name in WRITERS:
        yield from _arguments(node, name, is_harmless=_is_about_another_model(node.func, names))
    if names.is_model(CARD, node.func):
        yield from _arguments(node, CARD)
    elif names.is_model(LINE, node.func):
        yield f"{LINE}()"
    if name in ("partial", "map", "getattr") and node.args and names.is_about(LINE, node.args[0]):
        yield from (f"{name} of {LINE}" for _once in [0] if _may_write(node, name, names))


def _is_about_another_model(node: ast.AST, names: _Names) -> bool:
    """Whether a function is a service's, or begins at a model by its name which is neither the card nor the line."""
    if names.is_about(CARD, node) or names.is_about(LINE, node):
        return False
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in names.imported
    ):
        return True
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return isinstance(node, ast.Name) and node.id[0].isupper()


def _may_write(node: ast.Call, name: str, names: _Names) -> bool:
    if name != "getattr":
        return names.is_model(LINE, node.args[0])
    asked = node.args[1]
    return isinstance(asked, ast.Constant) and asked.value in WRITERS | SAVES | REMOVES


def _save(node: ast.Call, names: _Names) -> Iterator[str]:
    """`update_fields` with a balance or a computed name; or all fields of a card."""
    fields = [each.value for each in node.keywords if each.arg == "update_fields"]
    fields = [names.constants.get(getattr(each, "id", ""), each) for each in fields]
    yield from _named(fields, "save")
    if not fields and isinstance(node.func, ast.Attribute) and names.is_about(CARD, node.func.value):
        yield "save of a whole card"


def _arguments(node: ast.Call, name: str, *, is_harmless: bool = False) -> Iterator[str]:
    """Balances among keywords and the keys of dictionaries; a ** of what is not written out is a computed name."""
    for each in node.keywords:
        if each.arg in BALANCES:
            yield f"{name}({each.arg}=)"
        elif each.arg is None and not isinstance(each.value, ast.Dict) and not is_harmless:
            yield f"{name}: {COMPUTED}"
    for part in [*node.args, *[each.value for each in node.keywords]]:
        for inner in ast.walk(part):
            if isinstance(inner, ast.Dict):
                yield from _named([key for key in inner.keys if key is not None], name, strict=False)
            elif isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "dict":
                yield from (f"{name}({each.arg}=)" for each in inner.keywords if each.arg in BALANCES)


def _named(parts: Iterable[ast.AST], name: str, *, strict: bool = True) -> Iterator[str]:
    """Balances among names that are written out; whatever else stands there is a computed name, if `strict`."""
    for part in parts:
        if isinstance(part, ast.List | ast.Tuple | ast.Set):
            yield from _named(part.elts, name, strict=strict)
        elif isinstance(part, ast.Constant):
            if part.value in BALANCES:
                yield f"{name}: {part.value}"
        elif strict:
            yield f"{name}: {COMPUTED}"


def _sql(node: ast.AST) -> Iterator[str]:
    text = _text(node)
    for match in SQL.finditer(text):
        other = re.search(r"\{([A-Z]\w*)\._meta\.db_table", match["table"])
        if other and other[1] not in (CARD, LINE):
            continue
        yield f"SQL: {' '.join(match[0].split())}"


def _text(node: ast.AST) -> str:
    """A text as far as it is written out; what is filled in stands in braces."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _text(part) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
            for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return f"{left}{right or '{}'}" if left else ""
    return ""

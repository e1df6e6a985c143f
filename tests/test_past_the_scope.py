"""Who reads past the managers that know the open scope: each place is named here, with what keeps it to its merchant.

PostgreSQL's row-level security would say the same; why it does not is in docs/decisions/0016.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.sources import LAYERS, ROOT, sources

PAST = frozenset({"cursor", "chunked_cursor", "raw", "RawSQL", "_base_manager"})
OF_EXTRA = frozenset({"where", "select", "tables"})

A_QUERY = "runs the statement of a queryset, which has its scope compiled into it"
BY_ITS_ID = "one row, or some, by ids that its caller read in its scope"
A_QUEUE = "rows of all merchants, for the worker alone; each is handled in its own scope"
NAMED = "writes rows that name their merchant; triggers compare it with all they point to"
NO_ROWS = "reads no merchant's rows"
OLD = "throws away what is over, of all merchants"
ALLOWED = {
    ("groundwork/console/history.py", "remember"): NAMED,
    ("groundwork/console/history.py", "remember_list"): NAMED,
    ("groundwork/console/history.py", "forget_names"): BY_ITS_ID,
    ("groundwork/database/advisory_lock.py", "take"): NO_ROWS,
    ("groundwork/database/bulk.py", "present"): "which of some numbers just drawn are taken by anybody",
    ("groundwork/database/bulk.py", "tell_planner"): NO_ROWS,
    ("groundwork/database/bulk.py", "update"): BY_ITS_ID,
    ("groundwork/database/locks.py", "in_id_order"): A_QUERY,
    ("groundwork/database/prepared.py", "_Statement.rows"): A_QUERY,
    ("groundwork/database/prepared.py", "insert"): NAMED,
    ("groundwork/database/prepared.py", "update"): BY_ITS_ID,
    ("groundwork/database/reading.py", "_answer"): NO_ROWS,
    ("groundwork/database/triggers.py", "Rule.install"): NO_ROWS,
    ("groundwork/database/triggers.py", "emptying"): NO_ROWS,
    ("groundwork/database/text_search.py", "as_near_as"): NO_ROWS,
    ("groundwork/deletion.py", "hold"): BY_ITS_ID,
    ("groundwork/idempotency/once.py", ""): "its own key: place, credential and key together",
    ("groundwork/idempotency/once.py", "clean"): OLD,
    ("groundwork/jobs/files.py", "_note_size"): BY_ITS_ID,
    ("groundwork/jobs/service.py", "ask"): NAMED,
    ("groundwork/jobs/service.py", "clean"): OLD,
    ("groundwork/jobs/service.py", "go_on"): BY_ITS_ID,
    ("groundwork/idempotency/once.py", "forget"): "the answers of one place",
    ("groundwork/jobs/service.py", "run"): BY_ITS_ID,
    ("groundwork/messaging/outbox.py", "_remove"): OLD,
    ("groundwork/messaging/outbox.py", "clean"): OLD,
    ("groundwork/messaging/settled.py", "_change"): NO_ROWS,
    ("groundwork/messaging/settled.py", "_days"): NO_ROWS,
    ("groundwork/messaging/settled.py", "_make_day"): NO_ROWS,
    ("groundwork/messaging/settled.py", "keep"): BY_ITS_ID,
    ("groundwork/queue/queue.py", "Queue.rows"): A_QUEUE,
    (
        "loyalty/ledger.py",
        "expire_points",
    ): "cards of one program, by its id, which the job read in its scope",
    ("groundwork/database/reading.py", "one_moment"): NO_ROWS,
    ("loyalty/reporting/checks.py", "rows_of"): "a command that checks every ledger",
    ("loyalty/reporting/cards_then.py", "_rows"): "figures of one program, by its id",
    ("loyalty/reporting/rehearsal/reading.py", "families"): NO_ROWS,
    (
        "loyalty/reporting/rehearsal/reading.py",
        "_Stream.__init__",
    ): "cards of one program, by its id and merchant",
    ("loyalty/reporting/rehearsal/reading.py", "_Stream._peek"): "the same",
    ("loyalty/reporting/till_figures.py", "_rows"): "lines of one merchant, by its id",
    ("loyalty/reporting/first_visits.py", "gather"): "lines of one merchant, by its id",
    ("loyalty/reporting/first_visits.py", "keep"): "rows of one merchant, by its id",
    ("groundwork/database/counting.py", "as_far_as"): "the rows of a query that has its scope",
    ("loyalty/reporting/standings.py", "_copy"): "cards and customers of one merchant, by its id",
    ("loyalty/reporting/visits.py", "_visits"): "what was gathered of one merchant",
    ("loyalty/reporting/verification.py", "_id_range"): "a command that checks every ledger",
    ("loyalty/reporting/verification.py", "_wrong_rows"): "a command that checks every ledger",
    ("loyalty_site/health.py", "probe_database"): NO_ROWS,
    ("loyalty_site/management/commands/doctor.py", "Command.skew"): NO_ROWS,
    ("loyalty_site/metrics.py", "_database"): NO_ROWS,
    ("loyalty_site/watch.py", "replicas"): NO_ROWS,
    ("groundwork/tallies.py", "_write"): NO_ROWS,
    ("groundwork/tallies.py", "known"): NO_ROWS,
    ("groundwork/watching/pulses.py", "_write"): NO_ROWS,
    ("groundwork/watching/pulses.py", "holder_of"): NO_ROWS,
    ("groundwork/watching/pulses.py", "known"): NO_ROWS,
    ("loyalty_site/management/commands/forget_everything.py", "Command.empty_schema"): NO_ROWS,
    ("notifications/services/enqueue.py", "_enqueue"): NAMED,
    ("tenancy/services.py", "hold_currency"): BY_ITS_ID,
    ("wallet/services/left_out.py", "remember"): BY_ITS_ID,
    ("wallet/services/locks.py", "in_order"): A_QUERY,
    ("groundwork/database/fences.py", "next_transaction"): "how far one merchant is, by the id of its row",
    ("groundwork/database/fences.py", "snapshot"): NO_ROWS,
}


def goes_past(node: ast.AST) -> bool:
    """Whether an expression names, or spells, what a manager's scope does not reach."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "extra":
        return not OF_EXTRA.isdisjoint(word.arg for word in node.keywords)
    named = {
        ast.Attribute: lambda: node.attr,
        ast.Name: lambda: node.id,
        ast.Constant: lambda: node.value,
    }.get(type(node), lambda: None)()
    return isinstance(named, str) and named in PAST and not _is_local(node)


def _is_local(node: ast.AST) -> bool:
    """`cursor.execute(...)` of a cursor that was got in the same function says nothing new."""
    return isinstance(node, ast.Name) and node.id in {"cursor", "raw"}


def places(tree: ast.Module) -> Iterator[str]:
    """The functions, dotted, that name something which goes past a manager."""

    def walk(node: ast.AST, within: tuple[str, ...]) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from walk(child, (*within, child.name))
                continue
            if goes_past(child):
                yield ".".join(within)
            yield from walk(child, within)

    return walk(tree, ())


def found() -> set[tuple[str, str]]:
    return {
        (path.relative_to(ROOT).as_posix(), place)
        for app in LAYERS
        for path, tree in sources(app)
        for place in places(tree)
    }


def test_whoever_reads_past_the_scope_is_named_here() -> None:
    assert found() == set(ALLOWED)


@pytest.mark.parametrize(
    "line",
    [
        "LoyaltyCard._base_manager.get(pk=1)",
        "connection.cursor()",
        "connection.chunked_cursor()",
        "LoyaltyCard.objects.raw('SELECT 1')",
        "rows.extra(where=['true'])",
        "rows.annotate(a=RawSQL('1', []))",
        "getattr(LoyaltyCard, '_base_manager').get(pk=1)",
    ],
)
def test_the_guard_sees_it_however_it_is_written(line: str) -> None:
    assert set(places(ast.parse(f"class A:\n    def b(self):\n        {line}"))) == {"A.b"}

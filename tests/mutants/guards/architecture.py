"""What the tests of the code itself go by: layers, keys, clocks, imports, lengths, pens and patterns."""

from tests.mutants.mutant import mutant

HOUSE = "tests/test_architecture.py"
PEN = "tests/test_pen.py"
COST = "tests/test_cost.py"

MUTANTS = [
    mutant(
        "layers-that-know-their-like",
        HOUSE,
        "LAYERS[other] < LAYERS[app]",
        "LAYERS[other] <= LAYERS[app]",
        f"{HOUSE}::test_a_path_upwards_is_found",
    ),
    mutant(
        "texts-that-are-no-paths",
        HOUSE,
        "not may_know(app, found[1]) and leads_to_module(node.value)",
        "not may_know(app, found[1])",
        f"{HOUSE}::test_a_path_downwards_or_a_mere_name_passes",
    ),
    mutant(
        "keys-of-one-kind",
        HOUSE,
        "models.ForeignKey | models.ManyToManyField",
        "models.ForeignKey",
        f"{HOUSE}::test_a_key_upwards_is_found_whatever_its_kind",
    ),
    mutant(
        "keys-that-let-go",
        HOUSE,
        "field.remote_field.on_delete is not models.PROTECT",
        "field.remote_field.on_delete is models.CASCADE",
        f"{HOUSE}::test_a_key_that_lets_go_is_found",
    ),
    mutant(
        "clocks-by-attribute-alone",
        HOUSE,
        "elif isinstance(node, ast.ImportFrom):",
        "elif False:",
        f"{HOUSE}::test_a_clock_in_a_rule_is_found",
    ),
    mutant(
        "imports-hidden-in-a-lambda",
        HOUSE,
        "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda",
        "ast.FunctionDef | ast.AsyncFunctionDef",
        f"{HOUSE}::test_a_hidden_import_is_found",
    ),
    mutant(
        "files-of-any-length",
        HOUSE,
        "> MAXIMUM_LINES\n",
        "> MAXIMUM_LINES + 1\n",
        f"{HOUSE}::test_a_file_is_too_long_from_one_line_more",
    ),
    mutant(
        "ledger-line-that-lets-go",
        "loyalty/models/transaction.py",
        '"self", null=True, on_delete=models.PROTECT',
        '"self", null=True, on_delete=models.CASCADE',
        f"{HOUSE}::test_everything_that_the_ledger_points_to_is_protected",
    ),
    mutant(
        "pen-by-setattr",
        "tests/pen.py",
        'elif name in ("setattr", "__setattr__"):',
        'elif name in ("__setattr__",):',
        f"{PEN}::test_the_guard_finds[setattr]",
    ),
    mutant(
        "pen-by-sql",
        "tests/pen.py",
        "    yield from _sql(node)\n",
        "",
        f"{PEN}::test_the_guard_finds[SQL that updates]",
    ),
    mutant(
        "pen-by-bulk-update",
        "tests/pen.py",
        'elif name in ("bulk_update", "abulk_update"):',
        "elif False:",
        f"{PEN}::test_the_guard_finds",
    ),
    mutant(
        "pen-by-saving",
        "tests/pen.py",
        "    elif name in SAVES:\n        yield from _save(node, names)\n",
        "",
        f"{PEN}::test_the_guard_finds",
    ),
    mutant(
        "balance-written-outside-of-the-ledger",
        "loyalty/services/cards.py",
        "    close(source, merged_into=target)\n",
        "    close(source, merged_into=target)\n    source.stamp_count = 0\n",
        f"{PEN}::test_only_the_ledger_writes_balances_and_lines",
    ),
    mutant(
        "pattern-that-grows-with-the-square",
        "loyalty_site/logs.py",
        r"(?<![\w-])([\w-]++)",
        r"([\w-]+)",
        f"{COST}::test_every_regular_expression_of_the_project_grows_linearly",
    ),
    mutant(
        "filter-that-looks-everywhere",
        "notifications/filters.py",
        r"\A(?:\s*",
        r"(?:\s*",
        f"{COST}::test_every_regular_expression_of_the_project_grows_linearly",
    ),
]

"""Disclosure: what files, logs and pages give away."""

from tests.mutants.mutant import mutant

LOGS = "tests/loyalty_site/test_logs.py"
EXPORT = "tests/console/test_export.py"
POLICY = "tests/loyalty_site/test_content_policy.py"
COMPRESSION = "tests/loyalty_site/test_compression.py"
NOBODY = "tests/loyalty_site/test_logs_name_nobody.py"

MUTANTS = [
    # --- what is given away ---
    mutant(
        "formulas-in-files",
        "groundwork/formats/spreadsheets.py",
        "if _DANGEROUS.match(text) and not _NUMBER.match(text):",
        "if False:",
        f"{EXPORT}::test_a_name_that_is_a_formula_is_defused",
        f"{EXPORT}::test_no_text_begins_as_a_formula",
    ),
    mutant(
        "formulas-behind-a-semicolon",
        "groundwork/formats/spreadsheets.py",
        'return _DANGEROUS_WITHIN.sub("\'", cell) if isinstance(cell, str) else cell',
        "return cell",
        f"{EXPORT}::test_nothing_within_a_text_begins_as_a_formula_where_excel_cuts_at_semicolons",
    ),
    mutant(
        "addresses-in-logs",
        "loyalty_site/logs.py",
        '    return MASK if found[0].find("@") > 0 or "%40" in found[0] else found[0]',
        "    return found[0]",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "card-addresses-in-logs",
        "loyalty_site/logs.py",
        r'    text = TOKEN_IN_PATH.sub(rf"\g<1>{MASK}", text)' + "\n",
        "",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "parameters-in-logs",
        "loyalty_site/logs.py",
        "name in HARMLESS_PARAMETERS and PLAIN",
        "PLAIN",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "secret-fields-in-logs",
        "loyalty_site/logs.py",
        "return MASK if SECRET_KEY.search(key) else mask_value(value)",
        "return mask_value(value)",
        f"{LOGS}::test_fields_that_are_named_like_secrets_are_masked_whole",
    ),
    mutant(
        "phones-in-logs",
        "loyalty_site/logs.py",
        "    text = PHONE.sub(MASK, text)\n",
        "",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "credentials-in-logs",
        "loyalty_site/logs.py",
        r'    text = CREDENTIALS.sub(rf"\g<1> {MASK}", text)' + "\n",
        "",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "rows-of-tables-in-logs",
        "loyalty_site/logs.py",
        r'    text = ROW.sub(rf"\g<1>{MASK})", text)' + "\n",
        "",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "what-is-unique-in-logs",
        "loyalty_site/logs.py",
        '    text = UNIQUE.sub(f")=({MASK})", text)\n',
        "",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "what-is-called-a-secret-in-logs",
        "loyalty_site/logs.py",
        "    return _assignments(text)\n",
        "    return text\n",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "rows-by-their-names-in-logs",
        "loyalty_site/logs.py",
        'f"<{found[1]}: {MASK}>"',
        "found[0]",
        f"{NOBODY}::test_fields_are_logged_by_what_they_are",
    ),
    mutant(
        "quoted-addresses-in-logs",
        "loyalty_site/logs.py",
        "        text = QUOTED_ADDRESS.sub(MASK, text)\n",
        "",
        f"{NOBODY}::test_fields_are_logged_by_what_they_are",
    ),
    mutant(
        "what-a-task-was-about-in-logs",
        "loyalty_site/logs.py",
        'if str(event.get("logger", "")).startswith("celery"):',
        "if False:",
        f"{NOBODY}::test_a_task_that_fails_is_logged_without_what_it_was_about",
    ),
    mutant(
        "queries-in-logs",
        "loyalty_site/logs.py",
        '"django.db.backends": {"level": "INFO"}',
        '"django.db.backends": {"level": "DEBUG"}',
        f"{NOBODY}::test_queries_are_not_logged_whatever_the_level",
    ),
    mutant(
        "secrets-that-are-halved",
        "loyalty_site/logs.py",
        'max(kept.rfind(mark) for mark in " \\n/?&,;") + 1',
        "LONGEST_TEXT",
        f"{LOGS}::test_a_long_value_is_cut_where_no_secret_is_halved",
    ),
    mutant(
        "pages-that-run-anything",
        "loyalty_site/settings/content_policy.py",
        '        "default-src": [SELF],\n',
        '        "default-src": [SELF, "\'unsafe-inline\'"],\n',
        f"{POLICY}::test_no_page_runs_inline_script_or_loads_from_elsewhere",
    ),
    mutant(
        "pages-in-frames",
        "loyalty_site/settings/content_policy.py",
        '"frame-ancestors": [NONE]',
        '"frame-ancestors": ["*"]',
        f"{POLICY}::test_no_page_runs_inline_script_or_loads_from_elsewhere",
    ),
    mutant(
        "pages-with-secrets-compressed",
        "loyalty_site/middleware.py",
        "request.path_info.startswith(settings.STATIC_URL) and response.status_code == 200",
        "response.status_code == 200",
        f"{COMPRESSION}::test_a_page_is_sent_as_it_is",
    ),
]

"""Disclosure: what files, logs and pages give away; and production, which refuses to start unsafe."""

from tests.mutants.mutant import mutant

LOGS = "tests/loyalty_site/test_logs.py"
EXPORT = "tests/console/test_export.py"
POLICY = "tests/loyalty_site/test_content_policy.py"
SETTINGS = "tests/loyalty_site/test_settings.py"
VARIABLES = "tests/loyalty_site/test_variables.py"

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
        "production-with-an-unsafe-key",
        "loyalty_site/settings/variables.py",
        '    "SECRET_KEY": parsers.random,\n',
        "",
        f"{SETTINGS}::test_production_refuses_to_start_unsafe_and_names_the_setting",
    ),
    mutant(
        "production-with-a-redis-for-anybody",
        "loyalty_site/settings/variables.py",
        '    "REDIS_URL": parsers.guarded_redis,\n',
        "",
        f"{VARIABLES}::test_production_refuses_a_typo_and_names_the_variable",
    ),
    mutant(
        "production-that-mails-to-nobody",
        "loyalty_site/settings/variables.py",
        '    "EMAIL_URL": parsers.real_mail,\n',
        "",
        f"{VARIABLES}::test_production_refuses_a_typo_and_names_the_variable",
    ),
    mutant(
        "production-that-trusts-any-origin",
        "loyalty_site/settings/variables.py",
        '    "CSRF_TRUSTED_ORIGINS": parsers.each(parsers.own_origin),\n',
        "",
        f"{VARIABLES}::test_production_refuses_a_typo_and_names_the_variable",
    ),
    mutant(
        "production-for-any-host",
        "loyalty_site/settings/variables.py",
        '    "ALLOWED_HOSTS": parsers.each(parsers.own_host),\n',
        "",
        f"{SETTINGS}::test_production_refuses_to_start_unsafe_and_names_the_setting",
    ),
]

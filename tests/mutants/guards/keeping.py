"""Guards of what is kept: nothing that was changed is brought back, and nothing over what is there."""

from tests.mutants.mutant import mutant

BACKUPS = "loyalty_site/keeping/backups.py"
DATABASES = "loyalty_site/keeping/databases.py"
SEALED = "loyalty_site/keeping/sealed.py"
TESTS = "tests/keeping/test_backups.py"
STREAMS = "tests/keeping/test_sealed.py::test_what_is_not_as_it_was_does_not_open"
BUCKETS = "loyalty_site/buckets.py"
IN_BUCKETS = "tests/keeping/test_buckets.py"
CHANGED = f"{TESTS}::test_what_was_changed_is_not_brought_back"

MUTANTS = [
    mutant(
        "restore-into-a-full-database",
        BACKUPS,
        "    database.refuse_unless_empty()\n",
        "",
        f"{TESTS}::test_another_key_a_full_database_and_a_full_folder_are_refused",
    ),
    mutant(
        "restore-without-a-look-at-the-checksum",
        BACKUPS,
        "(stream.length, stream.checksum.hexdigest()) != (told",
        "(stream.length, told['sha256']) != (told",
        f"{CHANGED}[database-flip-database is not as it was made: it was changed or cut off.]",
    ),
    mutant(
        "restore-by-a-manifest-of-anybody",
        BACKUPS,
        "    if not hmac.compare_digest(str(proof), _proof(said, key, salt)):",
        "    if not proof:",
        f"{CHANGED}[manifest.json-another_time-manifest.json is not as it was made: it was changed or cut off.]",
    ),
    mutant(
        "restore-in-many-transactions",
        DATABASES,
        '["--single-transaction", "--exit-on-error", ',
        '["--exit-on-error", ',
        f"{TESTS}::test_what_postgresql_refuses_in_the_middle_leaves_nothing",
    ),
    mutant(
        "backup-of-a-dump-that-failed",
        DATABASES,
        "            if ended:",
        "            if ended and False:",
        f"{TESTS}::test_a_dump_that_fails_is_no_backup",
    ),
    mutant(
        "backup-the-newest-removed",
        BACKUPS,
        " or name == whole[-1]:",
        ":",
        f"{TESTS}::test_backups_are_kept_for_their_days_the_newest_for_ever_and_what_was_killed_for_one",
    ),
    mutant(
        "sealed-without-its-end",
        SEALED,
        'place.to_bytes(11, "big") + bytes([is_last])',
        'place.to_bytes(12, "big")',
        STREAMS,
    ),
    mutant(
        "sealed-without-its-place",
        SEALED,
        'place.to_bytes(11, "big") + bytes([is_last])',
        'min(place, 0).to_bytes(11, "big") + bytes([is_last])',
        STREAMS,
    ),
    mutant(
        "drill-that-verifies-nothing",
        "loyalty_site/keeping/drill.py",
        '"verify_ledger", ',
        "",
        f"{TESTS}::test_a_drill_is_red_when_what_was_kept_is_not_right",
    ),
    mutant(
        "restore-that-left-files-told-as-nothing-changed",
        "loyalty_site/keeping/files.py",
        "raise LeftBehind(text) from fault",
        "raise KeepingFault(text) from fault",
        "tests/keeping/test_backups_in_buckets.py::test_a_bucket_that_goes_away_in_the_middle_of_a_restore_is_not_told_as_nothing_changed",
    ),
    mutant(
        "bucket-open-to-everybody",
        BUCKETS,
        '"default_acl": None',
        '"default_acl": "public-read"',
        f"{IN_BUCKETS}::test_a_logo_lies_in_the_bucket_unseen_and_comes_from_the_sites_own_address",
    ),
    mutant(
        "bucket-asked-again-while-away",
        BUCKETS,
        "if time.monotonic() < self.away_until:",
        "if time.monotonic() < 0:",
        f"{IN_BUCKETS}::test_a_page_waits_for_a_bucket_a_moment_and_then_nobody_asks_it_for_some_seconds",
    ),
    mutant(
        "bucket-with-an-orphan-whose-answer-was-lost",
        BUCKETS,
        "                S3Storage.delete(self, name)\n",
        "                pass\n",
        f"{IN_BUCKETS}::test_an_upload_whose_answer_was_lost_leaves_no_orphan",
    ),
    mutant(
        "sentry-told-who-it-was",
        "loyalty_site/fault_reports.py",
        "    masked: dict[str, Any] = logs.mask_value(kept)",
        "    masked: dict[str, Any] = kept",
        "tests/loyalty_site/test_fault_reports.py::test_a_line_of_the_log_is_masked_as_in_the_log",
    ),
    mutant(
        "migration-that-renames",
        "tests/test_migrations.py",
        "    if isinstance(operation, WAYS):",
        "    if isinstance(operation, WAYS) and False:",
        "tests/test_migrations.py::test_a_bad_migration_is_refused[a column renamed]",
    ),
]

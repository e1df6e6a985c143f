"""Guards against input that costs more than its size, and against settings that would be unsafe."""

from tests.mutants.mutant import mutant

WORKBOOKS = "tests/groundwork/test_workbooks.py"
TABLES = "tests/loyalty/test_tables.py"
IMAGES = "tests/groundwork/test_images.py"
CACHE = "tests/loyalty_site/test_cache.py"
NOBODY = "tests/loyalty_site/test_logs_name_nobody.py"
ERASED = "tests/loyalty/api/test_erasure_leaves_no_copy.py"

MUTANTS = [
    mutant(
        "tag-without-end",
        "groundwork/formats/workbooks.py",
        "if self.fed - self.parser.CurrentByteIndex > TAG_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_a_bomb_is_refused_before_it_has_unpacked",
    ),
    mutant(
        "entities-of-strangers",
        "groundwork/formats/workbooks.py",
        "self.parser.StartDoctypeDeclHandler = self._refuse",
        "pass",
        f"{WORKBOOKS}::test_a_document_type_is_refused_even_where_it_says_nothing",
    ),
    mutant(
        "strings-without-end",
        "groundwork/formats/workbooks.py",
        "if count > STRINGS_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_strings_are_only_so_many",
    ),
    mutant(
        "blank-lines-without-end",
        "loyalty/imports/tables.py",
        "if blank > GAP_AT_MOST:",
        "if False:",
        f"{TABLES}::test_a_thousand_blank_lines_may_stand_between_two",
    ),
    mutant(
        "record-without-end",
        "loyalty/imports/tables.py",
        "if taken > RECORD_AT_MOST:",
        "if False:",
        f"{TABLES}::test_a_record_without_end_is_refused_before_it_is_read",
    ),
    mutant(
        "workbook-read-in-a-request",
        "loyalty/console/card_import.py",
        "if file.size > SHORT_BYTES or tables.is_workbook(file):",
        "if file.size > SHORT_BYTES:",
        "tests/console/test_import.py::test_a_workbook_is_never_read_while_its_owner_waits",
    ),
    mutant(
        "photograph-of-a-thousand-scans",
        "groundwork/formats/images.py",
        'if kind == "JPEG" and data.count(SCAN) > SCANS_AT_MOST:',
        "if False:",
        f"{IMAGES}::test_a_photograph_of_a_thousand_scans_is_refused",
    ),
    mutant(
        "pickles-from-the-cache",
        "loyalty_site/cache.py",
        ' | {"serializer": JSONSerializer}',
        "",
        f"{CACHE}::test_a_pickle_in_the_cache_is_not_run_but_missed",
    ),
    mutant(
        "what-an-error-quotes-in-logs",
        "loyalty_site/logs.py",
        "return mask_values(mask(bounded_trace(value)))",
        "return mask(bounded_trace(value))",
        f"{NOBODY}::test_an_error_is_logged_without_what_it_quotes",
    ),
    mutant(
        "answers-kept-of-who-was-erased",
        "loyalty/services/people.py",
        "    _forget_copies(customer, cards)\n",
        "",
        f"{ERASED}::test_whoever_is_erased_is_found_nowhere",
    ),
    mutant(
        "old-numbers-in-the-history",
        "loyalty/services/people.py",
        "    history.forget_names(cards)\n",
        "",
        "tests/loyalty/api/test_erasure_of_every_column.py::"
        "test_what_was_done_in_the_console_and_sent_to_google_tells_nothing",
    ),
    mutant(
        "jobs-that-go-on-after-an-erasure",
        "groundwork/jobs/service.py",
        "        if not job.is_over:\n",
        "        if False:\n",
        f"{ERASED}::test_a_job_that_is_under_way_comes_to_nothing_and_leaves_no_file",
    ),
    mutant(
        "wallets-words-after-an-erasure",
        "wallet/services/queue.py",
        "When(wanted_version=row.wanted_version, then=",
        "When(pk=row.pk, then=",
        "tests/wallet/test_google_trouble.py::"
        "test_what_a_wallet_says_is_kept_unless_the_person_is_erased_before_it_is_noted",
    ),
    mutant(
        "what-an-error-quotes-in-the-outbox",
        "groundwork/messaging/outbox.py",
        "last_error=_in_short(error)",
        "last_error=str(error)",
        "tests/groundwork/test_outbox.py::"
        "test_a_listener_that_fails_leaves_nothing_behind_and_spoils_nothing_for_others",
    ),
    mutant(
        "ticks-of-rows-that-are-not-there",
        "groundwork/console/base.py",
        "        if not queryset.filter(pk__in=ticked).exists():\n",
        "        if False:\n",
        "tests/console/access/test_nonsense.py::test_an_action_answers_nonsense",
    ),
    mutant(
        "locking-no-rows-that-fails",
        "groundwork/database/locks.py",
        "    except EmptyResultSet:",
        "    except ZeroDivisionError:",
        "tests/groundwork/test_outbox.py::test_trying_none_again_is_no_failure",
    ),
]

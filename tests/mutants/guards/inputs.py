"""Guards against input that costs more than its size, and against what nobody else would send."""

from tests.mutants.mutant import mutant

WORKBOOKS = "tests/groundwork/test_workbooks.py"
TABLES = "tests/loyalty/test_tables.py"
IMAGES = "tests/groundwork/test_images.py"
CACHE = "tests/loyalty_site/test_cache.py"
NOBODY = "tests/loyalty_site/test_logs_name_nobody.py"

MUTANTS = [
    mutant(
        "choice-that-looks-for-nonsense",
        "groundwork/console/choosing.py",
        "[each for each in value if self._may_be_a_key(each)]",
        "value",
        "tests/console/test_forms.py::"
        "test_what_is_no_number_is_refused_beside_the_field_where_a_store_is_chosen[x]",
    ),
    mutant(
        "tag-without-end",
        "groundwork/formats/xml_events.py",
        "if self.fed - self.parser.CurrentByteIndex > TAG_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_a_bomb_is_refused_before_it_has_unpacked",
    ),
    mutant(
        "entities-of-strangers",
        "groundwork/formats/xml_events.py",
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
        "parts-without-end",
        "groundwork/formats/workbooks.py",
        "if sum(block.count(ENTRY) for block in _blocks(file)) > PARTS_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_a_bomb_is_refused_before_it_has_unpacked[very many parts]",
    ),
    mutant(
        "workbook-that-unpacks-without-end",
        "groundwork/formats/workbooks.py",
        "if self.unpacked > UNPACKED_AT_MOST:\n                    raise",
        "if False:\n                    raise",
        f"{WORKBOOKS}::test_all_parts_together_unpack_to_so_much",
    ),
    mutant(
        "styles-without-end",
        "groundwork/formats/workbooks.py",
        "if number > 2 * ELEMENTS_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_styles_are_only_so_many",
    ),
    mutant(
        "cell-without-end",
        "groundwork/formats/xml_events.py",
        "        if self.length > TEXT_AT_MOST:",
        "        if False:",
        f"{WORKBOOKS}::test_a_bomb_is_refused_before_it_has_unpacked[a shared string of 200 MB]",
    ),
    mutant(
        "cell-of-pieces-without-end",
        "groundwork/formats/workbooks.py",
        "    if len(text) + len(more) > TEXT_AT_MOST:",
        "    if False:",
        f"{WORKBOOKS}::test_a_bomb_is_refused_before_it_has_unpacked[a shared string of many pieces]",
    ),
    mutant(
        "tags-in-tags-without-end",
        "groundwork/formats/xml_events.py",
        "if self.depth > DEPTH_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_a_bomb_is_refused_before_it_has_unpacked[tags in tags]",
    ),
    mutant(
        "cell-of-any-column",
        "groundwork/formats/workbooks.py",
        "if column > COLUMNS_AT_MOST or column <= len(self.row):",
        "if column <= len(self.row):",
        f"{WORKBOOKS}::test_a_bomb_is_refused_before_it_has_unpacked[a cell in the last column]",
    ),
    mutant(
        "text-that-a-thousand-cells-show",
        "groundwork/formats/workbooks.py",
        " or self.unpacked > UNPACKED_AT_MOST:",
        ":",
        f"{WORKBOOKS}::test_a_text_counts_as_often_as_it_is_shown",
    ),
    mutant(
        "row-at-the-end-of-the-sheet",
        "groundwork/formats/workbooks.py",
        "if not before < number <= ROWS_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_a_row_stands_below_the_one_before_it_and_on_the_sheet",
    ),
    mutant(
        "number-of-any-length",
        "groundwork/formats/workbooks.py",
        "if len(text) > NUMBER_AT_MOST:",
        "if False:",
        f"{WORKBOOKS}::test_a_number_of_many_digits_is_refused",
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
        "tests/console/test_import_files.py::test_a_workbook_is_never_read_while_its_owner_waits",
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
        "rows-that-are-only-counted",
        "groundwork/console/inlines.py",
        "return min(count, max(len(sent), len(self.get_queryset())))",
        "return count",
        "tests/console/test_program.py::test_rewards_that_are_counted_and_not_sent_are_none",
    ),
    mutant(
        "locking-no-rows-that-fails",
        "groundwork/database/locks.py",
        "    except EmptyResultSet:",
        "    except ZeroDivisionError:",
        "tests/groundwork/test_outbox.py::test_trying_none_again_is_no_failure",
    ),
]

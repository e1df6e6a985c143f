"""Imports: what is refused and not guessed, what is brought in once, and what is taken back."""

from tests.mutants.mutant import mutant

READING = "tests/loyalty/test_reading.py"
FILES = "tests/loyalty/test_reading_files.py"
COLUMNS = "tests/console/test_import_columns.py"
REVERTING = "tests/console/test_reverting_imports.py"

MUTANTS = [
    mutant(
        "import-that-takes-back-what-was-never-issued",
        "loyalty/reporting/counting.py",
        "WAS_ISSUED = ~Q(**{UNDOES: Kind.OPENING_BALANCE})",
        "WAS_ISSUED = Q()",
        "tests/loyalty/test_statistics.py::"
        "test_a_balance_that_was_brought_over_and_is_taken_back_was_never_issued",
    ),
    mutant(
        "import-says-what-was-owed-elsewhere-as-news",
        "loyalty/ledger.py",
        "lines[-1].transaction_type not in BROUGHT_ALONG",
        "lines[-1].transaction_type != TransactionType.MERGE_IN",
        "tests/console/test_reverting_imports.py::test_what_was_owed_elsewhere_is_owed_here_and_goes_with_the_import",
    ),
    mutant(
        "import-forgets-what-was-owed",
        "loyalty/imports/lines.py",
        "return self.stamps - self.stamps_owed",
        "return self.stamps",
        "tests/console/test_export_and_import.py::test_what_is_exported_is_imported_elsewhere_and_exported_the_same",
    ),
    mutant(
        "rounded-numbers-of-a-file",
        "loyalty/imports/reading/cells.py",
        'if ROUNDED.fullmatch(text.replace(" ", "")):',
        "if False:",
        f"{READING}::test_a_phone[3.52E+11-LU-rounded]",
    ),
    mutant(
        "birthdays-to-come",
        "loyalty/imports/reading/days.py",
        "if day > today:",
        "if False:",
        f"{READING}::test_a_birthday[2030-01-01]",
    ),
    mutant(
        "the-day-guessed-to-come-first",
        "loyalty/imports/reading/days.py",
        "if len(possible) == 2 and order is None:",
        "if False:",
        f"{READING}::test_a_birthday[03/04/1990]",
    ),
    mutant(
        "decimals-guessed",
        "loyalty/imports/reading/numbers.py",
        "if len(found) > 1:\n        raise",
        "if False:\n        raise",
        f"{READING}::test_a_balance[1.234]",
    ),
    mutant(
        "phones-that-have-lost-their-beginning",
        "loyalty/imports/reading/people.py",
        'raise Unreadable("phone_bare")',
        "pass",
        f"{READING}::test_a_phone[1701234567-DE-phone_bare1]",
    ),
    mutant(
        "formula-without-a-value",
        "groundwork/formats/workbooks.py",
        'if is_formula and kind != "str" and not text:',
        "if False:",
        "tests/groundwork/test_workbooks.py::"
        "test_a_formula_whose_result_was_not_saved_is_neither_empty_nor_zero",
    ),
    mutant(
        "balances-that-disagree",
        "loyalty/imports/reading/columns.py",
        "if any(said != filled[0] for said in filled):",
        "if False:",
        f"{FILES}::test_two_columns_for_one_thing",
    ),
    mutant(
        "question-of-a-column-left-open",
        "loyalty/console/import_columns.py",
        "if meant in questions and answer not in ANSWERS[meant]:",
        "if False:",
        f"{COLUMNS}::test_a_file_with_every_kind_of_trouble_is_read_as_it_was_meant",
    ),
    mutant(
        "balances-of-a-second-upload",
        "loyalty/imports/plan.py",
        'and (at, "stamps") not in opened',
        "and True",
        f"{COLUMNS}::test_mended_lines_are_uploaded_again_and_nothing_is_doubled",
    ),
    mutant(
        "people-of-a-name-that-are-not-found-again",
        "loyalty/imports/plan.py",
        "return self.by_name.get(line.name_key) if line.name_key else None",
        "return None",
        f"{COLUMNS}::test_mended_lines_are_uploaded_again_and_nothing_is_doubled",
    ),
    mutant(
        "outcome-of-a-job-kept-beyond-an-erasure",
        "groundwork/jobs/service.py",
        "        job.outcome.pop(PEOPLE, None)\n",
        "",
        f"{COLUMNS}::test_erasing_somebody_reaches_what_the_assistant_keeps",
    ),
    mutant(
        "imported-person-kept-beyond-an-erasure",
        "loyalty/services/people.py",
        'ImportedPerson.objects.filter(customer=customer).update(key="", filled={}, code="")',
        "pass",
        f"{COLUMNS}::test_erasing_somebody_reaches_what_the_assistant_keeps",
    ),
    mutant(
        "used-cards-removed-with-their-import",
        "loyalty/imports/reverting.py",
        "return [person for person in new if person.card_id not in touched]",
        "return new",
        f"{REVERTING}::test_who_has_been_to_the_shop_since_stays_and_owes_what_is_spent",
    ),
    mutant(
        "import-taken-back-after-thirty-days",
        "loyalty/models/imported.py",
        "(is_begun or timezone.now() < self.reverted_until)",
        "True",
        f"{REVERTING}::test_it_is_taken_back_once_and_within_thirty_days",
    ),
    mutant(
        "what-changed-since-an-import-emptied",
        "customers/filling.py",
        "                if _is_as_said(customer, field, value)\n",
        "",
        f"{REVERTING}::test_who_has_been_to_the_shop_since_stays_and_owes_what_is_spent",
    ),
    mutant(
        "import-taken-back-without-the-cards-locks",
        "loyalty/imports/reverting.py",
        "for card in ledger.lock(cards)}",
        "for card in cards}",
        "tests/concurrency/test_second_sees_first.py::"
        "test_a_card_that_is_just_stamped_is_used_for_the_import_that_is_taken_back",
    ),
    mutant(
        "import-taken-back-as-one-deletion",
        "groundwork/deletion.py",
        "    for row in going:\n        row.deletion_batch = new_batch()\n",
        "    batch = new_batch()\n    for row in going:\n        row.deletion_batch = batch\n",
        f"{REVERTING}::test_each_who_was_removed_can_be_restored_alone",
    ),
    mutant(
        "opening-balances-undone-without-hindsight",
        "loyalty/services/voids.py",
        "if line.card_id in adjusted:",
        "if False:",
        f"{REVERTING}::test_what_has_expired_of_a_balance_since_is_not_owed_when_it_is_taken_back",
    ),
    mutant(
        "job-that-makes-no-room",
        "groundwork/jobs/progress.py",
        "                raise OthersWait\n",
        "                pass\n",
        f"{REVERTING}::test_an_import_that_is_taken_back_makes_room_for_others_that_wait",
    ),
]

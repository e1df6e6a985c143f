"""Locks: on rows, in one order, and past what somebody holds."""

from tests.mutants.mutant import mutant

SECOND = "tests/concurrency/test_second_sees_first.py"
ORDER = "tests/concurrency/test_order_of_locks.py"
WORKERS = "tests/concurrency/test_workers_at_once.py"
WAITS = "tests/test_bounded_waits.py"
BY_KIND = "tests/test_bounds_by_kind.py"
PASSES = "tests/wallet/test_order_of_locks.py"
RACES = "tests/wallet/test_races.py"
LOCKED = '.select_for_update(no_key=True, of=("self",))'

MUTANTS = [
    mutant(
        "till-without-the-cards-lock",
        "loyalty/ledger.py",
        f"selectors.one_card_at(**which){LOCKED}",
        "selectors.one_card_at(**which)",
        f"{SECOND}::test_the_second_stamp_is_given_on_top_of_the_first",
        f"{SECOND}::test_the_last_points_are_spent_once",
    ),
    mutant(
        "merge-without-the-cards-locks",
        "loyalty/ledger.py",
        f'cards.order_by("id"){LOCKED}',
        'cards.order_by("id")',
        f"{SECOND}::test_a_merge_takes_along_the_stamp_of_a_moment_ago",
    ),
    mutant(
        "budget-without-its-lock",
        "loyalty/promoted.py",
        'return rows.select_for_update(no_key=True, of=("self",)) if holds else rows',
        "return rows",
        "tests/concurrency/test_promotions_at_once.py::test_the_second_purchase_gets_what_the_first_left",
    ),
    mutant(
        "pin-without-its-lock",
        "loyalty/services/pins.py",
        f"StaffPin.objects.filter(store=store, pk=pin_id){LOCKED}",
        "StaffPin.objects.filter(store=store, pk=pin_id)",
        f"{SECOND}::test_two_wrong_pins_are_two_counted_ones",
    ),
    mutant(
        "enrolment-without-the-customers-lock",
        "loyalty/services/enrollment.py",
        f"Customer.objects{LOCKED}.filter(pk=customer.pk)",
        "Customer.objects.filter(pk=customer.pk)",
        f"{SECOND}::test_a_person_who_is_given_a_card_twice_has_one",
    ),
    mutant(
        "program-without-its-lock",
        "loyalty/services/programs.py",
        f'LoyaltyProgram.objects{LOCKED}.select_related("merchant")',
        'LoyaltyProgram.objects.select_related("merchant")',
        f"{SECOND}::test_two_changes_of_a_program_are_both_kept",
    ),
    mutant(
        "program-in-the-console-without-its-lock",
        "loyalty/console/program.py",
        "        programs.locked(row.pk)\n",
        "",
        f"{SECOND}::test_who_saves_a_page_of_before_is_asked_about_what_somebody_else_has_just_made_cheaper",
    ),
    mutant(
        "deletion-without-the-rows-lock",
        "groundwork/deletion.py",
        'living.order_by("pk").select_for_update(no_key=True)',
        'living.order_by("pk")',
        f"{SECOND}::test_a_row_is_deleted_by_the_first_and_refused_to_the_second",
    ),
    mutant(
        "erasure-without-the-customers-lock",
        "customers/services.py",
        f"Customer.all_objects{LOCKED}.get(pk=customer.pk)",
        "Customer.all_objects.get(pk=customer.pk)",
        f"{SECOND}::test_a_person_is_erased_once",
    ),
    mutant(
        "roll-up-without-the-calendars-lock",
        "loyalty/reporting/statistics.py",
        f"calendars{LOCKED}.get(",
        "calendars.get(",
        f"{SECOND}::test_roll_ups_of_one_merchant_wait_for_each_other",
    ),
    mutant(
        "address-problem-without-its-lock",
        "notifications/services/delivery.py",
        "AddressProblem.objects.select_for_update().get_or_create(",
        "AddressProblem.objects.get_or_create(",
        f"{SECOND}::test_two_failures_of_one_address_are_two",
    ),
    mutant(
        "import-without-its-advisory-lock",
        "loyalty/imports/importing.py",
        "advisory_lock.take(Work.IMPORT, store.merchant_id)",
        "pass",
        "tests/concurrency/test_jobs_at_once.py::test_a_file_that_is_imported_by_everybody_at_once_is_there_once",
    ),
    mutant(
        "rows-held-without-a-lock",
        "groundwork/deletion.py",
        "deleted_at IS NULL FOR SHARE",
        "deleted_at IS NULL",
        "tests/concurrency/test_deleting_at_once.py::"
        "test_a_card_made_while_what_it_belongs_to_is_deleted_goes_along",
    ),
    mutant(
        "deletion-that-locks-for-update",
        "groundwork/deletion.py",
        'living.order_by("pk").select_for_update(no_key=True)',
        'living.order_by("pk").select_for_update()',
        "tests/concurrency/test_deleting_at_once.py::"
        "test_deleting_a_store_and_stamping_its_cards_do_not_block_each_other",
    ),
    mutant(
        "expiry-that-waits",
        "loyalty/services/expiry.py",
        'of=("self",), skip_locked=True)',
        'of=("self",))',
        f"{WORKERS}::test_expiry_passes_over_the_cards_that_somebody_holds_and_takes_them_with_the_next_run",
    ),
    # --- one order ---
    mutant(
        "deletion-store-by-store",
        "groundwork/deletion.py",
        "    for child in _parents_first():",
        '    for child in sorted(_parents_first(), key=lambda each: each._meta.model_name != "loyaltycard"):',
        f"{ORDER}::test_a_merchant_is_deleted_while_a_person_with_a_card_of_one_store_is_erased",
    ),
    mutant(
        "deletion-out-of-order",
        "groundwork/deletion.py",
        "    locks.in_id_order(living)\n",
        "",
        f"{ORDER}::test_a_program_is_deleted_while_two_of_its_cards_are_merged",
    ),
    mutant(
        "restoring-out-of-order",
        "groundwork/deletion.py",
        "    for candidate in _parents_first():\n        locks.in_id_order(",
        "    for candidate in ():\n        locks.in_id_order(",
        f"{ORDER}::test_a_program_comes_back_while_the_cards_of_a_person_are_locked",
    ),
    mutant(
        "erased-emails-out-of-order",
        "notifications/services/people.py",
        "    locks.in_id_order(rows)\n",
        "",
        f"{ORDER}::test_a_persons_emails_are_blanked_while_somebody_holds_them",
    ),
    mutant(
        "passes-that-follow-out-of-order",
        "wallet/services/passes.py",
        "    in_order(passes)  # all",
        "    # all",
        f"{PASSES}::test_passes_that_follow_their_cards_are_all_locked_before_any_is_changed",
    ),
    # --- the wallets' single rows ---
    mutant(
        "channel-without-its-lock",
        "wallet/services/channel.py",
        "WalletChannel.objects.select_for_update()",
        "WalletChannel.objects.all()",
        f"{RACES}::test_reserved_moments_are_never_shared",
    ),
    mutant(
        "tags-that-wait-for-a-writer",
        "wallet/services/tags.py",
        'skip_locked=True, of=("self",)',
        'of=("self",)',
        f"{WORKERS}::test_tags_are_given_to_the_passes_that_nobody_holds_and_to_the_others_afterwards",
    ),
    # --- how long is waited ---
    mutant(
        "transactions-without-bounds",
        "groundwork/database/postgresql/base.py",
        '"; ".join(["BEGIN", *bounds])',
        '"BEGIN"',
        f"{BY_KIND}::test_the_bounds_go_with_begin_and_end_with_the_transaction",
        f"{WAITS}::test_a_pooler_that_drops_the_options_of_connections_changes_nothing",
    ),
    mutant(
        "commit-that-is-cancelled",
        "groundwork/database/postgresql/base.py",
        "SET LOCAL statement_timeout = 0; COMMIT",
        "COMMIT",
        f"{WAITS}::test_a_commit_has_no_bound_whose_end_the_database_would_call_a_commit",
    ),
    mutant(
        "connections-without-bounds",
        "groundwork/database/postgresql/base.py",
        "{params.get('options', '')} {bounds}",
        "{params.get('options', '')}",
        f"{BY_KIND}::test_connections_are_opened_by_the_kind_of_the_process",
    ),
    mutant(
        "till-that-waits-for-ever",
        "loyalty_site/settings/backends.py",
        '("till", 2_000, ',
        '("till", 0, ',
        f"{BY_KIND}::test_every_kind_of_work_has_all_three_bounds",
    ),
    mutant(
        "task-that-waits-as-a-till",
        "loyalty_site/celery.py",
        'with waits.of("worker"), watched:',
        "with watched:",
        f"{BY_KIND}::test_a_task_waits_as_a_worker_may",
    ),
    mutant(
        "lists-of-the-console-without-bounds",
        "groundwork/database/waits.py",
        "with transaction.atomic(using=connection.alias):",
        "if True:",
        f"{WAITS}::test_a_list_of_the_console_waits_as_the_console_may",
    ),
    mutant(
        "migration-that-waits-as-a-command",
        "manage.py",
        '"migration" if sys.argv[1:2] == ["migrate"] else "command"',
        '"command"',
        f"{BY_KIND}::test_a_command_says_what_it_is[migrate-migration]",
    ),
    mutant(
        "silence-that-is-a-fault",
        "loyalty_site/errors.py",
        "isinstance(exception.__cause__, IdleInTransactionSessionTimeout)",
        "False",
        f"{WAITS}::test_what_was_ended_for_its_silence_is_told_to_try_again",
    ),
]

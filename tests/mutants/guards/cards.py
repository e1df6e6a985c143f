"""Cards and programs: what is undone, merged, changed and left to expire."""

from tests.mutants.mutant import mutant

VOIDS = "tests/loyalty/services/test_voids_refused.py"
VOIDED = "tests/loyalty/services/test_voids.py"
GRACE = "tests/loyalty/test_expiry_grace.py"
EXPIRY = "tests/loyalty/test_expiry.py"
EFFECTS = "tests/loyalty/services/test_program_effects.py"
CODES = "tests/loyalty/api/test_card_codes.py"
PRINTED = "tests/loyalty/api/test_printed_cards.py"
BATCHES = "tests/console/test_batches.py"
MERGING = "tests/loyalty/services/test_merging.py"

MUTANTS = [
    # --- voids ---
    mutant(
        "void-of-anything",
        "loyalty/services/voids.py",
        "if line.transaction_type not in rules.VOIDABLE:",
        "if False:",
        f"{VOIDS}::test_what_a_card_went_through_is_not_undone",
    ),
    mutant(
        "void-of-a-merged-card",
        "loyalty/services/voids.py",
        "if line.card.merged_into_id is not None:",
        "if False:",
        f"{VOIDS}::test_a_card_that_was_merged_into_another_is_put_right_there",
    ),
    mutant(
        "void-where-none-is-allowed",
        "loyalty/services/returns.py",
        "if not settings.allow_void_transactions:",
        "if False:",
        f"{VOIDS}::test_a_merchant_may_allow_no_undoing_at_all",
    ),
    mutant(
        "void-after-its-time",
        "loyalty/services/returns.py",
        "timedelta(hours=settings.void_window_hours) and",
        "timedelta(days=settings.void_window_hours) and",
        f"{VOIDS}::test_staff_may_undo_for_as_long_as_the_merchant_says_and_managers_longer",
    ),
    mutant(
        "void-at-another-store",
        "loyalty/services/returns.py",
        "if bought.store_id != store.pk and not actor.is_owner:",
        "if False:",
        f"{VOIDS}::test_only_owners_undo_what_happened_at_another_store",
    ),
    mutant(
        "void-by-staff-of-a-card-that-is-off",
        "loyalty/services/voids.py",
        "even_inactive=actor.is_manager",
        "even_inactive=True",
        f"{VOIDS}::test_on_a_card_that_is_switched_off_only_managers_put_things_right",
    ),
    # --- codes of earlier cards ---
    mutant(
        "code-on-a-card-that-is-off",
        "loyalty/services/codes.py",
        "    if not card.is_active:",
        "    if False:",
        f"{CODES}::test_a_card_has_only_so_many_codes_and_none_once_it_is_switched_off",
    ),
    mutant(
        "codes-without-end",
        "loyalty/services/codes.py",
        "    if known.count() >= MOST_CODES:",
        "    if False:",
        f"{CODES}::test_a_card_has_only_so_many_codes_and_none_once_it_is_switched_off",
    ),
    mutant(
        "code-like-our-own-qr-codes",
        "loyalty/codes.py",
        " or QR_TEXT.match(code)",
        "",
        "tests/loyalty/test_codes.py::test_the_qr_code_and_the_address_of_a_card_are_no_codes",
    ),
    mutant(
        "codes-that-outlive-a-person",
        "loyalty/services/people.py",
        "    CardCode.objects.filter(card__in=cards).delete()\n",
        "",
        f"{CODES}::test_codes_are_in_a_persons_export_and_leave_with_them",
    ),
    mutant(
        "codes-left-behind-on-a-merge",
        "loyalty/services/cards.py",
        "    CardCode.objects.filter(card=source).update(card=target)\n",
        "",
        f"{CODES}::test_codes_move_along_on_a_merge_and_go_with_a_new_number",
    ),
    mutant(
        "code-of-somebody-else-in-a-file",
        "loyalty/imports/plan.py",
        "if holder is not None and (card is None or holder != card.pk):",
        "if False:",
        "tests/console/test_import_of_codes.py::test_a_code_that_is_wrong_or_somebody_elses_is_named_with_its_line",
    ),
    # --- names with a slip ---
    mutant(
        "names-that-come-near-before-those-as-typed",
        "customers/selectors.py",
        '.order_by("comes", *order)',
        ".order_by(*order)",
        "tests/loyalty/api/test_finding_cards.py::"
        "test_a_name_is_found_in_spite_of_a_slip_and_as_it_is_typed_first",
    ),
    mutant(
        "names-that-come-near-beside-many",
        "customers/selectors.py",
        "    if len(as_typed) >= FEW:\n",
        "    if False:\n",
        "tests/loyalty/api/test_finding_cards.py::"
        "test_where_enough_names_fit_as_typed_none_that_comes_near_is_added",
    ),
    mutant(
        "plastic-that-dies-with-a-merge",
        "loyalty/finding.py",
        "            return remaining(store, card)\n",
        "            return card\n",
        "tests/loyalty/services/test_finding.py::"
        "test_whose_card_was_merged_into_another_is_found_with_that_one",
    ),
    # --- printed cards ---
    mutant(
        "printed-card-of-a-lost-box",
        "loyalty/services/printed.py",
        "        batch__revoked_at__isnull=True,\n",
        "",
        f"{PRINTED}::test_a_revoked_batch_never_comes_alive_and_what_is_alive_stays",
    ),
    mutant(
        "printed-card-at-another-store",
        "loyalty/services/printed.py",
        "    return cards.filter(batch__store=store)",
        "    return cards",
        f"{PRINTED}::test_where_each_store_has_its_own_cards_a_printed_one_is_good_at_its_own",
    ),
    mutant(
        "printed-card-brought-to-life-by-looking",
        "loyalty/api/till/cards.py",
        "may_enrol = key is None or Scope.EARN in key.scopes",
        "may_enrol = True",
        f"{PRINTED}::test_nobody_else_brings_a_printed_card_to_life",
    ),
    mutant(
        "printed-card-scanned-by-everybody-at-once",
        "loyalty/services/printed.py",
        '.select_for_update(no_key=True, of=("self",))',
        "",
        "tests/concurrency/test_printed_cards_at_once.py::"
        "test_a_hundred_first_scans_of_one_printed_card_make_one_card",
    ),
    mutant(
        "cards-drawn-of-a-box-that-is-being-revoked",
        "loyalty/console/batch.py",
        "    if batch is None or not page.has_print_permission(request, batch):",
        "    if False:",
        f"{BATCHES}::test_what_was_asked_for_in_the_moment_in_which_the_box_was_revoked_is_not_drawn",
    ),
    mutant(
        "drawn-cards-of-a-lost-box",
        "loyalty/services/printed.py",
        "        lambda job: job.kind == JobKind.PRINT and",
        "        lambda job: False and",
        f"{BATCHES}::test_many_cards_are_drawn_in_the_background_and_are_for_who_asked_until_the_box_is_lost",
    ),
    mutant(
        "printed-card-that-lives-twice",
        "loyalty/services/printed.py",
        "    if printed.card_id is not None:",
        "    if False:",
        f"{PRINTED}::test_a_replaced_card_is_not_found_by_what_was_printed",
    ),
    mutant(
        "qr-code-of-a-live-card-in-a-list",
        "loyalty/outputs/printed.py",
        '"" if card.card else card.qr_code_data',
        "card.qr_code_data",
        "tests/console/test_batches.py::test_a_manager_makes_a_batch_and_takes_its_files",
    ),
    # --- cards and programs ---
    mutant(
        "merge-into-itself",
        "loyalty/services/cards.py",
        "    if source_id == target_id:",
        "    if False:",
        f"{MERGING}::test_what_cannot_be_merged",
    ),
    mutant(
        "merge-into-a-card-that-is-off",
        "loyalty/services/cards.py",
        "    if not target.is_active:",
        "    if False:",
        f"{MERGING}::test_what_cannot_be_merged",
    ),
    mutant(
        "card-of-an-erased-person-revived",
        "loyalty/services/cards.py",
        "    if card.customer.erased_at is not None:",
        "    if False:",
        "tests/loyalty/services/test_people.py::test_nobody_revives_the_card_of_an_erased_person",
    ),
    mutant(
        "program-that-takes-without-asking",
        "loyalty/services/programs.py",
        "    if not confirm:",
        "    if False:",
        f"{EFFECTS}::test_what_takes_something_is_told_with_how_many_cards_and_in_words",
    ),
    mutant(
        "program-that-asks-about-cards-that-are-off",
        "loyalty/services/program_effects.py",
        "LoyaltyCard.objects.filter(ACTIVE, program=program)",
        "LoyaltyCard.objects.filter(program=program)",
        f"{EFFECTS}::test_what_takes_something_is_told_with_how_many_cards_and_in_words",
    ),
    mutant(
        "reward-that-goes-without-asking",
        "loyalty/services/program_effects.py",
        'yield Loss("reward_removed", WITH_POINTS, {"reward": reward.name})',
        "continue",
        f"{EFFECTS}::test_what_takes_something_is_told_with_how_many_cards_and_in_words",
    ),
    mutant(
        "reward-below-the-minimum-that-goes-without-asking",
        "loyalty/services/program_effects.py",
        "if reward.is_active and reward.points_cost >= minimum]",
        "if reward.is_active]",
        f"{EFFECTS}::test_what_takes_something_is_told_with_how_many_cards_and_in_words",
    ),
    mutant(
        "full-cards-counted-by-one-reward",
        "loyalty/services/program_effects.py",
        "GreaterThan(held / old.stamps_target, held / new.stamps_target)",
        "GreaterThan(held, old.stamps_target - 1)",
        f"{EFFECTS}::test_a_card_loses_a_reward_where_it_holds_fewer_whole_ones",
    ),
    mutant(
        "rewards-of-the-form-that-nobody-asks-about",
        "loyalty/console/program_form.py",
        "self.page.rewards_of_form(self.request, self.instance)",
        "before.rewards",
        "tests/console/test_program.py::test_taking_a_reward_away_or_making_it_dearer_asks_first",
    ),
    mutant(
        "expiry-without-grace",
        "loyalty/services/programs.py",
        "    if _expires_sooner(old, program):",
        "    if False:",
        f"{GRACE}::test_a_period_switched_on",
        f"{GRACE}::test_a_period_shortened",
        f"{GRACE}::test_a_program_switched_on_again",
    ),
    mutant(
        "expiry-without-its-warning",
        "loyalty/services/expiry.py",
        "    if not program.expiry_requires_warning:\n        for is_put_off",
        "    if True:\n        for is_put_off",
        f"{EXPIRY}::test_a_program_may_insist_on_a_warning_and_seven_days",
    ),
    mutant(
        "expiry-of-cards-that-are-off",
        "loyalty/services/expiry.py",
        "program=program, is_active=True, points_balance__gt=0",
        "program=program, points_balance__gt=0",
        f"{EXPIRY}::test_a_deactivated_card_keeps_its_points",
    ),
    mutant(
        "undone-rewards-that-count",
        "loyalty/reporting/counting.py",
        "_count(redeemed) - _count(undone_redemption)",
        "_count(redeemed)",
        "tests/loyalty/test_statistics.py::"
        "test_a_reward_for_points_that_is_undone_counts_no_longer_on_the_day_of_the_undoing",
    ),
]

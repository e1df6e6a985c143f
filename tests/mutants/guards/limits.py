"""Limits: what a till may give, take and undo; what may be asked how often; how much is taken in."""

from tests.mutants.mutant import mutant

STAMPS = "tests/loyalty/services/test_stamps.py"
POINTS = "tests/loyalty/services/test_points.py"
VOIDS = "tests/loyalty/services/test_voids_refused.py"
VOIDED = "tests/loyalty/services/test_voids.py"
OFFLINE = "tests/loyalty/services/test_offline.py"
BALANCES = "tests/loyalty/api/test_balances.py"
RATES = "tests/groundwork/test_rate_limits.py"
API_RATES = "tests/loyalty/api/test_rate_limits.py"
IDEMPOTENCY = "tests/groundwork/test_idempotency.py"
RULES = "tests/loyalty/test_rules.py"
GRACE = "tests/loyalty/test_expiry_grace.py"
EXPIRY = "tests/loyalty/test_expiry.py"
MERGING = "tests/loyalty/services/test_merging.py"
IMAGES = "tests/groundwork/test_images.py"

MUTANTS = [
    # --- stamps ---
    mutant(
        "stamps-without-a-cooldown",
        "loyalty/rules.py",
        "abs(at - neighbour) < cooldown:",
        "False:",
        f"{STAMPS}::test_a_second_stamp_within_the_cooldown_is_refused_with_the_time_to_wait",
        f"{STAMPS}::test_the_cooldown_counts_stamps_of_the_other_shop_too",
    ),
    mutant(
        "cooldown-of-earlier-stamps-alone",
        "loyalty/rules.py",
        "for neighbour in (usage.before, usage.after):",
        "for neighbour in (usage.before,):",
        f"{RULES}::test_a_stamp_recorded_offline_keeps_its_distance_from_a_later_one_too",
    ),
    mutant(
        "one-stamp-a-day-too-many",
        "loyalty/rules.py",
        "usage.today + count > max_daily_stamps",
        "usage.today + count > max_daily_stamps + 1",
        f"{STAMPS}::test_a_sixth_stamp_on_the_same_day_is_refused_until_midnight",
    ),
    mutant(
        "group-of-stamps-past-the-day",
        "loyalty/rules.py",
        "usage.today + count > max_daily_stamps",
        "usage.today + 1 > max_daily_stamps",
        f"{RULES}::test_a_group_order_must_fit_into_the_day_as_a_whole",
    ),
    mutant(
        "any-number-of-stamps-at-once",
        "loyalty/services/stamps.py",
        "if not 1 <= count <= rules.MAXIMUM_STAMPS_AT_ONCE:",
        "if False:",
        f"{STAMPS}::test_no_fewer_than_one_and_no_more_than_ten_at_once",
    ),
    mutant(
        "group-of-stamps-by-staff",
        "loyalty/services/stamps.py",
        "    if count > 1:\n        actor.require_manager()\n",
        "",
        f"{STAMPS}::test_staff_give_one_stamp_at_a_time",
    ),
    mutant(
        "reward-for-a-card-that-is-not-full",
        "loyalty/services/stamps.py",
        "if call.card.stamp_count < target:",
        "if call.card.stamp_count < 1:",
        f"{STAMPS}::test_a_card_with_one_stamp_too_few_gets_no_reward",
        f"{BALANCES}::test_a_card_that_is_not_full_is_refused_with_what_is_missing",
    ),
    # --- points ---
    mutant(
        "purchase-of-any-amount",
        "loyalty/services/points.py",
        "if not 1 <= purchase_amount_cents <= rules.MAXIMUM_PURCHASE_CENTS:",
        "if False:",
        f"{POINTS}::test_an_amount_that_no_till_would_send_is_refused",
    ),
    mutant(
        "purchase-below-the-minimum",
        "loyalty/services/points.py",
        "if purchase_amount_cents < call.program.minimum_purchase_cents:",
        "if False:",
        f"{POINTS}::test_a_purchase_below_the_minimum_earns_nothing",
    ),
    mutant(
        "purchase-without-its-receipt",
        "loyalty/services/points.py",
        "if call.settings.require_order_reference and not order_reference:",
        "if False:",
        f"{POINTS}::test_a_receipt_number_can_be_required",
    ),
    mutant(
        "receipt-that-earns-again",
        "loyalty/services/points.py",
        "        _claim_receipt(order_reference, line)",
        "        pass",
        f"{POINTS}::test_one_receipt_earns_once_on_any_card_in_any_store",
    ),
    mutant(
        "receipt-that-is-lost-with-its-void",
        "loyalty/services/voids.py",
        "        OrderReference.objects.filter(transaction=line).delete()",
        "        pass",
        f"{POINTS}::test_a_receipt_whose_points_were_undone_may_earn_again",
    ),
    mutant(
        "reward-of-another-program",
        "loyalty/services/points.py",
        "pk=reward_id, program=call.program, is_active=True",
        "pk=reward_id",
        f"{POINTS}::test_only_rewards_on_offer_here_can_be_taken",
    ),
    mutant(
        "reward-below-the-smallest-redemption",
        "loyalty/services/points.py",
        "if reward.points_cost < call.program.minimum_redemption_points:",
        "if False:",
        f"{POINTS}::test_a_reward_below_the_smallest_redemption_is_refused",
    ),
    mutant(
        "reward-that-is-too-dear",
        "loyalty/services/points.py",
        "points_balance < reward.points_cost:",
        "points_balance < reward.points_cost - 1:",
        f"{POINTS}::test_a_reward_that_costs_one_point_too_many_is_refused",
    ),
    mutant(
        "adjustment-by-staff",
        "loyalty/services/points.py",
        "    actor.require_manager()\n",
        "",
        f"{POINTS}::test_staff_do_not_adjust",
    ),
    mutant(
        "adjustment-without-a-reason",
        "loyalty/services/operation.py",
        "    if not reason:",
        "    if False:",
        f"{POINTS}::test_an_adjustment_by_nothing_or_without_a_reason_is_refused",
        f"{VOIDS}::test_undoing_needs_a_reason_of_a_reasonable_length",
    ),
    mutant(
        "ledger-below-nothing",
        "loyalty/ledger.py",
        "    if points < 0:\n        raise NotEnoughPoints(missing=-points)\n",
        "",
        f"{POINTS}::test_no_adjustment_goes_below_zero",
    ),
    mutant(
        "points-that-are-rounded-up",
        "loyalty/rules.py",
        "return math.floor(Decimal(amount_cents)",
        "return math.ceil(Decimal(amount_cents)",
        f"{RULES}::test_points_are_whole_and_rounded_down",
    ),
    # --- what a till begins with ---
    mutant(
        "program-that-is-off",
        "loyalty/services/operation.py",
        "if not program.is_active and not even_inactive:",
        "if False:",
        f"{BALANCES}::test_a_program_that_is_off_takes_nothing",
    ),
    mutant(
        "card-that-is-off",
        "loyalty/services/operation.py",
        "if not card.is_active and not even_inactive:",
        "if False:",
        f"{BALANCES}::test_a_deactivated_card_takes_nothing",
    ),
    mutant(
        "program-of-the-other-kind",
        "loyalty/services/operation.py",
        "    if program_must is not None:\n        program_must(program)\n",
        "",
        f"{BALANCES}::test_a_program_does_only_what_it_is_for",
    ),
    mutant(
        "card-of-another-store",
        "loyalty/selectors.py",
        ".filter(Q(scope_store__isnull=True) | Q(scope_store=store))",
        "",
        "tests/loyalty/services/test_finding.py::"
        "test_where_each_store_has_its_own_cards_the_other_stores_card_is_not_found",
        f"{MERGING}::test_where_each_store_has_its_own_cards_the_other_stores_card_is_not_found",
    ),
    mutant(
        "time-in-the-future",
        "loyalty/services/operation.py",
        "if occurred_at > now + rules.CLOCK_GRACE:",
        "if False:",
        f"{OFFLINE}::test_a_time_may_be_12_hours_old_or_a_minute_ahead_and_no_more",
    ),
    mutant(
        "time-of-yesterday",
        "loyalty/services/operation.py",
        "if occurred_at < now - rules.OFFLINE_LIMIT:",
        "if False:",
        f"{OFFLINE}::test_a_time_may_be_12_hours_old_or_a_minute_ahead_and_no_more",
    ),
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
        "loyalty/services/voids.py",
        "if not settings.allow_void_transactions:",
        "if False:",
        f"{VOIDS}::test_a_merchant_may_allow_no_undoing_at_all",
    ),
    mutant(
        "void-after-its-time",
        "loyalty/services/voids.py",
        "timedelta(hours=settings.void_window_hours) and",
        "timedelta(days=settings.void_window_hours) and",
        f"{VOIDS}::test_staff_may_undo_for_as_long_as_the_merchant_says_and_managers_longer",
    ),
    mutant(
        "void-at-another-store",
        "loyalty/services/voids.py",
        "if line.store_id != store.pk and not actor.is_owner:",
        "if False:",
        f"{VOIDS}::test_only_owners_undo_what_happened_at_another_store",
    ),
    mutant(
        "void-of-more-than-there-is",
        "loyalty/services/voids.py",
        "max(-line.points_delta, -card.points_balance)",
        "-line.points_delta",
        f"{VOIDED}::test_points_that_are_spent_altogether_leave_an_entry_of_nothing",
    ),
    mutant(
        "void-by-staff-of-a-card-that-is-off",
        "loyalty/services/voids.py",
        "even_inactive=actor.is_manager",
        "even_inactive=True",
        f"{VOIDS}::test_on_a_card_that_is_switched_off_only_managers_put_things_right",
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
        "if changes.takes_something and not confirm:",
        "if False:",
        "tests/loyalty/services/test_programs.py::"
        "test_a_higher_target_asks_how_many_full_cards_would_not_be_full_any_more",
    ),
    mutant(
        "expiry-without-grace",
        "loyalty/services/programs.py",
        "    if reactivated or changes.shortens_expiry:",
        "    if False:",
        f"{GRACE}::test_a_period_switched_on",
        f"{GRACE}::test_a_period_shortened",
        f"{GRACE}::test_a_program_switched_on_again",
    ),
    mutant(
        "expiry-without-its-warning",
        "loyalty/services/expiry.py",
        "    if not program.expiry_requires_warning:",
        "    if True:",
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
        "loyalty/reporting/statistics.py",
        "_count(redeemed) - _count(undone_redemption)",
        "_count(redeemed)",
        "tests/loyalty/test_statistics.py::"
        "test_a_reward_for_points_that_is_undone_counts_no_longer_on_the_day_of_the_undoing",
    ),
    # --- exactly once ---
    mutant(
        "key-for-any-request",
        "groundwork/idempotency/once.py",
        "if kept.fingerprint != claim.fingerprint:",
        "if False:",
        f"{IDEMPOTENCY}::test_another_request_under_the_same_key_is_a_mistake",
    ),
    mutant(
        "key-that-is-not-kept",
        "groundwork/idempotency/once.py",
        "row_id = _claim(claim) if claim.key else None\n                if claim.key and row_id is None:",
        "row_id = None\n                if False:",
        f"{IDEMPOTENCY}::test_the_first_answer_comes_again_to_the_letter_and_the_stamp_only_once",
    ),
    mutant(
        "key-that-outlives-a-refusal",
        "groundwork/idempotency/once.py",
        "            with transaction.atomic():\n                row_id =",
        "            if True:\n                row_id =",
        "tests/loyalty/api/test_idempotency.py::test_a_refusal_is_not_remembered",
    ),
    mutant(
        "api-key-that-repeats-nothing",
        "loyalty/api/base.py",
        "if key is None and self.actor.api_key is not None:",
        "if False:",
        "tests/loyalty/api/test_api_keys.py::test_a_key_must_make_its_calls_repeatable",
    ),
    # --- how often, how much ---
    mutant(
        "one-call-too-many",
        "groundwork/web/rate_limits.py",
        "    if count > limit:",
        "    if count > limit + 1:",
        f"{RATES}::test_the_fourth_call_within_a_minute_is_told_how_long_to_wait",
    ),
    mutant(
        "clients-counted-together",
        "groundwork/web/rate_limits.py",
        'f"rate:{name}:{client}"',
        'f"rate:{name}"',
        f"{RATES}::test_each_client_and_each_limit_is_counted_apart",
    ),
    mutant(
        "address-that-anyone-can-send",
        "groundwork/web/client.py",
        "hops[-count]",
        "hops[0]",
        f"{RATES}::test_an_address_that_anyone_can_send_is_not_believed",
        count=2,
    ),
    mutant(
        "pins-guessed-without-limit",
        "loyalty/api/till/stores.py",
        'rate_limits.check("pin_unlock"',
        '(lambda *given: None)("pin_unlock"',
        f"{API_RATES}::test_pins_can_be_guessed_only_so_often",
    ),
    mutant(
        "card-pages-without-limit",
        "loyalty/pages/access.py",
        '        rate_limits.check("card_page", client.network(request))\n',
        "",
        "tests/loyalty/pages/test_card_page.py::test_the_61st_look_within_a_minute_is_too_many",
    ),
    mutant(
        "picture-of-any-size",
        "groundwork/formats/images.py",
        "    if len(data) > MAXIMUM_BYTES:",
        "    if False:",
        f"{IMAGES}::test_a_file_that_is_too_large_is_refused",
    ),
    mutant(
        "picture-of-any-number-of-pixels",
        "groundwork/formats/images.py",
        "if opened.width * opened.height > MAXIMUM_PIXELS:",
        "if False:",
        f"{IMAGES}::test_a_bomb_of_pixels_is_refused_unread",
    ),
]

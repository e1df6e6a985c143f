"""Balances: what a till may give and take, and to whom."""

from tests.mutants.mutant import Mutant, Patch, mutant

STAMPS = "tests/loyalty/services/test_stamps.py"
POINTS = "tests/loyalty/services/test_points.py"
VOIDS = "tests/loyalty/services/test_voids_refused.py"
OFFLINE = "tests/loyalty/services/test_offline.py"
CURRENCIES = "tests/loyalty/test_worked_currencies.py"
BALANCES = "tests/loyalty/api/test_balances.py"
STAMPS_CALLED = "tests/loyalty/api/test_stamps.py"
POINTS_CALLED = "tests/loyalty/api/test_points.py"
RULES = "tests/loyalty/test_rules.py"
MERGING = "tests/loyalty/services/test_merging.py"

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
    # What would go below nothing is refused twice: by the service, and by the ledger.
    Mutant(
        "reward-for-a-card-that-is-not-full",
        (
            f"{STAMPS}::test_a_card_with_one_stamp_too_few_gets_no_reward",
            f"{STAMPS_CALLED}::test_a_card_that_is_not_full_is_refused_with_what_is_missing",
        ),
        (
            Patch("loyalty/services/stamps.py", "if call.card.stamp_count < target:", "if False:"),
            Patch("loyalty/ledger.py", "if entry.stamps_delta < 0 and stamps < 0:", "if False:"),
        ),
    ),
    # --- points ---
    mutant(
        "purchase-of-any-amount",
        "loyalty/services/purchases.py",
        "if not 1 <= cents <= most:",
        "if False:",
        f"{POINTS}::test_an_amount_that_no_till_would_send_is_refused",
    ),
    mutant(
        "purchase-counted-in-hundredths",
        "loyalty/services/operation.py",
        "return minor_digits(self.store.merchant.currency)",
        "return 2",
        f"{CURRENCIES}::test_the_tea_house_in_kyoto",
        f"{CURRENCIES}::test_the_spice_shop_in_kuwait",
    ),
    mutant(
        "largest-purchase-of-one-currency",
        "loyalty/rules.py",
        "return currencies.minor_units(LARGEST_PURCHASE_EUROS, currency)",
        "return 1_000_000",
        f"{CURRENCIES}::test_the_furniture_shop_in_budapest",
        f"{RULES}::test_the_largest_purchase_is_the_programs_else_about_ten_thousand_euros",
    ),
    mutant(
        "largest-purchase-that-nobody-chose",
        "loyalty/rules.py",
        "if maximum_purchase_cents is not None:",
        "if False:",
        f"{POINTS_CALLED}::test_a_program_for_dear_things_takes_what_another_refuses",
        f"{RULES}::test_the_largest_purchase_is_the_programs_else_about_ten_thousand_euros",
    ),
    mutant(
        "purchase-below-the-minimum",
        "loyalty/services/purchases.py",
        "    if receipt.amount_cents < call.terms.minimum_purchase_cents:\n        raise",
        "    if False:\n        raise",
        f"{POINTS}::test_a_purchase_below_the_minimum_earns_nothing",
    ),
    mutant(
        "purchase-without-its-receipt",
        "loyalty/services/purchases.py",
        "if call.settings.require_order_reference and not receipt.order_reference:",
        "if False:",
        f"{POINTS}::test_a_receipt_number_can_be_required",
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
    Mutant(
        "reward-that-is-too-dear",
        (f"{POINTS}::test_a_reward_that_costs_one_point_too_many_is_refused",),
        (
            Patch(
                "loyalty/services/points.py", "if call.card.points_balance < reward.points_cost:", "if False:"
            ),
            Patch("loyalty/ledger.py", "if points_delta < 0 and owed:", "if False:"),
        ),
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
        "if points_delta < 0 and owed:",
        "if False:",
        f"{POINTS}::test_no_adjustment_goes_below_zero",
    ),
    mutant(
        "points-that-are-rounded-up",
        "loyalty/terms.py",
        "math.floor(exactly)",
        "math.ceil(exactly)",
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
        "    if terms_must is not None:\n        terms_must(terms)\n",
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
]

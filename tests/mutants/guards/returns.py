"""Returns: what comes back of a purchase, what is owed for it, and whether its receipt may earn again."""

from tests.mutants.mutant import mutant

RETURNS = "tests/loyalty/services/test_returns.py"
PURCHASES = "tests/loyalty/services/test_purchases.py"
WORKED = "tests/loyalty/test_worked_returns.py"
HINDSIGHT = "tests/loyalty/test_worked_hindsight.py"
FAIR = "tests/loyalty/test_fairness.py"
API = "tests/loyalty/api/test_purchases.py"
SERVICE = "loyalty/services/returns.py"
SPELLED = f"{PURCHASES}::test_a_receipt_is_the_same_however_it_is_spelled"

MUTANTS = [
    # --- what comes back ---
    mutant(
        "return-of-more-than-was-bought",
        SERVICE,
        "if not 1 <= amount <= left:",
        "if not 1 <= amount:",
        f"{RETURNS}::test_more_than_was_bought_does_not_come_back",
    ),
    mutant(
        "return-of-what-is-undone",
        SERVICE,
        "left = purchase.kept_cents if purchase.is_open else 0",
        "left = purchase.kept_cents",
        f"{WORKED}::test_what_is_undone_cannot_be_brought_back_as_well",
    ),
    mutant(
        "return-that-takes-nothing",
        "loyalty/receipts.py",
        "kept_cents=purchase.kept_cents,",
        "kept_cents=purchase.amount_cents,",
        f"{RETURNS}::test_a_rest_below_the_minimum_earns_nothing",
        f"{WORKED}::test_buy_50_take_the_reward_bring_10_back_and_the_next_visit_settles_it",
    ),
    mutant(
        "stamp-that-stays-with-what-is-returned",
        "loyalty/earning.py",
        "stamps = bought.stamps if kept != 0 and terms.has_stamps else 0",
        "stamps = bought.stamps if terms.has_stamps else 0",
        f"{RETURNS}::test_the_stamp_goes_back_with_the_last_cent",
    ),
    mutant(
        "return-that-is-undone-and-counts",
        "loyalty/services/voids.py",
        "        purchase.returned_cents -= part.amount_cents\n",
        "",
        f"{RETURNS}::test_a_mistaken_return_is_undone_and_what_is_left_is_valued_anew",
    ),
    mutant(
        "return-window-from-the-purchase",
        "loyalty/models/purchase.py",
        "return self.created_at if self.recorded_offline else self.purchased_at",
        "return self.purchased_at",
        f"{RETURNS}::test_the_window_of_a_return_runs_from_the_recording",
    ),
    mutant(
        "void-window-from-when-it-happened",
        "loyalty/models/transaction.py",
        "return self.created_at if self.recorded_offline else self.transaction_at",
        "return self.transaction_at",
        f"{WORKED}::test_what_was_synced_two_hours_late_can_be_undone_within_an_hour_of_that",
    ),
    # --- what is owed ---
    mutant(
        "return-that-owes-nothing",
        "loyalty/rules.py",
        'TAKEN_BACK = frozenset({"stamp_voided", "points_voided", "stamps_returned", "points_returned"})',
        'TAKEN_BACK = frozenset({"stamp_voided", "points_voided"})',
        f"{WORKED}::test_buy_50_take_the_reward_bring_10_back_and_the_next_visit_settles_it",
    ),
    mutant(
        "merge-that-owes-nothing",
        "loyalty/rules.py",
        '| {"merge_in", "opening_balance"}',
        '| {"opening_balance"}',
        f"{WORKED}::test_what_is_owed_moves_to_an_empty_card_whole",
    ),
    mutant(
        "debt-that-staff-let-go",
        "loyalty/services/debts.py",
        "    actor.require_manager()\n",
        "",
        f"{WORKED}::test_staff_let_nothing_go_and_a_manager_does",
    ),
    # --- the receipt ---
    mutant(
        "purchase-that-stays-open",
        SERVICE,
        "purchase.kept_cents > 0 and not is_undone",
        "purchase.kept_cents > 0",
        f"{RETURNS}::test_undoing_only_the_stamp_frees_no_receipt",
        f"{WORKED}::test_the_same_receipt_undone_four_times_over_pays_for_one_reward_and_that_is_owed",
    ),
    mutant(
        "purchase-that-one-undoing-closes",
        SERVICE,
        "is_undone = bool(earned) and not receipts.living(lines, undone)",
        "is_undone = len(receipts.living(lines, undone)) < len(earned)",
        f"{RETURNS}::test_undoing_only_the_stamp_frees_no_receipt",
    ),
    mutant(
        "quote-of-a-used-receipt",
        "loyalty/services/purchases.py",
        "if _is_used(call, receipt):",
        "if False:",
        f"{WORKED}::test_four_spellings_of_a_receipt_earn_once_and_a_quote_says_so",
    ),
    mutant("receipt-in-capitals", "loyalty/terms.py", "reference).casefold())", "reference))", SPELLED),
    mutant(
        "receipt-in-full-width",
        "loyalty/terms.py",
        'unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", reference).casefold())',
        "reference.casefold()",
        SPELLED,
    ),
    mutant("receipt-with-a-dash", "loyalty/terms.py", 'or category == "Pd"', "or False", SPELLED),
    mutant("receipt-with-spaces", "loyalty/terms.py", 'category[0] in "ZC"', 'category[0] in "C"', SPELLED),
    mutant(
        "stamps-of-a-receipt-by-staff",
        "loyalty/services/purchases.py",
        "    if (receipt.stamps or 0) > 1:\n        actor.require_manager()\n",
        "",
        f"{WORKED}::test_a_receipt_gives_no_stamps_or_up_to_ten_and_more_than_one_by_a_manager",
    ),
    # --- what counts for cooldown and daily limit ---
    mutant(
        "stamp-that-counts-though-it-came-back",
        "loyalty/selectors.py",
        ".filter(voided_by__isnull=True).exclude(purchase__is_open=False)",
        ".filter(voided_by__isnull=True)",
        f"{RETURNS}::test_the_stamp_goes_back_with_the_last_cent",
    ),
    mutant(
        "cooldown-that-a-merge-forgets",
        "loyalty/selectors.py",
        "Q(pk__in=card_ids) | Q(merged_into__in=card_ids)",
        "Q(pk__in=card_ids)",
        f"{WORKED}::test_a_merge_takes_the_cooldown_along",
        f"{WORKED}::test_a_merge_takes_the_days_stamps_along",
    ),
    # --- terms ---
    mutant(
        "terms-of-now-for-what-happened-then",
        "loyalty/selectors.py",
        "row = rows.filter(valid_from__lte=at).last() or rows.first()",
        "row = rows.last()",
        f"{PURCHASES}::test_what_was_bought_offline_before_a_change_earns_by_the_old_terms",
    ),
    mutant(
        "remainders-that-are-always-kept",
        "loyalty/terms.py",
        "return units if self.carry_remainders else units - units % POINT",
        "return units",
        f"{PURCHASES}::test_a_program_may_let_them_go",
    ),
    # --- what the night looks at ---
    mutant(
        "return-while-the-night-looks",
        "groundwork/database/reading.py",
        'cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")',
        'cursor.execute("SELECT 1")',
        "tests/concurrency/test_promotions_at_once.py::test_what_is_brought_back_while_the_night_looks_breaks_no_promise",
    ),
    mutant(
        "worth-of-all-that-was-bought",
        "loyalty/reporting/fairness.py",
        "(SELECT purchase.amount_cents - purchase.returned_cents AS cents)",
        "(SELECT purchase.amount_cents AS cents)",
        f"{FAIR}::test_where_everything_was_kept_it_is_said_so",
    ),
    # --- what came back after an expiry, or after a debt was let go ---
    mutant(
        "expiry-that-is-owed-too",
        "loyalty/services/adjustments.py",
        "return sorted([*entries, *added], key=_takes) if added else list(entries)",
        "return list(entries)",
        f"{HINDSIGHT}::test_what_is_undone_after_its_points_expired_is_not_owed",
        f"{HINDSIGHT}::test_what_was_let_go_is_not_given_again_by_undoing_the_return",
    ),
    mutant(
        "expiry-that-takes-more-in-hindsight",
        "loyalty/hindsight.py",
        "-min(-took.units, max(net.units, 0))",
        "-max(net.units, 0)",
        f"{HINDSIGHT}::test_a_reward_given_back_after_an_expiry_gives_all_of_its_points_back",
    ),
    mutant(
        "debt-that-lets-go-what-came-later",
        "loyalty/hindsight.py",
        "min(gave.units, owed.units)",
        "owed.units",
        f"{HINDSIGHT}::test_no_more_is_let_go_than_somebody_let_go",
    ),
    mutant(
        "merge-that-forgets-what-expired",
        "loyalty/receipts.py",
        "Q(pk=card_id) | Q(merged_into=card_id)",
        "Q(pk=card_id)",
        f"{HINDSIGHT}::test_points_that_expired_before_a_merge_are_not_owed_after_it",
    ),
    mutant(
        "stamps-that-stay-with-the-other-return",
        "loyalty/services/voids.py",
        "undone += _that_took_the_stamps(lines)",
        "pass",
        f"{RETURNS}::test_a_mistaken_part_is_undone_after_the_rest_came_back_and_the_stamp_comes_with_it",
    ),
    mutant(
        "purchases-left-behind-by-a-merge",
        "loyalty/receipts.py",
        'rows.filter(card__in=_family(card_id).values("pk"))',
        "rows.filter(card_id=card_id)",
        f"{API}::test_what_was_bought_on_a_card_that_was_merged_is_found_on_the_one_that_remains",
    ),
    mutant(
        "past-from-before-the-card",
        "loyalty/receipts.py",
        'Count("id", filter=Q(transaction_type=TransactionType.CARD_CREATED))',
        'Count("id")',
        f"{API}::test_a_card_tells_what_it_had_at_a_moment",
    ),
    mutant(
        "shortfall-of-each-line-alone",
        "loyalty/models/transaction.py",
        "sum(line.points_delta for line in lines)",
        "last.points_delta",
        f"{HINDSIGHT}::test_what_was_owed_before_is_not_owed_anew",
    ),
    mutant(
        "debt-of-a-merge-without-its-receipt",
        "loyalty/receipts.py",
        "found[row.card_id] += [row, *_before_merge(row)]",
        "found[row.card_id] += [row]",
        f"{HINDSIGHT}::test_a_debt_that_merges_brought_along_names_the_receipt_it_comes_from",
    ),
    mutant(
        "expiry-that-nobody-tells-again",
        "loyalty/reporting/fairness.py",
        "    yield from _not_put_right()\n",
        "",
        f"{FAIR}::test_a_broken_promise_is_named_and_the_command_fails[what_expired_was_rightly_there]",
    ),
    mutant(
        "terms-without-a-minutes-grace",
        "loyalty/reporting/fairness.py",
        "OR at - {GRACE} >= spans.until",
        "OR at >= spans.until",
        f"{FAIR}::test_a_till_may_have_read_the_program_up_to_a_minute_before[59-0]",
    ),
    mutant(
        "expiry-without-a-minutes-grace",
        "loyalty/reporting/fairness.py",
        "spans.until > line.transaction_at - {GRACE}",
        "spans.until > line.transaction_at",
        f"{FAIR}::test_the_night_may_have_read_a_period_that_was_prolonged_a_minute_before[59-0]",
    ),
    mutant(
        "verdict-that-nobody-keeps",
        "loyalty/reporting/fairness.py",
        '"unfair": counted[merchant.pk]',
        '"unfair": 0',
        "tests/loyalty/test_fairness_by_night.py::test_what_the_night_found_is_told_to_operators_until_it_is_put_right",
    ),
]

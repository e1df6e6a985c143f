"""Expiry and the closed days: what keeps points from going unfairly, and figures from going wrong."""

from tests.mutants.mutant import mutant

ASLEEP = "tests/loyalty/test_expiry_asleep.py"
GRACE = "tests/loyalty/test_expiry_grace.py"
EXPIRY_MEANWHILE = "tests/loyalty/test_expiry_meanwhile.py"
RUNNING = "tests/loyalty/test_running_figures.py"
ZONE = "tests/loyalty/test_time_zone.py"
SECOND = "tests/concurrency/test_second_sees_first.py"
VISITS = "tests/loyalty/test_visits.py"

MUTANTS = [
    mutant(
        "expiry-where-there-are-stamps-alone",
        "loyalty/rules.py",
        "return days if days and has_points and all(switched_on) else None",
        "return days if days and all(switched_on) else None",
        f"{ASLEEP}::test_a_shop_that_goes_over_to_stamps_keeps_its_customers_points",
        f"{ASLEEP}::test_a_card_switched_on_again_in_a_shop_of_stamps_keeps_its_points",
    ),
    mutant(
        "expiry-where-something-is-switched-off",
        "loyalty/rules.py",
        "return days if days and has_points and all(switched_on) else None",
        "return days if days and has_points else None",
        f"{ASLEEP}::test_asleep_nothing_expires_and_nobody_is_warned",
    ),
    mutant(
        "merchant-that-wakes-without-grace",
        "loyalty/services/merchants.py",
        "            _wake(program, old, new)\n",
        "",
        f"{ASLEEP}::test_awake_again_there_are_fourteen_days_and_a_warning_first",
    ),
    mutant(
        "week-after-the-warning-taken-back",
        "loyalty/services/programs.py",
        "return before is None or after < before or without_its_warning",
        "return before is None or after < before",
        f"{ASLEEP}::test_whoever_was_promised_a_week_after_the_warning_keeps_it",
    ),
    mutant(
        "warning-of-a-day-that-was-moved",
        "loyalty/services/expiry.py",
        'since_when = F("last_activity_at") + (_period(program) - rules.warning_notice(_days(program) or 0))',
        'since_when = F("last_activity_at")',
        f"{GRACE}::test_a_warning_of_a_day_that_was_moved_is_not_the_one_before_the_new_day",
        f"{GRACE}::test_a_warning_tells_nothing_of_the_period_that_an_offline_purchase_before_it_began",
    ),
    mutant(
        "letter-of-a-warning-that-was-moved",
        "notifications/variables.py",
        "    if expires - warned > max(notice, rules.WARNED_AT_LEAST):",
        "    if False:",
        "tests/notifications/test_wording.py::test_a_warning_is_not_sent_once_the_points_stay_for_longer",
    ),
    mutant(
        "expiry-by-the-settings-of-its-start",
        "loyalty/services/expiry.py",
        'return LoyaltyProgram.objects.select_related("merchant").get(pk=program.pk)',
        "return program",
        f"{EXPIRY_MEANWHILE}::test_what_the_owner_decides_after_a_batch_holds_for_the_next_one",
        f"{EXPIRY_MEANWHILE}::test_warnings_too_go_by_what_was_decided_meanwhile",
    ),
    mutant(
        "expiry-that-holds-nothing",
        "loyalty/services/expiry.py",
        "if not deletion.hold(program.merchant, program):",
        "if False:",
        f"{SECOND}::test_the_expiry_goes_by_what_the_owner_has_just_decided",
        f"{SECOND}::test_the_expiry_goes_by_whether_the_merchant_has_just_been_switched_off",
    ),
    mutant(
        "expiry-before-the-tills-have-sent",
        "loyalty/services/expiry.py",
        "moment = now - rules.OFFLINE_LIMIT",
        "moment = now",
        f"{EXPIRY_MEANWHILE}::test_bought_at_eleven_expired_at_twelve_sent_at_one_nothing_is_lost",
        f"{EXPIRY_MEANWHILE}::test_the_last_moment_that_may_be_sent_saves_them_too",
    ),
    mutant(
        "warning-of-a-day-that-is-over",
        "loyalty/services/expiry.py",
        "        near &= still_comes\n",
        "",
        f"{EXPIRY_MEANWHILE}::test_in_those_twelve_hours_nobody_is_warned_of_a_day_that_is_over",
    ),
    mutant(
        "days-of-another-time-zone",
        "loyalty/reporting/statistics.py",
        'return calendar is not None and calendar.timezone not in ("", merchant.timezone)',
        "return False",
        f"{ZONE}::test_from_the_change_on_each_day_has_what_was_sold_on_it",
    ),
    mutant(
        "days-that-are-not-made-anew",
        "loyalty/reporting/statistics.py",
        "    if calendar.timezone != merchant.timezone:\n        _forget(calendar)\n",
        "",
        f"{ZONE}::test_the_next_roll_up_makes_the_days_anew_and_then_nothing_is_said_any_more",
    ),
    mutant(
        "snapshot-of-another-time-zone",
        "loyalty/reporting/snapshot.py",
        "CardSnapshot.objects.filter(program=program, timezone=program.merchant.timezone)",
        "CardSnapshot.objects.filter(program=program)",
        f"{ZONE}::test_cards_used_in_thirty_days_are_counted_by_the_new_days",
    ),
    # --- a day that is not over ---
    mutant(
        "figures-moved-on-over-a-late-line",
        "loyalty/reporting/running.py",
        "fences.look(calendar, newest_id=newest, now=fences.snapshot())",
        "calendar.safe_id = newest",
        f"{RUNNING}::test_while_a_transaction_of_before_lasts_no_line_is_taken_for_the_last",
    ),
    mutant(
        "transaction-that-nobody-waits-for",
        "groundwork/database/fences.py",
        "return own + (short - own) % 2**32",
        "return snapshot().ended",
        "tests/concurrency/test_late_events.py::"
        "test_a_transaction_that_began_after_the_newest_that_ended_is_waited_for",
    ),
    mutant(
        "open-day-counted-twice",
        "loyalty/reporting/statistics.py",
        "start=open_from, after_line=upto):",
        "start=open_from):",
        f"{RUNNING}::test_at_every_moment_of_a_day_the_figures_are_those_of_the_ledger",
    ),
    mutant(
        "open-day-that-is-not-counted-again",
        "loyalty/reporting/statistics.py",
        "        DailyFigures.objects.filter(merchant=merchant, date__gte=start, date__lt=end).delete()\n",
        "",
        f"{RUNNING}::test_what_is_kept_of_a_day_is_counted_again_when_it_closes",
    ),
    mutant(
        "card-seen-today-that-was-seen-before",
        "loyalty/reporting/cards_then.py",
        'counted = "SUM(CASE WHEN seen >= {0} THEN 0 ELSE 1 END)"',
        'counted = "COUNT({0})"',
        f"{RUNNING}::test_at_every_moment_of_a_day_the_figures_are_those_of_the_ledger",
    ),
    mutant(
        "deleted-card-that-stays-in-an-open-day",
        "loyalty/reporting/statistics.py",
        "    running.add(merchant, still_open, sign=sign)\n",
        "",
        f"{RUNNING}::test_at_every_moment_of_a_day_the_figures_are_those_of_the_ledger",
    ),
    mutant(
        "days-read-while-they-are-made-anew",
        "loyalty/reporting/statistics.py",
        "if _state(before) == _state(calendar):",
        "if True:",
        f"{ZONE}::test_whoever_reads_while_the_days_are_made_anew_reads_them_again",
    ),
    mutant(
        "merchant-changed-by-anybody",
        "tenancy/services.py",
        "    actor.require_owner()\n    old = Merchant",
        "    old = Merchant",
        f"{ZONE}::test_only_owners_change_a_merchant",
    ),
    # --- visits ---
    mutant(
        "visits-that-were-undone",
        "loyalty/visiting.py",
        " AND NOT {UNDONE}\n        AND COALESCE",
        "\n        AND COALESCE",
        f"{VISITS}::test_what_was_undone_was_no_visit_and_is_one_again_on_its_own_day",
    ),
    mutant(
        "visits-of-deleted-cards",
        "loyalty/visiting.py",
        "AND card.deleted_at IS NULL AND remaining.deleted_at IS NULL",
        "",
        f"{VISITS}::test_a_card_that_is_deleted_or_comes_back_has_its_visits_counted_again",
    ),
    mutant(
        "visits-not-counted-again-after-a-deletion",
        "loyalty/reporting/statistics.py",
        "    visits.mark_behind(merchant.pk)\n",
        "",
        f"{VISITS}::test_a_card_that_is_deleted_or_comes_back_has_its_visits_counted_again",
    ),
    mutant(
        "visits-not-counted-again-after-a-merge",
        "loyalty/services/cards.py",
        "    visits.mark_behind(source.merchant_id)\n",
        "",
        f"{VISITS}::test_a_merge_has_the_visits_counted_again",
    ),
    mutant(
        "visits-by-the-days-of-another-time-zone",
        "loyalty/reporting/visits.py",
        "store=store, timezone=merchant.timezone)",
        "store=store)",
        f"{VISITS}::test_by_the_days_of_another_time_zone_nothing_is_said",
    ),
]

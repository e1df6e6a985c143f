"""Rehearsals: what the honest check sees, what a draft may not forget, and who is told."""

from tests.mutants.mutant import mutant

CHECK = "tests/loyalty/rehearsal/test_honest_check.py"
WOULD_HAVE_RUN = "tests/loyalty/rehearsal/test_promotions_that_would_have_run.py"
WOULD = "tests/loyalty/rehearsal/test_what_would_have_been.py"
PAGES = "tests/console/test_rehearsal.py"
EXPECTING = "loyalty/reporting/rehearsal/expecting.py"
PLAYING = "loyalty/reporting/rehearsal/playing.py"
DRAFTING = "loyalty/reporting/rehearsal/drafting.py"
VALUING = "loyalty/reporting/rehearsal/valuing.py"
WRONG_LINE = f"{CHECK}::test_a_line_that_no_rule_would_have_made_is_found"

AS_IT_RAN = "tests/loyalty/rehearsal/test_as_it_would_have_run.py"

MUTANTS = [
    mutant(
        "rehearsal-visits-that-were-undone",
        DRAFTING,
        "card.visits.note(self._day(kept.row.at, kept.row.store_id), 1 if stands else -1)",
        "card.visits.note(self._day(kept.row.at, kept.row.store_id), 1)",
        f"{AS_IT_RAN}::test_it_gives_what_it_gives_where_it_runs[second visit]",
    ),
    mutant(
        "rehearsal-newcomers-who-brought-a-balance",
        "loyalty/reporting/rehearsal/visits.py",
        "return self.brought > 0 or any(",
        "return any(",
        f"{AS_IT_RAN}::test_it_gives_what_it_gives_where_it_runs[first]",
    ),
    mutant(
        "rehearsal-merge-that-leaves-visits-behind",
        DRAFTING,
        "        card.join(source)\n",
        "        card.waiting += source.waiting\n",
        f"{AS_IT_RAN}::test_it_gives_what_it_gives_where_it_runs[second visit]",
    ),
    mutant(
        "rehearsal-lines-that-differ",
        PLAYING,
        "if should != was:",
        "if False:",
        f"{WRONG_LINE}[points_earned-points_fraction_delta = points_fraction_delta + 1]",
    ),
    mutant(
        "rehearsal-chain",
        PLAYING,
        "if (card.stamps + line.stamps, card.units + line.units) != (line.stamps_after, line.units_after):",
        "if False:",
        f"{CHECK}::test_a_line_is_found_whose_balance_does_not_follow_from_the_one_before",
    ),
    mutant(
        "rehearsal-card-beside-its-ledger",
        PLAYING,
        "if (card.stamps, card.units) != (holder.stamps, holder.units):",
        "if False:",
        f"{CHECK}::test_a_card_is_found_that_has_something_else_than_its_ledger",
    ),
    mutant(
        "rehearsal-purchase-that-earned-nothing",
        PLAYING,
        "self._must_have_earned(kept)",
        "pass",
        f"{CHECK}::test_a_purchase_is_found_that_earned_nothing_and_should_have",
    ),
    mutant(
        "rehearsal-target-of-its-moment",
        EXPECTING,
        'case "stamp_redeemed" if not stage.takes_a_target(line.at, -line.stamps):',
        'case "stamp_redeemed" if False:',
        f"{CHECK}::test_a_reward_for_fewer_stamps_than_the_target_is_found",
    ),
    mutant(
        "rehearsal-expiry-takes-all",
        EXPECTING,
        "return 0, -max(card.units, 0)",
        "return None",
        f"{WRONG_LINE}[points_expired-points_delta = points_delta + 1]",
    ),
    mutant(
        "rehearsal-merge-brings-what-was-there",
        EXPECTING,
        "return merged.get((line.at, (line.stamps, line.units)), (0, 0))",
        "return None",
        f"{WRONG_LINE}[merge_in-stamps_delta = stamps_delta + 1]",
    ),
    mutant(
        "rehearsal-exit-code",
        "loyalty/management/commands/rehearse.py",
        "sys.exit(1)",
        "pass",
        f"{CHECK}::test_a_line_is_found_whose_balance_does_not_follow_from_the_one_before",
    ),
    mutant(
        "rehearsal-return-undone-for-another",
        VALUING,
        "self.cents += undone.returned_cents or 0",
        "pass",
        f"{CHECK}::test_the_rules_of_each_moment_give_the_ledger_back",
    ),
    mutant(
        "rehearsal-draft-gives-back-returns",
        VALUING,
        "if kept.is_undone or not kept.cents:",
        "if False:",
        f"{WOULD}::test_where_stamps_would_be_new_every_purchase_gives_one_unless_it_is_undone",
    ),
    mutant(
        "rehearsal-reward-waits",
        DRAFTING,
        "if card.drafted_stamps < first.stamps or",
        "if False or",
        f"{WOULD}::test_a_higher_target_lets_the_coffee_wait_until_there_are_enough_stamps",
    ),
    mutant(
        "rehearsal-bounds-of-a-promotion",
        DRAFTING,
        "card.given.setdefault(number, []).append((of, given))",
        "pass",
        f"{WOULD_HAVE_RUN}::test_a_bound_a_card_and_day_holds_in_a_rehearsal",
    ),
    mutant(
        "rehearsal-drafts-are-signed-as-such",
        "loyalty/console/rehearsal.py",
        'signing.loads(self.cleaned_data["draft"], salt=SALT)',
        'signing.loads(self.cleaned_data["draft"], salt="another form")',
        f"{PAGES}::test_a_draft_that_is_not_ours_begins_nothing",
    ),
    mutant(
        "rehearsal-budget-that-never-ends",
        "loyalty/reporting/rehearsal/rehearsing.py",
        "if not budgets.end_the_next():",
        "if True:",
        f"{WOULD_HAVE_RUN}::test_a_budget_stops_a_promotion_in_the_order_of_time_whoever_has_which_card",
    ),
    mutant(
        "rehearsal-budget-without-its-rest",
        "loyalty/reporting/rehearsal/budgets.py",
        "            end.left -= change\n",
        "            pass\n",
        "tests/loyalty/rehearsal/test_arithmetic.py::test_a_budget_ends_in_the_hour_in_which_it_is_used_up",
    ),
    mutant(
        "rehearsal-budgets-all-at-once",
        "loyalty/reporting/rehearsal/budgets.py",
        "if any(clash(each, other) for other in group)]",
        "if False]",
        f"{WOULD_HAVE_RUN}::test_of_two_budgets_that_are_not_given_together_the_second_ends_by_what_the_first_leaves",
    ),
    mutant(
        "rehearsal-of-a-week-over-a-month",
        "loyalty/reporting/rehearsal/draft.py",
        "        last_day=last,\n",
        "        last_day=None,\n",
        f"{WOULD_HAVE_RUN}::test_a_promotion_with_dates_is_played_for_as_many_days",
    ),
    mutant(
        "rehearsal-out-of-season",
        "loyalty/reporting/rehearsal/draft.py",
        "            weeks = A_YEAR\n",
        "            pass\n",
        "tests/loyalty/rehearsal/test_arithmetic.py::test_over_a_year_a_promotion_is_played_in_its_season",
    ),
    mutant(
        "rehearsal-rewards-that-wait-for-nothing",
        "loyalty/reporting/rehearsal/drafting.py",
        "            (card.drafted_full if first.stamps else card.drafted_rich).take()\n",
        "",
        f"{WOULD}::test_who_has_enough_for_another_reward_at_once_does_not_wait_for_it_longer",
    ),
    mutant(
        "rehearsal-undone-stamps-stay-given",
        DRAFTING,
        "            self._note(part.promotion_id, card, -part.stamps, of=undone.at, at=line.at)\n",
        "            pass\n",
        f"{WOULD_HAVE_RUN}::test_an_undone_stamp_gives_a_promotion_its_stamps_back",
    ),
]

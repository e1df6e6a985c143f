"""Promotions as they are shown: to whom, until when, and when they are looked at again."""

from tests.mutants import mutant as guards

WORKED = "tests/loyalty/test_worked_promotions.py"
SPOKEN = "tests/console/test_promotions.py::test_only_owners_have_their_form_read_back_and_not_without_end"
SHOWN = "tests/loyalty/test_showing.py"
PASSES = "tests/wallet/test_promotions_on_passes.py"
ASKED = "tests/loyalty/api/test_statements_of_purchases.py"
ORDER = "tests/concurrency/test_order_of_locks.py"
SHOWING, DESIGNS = "loyalty/showing.py", "wallet/services/designs.py"
SERVICE = "tests/loyalty/services/test_promotions.py"
OFFERS = "loyalty/offers.py"
KNOWN = "loyalty/promotion_facts.py"

TO_WHOM = "tests/loyalty/test_showing_to_whom.py"
UNDONE = "tests/loyalty/test_worked_promotions_undone.py"

mutant = guards.mutant


MUTANTS = [
    mutant(
        "shown-to-whom-it-is-not-for",
        OFFERS,
        "return promotion.tag.casefold() in {tag.casefold() for tag in facts.tags}",
        "return True",
        f"{TO_WHOM}::test_nobody_hears_of_what_is_for_others",
    ),
    mutant(
        "shown-birthday-of-somebody-else",
        OFFERS,
        "return is_new and birthdays.is_near(facts.birth_date, today, days=promotion.days)",
        "return is_new",
        f"{TO_WHOM}::test_nobody_hears_of_what_is_for_others",
    ),
    mutant(
        "private-promotion-shown-to-everybody",
        SHOWING,
        "private = (BIRTHDAY, TAGGED, FRIEND)",
        "private = ()",
        f"{TO_WHOM}::test_nobody_hears_of_what_is_for_others",
    ),
    mutant(
        "shown-to-whom-it-would-give-nothing",
        SHOWING,
        "            and offers.is_for(\n",
        "            and 1 + offers.is_for(\n",
        f"{TO_WHOM}::test_every_third_visit_is_told_on_the_third_day_and_all_day_long",
        f"{TO_WHOM}::test_whoever_is_back_after_ten_days_is_told_once_the_tenth_day_has_come",
        f"{TO_WHOM}::test_what_is_for_newcomers_is_said_until_the_first_purchase",
    ),
    mutant(
        "shown-though-the-card-has-had-all-of-it",
        OFFERS,
        "_is_meant(promotion, facts, at) and (room is None or room > 0)",
        "_is_meant(promotion, facts, at)",
        f"{TO_WHOM}::test_a_card_that_has_had_all_that_its_bounds_leave_is_told_no_more_until_the_next_day",
    ),
    mutant(
        "shown-for-a-card-that-is-switched-off",
        SHOWING,
        "            if card.is_active\n            and offers",
        "            if offers",
        f"{SHOWN}::test_nobody_is_promised_what_their_card_or_program_cannot_give",
    ),
    mutant(
        "shown-though-the-program-does-not-have-it",
        SHOWING,
        "if hours and program.gives(rule.effect):",
        "if hours:",
        f"{SHOWN}::test_nobody_is_promised_what_their_card_or_program_cannot_give",
    ),
    mutant(
        "promotion-of-what-the-program-does-not-have",
        "loyalty/services/promotions.py",
        "    if not row.program.gives(row.effect):",
        "    if False:",
        f"{SERVICE}::test_what_the_program_does_not_have_is_drafted_and_not_switched_on",
        f"{SERVICE}::test_one_that_waits_is_not_changed_to_what_the_program_does_not_have",
    ),
    mutant(
        "promotion-that-was-never-there-once-it-is-deleted",
        "loyalty/models/promotion.py",
        "stopped_at=min(filter(None, (self.stopped_at, self.deleted_at)), default=None),",
        "stopped_at=self.stopped_at,",
        f"{WORKED}::test_what_was_sold_offline_before_its_promotion_was_deleted_has_it",
    ),
    mutant(
        "visit-on-the-day-on-which-it-is-written-again",
        KNOWN,
        'Coalesce("purchase__purchased_at", "restores__voids__transaction_at", "transaction_at")',
        'F("transaction_at")',
        f"{UNDONE}::test_what_is_written_again_was_a_visit_on_the_day_when_it_was",
    ),
    mutant(
        "rehearsed-visit-on-the-day-on-which-it-is-written-again",
        "loyalty/reporting/rehearsal/drafting.py",
        "self._day(of.happened_at or of.at, of.store_id)",
        "self._day(of.at, of.store_id)",
        "tests/loyalty/rehearsal/test_promotions_that_would_have_run.py::test_what_was_written_again_was_a_visit_when_it_was",
    ),
    mutant(
        "shown-then-as-it-is-now",
        "loyalty/outputs/then.py",
        "now=each.at, upto=each.last.pk)",
        "now=each.at)",
        f"{TO_WHOM}::test_what_was_told_then_is_told_again_afterwards",
    ),
    mutant(
        "promotions-asked-card-by-card",
        SHOWING,
        "all(card.pk in known and wanted <= known[card.pk].asked for card in cards)",
        "False",
        f"{ASKED}::test_promotions_cost_a_purchase_one_statement_for_their_bounds_and_none_without",
    ),
    mutant(
        "pass-that-tells-of-visits",
        SHOWING,
        "if each.promotion.audience == EVERYBODY]",
        "if each in for_everybody([each])]",
        f"{PASSES}::test_a_pass_says_nothing_of_what_is_for_some_customers",
    ),
    mutant(
        "shown-though-used-up",
        SHOWING,
        "left.get(each.promotion.pk, 0) > 0]",
        "left.get(each.promotion.pk, 0) >= 0]",
        f"{SHOWN}::test_what_is_used_up_or_stopped_is_said_no_more",
        f"{SHOWN}::test_a_till_is_told_no_more_of_what_its_own_purchase_used_up",
    ),
    mutant(
        "till-that-forgets-what-it-gave",
        KNOWN,
        "                left[part.promotion_id] -= more\n",
        "                pass\n",
        f"{SHOWN}::test_a_till_is_told_no_more_of_what_its_own_purchase_used_up",
    ),
    mutant(
        "shown-in-its-order",
        SHOWING,
        "return not is_on, turns is None, turns or now, each.promotion.pk",
        "return False, False, now, each.promotion.pk",
        f"{SHOWN}::test_what_comes_later_today_is_said_after_what_is_on",
    ),
    mutant(
        "looked-at-again-only-by-night",
        SHOWING,
        "moments += [each.ends] if each.ends and each.ends > now else []",
        "pass",
        f"{SHOWN}::test_it_is_looked_at_again_when_something_begins_or_ends",
        f"{PASSES}::test_a_pass_changes_when_a_promotion_begins_and_when_it_ends",
    ),
    mutant(
        "looked-at-again-when-it-has-begun",
        SHOWING,
        "moments += [each.begins] if each.begins > now else []",
        "pass",
        f"{SHOWN}::test_it_is_looked_at_again_when_something_begins_or_ends",
        f"{PASSES}::test_a_pass_changes_when_a_promotion_begins_and_when_it_ends",
    ),
    mutant(
        "budgets-looked-at-by-night",
        SHOWING,
        "moments += [now + BUDGETS_LOOKED_AT] if each.promotion.budget is not None else []",
        "pass",
        f"{PASSES}::test_a_pass_forgets_a_promotion_that_is_used_up",
    ),
    mutant(
        "passes-that-are-not-looked-at-again",
        DESIGNS,
        "        | Q(look_again_at__lte=timezone.now())\n",
        "",
        f"{PASSES}::test_a_pass_changes_when_a_promotion_begins_and_when_it_ends",
    ),
    mutant(
        "passes-looked-at-once",
        DESIGNS,
        "design.checked_at, design.look_again_at = now, promotions.looks_again_at(program_id, now=now)",
        "design.checked_at = now",
        f"{PASSES}::test_a_pass_is_looked_at_when_something_changes_and_not_each_minute",
    ),
    mutant(
        "budgets-asked-again-after-a-purchase",
        SHOWING,
        "asked = limited - known.keys()",
        "asked = limited",
        f"{ASKED}::test_promotions_cost_a_purchase_one_statement_for_their_bounds_and_none_without",
    ),
    mutant(
        "undoing-many-budget-by-budget",
        "loyalty/services/undoing.py",
        "    promoted.hold_budgets_of(bought, some)\n",
        "    pass\n",
        f"{ORDER}::test_undoing_many_lines_is_foreseen_while_a_purchase_counts_on_the_same_budgets",
    ),
    mutant(
        "receipt-locked-before-its-budgets",
        "loyalty/services/returns.py",
        "        promoted.hold_budgets_of(rows)\n",
        "        pass\n",
        f"{ORDER}::test_something_is_brought_back_while_its_budget_is_held",
    ),
    mutant(
        "sentences-for-everybody",
        "loyalty/console/promotion_sentence.py",
        "            raise PermissionDenied\n",
        "            pass\n",
        SPOKEN,
    ),
    mutant(
        "sentences-without-end",
        "loyalty/console/promotion_sentence.py",
        "if standing is not None and standing.is_over:",
        "if False:",
        SPOKEN,
    ),
]

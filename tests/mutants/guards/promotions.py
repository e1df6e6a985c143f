"""Promotions: what they give, to whom and when, within which bounds, and what of it comes back."""

from functools import partial

from tests.mutants import mutant as guards

WORKED = "tests/loyalty/test_worked_promotions.py"
HOSTILE = "tests/console/test_hostile_promotions.py"
CLOCK = "tests/loyalty/test_offers.py"
KEPT = "tests/test_promotions_are_kept.py"
SERVICE = "tests/loyalty/services/test_promotions.py"
OFFERS, EARNING = "loyalty/offers.py", "loyalty/earning.py"
READ, KNOWN, HELD = "loyalty/promoted.py", "loyalty/promotion_facts.py", "loyalty/promotion_triggers.py"

UNDONE = "tests/loyalty/test_worked_promotions_undone.py"

mutant = guards.mutant
of_schema = partial(guards.mutant, is_of_schema=True)


MUTANTS = [
    mutant(
        "factors-that-add-up",
        EARNING,
        "return one.effect == other.effect == FACTOR or one.excludes(other)",
        "return one.excludes(other)",
        f"{WORKED}::test_of_two_factors_the_better_one_counts_and_every_bonus",
    ),
    mutant(
        "promotions-that-exclude-nobody",
        EARNING,
        "return one.effect == other.effect == FACTOR or one.excludes(other)",
        "return one.effect == other.effect == FACTOR",
        f"{WORKED}::test_promotions_that_exclude_each_other_give_what_is_better_for_the_customer",
    ),
    mutant(
        "promotion-that-stays-with-too-little",
        EARNING,
        "        cents = cents * kept // bought.amount_cents\n",
        "        pass\n",
        f"{UNDONE}::test_what_is_brought_back_takes_the_promotions_part_along",
    ),
    mutant(
        "stamp-on-top-of-none",
        EARNING,
        "_within(offer, promotion.amount) if stamps else 0",
        "_within(offer, promotion.amount)",
        f"{WORKED}::test_a_stamp_on_top_comes_with_a_stamp_and_goes_with_it",
    ),
    mutant(
        "return-by-what-runs-now",
        READ,
        'said[row["promotion"]], row["cents"], row["room"]) for row in purchase.offers)',
        'list(said.values())[-1], row["cents"], row["room"]) for row in purchase.offers)',
        f"{UNDONE}::test_a_return_goes_by_the_promotions_of_its_purchase_whatever_runs_since",
    ),
    mutant(
        "promotion-without-its-budget",
        OFFERS,
        "left = None if promotion.budget is None else facts.left.get(promotion.id, 0)",
        "left = None",
        f"{UNDONE}::test_an_undone_purchase_gives_its_budget_back",
    ),
    mutant(
        "promotion-without-its-daily-bound",
        OFFERS,
        "(promotion.card_day_limit, given.today), ",
        "",
        f"{WORKED}::test_a_card_has_at_most_so_much_a_day_and_a_merged_card_brings_its_part_along",
    ),
    mutant(
        "bounds-left-behind-by-a-merge",
        KNOWN,
        "filter(Q(pk=card) | has_come)",
        "filter(Q(pk=card))",
        f"{WORKED}::test_a_card_has_at_most_so_much_a_day_and_a_merged_card_brings_its_part_along",
    ),
    mutant(
        "birthday-twice-a-year",
        OFFERS,
        "is_new = _given(promotion, facts).around <= 0",
        "is_new = True",
        f"{WORKED}::test_a_birthday_is_celebrated_once_in_its_window",
    ),
    mutant(
        "first-purchase-after-the-first",
        OFFERS,
        "return not facts.has_earned",
        "return True",
        f"{WORKED}::test_the_first_purchase_counts_three_times_and_again_if_it_was_a_mistake",
    ),
    mutant(
        "undone-purchase-that-was-the-first",
        KNOWN,
        "return lines.filter(voided_by__isnull=True).exclude(",
        "return lines.exclude(",
        f"{WORKED}::test_a_first_stamp_that_was_a_mistake_is_followed_by_a_first_stamp",
    ),
    mutant(
        "undone-receipt-that-was-the-first",
        KNOWN,
        "lines.filter(voided_by__isnull=True).exclude(purchase__is_open=False)",
        "lines.filter(voided_by__isnull=True)",
        f"{UNDONE}::test_a_wholly_returned_purchase_was_no_visit",
    ),
    mutant(
        "promotion-that-is-not-stopped",
        OFFERS,
        "return promotion.stopped_at is None or at < promotion.stopped_at",
        "return True",
        f"{CLOCK}::test_a_promotion_counts_from_when_it_was_planned_until_it_is_stopped",
    ),
    mutant(
        "promotion-before-it-was-planned",
        OFFERS,
        "if promotion.planned_at is None or at < promotion.planned_at:",
        "if promotion.planned_at is None:",
        f"{WORKED}::test_what_came_in_offline_goes_by_the_promotions_of_its_moment",
    ),
    mutant(
        "night-of-another-day",
        OFFERS,
        "return local.date() - timedelta(days=1) if clock < closes else None",
        "return local.date() if clock < closes else None",
        f"{CLOCK}::test_hours_over_midnight_belong_to_the_day_on_which_they_begin",
    ),
    mutant(
        "hours-of-another-clock",
        OFFERS,
        "day = _opened_on(promotion, at.astimezone(zone))\n    return day is not None",
        "day = _opened_on(promotion, at)\n    return day is not None",
        f"{CLOCK}::test_hours_are_those_of_the_stores_clock",
    ),
    mutant(
        "running-promotion-that-is-changed",
        "loyalty/services/promotions.py",
        "    if state not in WAITING:\n",
        "    if False:\n",
        f"{SERVICE}::test_what_runs_stays_as_it_was_promised",
    ),
    of_schema(
        "promotion-that-is-rewritten",
        HELD,
        "    rule_is_kept,\n",
        "",
        f"{KEPT}::test_a_promotion_by_which_somebody_got_something_says_what_it_said[factor]",
    ),
    of_schema(
        "budget-that-only-the-service-holds",
        HELD,
        "IF NEW.voids_id IS NULL AND NEW.restores_id IS NULL AND NEW.purchase_return_id IS NULL AND NOT {_PROMISED}\n"
        "      AND EXISTS (",
        "IF false AND EXISTS (",
        f"{KEPT}::test_nothing_is_given_beyond_a_budget_whoever_writes_it",
    ),
    of_schema(
        "promotion-of-another-merchants-store",
        HELD,
        '    _names_its_own("UPDATE"),\n',
        "",
        f"{KEPT}::test_a_promotion_names_stores_and_promotions_of_its_own_merchant",
    ),
    mutant(
        "what-no-choice-asks-for-is-saved",
        "loyalty/console/promotion_form.py",
        "        self._leave_out_what_is_not_asked()\n",
        "",
        f"{HOSTILE}::test_what_a_choice_does_not_ask_for_is_not_saved",
    ),
    mutant(
        "hours-with-seconds",
        "loyalty/models/promotion.py",
        "    if value.second or value.microsecond:\n",
        "    if False:\n",
        f"{HOSTILE}::test_the_api_refuses_what_no_promotion_can_say",
    ),
]

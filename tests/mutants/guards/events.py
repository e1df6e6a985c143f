"""Events: told as everything was at their transaction, and what rows said before, kept no longer than that."""

from tests.mutants.mutant import mutant

DELIVERY = "tests/webhooks/test_delivery.py"
THEN = "tests/webhooks/test_then.py"
WAS = "tests/webhooks/test_as_they_were.py"
EVERY_FIELD = (
    "tests/webhooks/test_as_it_was.py::test_every_field_is_as_it_was_though_all_is_changed_afterwards"
)

MUTANTS = [
    mutant(
        "card-as-it-is-now",
        "loyalty/outputs/then.py",
        "        if each.last.pk in times:\n",
        "        if False:\n",
        f"{DELIVERY}::test_a_day_at_the_shop_is_told_once_to_each_who_wants_it",
        f"{THEN}::test_each_operation_is_told_with_the_card_that_the_till_was_answered",
    ),
    mutant(
        "stamps-of-later-count-for-then",
        "loyalty/outputs/stamps_then.py",
        "return self.line_id <= upto and is_its and not (is_gone or is_closed)",
        "return is_its and not (is_gone or is_closed)",
        f"{THEN}::test_each_operation_is_told_with_the_card_that_the_till_was_answered",
    ),
    mutant(
        "the-terms-of-now-are-told-of-then",
        "loyalty/outputs/around.py",
        "{name: getattr(held[-1], name) for name in PROMISED}",
        "{}",
        f"{THEN}::test_each_operation_is_told_with_the_card_that_the_till_was_answered",
    ),
    mutant(
        "what-was-owed-later-is-told-of-then",
        "loyalty/outputs/then.py",
        "receipts.owed_lines([card], upto=each.last.pk)",
        "receipts.owed_lines([card], upto=None)",
        f"{THEN}::test_each_operation_is_told_with_the_card_that_the_till_was_answered",
    ),
    mutant(
        "names-in-the-workers-language",
        "loyalty/outputs/then.py",
        "override(card.merchant.default_language)",
        'override("en")',
        f"{THEN}::test_names_are_in_the_merchants_language_and_a_merged_card_keeps_its_own_stamps",
    ),
    mutant(
        "rows-as-they-are-now",
        "tenancy/former.py",
        "return row if said is None else _saying(row, said)",
        "return row",
        EVERY_FIELD,
    ),
    mutant(
        "rewards-of-now-are-told-of-then",
        "loyalty/outputs/then.py",
        "around.on_offer(card.program, each.at)",
        "around.on_offer(card.program, card.program.updated_at)",
        EVERY_FIELD,
    ),
    mutant(
        "what-was-brought-back-until-now",
        "loyalty/closings.py",
        "for part in parts if part.since <= at and (part.until is None or part.until > at))",
        "for part in parts)",
        EVERY_FIELD,
    ),
    mutant(
        "budget-of-now-is-told-of-then",
        "loyalty/promoted.py",
        "            if at_line > line:\n",
        "            if False:\n",
        f"{WAS}::test_friends_budgets_and_closed_purchases_are_told_as_they_were",
    ),
    mutant(
        "friend-who-is-welcome-by-now",
        "loyalty/showing.py",
        "friends.welcomed(cards, bring, upto=upto)",
        "friends.welcomed(cards, bring)",
        f"{WAS}::test_friends_budgets_and_closed_purchases_are_told_as_they_were",
    ),
    mutant(
        "former-data-of-an-erased-person",
        "customers/services.py",
        "    former.forget(locked.pk)\n",
        "    pass\n",
        f"{WAS}::test_nothing_is_kept_of_who_was_erased",
    ),
    mutant(
        "former-rows-for-ever",
        "tenancy/former.py",
        "until__lt=now - KEPT",
        "until__lt=now - 2 * KEPT",
        f"{WAS}::test_what_rows_said_is_kept_for_thirty_days",
    ),
]

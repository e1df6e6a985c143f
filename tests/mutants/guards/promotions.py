"""Promotions: what they give, to whom and when, within which bounds, and what of it comes back."""

from functools import partial

from tests.mutants import mutant as guards

WORKED = "tests/loyalty/test_worked_promotions.py"
CLOCK = "tests/loyalty/test_offers.py"
KEPT = "tests/test_promotions_are_kept.py"
SERVICE = "tests/loyalty/services/test_promotions.py"
OFFERS, EARNING = "loyalty/offers.py", "loyalty/earning.py"
READ, HELD = "loyalty/promoted.py", "loyalty/promotion_triggers.py"

mutant = guards.mutant
of_schema = partial(guards.mutant, is_of_schema=True)

FRIENDS = "tests/loyalty/test_worked_friends.py"
FRIEND_PAGES = "tests/loyalty/pages/test_friends.py"
BRING, WHO = "loyalty/services/friends.py", "loyalty/friends.py"

OF_FRIENDS = [
    mutant(
        "friend-who-is-welcomed-again",
        WHO,
        " - {gift.promotion_id for gift in gifts if not _is_undone(gift)}",
        "",
        f"{FRIENDS}::test_a_returned_purchase_was_the_first_one",
    ),
    mutant(
        "friend-whose-undone-purchase-was-the-first",
        WHO,
        " if not _is_undone(gift)}",
        "}",
        f"{FRIENDS}::test_an_undone_purchase_leaves_the_welcome_for_the_right_one",
    ),
    mutant(
        "friend-of-oneself-after-a-merge",
        BRING,
        "is_right = not friends.is_oneself(gift.friend) and _is_welcome(gift)",
        "is_right = _is_welcome(gift)",
        f"{FRIENDS}::test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody",
    ),
    mutant(
        "friend-who-was-here-before",
        WHO,
        "return None if is_known else friend",
        "return friend",
        f"{FRIENDS}::test_who_was_here_before_with_another_card_is_no_newcomer",
    ),
    mutant(
        "friend-with-the-same-address",
        BRING,
        "if _is_known(card.customer, email=email, phone=to_e164(phone, store.country) if phone else None):",
        "if False:",
        f"{FRIENDS}::test_nobody_brings_themselves",
        f"{FRIENDS}::test_who_had_a_card_here_before_is_no_newcomer",
    ),
    mutant(
        "friend-on-the-same-device",
        BRING,
        "if host.pk in {selectors.remaining_card_id(card.merchant_id, own) for own in own_cards}:",
        "if False:",
        f"{FRIENDS}::test_nobody_brings_themselves_from_the_device_on_which_their_card_was_open",
        f"{FRIEND_PAGES}::test_the_device_on_which_the_card_was_open_brings_nobody",
    ),
    mutant(
        "friend-beyond-the-month",
        BRING,
        "if promotion.month_limit is not None and _of_month(gift, card) >= promotion.month_limit:",
        "if False:",
        f"{FRIENDS}::test_at_most_two_friends_a_month_by_the_merchants_calendar",
    ),
    mutant(
        "friend-of-a-month-elsewhere",
        BRING,
        "gift.purchase.purchased_at.astimezone(zone).replace(",
        "gift.purchase.purchased_at.replace(",
        f"{FRIENDS}::test_at_most_two_friends_a_month_by_the_merchants_calendar",
    ),
    mutant(
        "friend-beyond-the-budget",
        BRING,
        "return min(promised, left[promotion.pk] // promotion.rule().unit) if promotion.pk in left else promised",
        "return promised",
        f"{FRIENDS}::test_a_budget_is_for_both",
    ),
    mutant(
        "return-that-leaves-the-friends-gift",
        "loyalty/services/returns.py",
        "    friends.changed(purchase)\n",
        "",
        f"{FRIENDS}::test_what_is_brought_back_takes_both_gifts_along_and_an_undone_return_gives_them_again",
    ),
    mutant(
        "merge-that-leaves-the-friends-gift",
        "loyalty/services/cards.py",
        "    friends.merged(source, target)\n",
        "",
        f"{FRIENDS}::test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody",
    ),
    mutant(
        "erasure-that-remembers-friends",
        "loyalty/services/people.py",
        "    friends.forget(cards)\n",
        "",
        f"{FRIENDS}::test_an_erasure_leaves_no_trace_of_who_brought_whom",
    ),
    mutant(
        "invitation-of-a-closed-card",
        WHO,
        ".filter(is_active=True, customer__is_active=True)",
        ".all()",
        f"{FRIENDS}::test_a_code_of_another_shop_and_one_that_is_retired_enrol_normally",
    ),
    mutant(
        "invitation-of-another-shop",
        WHO,
        ".filter(code=code.upper(), card__program=program)",
        ".filter(code=code.upper())",
        f"{FRIENDS}::test_a_code_of_another_shop_and_one_that_is_retired_enrol_normally",
    ),
    of_schema(
        "budget-that-keeps-a-friends-gift-back",
        HELD,
        " AND NOT {_PROMISED} AND EXISTS (",
        " AND EXISTS (",
        f"{FRIENDS}::test_a_gift_that_comes_again_may_go_beyond_a_budget_that_others_have_used",
    ),
]

MUTANTS = [
    *OF_FRIENDS,
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
        f"{WORKED}::test_what_is_brought_back_takes_the_promotions_part_along",
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
        f"{WORKED}::test_a_return_goes_by_the_promotions_of_its_purchase_whatever_runs_since",
    ),
    mutant(
        "promotion-without-its-budget",
        OFFERS,
        "    if promotion.budget is not None:\n        rooms",
        "    if False:\n        rooms",
        f"{WORKED}::test_an_undone_purchase_gives_its_budget_back",
    ),
    mutant(
        "promotion-without-its-daily-bound",
        OFFERS,
        "            (promotion.card_day_limit, given.today),\n",
        "",
        f"{WORKED}::test_a_card_has_at_most_so_much_a_day_and_a_merged_card_brings_its_part_along",
    ),
    mutant(
        "bounds-left-behind-by-a-merge",
        READ,
        "filter(Q(pk=card.pk) | Q(merged_into=card.pk))",
        "filter(Q(pk=card.pk))",
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
        READ,
        'card__in=_family(card).values("pk"), voided_by__isnull=True)',
        'card__in=_family(card).values("pk"))',
        f"{WORKED}::test_the_first_purchase_counts_three_times_and_again_if_it_was_a_mistake",
    ),
    mutant(
        "promotion-that-is-not-stopped",
        OFFERS,
        "if promotion.stopped_at is not None and at >= promotion.stopped_at:",
        "if False:",
        f"{WORKED}::test_a_return_goes_by_the_promotions_of_its_purchase_whatever_runs_since",
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
        "IF NEW.voids_id IS NULL AND NEW.purchase_return_id IS NULL AND NOT {_PROMISED} AND EXISTS (",
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
]

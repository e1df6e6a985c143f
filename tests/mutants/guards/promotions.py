"""Promotions: what they give, to whom and when, within which bounds, and what of it comes back."""

from functools import partial

from tests.mutants import mutant as guards

WORKED = "tests/loyalty/test_worked_promotions.py"
CLOCK = "tests/loyalty/test_offers.py"
KEPT = "tests/test_promotions_are_kept.py"
SPOKEN = "tests/console/test_promotions.py::test_only_owners_have_their_form_read_back_and_not_without_end"
SHOWN = "tests/loyalty/test_showing.py"
PASSES = "tests/wallet/test_promotions_on_passes.py"
ASKED = "tests/loyalty/api/test_statements_of_purchases.py"
ORDER = "tests/concurrency/test_order_of_locks.py"
SHOWING, DESIGNS = "loyalty/showing.py", "wallet/services/designs.py"
SERVICE = "tests/loyalty/services/test_promotions.py"
OFFERS, EARNING = "loyalty/offers.py", "loyalty/earning.py"
READ, HELD = "loyalty/promoted.py", "loyalty/promotion_triggers.py"

mutant = guards.mutant
of_schema = partial(guards.mutant, is_of_schema=True)

FRIENDS = "tests/loyalty/test_worked_friends.py"
FRIEND_PAGES = "tests/loyalty/pages/test_friends.py"
FRIENDS_AT_ONCE = "tests/concurrency/test_friends_at_once.py"
BRING, GIVE, WHO = "loyalty/services/friends.py", "loyalty/services/friend_gifts.py", "loyalty/friends.py"

OF_FRIENDS = [
    mutant(
        "friend-who-is-welcomed-again",
        WHO,
        "frozenset(promotion_ids) - had[friend.pk]",
        "frozenset(promotion_ids)",
        f"{FRIENDS}::test_a_returned_purchase_was_the_first_one",
    ),
    mutant(
        "friend-whose-undone-purchase-was-the-first",
        WHO,
        "gifts.exclude(_undone()).values_list(",
        "gifts.values_list(",
        f"{FRIENDS}::test_an_undone_purchase_leaves_the_welcome_for_the_right_one",
    ),
    mutant(
        "friend-of-oneself-after-a-merge",
        GIVE,
        "is_right = row.welcome > 0 and not friends.is_oneself(row.friend)",
        "is_right = row.welcome > 0",
        f"{FRIENDS}::test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody",
    ),
    mutant(
        "friend-who-was-here-before",
        WHO,
        "if not (friend.is_known or is_oneself(friend))",
        "if not is_oneself(friend)",
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
        GIVE,
        "(limit is None or given[gift.month] < limit)",
        "True",
        f"{FRIENDS}::test_at_most_two_friends_a_month_by_the_merchants_calendar",
    ),
    mutant(
        "friend-of-a-month-that-is-over",
        BRING,
        '"amount": Case(When(line__isnull=False, then="amount"))}',
        "}",
        f"{FRIENDS}::test_who_had_nothing_of_a_budget_and_buys_anew_has_what_is_left_by_then",
    ),
    mutant(
        "place-of-a-friend-that-nobody-takes",
        GIVE,
        "    if promotion.month_limit is None:\n        rows",
        "    if True:\n        rows",
        f"{FRIENDS}::test_the_place_of_a_friend_who_bought_nothing_after_all_goes_to_the_next",
    ),
    mutant(
        "friend-of-may-in-a-full-june",
        GIVE,
        "elif gift.is_of_before and limit is not None and given[gift.month] > limit:",
        "elif False:",
        f"{FRIENDS}::test_a_purchase_of_june_in_the_place_of_one_of_may_leaves_mays_place_to_another",
    ),
    mutant(
        "friend-who-is-welcomed-again-by-what-is-written-again",
        "loyalty/services/restoring.py",
        "friends.has_another_welcome(purchase)",
        "False",
        f"{FRIENDS}::test_an_undone_receipt_that_is_written_again_has_welcomed_and_nobody_is_welcomed_twice",
    ),
    mutant(
        "friend-of-a-month-elsewhere",
        GIVE,
        "row.purchase.purchased_at.astimezone(zone)",
        "row.purchase.purchased_at",
        f"{FRIENDS}::test_at_most_two_friends_a_month_by_the_merchants_calendar",
    ),
    mutant(
        "friend-beyond-the-budget",
        GIVE,
        "return min(promised, left[promotion.pk] // promotion.rule().unit) if promotion.pk in left else promised",
        "return promised",
        f"{FRIENDS}::test_a_budget_is_for_both",
    ),
    mutant(
        "friend-who-is-settled-without-a-lock",
        GIVE,
        "cards = ledger.lock(rows.filter(pk=selectors.remaining_card_id(merchant_id, host_id)))",
        "cards = list(rows.filter(pk=selectors.remaining_card_id(merchant_id, host_id)))",
        f"{FRIENDS_AT_ONCE}::test_the_second_friend_finds_the_month_full",
        f"{FRIENDS_AT_ONCE}::test_who_is_told_twice_at_once_gives_once",
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
        "    friends.look_again(source, target)\n",
        "",
        f"{FRIENDS}::test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody",
    ),
    mutant(
        "gift-that-a-closed-card-never-gets",
        "loyalty/services/cards.py",
        "    friends.look_again(call.card)\n",
        "",
        f"{FRIENDS}::test_a_gift_waits_for_a_card_that_is_switched_off",
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
        " AND NOT {_PROMISED}\n",
        "\n",
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
        "    return left if of_card is None else min(left, of_card)",
        "    return of_card",
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
        READ,
        "return lines.filter(voided_by__isnull=True).exclude(",
        "return lines.exclude(",
        f"{WORKED}::test_a_first_stamp_that_was_a_mistake_is_followed_by_a_first_stamp",
    ),
    mutant(
        "undone-receipt-that-was-the-first",
        READ,
        "lines.filter(voided_by__isnull=True).exclude(purchase__is_open=False)",
        "lines.filter(voided_by__isnull=True)",
        f"{WORKED}::test_a_wholly_returned_purchase_was_no_visit",
    ),
    mutant(
        "promotion-that-is-not-stopped",
        OFFERS,
        "if promotion.stopped_at is not None and at >= promotion.stopped_at:",
        "if False:",
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
    # --- what is shown, and when it is looked at again ---
    mutant(
        "shown-to-whom-it-is-not-for",
        OFFERS,
        "return promotion.tag.casefold() in {tag.casefold() for tag in facts.tags}",
        "return True",
        f"{SHOWN}::test_nobody_hears_of_what_is_for_others",
    ),
    mutant(
        "shown-birthday-of-somebody-else",
        OFFERS,
        "return is_new and birthdays.is_near(facts.birth_date, today, days=promotion.days)",
        "return is_new",
        f"{SHOWN}::test_nobody_hears_of_what_is_for_others",
    ),
    mutant(
        "private-promotion-shown-to-everybody",
        SHOWING,
        "private = (BIRTHDAY, TAGGED, FRIEND)",
        "private = ()",
        f"{SHOWN}::test_nobody_hears_of_what_is_for_others",
    ),
    mutant(
        "shown-to-whom-it-would-give-nothing",
        SHOWING,
        "            if offers.is_for(\n",
        "            if True or offers.is_for(\n",
        f"{SHOWN}::test_every_third_visit_is_told_on_the_third_day_and_all_day_long",
        f"{SHOWN}::test_whoever_is_back_after_ten_days_is_told_once_the_tenth_day_has_come",
        f"{SHOWN}::test_what_is_for_newcomers_is_said_until_the_first_purchase",
    ),
    mutant(
        "shown-though-the-card-has-had-all-of-it",
        OFFERS,
        " and _leaves_something(_room_of_card(promotion, facts))",
        "",
        f"{SHOWN}::test_a_card_that_has_had_all_that_its_bounds_leave_is_told_no_more_until_the_next_day",
    ),
    mutant(
        "shown-then-as-it-is-now",
        "loyalty/outputs/then.py",
        "now=each.at, upto=each.last.pk)",
        "now=each.at)",
        f"{SHOWN}::test_what_was_told_then_is_told_again_afterwards",
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
        READ,
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

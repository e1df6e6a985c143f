"""Friends who bring friends: who is one, what both get, and what of it comes back."""

from functools import partial

from tests.mutants import mutant as guards

HELD = "loyalty/promotion_triggers.py"

UNDONE_FRIENDS = "tests/loyalty/test_worked_friends_undone.py"
NEWCOMERS = "tests/loyalty/test_worked_newcomers.py"

mutant = guards.mutant
of_schema = partial(guards.mutant, is_of_schema=True)

FRIENDS = "tests/loyalty/test_worked_friends.py"
FRIEND_PAGES = "tests/loyalty/pages/test_friends.py"
FRIENDS_AT_ONCE = "tests/concurrency/test_friends_at_once.py"
BRING, GIVE, WHO = "loyalty/services/friends.py", "loyalty/services/friend_gifts.py", "loyalty/friends.py"

MUTANTS = [
    mutant(
        "friend-who-is-welcomed-again",
        WHO,
        "frozenset(promotion_ids) - had[friend.pk]",
        "frozenset(promotion_ids)",
        f"{UNDONE_FRIENDS}::test_a_returned_purchase_was_the_first_one",
    ),
    mutant(
        "friend-whose-undone-purchase-was-the-first",
        WHO,
        'return uses.filter(purchase=OuterRef("purchase"), line__voided_by__isnull=True)',
        'return uses.filter(purchase=OuterRef("purchase"))',
        f"{UNDONE_FRIENDS}::test_an_undone_purchase_leaves_the_welcome_for_the_right_one",
    ),
    mutant(
        "friend-of-oneself-after-a-merge",
        GIVE,
        "is_right = row.welcome > 0 and not friends.is_oneself(row.friend)",
        "is_right = row.welcome > 0",
        f"{NEWCOMERS}::test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody",
    ),
    mutant(
        "friend-who-was-here-before",
        WHO,
        "if not (one.is_known or one.newcomer == one.host)",
        "if not one.newcomer == one.host",
        f"{NEWCOMERS}::test_who_was_here_before_with_another_card_is_no_newcomer",
    ),
    mutant(
        "friend-with-the-same-address",
        BRING,
        "if _is_known(card.customer, email=email, phone=to_e164(phone, store.country) if phone else None):",
        "if False:",
        f"{NEWCOMERS}::test_nobody_brings_themselves",
        f"{NEWCOMERS}::test_who_had_a_card_here_before_is_no_newcomer",
    ),
    mutant(
        "friend-on-the-same-device",
        BRING,
        "if host.pk in {selectors.remaining_card_id(card.merchant_id, own) for own in own_cards}:",
        "if False:",
        f"{NEWCOMERS}::test_nobody_brings_themselves_from_the_device_on_which_their_card_was_open",
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
        f"{UNDONE_FRIENDS}::test_an_undone_receipt_that_is_written_again_has_welcomed_and_nobody_is_welcomed_twice",
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
        f"{FRIENDS_AT_ONCE}::test_a_gift_waits_for_the_till_at_which_whoever_gets_it_buys",
    ),
    mutant(
        "return-that-leaves-the-friends-gift",
        "loyalty/services/returns.py",
        "    friends.changed(purchase)\n",
        "",
        f"{UNDONE_FRIENDS}::test_what_is_brought_back_takes_both_gifts_along_and_an_undone_return_gives_them_again",
    ),
    mutant(
        "merge-that-leaves-the-friends-gift",
        "loyalty/services/cards.py",
        "    friends.look_again(source, target)\n",
        "",
        f"{NEWCOMERS}::test_who_turns_out_to_be_whoever_brought_them_has_brought_nobody",
    ),
    mutant(
        "gift-that-a-closed-card-never-gets",
        "loyalty/services/cards.py",
        "    friends.look_again(call.card)\n",
        "",
        f"{NEWCOMERS}::test_a_gift_waits_for_a_card_that_is_switched_off",
    ),
    mutant(
        "erasure-that-remembers-friends",
        "loyalty/services/people.py",
        "    friends.forget(cards)\n",
        "",
        f"{NEWCOMERS}::test_an_erasure_leaves_no_trace_of_who_brought_whom",
    ),
    mutant(
        "invitation-of-a-closed-card",
        WHO,
        ".filter(is_active=True, customer__is_active=True)",
        ".all()",
        f"{NEWCOMERS}::test_a_code_of_another_shop_and_one_that_is_retired_enrol_normally",
    ),
    mutant(
        "invitation-of-another-shop",
        WHO,
        ".filter(code=code.upper(), card__program=program)",
        ".filter(code=code.upper())",
        f"{NEWCOMERS}::test_a_code_of_another_shop_and_one_that_is_retired_enrol_normally",
    ),
    of_schema(
        "budget-that-keeps-a-friends-gift-back",
        HELD,
        " AND NOT {_PROMISED}\n",
        "\n",
        f"{UNDONE_FRIENDS}::test_a_gift_that_comes_again_may_go_beyond_a_budget_that_others_have_used",
    ),
]

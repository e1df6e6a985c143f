"""Undoing: what is asked for is what is undone, by whoever may; and everything of a merchant in one file."""

from tests.mutants.mutant import mutant

ASKING = "tests/console/test_asking.py"
SORTED = "tests/console/test_sorted_lists.py"
UNDOING = "tests/console/test_undoing.py"
UNDONE_LINES = "tests/console/test_undone_lines.py"
EVERYTHING = "tests/console/test_everything.py"

MUTANTS = [
    mutant(
        "filters-that-pass-over-what-they-cannot-read",
        "groundwork/console/filters.py",
        '            raise DisallowedModelAdminLookup(f"{name} cannot be read.") from error\n',
        "            return\n",
        f"{ASKING}::test_what_no_filter_can_read_is_a_kind_400",
    ),
    mutant(
        "long-list-that-ends-where-it-is-counted",
        "groundwork/console/lists.py",
        "        if columns is not None:\n",
        "        if False:\n",
        f"{ASKING}::test_every_card_of_a_list_too_long_to_count_is_reached_page_by_page_both_ways",
    ),
    mutant(
        "pages-by-what-may-be-empty",
        "groundwork/console/paging.py",
        "    return found if is_one_way and not any(_may_be_empty(rows, column.name) for column in found) else None\n",
        "    return found if is_one_way else None\n",
        f"{SORTED}::test_a_list_is_not_paged_by_what_may_be_empty_or_goes_both_ways",
    ),
    mutant(
        "pages-both-ways-at-once",
        "groundwork/console/paging.py",
        "    return found if is_one_way and not any(_may_be_empty(rows, column.name) for column in found) else None\n",
        "    return None if any(_may_be_empty(rows, column.name) for column in found) else found\n",
        f"{SORTED}::test_a_list_is_not_paged_by_what_may_be_empty_or_goes_both_ways",
    ),
    mutant(
        "texts-by-the-store-that-some-have-not",
        "notifications/console/template.py",
        '    ordering = ["code", "id"]',
        '    ordering = ["code", "store_id"]',
        f"{SORTED}::test_every_list_is_paged_from_row_to_row_when_it_is_long",
    ),
    mutant(
        "preview-that-undoes",
        "loyalty/services/undoing.py",
        "            transaction.set_rollback(True)\n",
        "            pass\n",
        f"{UNDOING}::test_what_comes_back_and_what_will_be_owed_is_said_before_it_is_done",
    ),
    mutant(
        "undoing-from-the-oldest",
        "loyalty/services/undoing.py",
        'state=UndoState.WAITING).order_by("card_id", "-line_id")',
        'state=UndoState.WAITING).order_by("card_id", "line_id")',
        f"{UNDOING}::test_a_reward_comes_back_before_the_stamps_that_paid_it_are_taken",
    ),
    mutant(
        "undoing-without-an-end",
        "loyalty/services/undoing.py",
        "[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE:",
        "[: MOST_AT_ONCE + 1].count() > MOST_AT_ONCE + 10:",
        f"{UNDOING}::test_more_than_a_batch_can_hold_are_not_chosen",
    ),
    mutant(
        "batch-of-several-merchants",
        "loyalty/services/undoing.py",
        "    if len(merchants) > 1:\n",
        "    if False:\n",
        f"{UNDOING}::test_lines_of_two_merchants_are_no_batch",
    ),
    mutant(
        "batch-that-undoes-a-line-again",
        "loyalty/services/undoing.py",
        "        return  # done by a worker before, or along with another line\n",
        "        pass\n",
        f"{UNDOING}::test_a_worker_that_was_lost_is_followed_by_one_that_goes_on",
    ),
    mutant(
        "batch-of-whoever-may-not-any-more",
        "loyalty/services/undoing.py",
        "    if actor.user is not None:\n",
        "    if False:\n",
        f"{UNDOING}::test_lines_at_a_store_that_was_taken_from_a_manager_stay",
    ),
    mutant(
        "undoing-taken-back-after-something-else",
        "loyalty/services/restoring.py",
        "    if purchase is not None and _has_moved_since(purchase, group):\n",
        "    if False:\n",
        f"{UNDONE_LINES}::test_what_was_returned_since_is_named_and_left",
    ),
    mutant(
        "undoing-taken-back-twice",
        "loyalty/services/restoring.py",
        "        raise AlreadyRestored()\n",
        "        pass\n",
        f"{UNDONE_LINES}::test_an_undoing_is_taken_back_once",
    ),
    mutant(
        "stamp-written-again-that-keeps-from-the-next",
        "loyalty/selectors.py",
        ".filter(restores__isnull=True)",
        "",
        f"{UNDONE_LINES}::test_a_stamp_that_is_written_again_keeps_nobody_from_the_next",
    ),
    # --- everything of a merchant ---
    mutant(
        "export-with-tokens",
        "loyalty_site/everything/tables.py",
        '    "loyalty.LoyaltyCard": frozenset({"access_token"}),\n',
        "",
        f"{EVERYTHING}::test_no_column_that_looks_like_a_secret_is_exported",
        f"{EVERYTHING}::test_pictures_come_along_and_what_opens_something_does_not",
    ),
    mutant(
        "export-with-links-that-open-cards",
        "loyalty_site/everything/writing.py",
        "            yield without_links(value)\n",
        "            yield value\n",
        f"{EVERYTHING}::test_pictures_come_along_and_what_opens_something_does_not",
    ),
    mutant(
        "export-of-whoever-is-no-owner",
        "loyalty_site/everything/work.py",
        "granted(job.user, visible_to(job.user, Merchant.objects.all()), OWNERS)",
        "visible_to(job.user, Merchant.objects.all())",
        f"{EVERYTHING}::test_whoever_is_no_owner_any_more_gets_nothing",
    ),
    mutant(
        "export-of-other-merchants",
        "loyalty_site/everything/tables.py",
        "known.filter(**{whose: merchant_id})",
        "known.all()",
        f"{EVERYTHING}::test_it_holds_every_row_of_the_merchant_and_none_of_another",
    ),
]

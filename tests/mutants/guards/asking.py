"""Asking: what stands out at tills and what does not, questions that are somebody's own, and columns."""

from tests.mutants.mutant import mutant

NORMS = "tests/loyalty/test_norms.py"
TILL = "tests/loyalty/test_honest_till.py"
QUESTIONS = "tests/console/test_questions.py"
GUARD = "loyalty/services/guard.py"
SORTED = "tests/console/test_sorted_lists.py"
POOLER = "tests/console/test_export_through_a_pooler.py"
ASKED_LIST = "tenancy/console/asked_list.py"

MUTANTS = [
    mutant(
        "norms-of-a-few-days",
        "loyalty/norms.py",
        "if len(figures) < measure.enough:",
        "if not figures:",
        f"{NORMS}::test_before_there_is_a_norm_only_what_is_usual_nowhere_is_told",
    ),
    mutant(
        "spread-that-does-not-count",
        "loyalty/norms.py",
        "bound = max(middle + CLEARLY * spread, middle * measure.times + measure.more)",
        "bound = middle * measure.times + measure.more",
        f"{NORMS}::test_where_no_day_is_like_another_one_of_them_does_not_stand_out",
    ),
    mutant(
        "hours-guessed-from-half-a-line",
        "loyalty/hours.py",
        "if days is None or (not spans and not _is_closed(line)):\n            return None",
        "if days is None:\n            continue",
        "tests/loyalty/test_hours.py::test_what_says_something_else_is_no_hours",
    ),
    mutant(
        "what-is-fine-forgotten",
        GUARD,
        "if fine and not norms.has_grown(",
        "if False and not norms.has_grown(",
        f"{TILL}::test_what_was_seen_and_is_fine_does_not_come_back_until_it_is_clearly_more",
    ),
    mutant(
        "one-thing-told-thrice",
        GUARD,
        "if not is_told and told[subject]",
        "if told[subject]",
        f"{TILL}::test_a_person_is_told_of_once_and_not_again_as_their_till_and_store",
    ),
    mutant(
        "what-was-undone-counted-as-given",
        "loyalty/reporting/till_figures.py",
        "WHERE undoing.voids_id = given.id",
        "WHERE undoing.voids_id = -given.id",
        f"{TILL}::test_what_was_undone_is_not_counted",
    ),
    mutant(
        "notes-about-the-erased",
        "loyalty/services/people.py",
        "    guard.forget_notes(cards)\n",
        "",
        f"{TILL}::test_an_erased_customer_leaves_no_note",
    ),
    mutant(
        "second-notes",
        GUARD,
        "if row.seen_at is None:",
        "if True:",
        f"{TILL}::test_the_first_who_looks_decides",
    ),
    mutant(
        "searches-kept-in-questions",
        ASKED_LIST,
        "frozenset({SEARCH_VAR, PAGE_VAR,",
        "frozenset({PAGE_VAR,",
        f"{QUESTIONS}::test_what_was_searched_for_and_where_somebody_was_is_no_part_of_it",
    ),
    mutant(
        "questions-of-others",
        ASKED_LIST,
        "rows.filter(Q(user=request.user.pk) | Q(is_shared=True))",
        "rows",
        f"{QUESTIONS}::test_ones_own_is_for_oneself_and_a_shared_one_for_everybody_of_the_merchant",
    ),
    mutant(
        "questions-renamed-by-anybody",
        "tenancy/console/question.py",
        "shared &= Q(merchant__in=merchant_ids(request.user, OWNERS))",
        "pass",
        f"{QUESTIONS}::test_only_who_saved_it_and_the_owner_may_rename_and_remove_a_shared_one",
    ),
    mutant(
        "files-without-the-hidden-columns",
        ASKED_LIST,
        "columns = dict.fromkeys([*super().get_list_display(request), *self.columns_besides])",
        "columns = dict.fromkeys([*self.get_list_display(request), *self.columns_besides])",
        f"{QUESTIONS}::test_a_file_has_every_column_whatever_somebody_sees",
    ),
    mutant(
        "files-without-the-columns-of-the-second-choice",
        ASKED_LIST,
        "super().get_list_display(request), *self.columns_besides]",
        "super().get_list_display(request)]",
        "tests/console/test_export.py::test_a_file_has_all_columns_that_may_be_chosen_and_each_once",
    ),
    mutant(
        "lists-that-leave-out-a-card-of-this-minute",
        "loyalty/standing_triggers.py",
        '_stands(CARD, "card"),',
        "",
        f"{SORTED}::test_a_card_of_this_minute_is_in_every_order_and_tells_what_it_has",
        "tests/loyalty/test_standings.py::test_whoever_is_made_stands_from_the_beginning_with_nothing",
        is_of_schema=True,
    ),
    mutant(
        "lists-sorted-by-what-is-not-there-yet",
        "loyalty/console/card.py",
        "super().companion_filter(request) if standings.are_made() else None",
        "super().companion_filter(request)",
        f"{SORTED}::test_before_it_is_kept_a_long_list_keeps_its_own_order_and_says_so",
    ),
    mutant(
        "lists-without-what-is-newer",
        "loyalty/reporting/standings.py",
        ", *since.values_list(of, flat=True)[: FEW + 1]]",
        "]",
        "tests/console/test_balance_filters.py::test_a_card_stamped_a_moment_ago_is_found_by_what_it_has_now",
    ),
    mutant(
        "lists-searched-for-twice",
        "groundwork/console/lists.py",
        "return rows.filter(pk__in=found[:size]) if is_known and in_this_order else rows",
        "return rows",
        "tests/console/test_lists.py"
        "::test_the_first_page_is_read_by_the_keys_that_were_counted_and_not_searched_for_again",
    ),
    mutant(
        "counts-without-end",
        "groundwork/database/counting.py",
        " or 2 * (monotonic() - started) > seconds",
        "",
        "tests/console/test_lists.py"
        "::test_what_is_dear_to_count_is_counted_less_far_and_no_row_is_out_of_reach",
    ),
    mutant(
        "counts-that-take-twice-as-long",
        "groundwork/database/counting.py",
        "2 * (monotonic() - started)",
        "(monotonic() - started)",
        "tests/console/test_lists.py::test_no_step_of_a_count_is_begun_that_would_end_too_late",
    ),
    mutant(
        "lists-that-draw-each-sign-again",
        "groundwork/console/cells.py",
        "if value not in self._drawn:",
        "if True:",
        "tests/console/test_cells.py::test_a_further_row_costs_its_own_cells_and_no_headers",
    ),
    mutant(
        "customers-of-cards-looked-for-everywhere",
        "loyalty/console/card_filters.py",
        'queryset.filter(**self.page.of_one_merchant(request, "customer"))',
        "queryset",
        "tests/console/test_plans_of_lists.py"
        "::test_a_card_s_customer_is_looked_for_at_its_merchant_where_their_indexes_begin",
    ),
    mutant(
        "pages-that-skip-cards-of-one-customer",
        "groundwork/console/paging.py",
        'following &= Q(_beyond_all(rows, ways[:-1], values[:-1], or_at="="))',
        "following &= Q(_beyond_all(rows, ways[:-1], values[:-1]))",
        f"{SORTED}::test_cards_of_one_customer_are_each_reached_in_the_order_of_customers",
    ),
    mutant(
        "pages-that-skip-those-who-are-alike",
        "groundwork/console/paging.py",
        "sides = [[_expression(rows, way.name) for way in ways], [Value(value) for value in values]]",
        "sides = [[_expression(rows, way.name) for way in ways[:1]], [Value(value) for value in values[:1]]]",
        f"{SORTED}::test_every_row_is_reached_once_in_the_order_of_each_column",
    ),
    mutant(
        "standings-without-what-comes-back",
        "loyalty/reporting/standings.py",
        "is_there=COMING_BACK if sign > 0 else THERE",
        "is_there=THERE",
        "tests/loyalty/test_standings.py"
        "::test_a_customer_has_what_is_on_all_cards_and_not_what_was_on_one_that_is_gone",
    ),
    mutant(
        "cursors-that-outlive-a-transaction",
        "groundwork/database/postgresql/base.py",
        "        if self.get_autocommit():\n            name = None\n",
        "",
        f"{POOLER}::test_no_cursor_stays_at_the_server_outside_of_a_transaction",
    ),
    mutant(
        "exports-of-all-rows-at-once",
        "groundwork/console/export.py",
        "with transaction.atomic(using=rows.db):",
        "if True:",
        f"{POOLER}::test_a_list_is_exported_while_others_take_the_connections_in_turn",
    ),
]

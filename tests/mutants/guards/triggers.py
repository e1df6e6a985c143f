"""Triggers: they are installed with the tables, so that each mutant needs tables made anew."""

from functools import partial

from tests.mutants import mutant as guards

LEDGER = "tests/never_untrue/test_the_ledger.py"
WHOSE = "tests/never_untrue/test_one_merchant.py"
CARDS = "tests/test_cards_are_as_their_ledger.py"
KEPT = "tests/test_purchases_are_kept.py"
MERCHANTS = "tests/test_all_of_one_merchant.py"
CODES = "tests/loyalty/api/test_card_codes.py"
PRINTED = "tests/loyalty/api/test_printed_cards.py"
LOYALTY = "loyalty/triggers.py"
PURCHASES = "loyalty/purchase_triggers.py"
ONE_MERCHANT = f"{WHOSE}::test_rule_6_a_line_of_the_ledger_and_all_it_points_to_belong_to_one_merchant"

mutant = partial(guards.mutant, is_of_schema=True)

MUTANTS = [
    mutant(
        "ledger-that-can-be-changed",
        LOYALTY,
        "    append_only,\n",
        "",
        f"{LEDGER}::test_rule_3_erasing_a_person_may_blank_three_columns_and_only_blank_them",
    ),
    mutant(
        "ledger-whose-notes-can-be-rewritten",
        LOYALTY,
        "NEW.notes <> '' OR ",
        "",
        f"{LEDGER}::test_rule_3_erasing_a_person_may_blank_three_columns_and_only_blank_them",
    ),
    mutant(
        "ledger-whose-reward-can-be-renamed",
        LOYALTY,
        '    "reward_name",\n',
        "",
        f"{LEDGER}::test_rule_3_no_column_of_a_line_can_be_changed[reward_name]",
    ),
    mutant(
        "ledger-whose-lines-can-be-removed",
        LOYALTY,
        "    never_removed,\n",
        "",
        f"{LEDGER}::test_rule_3_a_line_cannot_be_removed",
    ),
    mutant(
        "code-that-is-a-card-number",
        LOYALTY,
        "    code_is_no_number,\n",
        "",
        f"{CODES}::test_no_code_is_the_number_of_a_card",
    ),
    mutant(
        "card-number-that-is-a-code",
        LOYALTY,
        '    _number_is_no_code("UPDATE", only_if=NUMBER_CHANGES),\n',
        "",
        f"{CODES}::test_no_code_is_the_number_of_a_card",
    ),
    mutant(
        "printed-number-of-another-card",
        LOYALTY,
        "    printed_number_is_new,\n",
        "",
        f"{PRINTED}::test_a_printed_number_is_of_no_other_card_and_no_code",
    ),
    mutant(
        "card-number-that-is-printed-on-another",
        LOYALTY,
        '    _number_is_printed_once("UPDATE", only_if=NUMBER_CHANGES),\n',
        "",
        f"{PRINTED}::test_a_printed_number_is_of_no_other_card_and_no_code",
    ),
    mutant(
        "ledger-without-a-chain",
        LOYALTY,
        "    chain,\n",
        "",
        f"{LEDGER}::test_rule_7_a_line_follows_from_the_one_before_it",
        f"{LEDGER}::test_rule_7_the_first_line_begins_at_nothing",
    ),
    *[
        mutant(
            f"chain-without-the-{name}",
            LOYALTY,
            snippet,
            without,
            f"{LEDGER}::test_rule_7_{test}",
        )
        for name, snippet, without, test in (
            (
                "points",
                '     OR {_net("NEW.")[1]} <>',
                "     OR false AND 0 <>",
                "a_line_follows_from_the_one_before_it",
            ),
            ("stamps-owed", " - {row}stamps_owed_after", "", "a_line_follows_from_the_one_before_it"),
            ("points-owed", " - {row}points_owed_after", "", "what_is_owed_is_a_link_of_the_chain"),
            ("fraction", " + {row}points_fraction_after", "", "a_line_follows_from_the_one_before_it"),
        )
    ],
    mutant(
        "purchases-that-can-be-rewritten",
        LOYALTY,
        "    *purchases,\n",
        "",
        f"{KEPT}::test_what_was_bought_is_not_rewritten",
        f"{KEPT}::test_what_came_back_is_not_rewritten",
        f"{KEPT}::test_neither_is_ever_removed",
    ),
    mutant(
        "purchase-whose-terms-can-be-exchanged",
        PURCHASES,
        '        "terms_id",\n        "offers",\n',
        '        "offers",\n',
        f"{KEPT}::test_what_was_bought_is_not_rewritten[terms_id]",
    ),
    mutant(
        "terms-that-can-be-changed",
        PURCHASES,
        '    Rule("terms_are_kept", TERMS, "BEFORE UPDATE", refuse_when("true", KEPT_TERMS)),\n',
        "",
        f"{KEPT}::test_terms_are_not_rewritten",
    ),
    mutant(
        "terms-that-can-be-removed",
        PURCHASES,
        '    Rule("terms_are_never_removed", TERMS, "BEFORE DELETE", refuse_when("true", KEPT_TERMS)),\n',
        "",
        f"{KEPT}::test_terms_are_never_removed",
    ),
    mutant(
        "program-that-goes-by-old-terms",
        PURCHASES,
        "NEW.terms_id := OLD.terms_id;",
        "",
        f"{KEPT}::test_a_program_goes_by_no_terms_but_its_newest",
    ),
    mutant(
        "card-that-is-not-as-its-line",
        LOYALTY,
        "    *as_its_newest_line,\n",
        "",
        f"{CARDS}::test_a_figure_that_moves_without_a_line_is_refused_at_the_commit",
        f"{CARDS}::test_a_line_whose_card_stays_as_it_was_is_refused_at_the_commit",
        f"{CARDS}::test_a_card_without_a_line_has_nothing",
    ),
    mutant(
        "line-of-points-that-the-card-does-not-follow",
        LOYALTY,
        "for delta in DELTAS",
        'for delta in ("stamps_delta",)',
        f"{CARDS}::test_a_line_whose_card_stays_as_it_was_is_refused_at_the_commit",
    ),
    mutant(
        "ledger-that-can-be-emptied",
        LOYALTY,
        "for table in (LEDGER, CARD, TERMS, PURCHASE, RETURN)",
        "for table in (CARD, TERMS, PURCHASE, RETURN)",
        f"{CARDS}::test_neither_the_ledger_nor_what_hangs_on_it_can_be_emptied",
    ),
    mutant(
        "reward-that-changes-no-program",
        LOYALTY,
        '    _touch_program("UPDATE"),\n',
        "",
        "tests/loyalty/services/test_programs.py::test_whoever_keeps_rewards_in_memory_notices_a_change",
    ),
    *[
        mutant(
            f"line-with-the-{column.removesuffix('_id')}-of-another-merchant".replace("_", "-"),
            LOYALTY,
            f'            "{column}": {parent},\n',
            "",
            ONE_MERCHANT,
        )
        for column, parent in {
            "card_id": '"loyalty_loyaltycard"',
            "staff_pin_id": '"loyalty_staffpin"',
            "reward_id": '"loyalty_pointsreward"',
            "voids_id": "LEDGER",
            "purchase_id": "PURCHASE",
            "purchase_return_id": "RETURN",
            "terms_id": "TERMS",
        }.items()
    ],
    *[
        mutant(
            f"card-with-the-{column.removesuffix('_id')}-of-another-merchant".replace("_", "-"),
            LOYALTY,
            f'            "{column}": "{parent}",\n',
            "",
            f"{WHOSE}::test_rule_6_a_card_and_all_it_points_to_belong_to_one_merchant",
        )
        for column, parent in {
            "customer_id": "customers_customer",
            "program_id": "loyalty_loyaltyprogram",
            "scope_store_id": "tenancy_store",
            "merged_into_id": "loyalty_loyaltycard",
        }.items()
    ],
    mutant(
        "insertion-past-the-merchant",
        "tenancy/triggers.py",
        '        Rule(insert, table, "BEFORE INSERT", "\\n".join(refusals)),\n',
        "",
        ONE_MERCHANT,
    ),
    mutant(
        "change-past-the-merchant",
        "tenancy/triggers.py",
        '        Rule(f"{insert}_still", table, update, "\\n".join(refusals)),\n',
        "",
        f"{WHOSE}::test_rule_6_a_card_and_all_it_points_to_belong_to_one_merchant",
    ),
    mutant(
        "store-that-moves-to-another-merchant",
        "tenancy/triggers.py",
        '    merchant_is_for_ever("tenancy_store"),\n',
        "",
        f"{WHOSE}::test_rule_6_no_row_moves_to_another_merchant",
    ),
    mutant(
        "customer-that-moves-to-another-merchant",
        "customers/triggers.py",
        '    merchant_is_for_ever("customers_customer"),\n',
        "",
        f"{WHOSE}::test_rule_6_no_row_moves_to_another_merchant",
    ),
    mutant(
        "history-that-moves-to-another-merchant",
        "tenancy/triggers.py",
        '    merchant_is_for_ever("tenancy_historyentry"),\n',
        "",
        "tests/console/test_history.py::test_an_entry_never_moves_to_another_merchant",
    ),
    *[
        mutant(
            f"email-with-the-{column.removesuffix('_id')}-of-another-merchant",
            "notifications/triggers.py",
            f'"{column}": "{parent}", "',
            '"',
            f"{MERCHANTS}::test_an_email_is_about_people_cards_and_stores_of_its_merchant",
            f"{MERCHANTS}::test_every_key_between_rows_of_merchants_is_held_to_one_merchant",
        )
        for column, parent in {"store_id": "tenancy_store", "customer_id": "customers_customer"}.items()
    ],
    mutant(
        "answer-kept-for-the-store-of-another-merchant",
        "tenancy/triggers.py",
        '    *same_merchant("tenancy_idempotencykey", {"store_id": "tenancy_store"}),\n',
        "",
        f"{MERCHANTS}::test_an_answer_is_kept_for_a_store_of_its_merchant",
    ),
    *[
        mutant(
            f"told-of-another-merchants-{column.removesuffix('_id')}",
            "webhooks/triggers.py",
            f'            "{column}": "{parent}",\n',
            "",
            f"{MERCHANTS}::test_what_is_told_is_of_the_merchants_own_rows_and_goes_to_its_own_endpoints",
        )
        for column, parent in {
            "line_id": "loyalty_loyaltytransaction",
            "customer_id": "customers_customer",
        }.items()
    ],
    mutant(
        "announcement-that-moves-to-another-merchant",
        "tenancy/triggers.py",
        '    merchant_is_for_ever("tenancy_outboxmessage"),\n',
        "",
        f"{MERCHANTS}::test_what_was_announced_stays_its_merchants",
        f"{MERCHANTS}::test_no_table_lets_a_row_move_to_another_merchant",
    ),
    mutant(
        "rules-at-once-and-not-at-the-commit",
        "groundwork/database/triggers.py",
        "DEFERRABLE INITIALLY DEFERRED {does};",
        "{does};",
        f"{CARDS}::test_a_line_with_its_card_passes_whichever_is_written_first",
    ),
    mutant(
        "emptying-that-stays-allowed",
        "groundwork/database/triggers.py",
        'cursor.execute(f"RESET {EMPTYING}")',
        "pass",
        f"{CARDS}::test_only_who_asks_to_flush_the_whole_database_empties_it_once",
    ),
]

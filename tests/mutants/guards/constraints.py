"""Constraints: each is dropped from the database of its test."""

from tests.mutants.mutant import without_constraint

CHANGED = "tests/test_constraints.py::test_a_row_that_cannot_be_is_refused"
FURTHER = "tests/test_constraints.py::test_a_further_row_that_cannot_be_is_refused"
RULES = "tests/never_untrue/test_cards_and_people.py"

CHECKS = {
    "tenancy_merchant": ["merchant_currency_is_iso_4217"],
    "tenancy_user": ["user_email_is_lower_case"],
    "tenancy_storeuser": ["store_user_role_is_known"],
    "tenancy_emailchange": ["new_email_is_lower_case"],
    "tenancy_invitation": [
        "invitation_email_is_lower_case",
        "invitation_role_is_known",
        "an_invitation_is_accepted_or_taken_back",
        "an_accepted_invitation_says_by_whom",
    ],
    "tenancy_historyentry": ["history_action_is_known"],
    "tenancy_backgroundjob": [
        "job_kind_is_known",
        "job_is_leased_while_it_runs",
        "job_expires_once_it_is_over",
        "job_says_why_it_failed",
    ],
    "tenancy_outboxmessage": ["outbox_state_is_known"],
    "customers_customer": ["customer_email_is_null_not_empty", "customer_phone_is_e164"],
    "loyalty_merchantloyaltysettings": ["lockout_after_an_attempt"],
    "tenancy_apikey": ["api_key_scopes_are_known"],
    "tenancy_till": [
        "a_till_code_has_an_end",
        "an_enrolled_till_has_a_token",
        "a_till_code_is_for_a_till_without_device",
    ],
    "loyalty_stafftoken": ["a_token_ends_for_a_reason"],
    "loyalty_loyaltyprogram": [
        "program_type_is_known",
        "stamps_target_is_1_to_50",
        "points_per_euro_is_positive",
        "the_largest_purchase_is_not_below_the_minimum",
        "points_expiration_is_never_or_days",
        "at_least_one_stamp_a_day",
        "a_point_is_worth_nothing_or_more",
    ],
    "loyalty_pointsreward": ["reward_costs_points"],
    "loyalty_promotion": [
        "promotion_effect_is_known",
        "promotion_audience_is_known",
        "a_promotion_gives_a_factor_or_an_amount",
        "a_promotion_ends_after_it_begins",
        "a_promotion_lies_within_the_calendar",
        "weekdays_are_1_to_7",
        "hours_have_a_beginning_and_another_end",
        "days_are_said_where_they_count",
        "visits_are_said_where_they_count",
        "a_tag_is_said_where_it_counts",
        "a_bound_of_a_promotion_leaves_something",
        "a_stopped_promotion_was_planned",
        "no_less_than_nothing_is_spent",
        "a_month_has_room_for_a_friend",
        "friends_are_given_points_or_stamps",
        "who_brings_a_friend_gets_something",
    ],
    "loyalty_loyaltycard": [
        "card_counters_are_never_negative",
        "no_stamps_beside_owed_ones",
        "no_points_beside_owed_ones",
        "points_fraction_is_less_than_a_point",
    ],
    "loyalty_cardbatch": ["a_batch_has_1_to_5000_cards", "design_of_a_batch_is_known"],
    "loyalty_cardcode": ["a_code_is_not_empty"],
    "loyalty_importbatch": ["an_import_is_being_taken_back_first"],
    "loyalty_purchase": ["no_more_is_returned_than_was_bought", "what_is_wholly_returned_is_closed"],
    "notifications_emaillog": [
        "email_status_is_known",
        "a_queued_email_has_its_next_attempt",
        "a_settled_email_is_not_tried_again",
    ],
    "notifications_accountemail": ["account_email_status_is_known"],
    "notifications_textmessage": ["text_message_status_is_known", "text_message_kind_is_known"],
    "notifications_emailtemplate": ["text_code_is_known", "a_text_is_a_stores_or_the_platforms"],
    "wallet_walletpass": [
        "wallet_pass_has_the_id_of_its_wallet",
        "wallet_pass_state_is_known",
        "wallet_pass_syncs_what_is_wanted",
        "a_retired_pass_is_void",
    ],
    "wallet_passdesign": ["pass_design_syncs_what_is_wanted"],
    "wallet_walletoffer": ["what_was_removed_had_been_saved"],
    "webhooks_endpoint": ["an_active_endpoint_is_not_switched_off"],
    "webhooks_delivery": ["delivery_state_is_known"],
    "loyalty_cardvisits": ["the_next_visit_is_after_the_first"],
    "loyalty_undobatch": [
        "an_undoing_is_looked_at_before_it_is_confirmed",
        "an_undoing_is_confirmed_before_it_is_done",
    ],
    "loyalty_undoneline": [
        "undone_state_is_known",
        "an_undoing_says_why_not",
        "what_is_undone_says_by_which_lines",
    ],
    "loyalty_friendgift": ["a_gift_that_is_given_is_of_something"],
    "tenancy_savedquestion": ["a_question_has_a_name"],
    "loyalty_observation": [
        "an_observation_ends_after_it_begins",
        "an_observation_is_about_a_pin_or_a_till",
        "an_observation_is_noted_when_it_is_seen",
        "observation_kind_is_known",
    ],
}
OF_FURTHER_ROWS = {
    "tenancy_merchant": ["merchant_slug_is_unique"],
    "tenancy_user": ["user_email_is_unique"],
    "tenancy_storeuser": ["one_membership_per_user_and_store"],
    "tenancy_invitation": ["one_open_invitation_per_merchant_and_email"],
    "tenancy_invitedstore": ["a_store_is_once_in_an_invitation"],
    "tenancy_idempotencykey": ["one_answer_per_idempotency_key"],
    "tenancy_filepiece": ["one_piece_of_a_file_per_number"],
    "tenancy_till": ["one_till_per_name_and_store"],
    "loyalty_staffpin": ["one_pin_per_name_and_store"],
    "loyalty_loyaltytransaction": [
        "transaction_type_is_known",
        "balances_after_are_never_negative",
        "no_stamps_after_beside_owed_ones",
        "no_points_after_beside_owed_ones",
        "points_fraction_after_is_less_than_a_point",
        "an_undoing_is_taken_back_once",
    ],
    "loyalty_undoneline": [
        "a_line_is_in_an_undoing_once",
    ],
    "loyalty_cardcode": ["a_code_means_one_card"],
    "loyalty_importedperson": ["a_line_is_brought_in_once"],
    "loyalty_purchase": ["one_receipt_earns_once", "a_purchase_costs_something"],
    "loyalty_promotionuse": ["a_use_of_a_promotion_is_of_something"],
    "loyalty_purchasereturn": ["a_return_is_of_something"],
    "loyalty_dailyfigures": ["one_roll_up_per_store_day", "one_roll_up_per_system_day"],
    "loyalty_visitfigures": ["one_count_of_visits_per_store"],
    "loyalty_cardvisits": ["visits_of_a_card_are_kept_once_per_store"],
    "loyalty_cardsnapshot": ["one_snapshot_per_store", "one_snapshot_of_all_stores"],
    "notifications_emailtemplate": ["one_platform_text_per_code", "one_text_per_code_and_store"],
    "wallet_walletpass": ["one_living_pass_per_card_and_wallet"],
    "wallet_appledeviceregistration": ["one_registration_per_device_and_pass"],
    "wallet_walletoffer": ["one_offer_per_card_and_wallet"],
    "tenancy_tally": ["one_tally_of_each"],
    "webhooks_progress": ["one_progress_per_source"],
    "webhooks_event": [
        "one_event_per_position",
        "a_line_is_told_once",
        "a_purchase_is_told_once",
        "a_return_is_told_once",
    ],
    "webhooks_delivery": ["one_delivery_per_event_and_endpoint"],
    "loyalty_friendgift": ["a_friend_is_welcomed_once", "a_purchase_is_of_one_friend"],
    "loyalty_friend": ["nobody_is_brought_by_themselves"],
    "tenancy_listcolumns": ["one_choice_of_columns_per_list"],
    "loyalty_observation": ["one_observation_of_a_kind_and_day"],
    "tenancy_savedquestion": ["one_question_per_name_and_list"],
}
OF_THE_SEVEN_RULES = {
    "loyalty_loyaltycard.stamps_are_never_negative": "test_rule_1_no_balance_is_below_zero",
    "loyalty_loyaltycard.points_are_never_negative": "test_rule_1_no_balance_is_below_zero",
    "loyalty_loyaltycard.stamps_are_earned_less_spent_less_voided": (
        "test_rule_2_a_balance_is_what_was_earned_less_what_went"
    ),
    "loyalty_loyaltycard.points_are_earned_less_redeemed_less_voided": (
        "test_rule_2_a_balance_is_what_was_earned_less_what_went"
    ),
    "loyalty_loyaltycard.one_card_per_customer_everywhere": (
        "test_rule_5_one_living_card_for_each_person_program_and_scope"
    ),
    "loyalty_loyaltycard.one_card_per_customer_and_store": (
        "test_rule_5_one_living_card_for_each_person_program_and_scope"
    ),
    "loyalty_loyaltyprogram.one_living_program_per_merchant": (
        "test_rule_5_one_living_program_for_each_merchant"
    ),
    "customers_customer.one_living_customer_per_email": (
        "test_rule_5_one_living_customer_for_each_merchant_and_address"
    ),
    "customers_customer.one_living_customer_per_phone": (
        "test_rule_5_one_living_customer_for_each_merchant_and_phone"
    ),
    "customers_customer.customer_email_is_lower_case": (
        "test_rule_5_one_living_customer_for_each_merchant_and_address"
    ),
}

MUTANTS = [
    *[
        without_constraint(f"{table}.{name}", f"{test}[{name}]")
        for test, tables in ((CHANGED, CHECKS), (FURTHER, OF_FURTHER_ROWS))
        for table, names in tables.items()
        for name in names
    ],
    *[without_constraint(constraint, f"{RULES}::{test}") for constraint, test in OF_THE_SEVEN_RULES.items()],
    without_constraint(
        "loyalty_loyaltytransaction.loyalty_loyaltytransaction_voids_id_key",
        "tests/never_untrue/test_the_ledger.py::test_rule_4_a_transaction_is_undone_at_most_once",
    ),
]

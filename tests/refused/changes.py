"""What each constraint refuses of a row that is there: how the row is made, and what it may not say."""

from collections.abc import Callable

from django.db.models import Model

from loyalty.models import MerchantLoyaltySettings
from notifications.models import AccountEmail
from tenancy.models import (
    EmailChange,
    OutboxMessage,
    StoreUser,
)
from tests import factories
from tests.console.world import history_of
from tests.factories import Shop
from tests.one_row_each import (
    a_batch,
    a_card,
    a_card_code,
    a_customer,
    a_delivery,
    a_design,
    a_failed_job,
    a_friend_gift,
    a_job,
    a_key,
    a_pass,
    a_platform_text,
    a_promotion,
    a_purchase,
    a_question,
    a_text,
    a_text_message,
    a_token,
    a_waiting_till,
    an_email,
    an_endpoint,
    an_enrolled_till,
    an_import,
    an_invitation,
    an_observation,
    an_offer,
    an_undoing,
    an_undone_line,
    card_visits,
    of,
)

Row = Callable[[Shop], Model]

CHANGES: dict[str, tuple[Row, str]] = {
    "the_next_visit_is_after_the_first": (card_visits, "next_day = first_day"),
    "merchant_currency_is_iso_4217": (lambda shop: shop.merchant, "currency = 'ABC'"),
    "user_email_is_lower_case": (lambda shop: shop.owner, "email = 'Anna@example.com'"),
    "store_user_role_is_known": (lambda shop: StoreUser.objects.get(user=shop.owner), "role = 'king'"),
    "invitation_email_is_lower_case": (an_invitation, "email = 'Nora@example.com'"),
    "invitation_role_is_known": (an_invitation, "role = 'king'"),
    "an_invitation_is_accepted_or_taken_back": (
        an_invitation,
        "revoked_at = now(), accepted_at = now(), accepted_by_id = invited_by_id",
    ),
    "an_accepted_invitation_says_by_whom": (an_invitation, "accepted_at = now()"),
    "history_action_is_known": (lambda shop: history_of(shop.store, shop.owner), "action = 'gift'"),
    "job_kind_is_known": (a_job, "kind = 'gift'"),
    "job_is_leased_while_it_runs": (a_job, "state = 'running'"),
    "job_expires_once_it_is_over": (a_job, "state = 'done'"),
    "job_says_why_it_failed": (a_failed_job, "error = ''"),
    "outbox_state_is_known": (of(OutboxMessage, event="a", subscriber="b"), "state = 'lost'"),
    "customer_email_is_null_not_empty": (a_customer, "email = ''"),
    "customer_phone_is_e164": (a_customer, "phone = '621123456'"),
    "lockout_after_an_attempt": (
        lambda shop: MerchantLoyaltySettings.objects.get(merchant=shop.merchant),
        "staff_pin_lockout_attempts = 0",
    ),
    "api_key_scopes_are_known": (a_key, "scopes = ARRAY['read', 'everything']::varchar[]"),
    "a_till_code_has_an_end": (a_waiting_till, "code_expires_at = NULL"),
    "an_enrolled_till_has_a_token": (an_enrolled_till, "token_hash = NULL"),
    "a_till_code_is_for_a_till_without_device": (
        an_enrolled_till,
        "code_hash = 'a', code_expires_at = now()",
    ),
    "a_token_ends_for_a_reason": (a_token, "end_reason = 'locked'"),
    "program_type_is_known": (lambda shop: shop.program, "loyalty_type = 'lottery'"),
    "stamps_target_is_1_to_50": (lambda shop: shop.program, "stamps_target = 51"),
    "points_per_euro_is_positive": (lambda shop: shop.program, "points_per_euro = 0"),
    "the_largest_purchase_is_not_below_the_minimum": (
        lambda shop: shop.program,
        "minimum_purchase_cents = 500, maximum_purchase_cents = 499",
    ),
    "points_expiration_is_never_or_days": (lambda shop: shop.program, "points_expiration_days = 0"),
    "at_least_one_stamp_a_day": (lambda shop: shop.program, "max_daily_stamps = 0"),
    "a_point_is_worth_nothing_or_more": (lambda shop: shop.program, "point_value_cents = -1"),
    "reward_costs_points": (lambda shop: shop.program.rewards.first(), "points_cost = 0"),
    "a_batch_has_1_to_5000_cards": (a_batch, "count = 5001"),
    "design_of_a_batch_is_known": (a_batch, "design = 'gold'"),
    "an_undoing_is_looked_at_before_it_is_confirmed": (
        an_undoing,
        "foreseen_at = NULL, confirmed_at = now()",
    ),
    "an_undoing_is_confirmed_before_it_is_done": (an_undoing, "finished_at = now()"),
    "undone_state_is_known": (an_undone_line, "state = 'lost'"),
    "an_undoing_says_why_not": (an_undone_line, "state = 'refused'"),
    "what_is_undone_says_by_which_lines": (an_undone_line, "state = 'done'"),
    "a_question_has_a_name": (a_question, "name = ''"),
    "observation_kind_is_known": (an_observation, "kind = 'theft'"),
    "an_observation_is_about_a_pin_or_a_till": (
        lambda shop: an_observation(shop, staff_pin=None, till=factories.till(shop.store)[0]),
        "staff_pin_id = (SELECT id FROM loyalty_staffpin LIMIT 1)",
    ),
    "an_observation_ends_after_it_begins": (an_observation, "until = since - interval '1 second'"),
    "an_observation_is_noted_when_it_is_seen": (an_observation, "note = 'fine'"),
    "an_import_is_being_taken_back_first": (an_import, "reverted_at = now()"),
    "a_code_is_not_empty": (a_card_code, "code = ''"),
    "card_counters_are_never_negative": (
        a_card,
        "total_stamps_voided = -1, total_stamps_earned = total_stamps_earned - 1",
    ),
    "no_stamps_beside_owed_ones": (a_card, "stamps_owed = 1, total_stamps_earned = total_stamps_earned - 1"),
    "no_points_beside_owed_ones": (a_card, "points_owed = 1, total_points_earned = total_points_earned - 1"),
    "points_fraction_is_less_than_a_point": (a_card, "points_fraction = 10000"),
    "no_more_is_returned_than_was_bought": (a_purchase, "returned_cents = 451, is_open = false"),
    "what_is_wholly_returned_is_closed": (a_purchase, "returned_cents = 450"),
    "promotion_effect_is_known": (a_promotion, "effect = 'lottery', factor = NULL, amount = 1"),
    "promotion_audience_is_known": (a_promotion, "audience = 'friends'"),
    "a_promotion_gives_a_factor_or_an_amount": (a_promotion, "factor = NULL"),
    "a_promotion_ends_after_it_begins": (a_promotion, "first_day = '2026-05-12', last_day = '2026-05-11'"),
    "a_promotion_lies_within_the_calendar": (a_promotion, "last_day = '3000-01-01'"),
    "weekdays_are_1_to_7": (a_promotion, "weekdays = '{0}'"),
    "hours_have_a_beginning_and_another_end": (a_promotion, "from_time = '14:00'"),
    "days_are_said_where_they_count": (a_promotion, "audience = 'birthday', days = 31"),
    "visits_are_said_where_they_count": (a_promotion, "audience = 'every_nth_visit'"),
    "a_tag_is_said_where_it_counts": (a_promotion, "tag = 'neighbour'"),
    "who_brings_a_friend_gets_something": (a_promotion, "friend_amount = 30"),
    "friends_are_given_points_or_stamps": (a_promotion, "audience = 'brought_by_friend', friend_amount = 30"),
    "a_month_has_room_for_a_friend": (
        a_promotion,
        "effect = 'points', factor = NULL, amount = 5, audience = 'brought_by_friend', friend_amount = 30,"
        " month_limit = 0",
    ),
    "a_gift_that_is_given_is_of_something": (
        a_friend_gift,
        "line_id = (SELECT MAX(id) FROM loyalty_loyaltytransaction)",
    ),
    "a_bound_of_a_promotion_leaves_something": (a_promotion, "card_limit = 0"),
    "a_stopped_promotion_was_planned": (a_promotion, "planned_at = NULL, stopped_at = now()"),
    "no_less_than_nothing_is_spent": (a_promotion, "spent = -1"),
    "email_status_is_known": (an_email, "status = 'lost'"),
    "a_queued_email_has_its_next_attempt": (an_email, "next_attempt_at = NULL"),
    "a_settled_email_is_not_tried_again": (an_email, "status = 'sent'"),
    "new_email_is_lower_case": (
        lambda shop: EmailChange.objects.create(
            user=shop.owner, old_email=shop.owner.email, new_email="new@example.com"
        ),
        "new_email = 'New@example.com'",
    ),
    "account_email_status_is_known": (
        lambda shop: AccountEmail.objects.create(kind="password_changed", about_id=1, dedup_key="one"),
        "status = 'lost'",
    ),
    "text_message_status_is_known": (a_text_message, "status = 'lost'"),
    "text_message_kind_is_known": (a_text_message, "kind = 'birthday_cake'"),
    "text_code_is_known": (a_text, "code = 'birthday_cake'"),
    "a_text_is_a_stores_or_the_platforms": (
        a_platform_text,
        "merchant_id = (SELECT min(id) FROM tenancy_merchant)",
    ),
    "wallet_pass_has_the_id_of_its_wallet": (a_pass, "object_id = 'google'"),
    "wallet_pass_state_is_known": (a_pass, "state = 'lost'"),
    "wallet_pass_syncs_what_is_wanted": (a_pass, "synced_version = wanted_version + 1"),
    "a_retired_pass_is_void": (a_pass, "retired_at = now()"),
    "what_was_removed_had_been_saved": (an_offer, "removed_at = now()"),
    "pass_design_syncs_what_is_wanted": (a_design, "spread_version = wanted_version + 1"),
    "an_active_endpoint_is_not_switched_off": (an_endpoint, "switched_off = 'gone'"),
    "delivery_state_is_known": (a_delivery, "state = 'lost'"),
}

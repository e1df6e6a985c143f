"""Every constraint of the database is broken by plain SQL, and refuses by its name.

Those of cards, customers and programs that belong to the seven rules are broken in `never_untrue/`.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from loyalty.models import CardVisits, DailyFigures, Friend, MerchantLoyaltySettings, Purchase, VisitFigures
from loyalty.services import points
from notifications.models import AccountEmail
from tenancy import scope
from tenancy.models import (
    EmailChange,
    IdempotencyKey,
    OutboxMessage,
    StoreUser,
    Tally,
)
from tests import factories
from tests.console.world import history_of
from tests.factories import Shop
from tests.one_row_each import (
    a_batch,
    a_card,
    a_card_code,
    a_card_snapshot,
    a_customer,
    a_delivery,
    a_design,
    a_device,
    a_failed_job,
    a_friend,
    a_friend_gift,
    a_job,
    a_key,
    a_line,
    a_line_written_again,
    a_pass,
    a_piece,
    a_pin,
    a_platform_text,
    a_progress,
    a_promotion,
    a_purchase,
    a_question,
    a_return,
    a_text,
    a_text_message,
    a_token,
    a_use,
    a_waiting_till,
    an_email,
    an_endpoint,
    an_enrolled_till,
    an_event,
    an_import,
    an_imported_person,
    an_invitation,
    an_observation,
    an_offer,
    an_undoing,
    an_undone_line,
    at_store,
    card_visits,
    of,
    of_a_line,
    of_a_purchase,
    of_a_return,
    some_columns,
)
from tests.raw_sql import database_refuses, insert_like, update
from tests.sources import LAYERS

pytestmark = pytest.mark.django_db
Row = Callable[[Shop], Model]

OF_THE_SEVEN_RULES = {
    "stamps_are_never_negative",
    "points_are_never_negative",
    "stamps_are_earned_less_spent_less_voided",
    "points_are_earned_less_redeemed_less_voided",
    "one_card_per_customer_everywhere",
    "one_card_per_customer_and_store",
    "one_living_program_per_merchant",
    "one_living_customer_per_email",
    "one_living_customer_per_phone",
    "customer_email_is_lower_case",
}
# What it refuses is refused by `job_expires_once_it_is_over` before.
BEHIND_ANOTHER = {"job_state_is_known"}


@pytest.fixture(autouse=True)
def everything() -> Iterator[None]:
    with scope.everything("tests of what the database holds"):
        yield


# --- What each refuses ------------------------------------------------------------------------------------

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


def nothing(shop: Shop) -> dict[str, Any]:
    return {}


def same_card(shop: Shop) -> dict[str, Any]:
    return {"card_id": CardVisits.objects.get().card_id}


def other_kind(shop: Shop) -> dict[str, Any]:
    return {"transaction_type": "gift", "points_delta": 0}


def without_a_change(shop: Shop) -> dict[str, Any]:
    return {"stamps_delta": 0, "points_delta": 0}


def below_nothing(shop: Shop) -> dict[str, Any]:
    return {"points_delta": -46, "points_balance_after": -1}


# Each keeps the net, so that the chain has nothing to say.
def stamps_and_owed_ones(shop: Shop) -> dict[str, Any]:
    return {"points_delta": 0, "stamps_balance_after": 4, "stamps_owed_after": 1}


def points_and_owed_ones(shop: Shop) -> dict[str, Any]:
    return {"points_delta": 0, "points_balance_after": 46, "points_owed_after": 1}


def a_whole_point_of_parts(shop: Shop) -> dict[str, Any]:
    return {"points_delta": 0, "points_balance_after": 44, "points_fraction_after": 10_000}


def for_nothing(shop: Shop) -> dict[str, Any]:
    return {"amount_cents": 0, "reference_key": "", "is_open": False}


def of_nothing(shop: Shop) -> dict[str, Any]:
    return {"amount_cents": 0}


def without_points(shop: Shop) -> dict[str, Any]:
    return {"points": 0}


def other_code(shop: Shop) -> dict[str, Any]:
    return {"code_hash": "another"}


def another_event(shop: Shop) -> dict[str, Any]:
    return {"event_id": "evt_another"}


def a_later_event(shop: Shop) -> dict[str, Any]:
    return {"event_id": "evt_later", "position": 2}


def by_itself(shop: Shop) -> dict[str, Any]:
    other = factories.card(shop.store)
    return {"card_id": other.pk, "brought_by_id": other.pk}


def another_purchase(shop: Shop) -> dict[str, Any]:
    points.earn(
        store=shop.store,
        card_id=factories.card(shop.store).pk,
        actor=factories.actor(),
        purchase_amount_cents=100,
    )
    return {"purchase_id": Purchase.objects.latest("pk").pk}


def another_friend(shop: Shop) -> dict[str, Any]:
    host, card = factories.card(shop.store), factories.card(shop.store)
    return {"friend_id": Friend.objects.create(merchant=shop.merchant, card=card, brought_by=host).pk}


def other_names(shop: Shop) -> dict[str, Any]:
    return {"serial_number": "another"}


FURTHER_ROWS: dict[str, tuple[Row, Callable[[Shop], dict[str, Any]]]] = {
    "merchant_slug_is_unique": (lambda shop: shop.merchant, nothing),
    "user_email_is_unique": (lambda shop: shop.owner, nothing),
    "one_membership_per_user_and_store": (lambda shop: StoreUser.objects.get(user=shop.owner), nothing),
    "one_open_invitation_per_merchant_and_email": (an_invitation, nothing),
    "a_store_is_once_in_an_invitation": (lambda shop: an_invitation(shop).places.get(), nothing),
    "one_tally_of_each": (
        lambda shop: Tally.objects.create(name="pushes", outcome="later", times=1),
        nothing,
    ),
    "one_answer_per_idempotency_key": (
        at_store(IdempotencyKey, credential="user:1", key="k", fingerprint="f", status=201),
        nothing,
    ),
    "one_piece_of_a_file_per_number": (a_piece, nothing),
    "one_pin_per_name_and_store": (a_pin, nothing),
    "one_till_per_name_and_store": (a_waiting_till, other_code),
    "transaction_type_is_known": (a_line, other_kind),
    "balances_after_are_never_negative": (a_line, below_nothing),
    "no_stamps_after_beside_owed_ones": (a_line, stamps_and_owed_ones),
    "no_points_after_beside_owed_ones": (a_line, points_and_owed_ones),
    "points_fraction_after_is_less_than_a_point": (a_line, a_whole_point_of_parts),
    "a_code_means_one_card": (a_card_code, nothing),
    "one_question_per_name_and_list": (a_question, nothing),
    "one_choice_of_columns_per_list": (some_columns, nothing),
    "one_observation_of_a_kind_and_day": (an_observation, nothing),
    "a_line_is_brought_in_once": (an_imported_person, nothing),
    "a_line_is_in_an_undoing_once": (an_undone_line, nothing),
    "an_undoing_is_taken_back_once": (a_line_written_again, without_a_change),
    "one_receipt_earns_once": (a_purchase, nothing),
    "a_purchase_costs_something": (a_purchase, for_nothing),
    "a_return_is_of_something": (a_return, of_nothing),
    "nobody_is_brought_by_themselves": (a_friend, by_itself),
    "a_friend_is_welcomed_once": (a_friend_gift, another_purchase),
    "a_purchase_is_of_one_friend": (a_friend_gift, another_friend),
    "a_use_of_a_promotion_is_of_something": (a_use, without_points),
    "visits_of_a_card_are_kept_once_per_store": (card_visits, same_card),
    "one_count_of_visits_per_store": (of(VisitFigures, as_of=date(2026, 3, 10)), nothing),
    "one_roll_up_per_store_day": (at_store(DailyFigures, date=date(2026, 3, 10)), nothing),
    "one_roll_up_per_system_day": (of(DailyFigures, date=date(2026, 3, 10)), nothing),
    "one_snapshot_per_store": (a_card_snapshot(store=True), nothing),
    "one_snapshot_of_all_stores": (a_card_snapshot(), nothing),
    "one_platform_text_per_code": (a_platform_text, nothing),
    "one_text_per_code_and_store": (a_text, nothing),
    "one_living_pass_per_card_and_wallet": (a_pass, other_names),
    "one_registration_per_device_and_pass": (a_device, nothing),
    "one_offer_per_card_and_wallet": (an_offer, nothing),
    "one_progress_per_source": (a_progress, nothing),
    "one_event_per_position": (an_event, another_event),
    "a_line_is_told_once": (of_a_line, a_later_event),
    "a_purchase_is_told_once": (of_a_purchase, a_later_event),
    "a_return_is_told_once": (of_a_return, a_later_event),
    "one_delivery_per_event_and_endpoint": (a_delivery, nothing),
}


@pytest.mark.parametrize("constraint", list(CHANGES))
def test_a_row_that_cannot_be_is_refused(constraint: str) -> None:
    shop = factories.shop(points_per_euro=10)
    make, change = CHANGES[constraint]
    row = make(shop)
    with database_refuses(f'"{constraint}"'):
        update(row, change)
    assert update(row, "id = id") == 1


@pytest.mark.parametrize("constraint", list(FURTHER_ROWS))
def test_a_further_row_that_cannot_be_is_refused(constraint: str) -> None:
    shop = factories.shop(points_per_euro=10)
    make, other = FURTHER_ROWS[constraint]
    row = make(shop)
    count = type(row)._base_manager.count()
    with database_refuses(f'"{constraint}"'):
        insert_like(row, **other(shop))
    assert type(row)._base_manager.count() == count


def test_every_constraint_is_broken_somewhere() -> None:
    tried = CHANGES.keys() | FURTHER_ROWS.keys() | OF_THE_SEVEN_RULES | BEHIND_ANOTHER
    own = [model for model in apps.get_models() if model._meta.app_label in LAYERS]
    assert {constraint.name for model in own for constraint in model._meta.constraints} == tried

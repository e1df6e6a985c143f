"""What each constraint refuses of a further row: the row that is there, and what the copy of it says."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Model

from loyalty.models import CardVisits, DailyFigures, Friend, Purchase, VisitFigures
from loyalty.services import points
from tenancy.models import (
    IdempotencyKey,
    StoreUser,
    Tally,
)
from tests import factories
from tests.factories import Shop
from tests.one_row_each import (
    a_card_code,
    a_card_snapshot,
    a_delivery,
    a_device,
    a_friend,
    a_friend_gift,
    a_line,
    a_line_written_again,
    a_pass,
    a_piece,
    a_pin,
    a_platform_text,
    a_progress,
    a_purchase,
    a_question,
    a_return,
    a_text,
    a_use,
    a_waiting_till,
    an_event,
    an_imported_person,
    an_invitation,
    an_observation,
    an_offer,
    an_undone_line,
    at_store,
    card_visits,
    of,
    of_a_line,
    of_a_purchase,
    of_a_return,
    some_columns,
)

Row = Callable[[Shop], Model]


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

"""What loyalty announces becomes e-mails in the queue: each once, a thousand as cheaply as one."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.services import erase_person
from groundwork.deletion import soft_delete
from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.services.enrollment import enroll
from loyalty.services.stamps import give
from loyalty.services.voids import void
from notifications import handlers, selectors, variables
from notifications.codes import Code
from notifications.models import EmailLog
from notifications.services import delivery, enqueue
from tenancy.actor import Actor
from tenancy.models import OutboxMessage, Store
from tests import factories
from tests.notifications.conftest import Shop
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db


def event(cards: list[LoyaltyCard], lines: list[LoyaltyTransaction] | None = None) -> dict:
    return {
        "merchant_id": cards[0].merchant_id,
        "card_ids": [card.pk for card in cards],
        "transaction_ids": [line.pk for line in lines or []],
    }


def queued() -> list[tuple[str, str]]:
    return list(EmailLog.objects.order_by("id").values_list("code", "status"))


# --- From the till to the queue -------------------------------------------------------------------------------


def test_a_new_customer_is_sent_the_welcome_and_the_bonus_in_one(shop: Shop) -> None:
    shop.program.welcome_bonus_points = 50
    shop.program.save()
    enrollment = enroll(
        store=shop.store,
        email="anouk@example.com",
        name="Anouk Weber",
        language="lb",
        create_if_missing=True,
        actor=Actor.system(),
    )
    assert queued() == [], "the till does not write e-mails"

    outbox.relay()

    assert queued() == [("loyalty_welcome_bonus", "queued")]
    assert not OutboxMessage.objects.exists()
    log = EmailLog.objects.get(code="loyalty_welcome_bonus")
    line = enrollment.card.transactions.get(transaction_type="welcome_bonus")
    assert log.dedup_key == f"loyalty_welcome_bonus:card={enrollment.card.pk}:transaction={line.pk}"
    assert log.context == {"transaction_id": line.pk}
    assert (log.merchant_id, log.store_id, log.customer_id, log.card_id) == (
        shop.merchant.pk,
        shop.store.pk,
        enrollment.card.customer_id,
        enrollment.card.pk,
    )
    assert (log.language, log.to, log.attempts) == ("lb", "anouk@example.com", 0)


def test_enrolling_again_brings_no_second_welcome_but_on_the_page_the_link(shop: Shop) -> None:
    person = {"store": shop.store, "email": "anouk@example.com", "actor": Actor.system()}
    enroll(**person, create_if_missing=True)
    enroll(**person)
    outbox.relay()
    assert queued() == [("loyalty_enrollment", "queued")]
    enroll(**person, self_service=True)
    outbox.relay()
    assert queued() == [("loyalty_enrollment", "queued"), ("loyalty_card_link", "queued")]


def test_the_stamp_that_fills_the_card_is_announced(shop: Shop) -> None:
    shop.program.require_staff_pin = False
    shop.program.save()
    card = shop.card(stamps=0)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(10):
            give(store=shop.store, card_id=card.pk, actor=Actor.system())
            clock.shift(timedelta(hours=6))
        outbox.relay()
    assert queued() == [("loyalty_reward_ready", "queued")]


def test_a_card_that_is_full_undone_and_full_again_is_announced_once_and_two_minutes_later(
    shop: Shop, post_office: PostOffice
) -> None:
    shop.program.require_staff_pin = False
    shop.program.save()
    card = shop.card(stamps=9)
    for _time in range(2):
        give(store=shop.store, card_id=card.pk, actor=factories.actor())
        last = card.transactions.latest("pk")
        void(store=shop.store, transaction_id=last.pk, actor=factories.actor(), reason="Wrong card")
        outbox.relay()
    assert delivery.sweep() == 0, "they wait"
    give(store=shop.store, card_id=card.pk, actor=factories.actor())
    outbox.relay()
    logs = EmailLog.objects.order_by("pk")
    wait = F("next_attempt_at") - F("created_at")
    assert set(logs.annotate(wait=wait).values_list("wait", flat=True)) == {timedelta(minutes=2)}

    logs.update(next_attempt_at=Now())
    delivery.sweep()

    assert [(log.status, log.error) for log in logs] == [
        ("suppressed", "a newer e-mail says it"),
        ("suppressed", "a newer e-mail says it"),
        ("sent", ""),
    ]
    assert [letter["Subject"] for letter in post_office.letters] == ["Your card is full: Free coffee"]


def test_a_stamp_that_is_undone_within_two_minutes_is_not_announced(
    shop: Shop, post_office: PostOffice
) -> None:
    shop.program.require_staff_pin = False
    shop.program.save()
    card = shop.card(stamps=9)
    give(store=shop.store, card_id=card.pk, actor=factories.actor())
    outbox.relay()
    last = card.transactions.latest("pk")
    void(store=shop.store, transaction_id=last.pk, actor=factories.actor(), reason="Wrong card")
    EmailLog.objects.update(next_attempt_at=Now())
    delivery.sweep()
    assert EmailLog.objects.get().status == "suppressed"
    assert post_office.letters == []


# --- Each once ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("handle", "code"),
    [
        (handlers.on_cards_enrolled, "loyalty_enrollment"),
        (handlers.on_welcome_bonus_given, "loyalty_welcome_bonus"),
        (handlers.on_reward_ready, "loyalty_reward_ready"),
        (handlers.on_points_expired, "loyalty_points_expired"),
        (handlers.on_owed_anew, "loyalty_owed"),
        (handlers.on_friend_rewarded, "loyalty_friend_came"),
    ],
)
def test_an_announcement_that_comes_twice_is_one_email(shop: Shop, handle: Callable, code: str) -> None:
    card = shop.card()
    line = shop.line(card, "card_created")
    handle(event([card], [line]))
    handle(event([card], [line]))
    assert queued() == [(code, "queued")]
    handle(event([card], [shop.line(card, "card_created")]))
    assert queued() == [(code, "queued")] * 2


def test_a_warning_is_one_email_per_cycle(shop: Shop) -> None:
    card = shop.card(points=240)
    card.last_expiration_warning_at = timezone.now()
    card.save()
    handlers.on_points_about_to_expire(event([card]))
    handlers.on_points_about_to_expire(event([card]))
    assert queued() == [("loyalty_points_expiring", "queued")]
    card.last_expiration_warning_at += timedelta(days=100)
    card.save()
    handlers.on_points_about_to_expire(event([card]))
    assert queued() == [("loyalty_points_expiring", "queued")] * 2


@pytest.mark.parametrize("handle", [handlers.on_card_link_requested, handlers.on_erasure_requested])
def test_asking_again_and_again_brings_one_email_in_ten_minutes(shop: Shop, handle: Callable) -> None:
    card = shop.card()
    on_the_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with time_machine.travel(on_the_hour, tick=False) as clock:
        for _ in range(10):
            handle(event([card]))
            clock.shift(timedelta(seconds=59))
        assert EmailLog.objects.count() == 1
        clock.shift(timedelta(seconds=10))
        handle(event([card]))
        assert EmailLog.objects.count() == 2


# --- Many at once ---------------------------------------------------------------------------------------------------


def test_a_hundred_cards_cost_one_statement(shop: Shop) -> None:
    cards = [shop.card() for _ in range(100)]
    lines = [shop.line(card, "card_created") for card in cards]
    with CaptureQueriesContext(connection) as statements:
        handlers.on_points_expired(event(cards, lines))
    assert len(statements) == 1
    assert EmailLog.objects.filter(status="queued").count() == 100


def test_for_a_few_each_row_is_rung_for_and_for_many_the_sweep(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, dict]] = []
    monkeypatch.setattr(enqueue.doorbell, "ring", lambda task, **ids: rung.append((task, ids)))
    cards = [shop.card() for _ in range(22)]
    lines = [shop.line(card, "card_created") for card in cards]
    handlers.on_cards_enrolled(event(cards[:1], lines[:1]))
    log = EmailLog.objects.get()
    assert rung == [("loyalty.send_notification_email", {"email_log_id": log.pk})]
    handlers.on_cards_enrolled(event(cards, lines))
    assert rung[1:] == [("notifications.sweep_email_log", {})]


# --- What SQL decides when an e-mail is enqueued is what Python decides when it is sent --------------------------


def circumstances(shop: Shop) -> Iterator[LoyaltyCard]:
    """Cards with and without languages, stores and addresses, in every combination that matters."""
    french = Store.objects.create(merchant=shop.merchant, name="B", store_code="b", default_language="fr")
    closed = Store.objects.create(merchant=shop.merchant, name="C", store_code="c", default_language="de")
    homes = [
        (None, None),
        (None, french),
        (french, None),
        (french, shop.store),
        (None, closed),
        (closed, french),
    ]
    people = [{"preferred_language": "lb"}, {"preferred_language": ""}, {"email": None}]
    for scope_store, issued in homes:
        for person in people:
            card = shop.card(shop.customer(**person), scope_store=scope_store)
            LoyaltyCard.objects.filter(pk=card.pk).update(enrolled_at_store=issued)
            yield card
    soft_delete(closed, by=None)
    gone = shop.card()
    soft_delete(gone.customer, by=None)
    erased = shop.card()
    erase_person(customer=erased.customer)
    yield from (gone, erased)


def test_sql_and_python_agree_on_who_is_written_to_in_which_language(shop: Shop) -> None:
    shop.merchant.default_language = "lb"
    shop.merchant.save()
    cards = list(circumstances(shop))
    enqueue.for_cards(
        merchant_id=shop.merchant.pk, code=Code.CARD_LINK, card_ids=[card.pk for card in cards], cause="test"
    )
    rows = {row.card_id: row for row in EmailLog.objects.all()}
    assert len(rows) == len(cards) == 20
    for card in selectors.with_facts(LoyaltyCard.all_objects.filter(pk__in=rows)):
        row, home = rows[card.pk], variables.home_store(card)
        assert row.store_id == (home.pk if home else None)
        assert row.language == variables.language_of(card)
        assert row.to == (card.customer.email or "")
        assert row.error == variables.why_not(card, row.code)
        assert (row.status == "queued") is (row.error == "") is (row.next_attempt_at is not None)
        assert row.customer_id == card.customer_id


# --- Nobody to write to -------------------------------------------------------------------------------------------


def test_who_has_no_address_or_is_gone_is_not_written_to(shop: Shop) -> None:
    nameless = shop.card(shop.customer(email=None))
    deleted = shop.card()
    soft_delete(deleted.customer, by=None)
    erased = shop.card()
    erase_person(customer=erased.customer)
    cards = [nameless, deleted, erased]
    handlers.on_cards_enrolled(event(cards, [shop.line(card, "card_created") for card in cards]))
    assert list(EmailLog.objects.order_by("card_id").values_list("status", "error", "next_attempt_at")) == [
        ("suppressed", "the customer has no e-mail address", None),
        ("suppressed", "the customer or the card was deleted", None),
        ("suppressed", "the customer's data were erased", None),
    ]

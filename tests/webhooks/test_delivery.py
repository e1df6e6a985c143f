"""Each event goes once to each endpoint that wants it: the same id, the same bytes, a signature that fits."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from pytest_django import Settings

from groundwork.messaging import outbox
from loyalty.services import purchases, returns, stamps
from notifications.services import accounts
from tenancy import scope
from tenancy.models import OutboxMessage, SettledMessage
from tests import factories
from tests.factories import Shop
from tests.webhooks.conftest import deliver, deliveries, listen, said, told
from tests.webhooks.receiver import Got, Receiver, hang_up, status
from webhooks import signing
from webhooks.models import Delivery, Endpoint, Event
from webhooks.services import delivery, endpoints

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def signed_by(got: Got, secret: str) -> bool:
    """Whether one of a message's signatures is a secret's, reckoned as Standard Webhooks says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in got.headers["webhook-signature"].split(" ")


def test_the_example_of_standard_webhooks_is_signed_as_published() -> None:
    made = signing.headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret = signing.new_secret()
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32


def test_a_day_at_the_shop_is_told_once_to_each_who_wants_it(shop: Shop, receiver: Receiver) -> None:
    all_of_it, secret = listen(shop, receiver.url)
    of_stamps, _secret = listen(shop, receiver.url + "/stamps", "stamps.given")
    card = factories.card(shop.store, "anna@example.com", stamps=1)
    with factories.inside(shop):
        purchases.record(
            store=shop.store, card_id=card.pk, actor=factories.actor(), purchase_amount_cents=500
        )
    assert deliver() == 7
    assert deliver() == 0

    everything = Receiver.__new__(Receiver)
    everything.got = [each for each in receiver.got if each.path == "/hooks"]
    kinds = ["card.enrolled", "stamps.given", "points.earned", "stamps.given", "purchase.recorded"]
    assert told(everything) == kinds
    assert [each.path for each in receiver.got].count("/hooks/stamps") == 2
    assert all(signed_by(each, secret) for each in everything.got)
    assert deliveries(all_of_it) == [("delivered", 1, 200)] * 5
    assert deliveries(of_stamps) == [("delivered", 1, 200)] * 2

    bought = said(everything)[-1]["data"]
    assert [line["transaction_type"] for line in bought["transactions"]] == ["points_earned", "stamp_earned"]
    assert (bought["transaction"], bought["purchase"]["purchase_amount_cents"]) == (
        bought["transactions"][1],
        500,
    )
    assert (bought["card"]["stamp_count"], bought["card"]["points_balance"]) == (2, 50)
    assert [body["data"]["card"]["stamp_count"] for body in said(everything)] == [0, 1, 1, 2, 2]
    assert said(everything)[0]["data"]["card"]["customer"]["email"] == "anna@example.com"


def test_what_is_brought_back_merged_or_changed_is_told_as_it_was_then(
    shop: Shop, receiver: Receiver
) -> None:
    listen(shop, receiver.url)
    _source, target = factories.two_cards(shop)
    who = {"store": shop.store, "actor": factories.actor(), "reason": "why"}
    with factories.inside(shop):
        bought = purchases.record(
            store=shop.store, card_id=target.pk, actor=factories.actor(), purchase_amount_cents=1000
        )
        returns.give_back(**who, purchase_id=bought.purchase.pk, amount_cents=400)
    deliver()
    kept = {body["type"]: body["data"] for body in said(receiver)}
    assert kept["purchase.recorded"]["purchase"]["returned_cents"] == 0
    assert kept["purchase.returned"]["purchase"]["returned_cents"] == 400
    assert [kept[name]["card"]["points_balance"] for name in ("points.earned", "purchase.returned")] == [
        100,
        60,
    ]
    assert [kept[name]["card"]["total_points_earned"] for name in ("card.enrolled", "points.earned")] == [
        0,
        100,
    ]


def test_three_days_without_an_answer_lose_nothing_and_double_nothing(shop: Shop, receiver: Receiver) -> None:
    endpoint, secret = listen(shop, receiver.url, "stamps.given")
    card = factories.card(shop.store)
    receiver.usual = status(500)
    pauses = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000]
    with time_machine.travel(NOON, tick=False) as clock:
        with factories.inside(shop):
            Endpoint.objects.update(active_since=NOON)
        factories.give_stamps(card, shop.store, 1)
        assert deliver() == 1
        for attempts, pause in enumerate(pauses, start=2):
            clock.shift(timedelta(seconds=pause - 1))
            assert deliver() == 0
            clock.shift(timedelta(seconds=1))
            if attempts == 3:
                receiver.answers.append(hang_up)
            assert deliver() == 1
            assert deliveries(endpoint)[0][:2] == ("failed", attempts)
        assert deliveries(endpoint) == [("failed", 9, 500)]
        receiver.usual = status(204, b"")
        clock.shift(timedelta(seconds=86_400))
        assert (deliver(), deliver()) == (1, 0)
    assert deliveries(endpoint) == [("delivered", 10, 204)]
    assert len(receiver.got) == 10
    assert len({(each.event_id, each.body) for each in receiver.got}) == 1
    assert len({each.headers["webhook-timestamp"] for each in receiver.got}) == 10
    assert all(signed_by(each, secret) for each in receiver.got)


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(
    shop: Shop, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOKS_RETRY_SCHEDULE = [0, 0]
    endpoint, _secret = listen(shop, receiver.url, "card.enrolled")
    receiver.usual = status(302, Location=receiver.url + "/elsewhere")
    factories.card(shop.store)
    assert deliver() == 3
    assert deliveries(endpoint) == [("dead", 3, 302)]
    assert {each.path for each in receiver.got} == {"/hooks"}
    receiver.usual = status(200)
    with factories.inside(shop):
        endpoints.resend(delivery_id=Delivery.objects.get().pk)
    assert deliver() == 1
    assert deliveries(endpoint) == [("delivered", 1, 200)]
    assert len({(each.event_id, each.body) for each in receiver.got}) == 1


def test_for_a_day_both_secrets_sign(shop: Shop, receiver: Receiver) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        endpoint, first = listen(shop, receiver.url)
        with factories.inside(shop):
            second = endpoints.rotate_secret(endpoint_id=endpoint.pk)
            endpoints.send_test(endpoint_id=endpoint.pk)
            deliver()
            clock.shift(timedelta(hours=24))
            endpoints.send_test(endpoint_id=endpoint.pk)
            deliver()
    early, late = receiver.got
    assert [signed_by(early, secret) for secret in (first, second)] == [True, True]
    assert [signed_by(late, secret) for secret in (first, second)] == [False, True]
    with factories.inside(shop):
        kept = str(Endpoint.objects.values().get())
    assert [secret.removeprefix("whsec_") in kept for secret in (first, second)] == [False, False]


def test_a_secret_changed_twice_within_a_day_leaves_the_first_its_day(shop: Shop, receiver: Receiver) -> None:
    """The second was never copied: what listens knows the first, which was promised 24 hours, and no more."""
    with time_machine.travel(NOON, tick=False) as clock:
        endpoint, first = listen(shop, receiver.url)
        with factories.inside(shop):
            second = endpoints.rotate_secret(endpoint_id=endpoint.pk)
            clock.shift(timedelta(hours=1))
            third = endpoints.rotate_secret(endpoint_id=endpoint.pk)
            for hours in (0, 23, 1):
                clock.shift(timedelta(hours=hours))
                endpoints.send_test(endpoint_id=endpoint.pk)
                deliver()
    signed = [[signed_by(each, secret) for secret in (first, second, third)] for each in receiver.got]
    assert signed == [[True, True, True], [False, True, True], [False, False, True]]


def test_a_secret_changed_over_and_over_leaves_a_header_that_every_server_takes(
    shop: Shop, receiver: Receiver
) -> None:
    with time_machine.travel(NOON, tick=False):
        endpoint, first = listen(shop, receiver.url)
        with factories.inside(shop):
            last = [endpoints.rotate_secret(endpoint_id=endpoint.pk) for _time in range(12)][-1]
            endpoints.send_test(endpoint_id=endpoint.pk)
            deliver()
    (got,) = receiver.got
    assert len(got.headers["webhook-signature"].split()) == 10
    assert [signed_by(got, secret) for secret in (first, last)] == [False, True]


def test_whoever_says_gone_is_told_nothing_more_until_it_is_switched_on(
    shop: Shop, receiver: Receiver
) -> None:
    endpoint, _secret = listen(shop, receiver.url, "stamps.given")
    card = factories.card(shop.store)
    receiver.answers.append(status(410))
    with time_machine.travel(NOON) as clock:
        with factories.inside(shop):
            Endpoint.objects.update(active_since=NOON)
        factories.give_stamps(card, shop.store, 1)
        deliver()
        clock.shift(timedelta(hours=1))
        factories.give_stamps(card, shop.store, 1)
        assert deliver() == 0
        with factories.inside(shop):
            assert Endpoint.objects.get().switched_off == "gone"
            endpoints.change(endpoint_id=endpoint.pk, is_active=True)
        factories.give_stamps(card, shop.store, 1)
        assert deliver() == 2
    assert [body["data"]["card"]["stamp_count"] for body in said(receiver)] == [1, 1, 3]
    assert OutboxMessage.objects.filter(event="tenancy.account_email_requested").count() == 0


def test_five_days_of_failure_switch_an_endpoint_off_and_its_owner_is_written_to(
    shop: Shop, receiver: Receiver
) -> None:
    endpoint, _secret = listen(shop, receiver.url)
    receiver.usual = status(500)
    with time_machine.travel(NOON, tick=False) as clock, factories.inside(shop):
        endpoints.send_test(endpoint_id=endpoint.pk)
        deliver()
        clock.shift(timedelta(days=5, seconds=-1))
        endpoints.send_test(endpoint_id=endpoint.pk)
        delivery.run()
        assert Endpoint.objects.get().is_active
        clock.shift(timedelta(seconds=6))
        delivery.run()
        kept = Endpoint.objects.get()
    assert (kept.is_active, kept.switched_off) == (False, "failing")
    asked = OutboxMessage.objects.get(event="tenancy.account_email_requested")
    assert (asked.payload["kind"], asked.payload["about_id"]) == ("webhook_switched_off", shop.owner.pk)
    outbox.relay()
    accounts.send_due()
    (letter,) = mail.outbox
    assert letter.to == [shop.owner.email]
    assert "/admin/webhooks/endpoint/" in letter.body


def test_an_endless_answer_is_cut_and_counts_by_its_status(shop: Shop, receiver: Receiver) -> None:
    endpoint, _secret = listen(shop, receiver.url, "card.enrolled")
    receiver.answers.append(status(200, b"x" * 200_000))
    factories.card(shop.store)
    deliver()
    assert deliveries(endpoint) == [("delivered", 1, 200)]
    with factories.inside(shop):
        assert len(Delivery.objects.get().response_body) == 64 * 1024


def test_a_shop_without_endpoints_pays_nothing_at_the_till(shop: Shop) -> None:
    card = factories.card(shop.store)
    with factories.inside(shop):
        stamps.give(store=shop.store, card_id=card.pk, actor=factories.actor())
    outbox.relay()
    delivery.run()
    with scope.everything("a test looks"):
        heard = SettledMessage.objects.filter(subscriber__startswith="webhooks.")
        assert (heard.count(), Event.objects.filter(type="stamps.given").count()) == (0, 0)

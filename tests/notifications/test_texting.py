"""Text messages on their way: what a provider's answers mean, and what is sent again."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from customers.models import Customer
from notifications import texting
from notifications.models import TextKind, TextMessage
from notifications.services import notices, text_messages
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
NUMBER = "+352621123456"


class Provider:
    """Notes what it is asked, and answers as told: a status, or an error of the network."""

    def __init__(self) -> None:
        self.answers: list[int | Exception] = []
        self.asked: list[httpx.Request] = []

    def post(self, url: str, **options: object) -> httpx.Response:
        assert options.pop("timeout") == texting.TIMEOUT
        request = httpx.Request("POST", url, **options)
        self.asked.append(request)
        answer = self.answers.pop(0) if self.answers else 202
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, request=request)


@pytest.fixture
def provider(monkeypatch, settings) -> Provider:
    settings.SMS_URL, settings.SMS_TOKEN = "https://sms.example/v1/messages", "s3cret"
    settings.SMS_SENDER = "Cafe"
    made = Provider()
    monkeypatch.setattr(httpx, "post", made.post)
    return made


def link(shop: factories.Shop, cause: str = "one", **person: object) -> None:
    card = factories.card(shop.store, **({"phone": NUMBER} | person))
    with factories.inside(shop):
        text_messages.enqueue(TextKind.CARD_LINK, [card], {card.pk: cause})


def states(shop: factories.Shop) -> list[tuple[str, int, str]]:
    with factories.inside(shop):
        return list(TextMessage.objects.order_by("id").values_list("status", "attempts", "fault"))


def test_a_message_goes_out_once_with_all_that_a_provider_needs(provider: Provider) -> None:
    shop = factories.shop()
    link(shop)

    assert (text_messages.send_due(), text_messages.send_due()) == (1, 0)

    (request,) = provider.asked
    message = json.loads(request.content)
    assert str(request.url) == "https://sms.example/v1/messages"
    assert request.headers["Authorization"] == "Bearer s3cret"
    assert request.headers["Idempotency-Key"] == message["reference"]
    assert (message["to"], message["from"]) == (NUMBER, "Cafe")
    assert message["text"].startswith(f"{shop.merchant.name}: your card is here: http")
    assert states(shop) == [("sent", 1, "")]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (503, "deferred"),
        (429, "deferred"),
        (401, "deferred"),
        (302, "deferred"),
        (httpx.ConnectTimeout("slow"), "unreachable"),
        (httpx.ReadTimeout("hangs"), "unreachable"),
    ],
)
def test_what_may_pass_is_sent_again_as_the_same_message(
    provider: Provider, answer: int | Exception, fault: str
) -> None:
    shop = factories.shop()
    provider.answers = [answer]
    with time_machine.travel(NOON, tick=False) as now:
        link(shop)
        text_messages.send_due()
        assert states(shop) == [("queued", 1, fault)]
        assert text_messages.send_due() == 0, "not at once"
        now.shift(timedelta(seconds=30))
        text_messages.send_due()
    assert states(shop) == [("sent", 2, "")]
    first, second = provider.asked
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_a_number_that_is_refused_is_not_tried_again_and_a_dead_provider_not_for_ever(
    provider: Provider,
) -> None:
    shop = factories.shop()
    provider.answers = [400]
    link(shop)
    text_messages.send_due()
    assert states(shop) == [("failed", 1, "refused")]

    provider.answers = [503] * 20
    with time_machine.travel(datetime.now(UTC), tick=False) as now:
        link(shop, phone="+352621000001")
        for _try in range(10):
            text_messages.send_due()
            now.shift(timedelta(minutes=6))
    assert states(shop)[1] == ("failed", text_messages.MAXIMUM_ATTEMPTS, "deferred")


def test_one_cause_is_one_message_and_settled_ones_are_forgotten_after_a_week(provider: Provider) -> None:
    shop = factories.shop()
    card = factories.card(shop.store, phone=NUMBER)
    with time_machine.travel(NOON, tick=False) as now:
        with factories.inside(shop):
            for _twice in range(2):
                text_messages.enqueue(TextKind.CARD_LINK, [card], {card.pk: "one"})
        text_messages.send_due()
        assert states(shop) == [("sent", 1, "")]
        now.shift(notices.KEEP + timedelta(seconds=1))
        with factories.inside(shop):
            text_messages.enqueue(TextKind.CARD_LINK, [card], {card.pk: "two"})
        assert text_messages.clean(now=datetime.now(UTC)) == 1
    assert states(shop) == [("queued", 0, "")]


def test_who_has_no_number_any_more_is_sent_nothing(provider: Provider) -> None:
    shop = factories.shop()
    link(shop)
    with factories.inside(shop):
        Customer.objects.update(phone="")
    text_messages.send_due()
    assert (provider.asked, states(shop)) == ([], [("suppressed", 1, "")])

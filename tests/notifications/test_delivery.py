"""E-mails go out through a real mail server: once, whatever it answers."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from groundwork.deletion import soft_delete
from groundwork.queue.sending import AT_ONCE
from loyalty_site.servers.supervise import free_port
from notifications import posting
from notifications.codes import Code
from notifications.models import EmailLog, EmailTemplate
from notifications.services import delivery, queue
from tests.notifications.conftest import Shop
from tests.notifications.logs import has_problem, state
from tests.notifications.post_office import PostOffice, open_post_office

pytestmark = pytest.mark.django_db


def seconds_until_next(log: EmailLog) -> float | None:
    log.refresh_from_db()
    return (log.next_attempt_at - timezone.now()).total_seconds() if log.next_attempt_at else None


def part(letter: EmailMessage, kind: str) -> str:
    return letter.get_body((kind,)).get_content().replace("\r\n", "\n")


# --- All is well ------------------------------------------------------------------------------------------


def test_an_email_goes_out_in_plain_text_and_in_the_merchants_look(
    shop: Shop, post_office: PostOffice
) -> None:
    card = shop.card(shop.customer(email="anouk@example.com"))
    log = shop.queued(card)

    assert delivery.deliver(log.pk) == "sent"

    (letter,) = post_office.letters
    assert letter["To"] == "anouk@example.com"
    assert letter["From"] == "Café Mirabel <cards@cards.example>"
    assert letter["Reply-To"] == "hello@mirabel.example"
    assert letter["Subject"] == "Here is your card at Café Mirabel"
    assert letter["Message-ID"] == f"<email-{log.pk}-{log.created_at:%Y%m%d%H%M%S}@cards.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert f"Open your card\nhttps://cards.example/card/{card.access_token}/\n" in part(letter, "plain")
    assert part(letter, "plain").startswith(
        "Hello Anouk,\n\nYou already have a card with us. Here it is again:\n"
    )
    assert f'href="https://cards.example/card/{card.access_token}/"' in part(letter, "html")
    assert "background:#c2553a" in part(letter, "html")
    assert "Mirabel Club" in part(letter, "html")


def test_what_went_out_can_be_read_in_the_log(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued(shop.card(shop.customer(email="anouk@example.com", preferred_language="fr")))
    with time_machine.travel(timezone.now(), tick=False):
        delivery.deliver(log.pk)
        log.refresh_from_db()
        assert log.sent_at == timezone.now()
    assert (log.status, log.attempts, log.to, log.language) == ("sent", 1, "anouk@example.com", "fr")
    assert log.subject == "Voici votre carte chez Café Mirabel"
    assert log.body.startswith("Bonjour Anouk,")
    assert log.next_attempt_at is None


def test_an_email_is_sent_once_however_often_the_task_runs(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued()
    assert [delivery.deliver(log.pk) for _ in range(3)] == ["sent", None, None]
    assert delivery.sweep() == 0
    assert len(post_office.letters) == 1


def test_the_sweep_takes_up_all_that_nobody_has_sent(shop: Shop, post_office: PostOffice) -> None:
    for number in range(3):
        shop.queued(cause=str(number))
    assert delivery.sweep() == 3
    assert len({letter["Message-ID"] for letter in post_office.letters}) == 3


def test_an_email_says_what_is_true_when_it_is_sent(shop: Shop, post_office: PostOffice) -> None:
    customer = shop.customer(email="old@example.com")
    log = shop.queued(shop.card(customer))
    customer.email, customer.first_name = "new@example.com", "Léa"
    customer.save()
    delivery.deliver(log.pk)
    (letter,) = post_office.letters
    assert letter["To"] == "new@example.com"
    assert part(letter, "plain").startswith("Hello Léa,")


# --- Passing faults ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("queues_travel")
def test_a_refusal_for_now_is_tried_for_three_days_with_growing_pauses(
    shop: Shop, post_office: PostOffice
) -> None:
    post_office.recipient = "451 Greylisted, try later"
    log = shop.queued()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for attempt, pause in enumerate((60, 120, 240, 480, 960, 1920, 3600, 3600), start=1):
            assert delivery.deliver(log.pk) == "queued"
            assert state(log) == ("queued", attempt, "deferred")
            assert seconds_until_next(log) == pause
            assert delivery.deliver(log.pk) is None, "not before its time"
            clock.shift(pause)
        clock.move_to(log.queued_at + timedelta(hours=71, minutes=59))
        assert delivery.deliver(log.pk) == "queued"
        clock.shift(timedelta(hours=1))
        assert delivery.deliver(log.pk) == "failed"
        assert state(log) == ("failed", 10, "deferred")
        assert log.error == "451 Greylisted, try later"
        assert seconds_until_next(log) is None

        assert queue.send_again(log.pk).pk == log.pk
        assert delivery.deliver(log.pk) == "queued", "who sends it again gives it three days more"
    assert post_office.letters == []


@pytest.mark.usefixtures("queues_travel")
@pytest.mark.parametrize(
    ("answer", "fault"), [("hang", "interrupted"), ("drop", "interrupted"), ("452 Full", "deferred")]
)
def test_a_server_that_hangs_or_drops_is_tried_again(
    shop: Shop, post_office: PostOffice, settings: Settings, answer: str, fault: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    post_office.data = answer
    log = shop.queued()
    assert delivery.deliver(log.pk) == "queued"
    assert state(log) == ("queued", 1, fault)

    post_office.data = "250 OK"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert delivery.deliver(log.pk) == "sent"
    assert [letter["Message-ID"] for letter in post_office.letters] == [
        post_office.offered[0]["Message-ID"]
    ], "whoever got both can tell"


@pytest.mark.usefixtures("queues_travel")
def test_a_mail_server_that_is_down_loses_nothing(shop: Shop, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 1
    first, second = shop.queued(cause="1"), shop.queued(cause="2")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert delivery.sweep() == 1, "the others need not wait for a server that is away"
        assert (state(first), state(second)) == (("queued", 1, "unreachable"), ("queued", 0, ""))
        for _ in range(10):
            clock.shift(timedelta(hours=6))
            delivery.sweep()
        assert (state(first), state(second)) == (("queued", 6, "unreachable"), ("queued", 5, "unreachable"))

        with open_post_office(settings.EMAIL_PORT) as office:
            clock.shift(3601)
            assert delivery.sweep() == 2
            assert len(office.letters) == 2
    assert (state(first)[0], state(second)[0]) == ("sent", "sent")


@pytest.mark.usefixtures("queues_travel")
def test_after_three_days_a_server_that_never_came_back_is_given_up(shop: Shop, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 1
    log = shop.queued()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        delivery.sweep()
        assert seconds_until_next(log) == 60
        clock.shift(timedelta(days=3))
        delivery.sweep()
        assert (state(log), seconds_until_next(log)) == (("failed", 2, "unreachable"), None)


# --- Nobody to write to, nothing to say -----------------------------------------------------------------------


def test_no_email_goes_to_somebody_without_an_address(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued(shop.card(shop.customer(email=None)))
    assert state(log) == ("suppressed", 0, "")
    assert log.error == "the customer has no e-mail address"
    assert delivery.deliver(log.pk) is None


def test_no_email_goes_to_a_customer_who_was_deleted_meanwhile(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued()
    soft_delete(log.customer, by=None)
    assert delivery.deliver(log.pk) == "suppressed"
    assert state(log) == ("suppressed", 1, "")
    assert post_office.letters == []


def test_a_reward_that_was_redeemed_meanwhile_is_not_announced(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued(shop.card(stamps=3), code=Code.REWARD_READY)
    assert delivery.deliver(log.pk) == "suppressed"
    log.refresh_from_db()
    assert log.error == "the reward was redeemed, or the stamp taken back, before the e-mail went out"


# --- Texts that cannot be used --------------------------------------------------------------------------------


def test_a_broken_text_of_a_store_gives_way_to_the_platforms(shop: Shop, post_office: PostOffice) -> None:
    EmailTemplate.objects.create(
        code=Code.CARD_LINK, store=shop.store, subject_en="Ours", body_en="Hi\n{{ nobody }}"
    )
    log = shop.queued()
    assert delivery.deliver(log.pk) == "sent"
    log.refresh_from_db()
    assert log.subject == "Ours"
    assert log.body.startswith("Hello Anouk,")
    assert "body (en), line 2: This is not understood: 'nobody' is undefined." in log.error


def test_without_any_text_the_email_has_failed_and_can_be_sent_again(
    shop: Shop, post_office: PostOffice
) -> None:
    platform = EmailTemplate.objects.filter(code=Code.CARD_LINK)
    platform.delete()
    log = shop.queued()
    assert delivery.deliver(log.pk) == "failed"
    assert state(log) == ("failed", 1, "text")
    assert not has_problem(log.card), "the address can't help it"

    EmailTemplate.objects.create(code=Code.CARD_LINK, subject_en="Card", body_en="Here: {{ card_url }}")
    assert queue.send_again(log.pk).pk == log.pk
    assert delivery.deliver(log.pk) == "sent"
    assert [letter["Subject"] for letter in post_office.letters] == ["Card"]


def test_sending_again_what_had_arrived_is_another_email(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued()
    delivery.deliver(log.pk)
    copy = queue.send_again(log.pk)
    assert copy.pk != log.pk
    assert copy.context == {"again_of": log.pk}
    assert delivery.deliver(copy.pk) == "sent"
    assert state(log)[0] == "sent"
    assert len({letter["Message-ID"] for letter in post_office.letters}) == 2


# --- Many -----------------------------------------------------------------------------------------------------


def test_one_connection_carries_what_comes_one_after_another_and_a_dead_one_is_replaced(
    shop: Shop, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        assert delivery.deliver(shop.queued(cause=str(number)).pk) == "sent"
    assert post_office.visits == 1
    monkeypatch.setattr(posting, "FRESH", 0.0)
    post_office.hang_up()
    assert delivery.deliver(shop.queued(cause="after").pk) == "sent"
    monkeypatch.setattr(posting, "MOST_MESSAGES", 1)
    assert delivery.deliver(shop.queued(cause="last").pk) == "sent"
    assert (post_office.visits, len(post_office.letters)) == (3, 5)


def test_a_sweep_sends_all_over_a_few_connections(shop: Shop, post_office: PostOffice) -> None:
    for number in range(24):
        shop.queued(cause=str(number))
    assert delivery.sweep() == 24
    assert len({letter["Message-ID"] for letter in post_office.letters}) == 24
    assert post_office.visits <= AT_ONCE


def test_where_there_is_more_than_one_worker_sends_in_a_while_another_is_rung_for(
    shop: Shop, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(queue.doorbell, "ring", lambda task, **ids: rung.append(task))
    monkeypatch.setattr(queue, "MORE", 3)
    card = shop.card()
    for number in range(2):
        shop.queued(card, cause=str(number))
    rung.clear()
    assert (delivery.sweep(), rung) == (2, [])
    for number in range(3, 6):
        shop.queued(card, cause=str(number))
    rung.clear()
    assert (delivery.sweep(), rung) == (3, ["notifications.sweep_email_log"])


@pytest.mark.usefixtures("queues_travel")
def test_a_server_that_hangs_keeps_a_worker_three_times_and_is_tried_again_when_it_may_be_back(
    shop: Shop, post_office: PostOffice, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 0.1
    post_office.data = "hang"
    logs = [shop.queued(cause=str(number)) for number in range(5)]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert (delivery.sweep(), delivery.sweep()) == (3, 0)
        assert delivery.deliver(logs[4].pk) is None
        assert [state(log) for log in logs] == [("queued", 1, "interrupted")] * 3 + [("queued", 0, "")] * 2
        post_office.data = "250 OK"
        clock.shift(61)
        assert delivery.sweep() == 5
    assert [state(log)[0] for log in logs] == ["sent"] * 5

"""E-mails go out through a real mail server: once, whatever it answers."""

from email.message import EmailMessage

import pytest
import time_machine
from django.utils import timezone

from groundwork.deletion import soft_delete
from groundwork.queue.sending import AT_ONCE
from notifications import posting
from notifications.codes import Code
from notifications.models import EmailTemplate
from notifications.services import delivery, queue
from tests.notifications.conftest import Shop
from tests.notifications.logs import has_problem, state
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db


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


def test_a_letter_that_another_language_stands_in_for_says_which_it_is(
    shop: Shop, post_office: PostOffice
) -> None:
    EmailTemplate.objects.create(code=Code.CARD_LINK, store=shop.store, body_en="It is here.")
    log = shop.queued(shop.card(shop.customer(preferred_language="fr")))

    assert delivery.deliver(log.pk) == "sent"

    (letter,) = post_office.letters
    assert letter["Content-Language"] == "en"
    assert '<html lang="en"' in part(letter, "html")
    log.refresh_from_db()
    assert log.language == "en"


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

"""Permanent refusals, and addresses that do not work."""

import pytest
from django.db.models.functions import Now
from pytest_django import Settings

from loyalty_site.servers.supervise import free_port
from notifications.models import AddressProblem, EmailLog
from notifications.services import delivery, queue
from tests.notifications.conftest import Shop
from tests.notifications.logs import has_problem, state
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db


def three_days_pass(log: EmailLog) -> None:
    EmailLog.objects.filter(pk=log.pk).update(queued_at=Now() - queue.TRIES_FOR)


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_a_permanent_refusal_is_failed_at_once_and_marks_the_address(
    shop: Shop, post_office: PostOffice, where: str
) -> None:
    setattr(post_office, where, "550 No such mailbox")
    log = shop.queued()
    assert delivery.deliver(log.pk) == "failed"
    assert state(log) == ("failed", 1, "refused")
    assert log.error == "550 No such mailbox"
    assert log.next_attempt_at is None
    assert has_problem(log.card)


def test_an_address_that_is_none_is_failed_at_once(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued(shop.card(shop.customer(email="anouk@exämple..com")))
    assert delivery.deliver(log.pk) == "failed"
    assert state(log) == ("failed", 1, "bad_address")
    assert has_problem(log.card)
    assert post_office.offered == []


def test_three_failures_in_a_row_mark_the_address_and_two_do_not(shop: Shop, post_office: PostOffice) -> None:
    post_office.recipient = "451 Try later"
    card = shop.card()
    for number in (1, 2, 3):
        log = shop.queued(card, cause=str(number))
        three_days_pass(log)
        assert delivery.deliver(log.pk) == "failed"
        assert has_problem(card) is (number == 3)


def test_a_mail_server_that_is_away_says_nothing_about_addresses(shop: Shop, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 1
    card = shop.card()
    for number in range(4):
        log = shop.queued(card, cause=str(number))
        three_days_pass(log)
        assert delivery.deliver(log.pk) == "failed"
    assert not has_problem(card)
    assert AddressProblem.objects.count() == 0


def test_an_email_that_arrives_clears_the_mark(shop: Shop, post_office: PostOffice) -> None:
    post_office.recipient = "550 No such mailbox"
    card = shop.card()
    delivery.deliver(shop.queued(card, cause="1").pk)
    assert has_problem(card)
    post_office.recipient = "250 OK"
    delivery.deliver(shop.queued(card, cause="2").pk)
    assert not has_problem(card)
    assert AddressProblem.objects.count() == 0


def test_another_address_has_no_problem_until_it_fails_itself(shop: Shop, post_office: PostOffice) -> None:
    post_office.recipient = "550 No such mailbox"
    card = shop.card()
    delivery.deliver(shop.queued(card, cause="1").pk)
    card.customer.email = "other@example.com"
    card.customer.save()
    assert not has_problem(card)
    post_office.recipient = "451 Try later"
    log = shop.queued(card, cause="2")
    three_days_pass(log)
    delivery.deliver(log.pk)
    assert not has_problem(card), "one passing failure is no problem"
    assert AddressProblem.objects.get().failures == 1

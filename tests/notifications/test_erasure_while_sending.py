"""A person is erased while somebody is sending them an e-mail: what comes back from the mail server is nobody's."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives

from customers.services import erase_person
from notifications.models import AddressProblem, EmailLog
from notifications.posting import Failure, Mailbox
from notifications.services import delivery, queue
from tests.notifications.conftest import Shop
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db(transaction=True)

MeanwhileErased = Callable[[EmailLog], None]


@pytest.fixture
def meanwhile_erased(monkeypatch: pytest.MonkeyPatch) -> MeanwhileErased:
    """Has the person of an e-mail erased when the mail server has answered, and the worker has not noted it yet."""
    post = Mailbox.post

    def arrange(log: EmailLog) -> None:
        def post_and_erase(mailbox: Mailbox, message: EmailMultiAlternatives) -> Failure | None:
            log.refresh_from_db()
            assert (log.status, log.lease is None) == ("sending", False), "a worker has it"
            answer = post(mailbox, message)
            assert log.customer is not None
            erase_person(customer=log.customer)
            return answer

        monkeypatch.setattr(Mailbox, "post", post_and_erase)

    return arrange


def kept_of(log: EmailLog) -> tuple[str, ...]:
    """Every word that is kept of an e-mail."""
    log.refresh_from_db()
    assert (log.context, log.lease, log.leased_until, log.next_attempt_at) == ({}, None, None, None)
    return log.status, log.to, log.subject, log.body, log.fault, log.error


ERASED = ("suppressed", "", "", "", "", "the customer's data were erased")


@pytest.mark.parametrize(
    ("answer", "letters"),
    [("250 OK", 1), ("451 Later, anouk@example.com", 0), ("550 No mailbox anouk@example.com", 0)],
    ids=["sent", "refused for now", "refused for good"],
)
def test_no_copy_is_written_back_whatever_the_mail_server_said(
    shop: Shop, post_office: PostOffice, meanwhile_erased: MeanwhileErased, answer: str, letters: int
) -> None:
    log = shop.queued()
    post_office.recipient = answer
    meanwhile_erased(log)
    assert delivery.deliver(log.pk) is not None, "the sender goes on"
    assert kept_of(log) == ERASED
    assert AddressProblem.objects.count() == 0
    assert len(post_office.letters) == letters
    assert delivery.sweep() == 0, "nothing is tried again"


def test_who_is_erased_before_the_words_are_made_is_not_written_to(
    shop: Shop, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, take = shop.queued(), queue.take

    def take_and_erase(log_id: int) -> EmailLog | None:
        taken = take(log_id)
        erase_person(customer=log.card.customer)
        return taken

    monkeypatch.setattr(queue, "take", take_and_erase)
    assert delivery.deliver(log.pk) == "suppressed"
    assert kept_of(log) == ERASED
    assert post_office.offered == []

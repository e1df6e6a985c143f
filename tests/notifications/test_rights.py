"""What a person may ask for: all that was written to them, and that it is forgotten."""

import pytest

from customers.services import erase_person, export_person
from notifications.models import AddressProblem, EmailLog
from notifications.services import delivery, queue
from tests.notifications.conftest import Shop
from tests.notifications.post_office import PostOffice

pytestmark = pytest.mark.django_db


def test_a_persons_export_has_all_that_was_written_to_them(shop: Shop, post_office: PostOffice) -> None:
    log = shop.queued()
    delivery.deliver(log.pk)
    (email,) = export_person(customer=log.customer)["emails"]
    assert email["kind"] == "loyalty_card_link"
    assert email["subject"] == "Here is your card at Café Mirabel"
    assert email["text"].startswith("Hello Anouk,\n\nYou already have a card with us.")
    assert "\\" not in email["text"]
    assert email["status"] == "sent"


def test_erasing_a_person_blanks_the_log_and_stops_what_waits(shop: Shop, post_office: PostOffice) -> None:
    card = shop.card()
    sent, waiting, failing = (
        shop.queued(card, cause="1"),
        shop.queued(card, cause="2"),
        shop.queued(card, cause="3"),
    )
    delivery.deliver(sent.pk)
    post_office.recipient = "550 No such mailbox"
    delivery.deliver(failing.pk)
    erase_person(customer=card.customer)

    rows = EmailLog.objects.order_by("id").values_list("status", "to", "subject", "body", "context")
    assert list(rows) == [
        ("sent", "", "", "", {}),
        ("suppressed", "", "", "", {}),
        ("suppressed", "", "", "", {}),
    ]
    assert AddressProblem.objects.count() == 0
    assert delivery.sweep() == 0
    assert queue.send_again(waiting.pk).status == "queued"
    assert delivery.deliver(waiting.pk) == "suppressed", "not even by hand"
    assert len(post_office.letters) == 1

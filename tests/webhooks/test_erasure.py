"""Who is erased is erased from what others were told, and from what they answered."""

import pytest

from customers import services as customers
from tests import factories
from tests.factories import Shop
from tests.webhooks.conftest import deliver, listen
from tests.webhooks.receiver import Receiver, status
from webhooks.models import Delivery, Event

pytestmark = pytest.mark.django_db
ANNA = ("anna@example.com", "Anna", "Weber", "621123456", "1990-05-12")


def test_an_erased_person_is_in_no_event_and_no_answer(shop: Shop, receiver: Receiver) -> None:
    listen(shop, receiver.url)
    receiver.usual = status(500, b"who is anna@example.com?")
    card = factories.card(
        shop.store, "anna@example.com", name="Anna Weber", phone="621123456", birth_date=None, cents=500
    )
    other = factories.card(shop.store, "bea@example.com", name="Bea Thill", stamps=1)
    deliver()
    with factories.inside(shop):
        exported = customers.export_person(customer=card.customer)["events"]
        assert [event["type"] for event in exported] == [
            "card.enrolled",
            "points.earned",
            "purchase.recorded",
        ]
        before = dict(Event.objects.values_list("pk", "event_id"))
        customers.erase_person(customer=card.customer)
        kept = Event.objects.filter(pk__in=before)
        assert dict(kept.values_list("pk", "event_id")) == before
        told = "".join(kept.filter(customer=card.customer).values_list("body", flat=True))
        assert [word for word in (*ANNA, card.display_number) if word in told] == []
        assert '"points_delta":50' in told
        answers = Delivery.objects.filter(event__customer=card.customer).values_list(
            "response_body", flat=True
        )
        assert set(answers) == {""}
        untouched = "".join(kept.filter(customer=other.customer).values_list("body", flat=True))
        assert "Bea Thill" in untouched
        assert "anna@example.com" in Delivery.objects.filter(event__customer=other.customer)[0].response_body
    receiver.got.clear()
    receiver.usual = status(200)
    deliver()
    assert b"customer.erased" in b"".join(each.body for each in receiver.got)
    assert b"anna" not in b"".join(each.body for each in receiver.got).lower()

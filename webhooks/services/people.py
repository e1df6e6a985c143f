"""A person's rights over what was told of them."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from customers.models import Customer
from groundwork.database import locks
from groundwork.queue.queue import NOBODYS
from webhooks.models import Delivery, Event
from webhooks.services import log

BLANK: dict[str, Any] = {
    "name": "",
    "email": None,
    "phone": "",
    "birth_date": None,
    "language": "",
    "email_problem": False,
    "tags": [],
    "customer_name": "",
    "card_number": "",
    "notes": "",
    "items": [],
}


def export(customer: Customer) -> dict[str, Any]:
    """What others were told of a person, in the words that were sent."""
    events = Event.objects.filter(customer=customer).order_by("position")
    return {
        "events": [
            {"id": event.event_id, **json.loads(event.body)} for event in events.iterator(chunk_size=500)
        ]
    }


@transaction.atomic
def erase(customer: Customer) -> None:
    """Blank what was told of a person, and what was answered; that something was told, and its figures, are kept.

    Under the log's lock, so that no event that is being made keeps what is blanked here.
    """
    log.locked(customer.merchant_id)
    events = Event.objects.filter(customer=customer)
    for event in events.order_by("pk").iterator(chunk_size=500):
        said = json.loads(event.body)
        said["data"] = _blanked(said["data"])
        event.body = json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
        event.save(update_fields=["body", "updated_at"])
    told = Delivery.objects.filter(event__customer=customer)
    locks.in_id_order(told)
    # A worker that is sending one now has nothing more to say about it.
    told.update(response_body="", **NOBODYS, updated_at=timezone.now())


def _blanked(said: Any, within: str = "") -> Any:
    """What was said, without what tells of whom; a `name` of a reward or a store stays."""
    if isinstance(said, list):
        return [_blanked(each, within) for each in said]
    if not isinstance(said, dict):
        return said
    return {
        name: BLANK[name] if _is_personal(name, within) else _blanked(value, name)
        for name, value in said.items()
    }


def _is_personal(name: str, within: str) -> bool:
    if name in ("name", "email", "phone", "birth_date", "language", "tags", "email_problem"):
        return within == "customer"
    return name in BLANK

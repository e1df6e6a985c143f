"""A person's rights over what was told of them."""

import json
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.models import Customer
from groundwork.database import locks
from groundwork.queue.queue import NOBODYS
from loyalty.models import LoyaltyCard
from loyalty.models.undo import written_along
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
    own = Event.objects.filter(customer=customer)
    along = written_along(list(LoyaltyCard.all_objects.filter(customer=customer)))
    others = Event.objects.filter(line__in=along.values("pk")).exclude(customer=customer)
    _blank(own, _is_personal)
    _blank(others, _is_note)
    told = Delivery.objects.filter(Q(event__in=own.values("pk")) | Q(event__in=others.values("pk")))
    locks.in_id_order(told)
    # A worker that is sending one now has nothing more to say about it.
    told.update(response_body="", **NOBODYS, updated_at=timezone.now())


def _blank(events: QuerySet[Event], is_blanked: Callable[[str, str], bool]) -> None:
    for event in events.order_by("pk").iterator(chunk_size=500):
        said = json.loads(event.body)
        said["data"] = _blanked(said["data"], is_blanked)
        event.body = json.dumps(said, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
        event.save(update_fields=["body", "updated_at"])


def _blanked(said: Any, is_blanked: Callable[[str, str], bool], within: str = "") -> Any:
    """What was said, without what tells of whom; a `name` of a reward or a store stays."""
    if isinstance(said, list):
        return [_blanked(each, is_blanked, within) for each in said]
    if not isinstance(said, dict):
        return said
    return {
        name: BLANK[name] if is_blanked(name, within) else _blanked(value, is_blanked, name)
        for name, value in said.items()
    }


def _is_note(name: str, _within: str) -> bool:
    """What was written about several people at once names none of those who are still here."""
    return name == "notes"


def _is_personal(name: str, within: str) -> bool:
    if name in ("name", "email", "phone", "birth_date", "language", "tags", "email_problem"):
        return within == "customer"
    return name in BLANK

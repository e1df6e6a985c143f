"""A person's rights over what was written to them."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from customers.models import Customer
from groundwork.database import locks
from groundwork.queue.queue import NOBODYS
from notifications import selectors
from notifications.models import AddressProblem, EmailLog, Status
from notifications.variables import ERASED


def export(customer: Customer) -> dict[str, Any]:
    """The part of a person's export that is about e-mails."""
    return {"emails": selectors.emails_of(customer.pk)}


@transaction.atomic
def erase(customer: Customer) -> None:
    """Blank what was written to a person, and send them nothing any more. That something was sent is kept."""
    rows = EmailLog.objects.filter(customer_id=customer.pk)
    locks.in_id_order(rows)
    open_rows = rows.filter(~Q(status__in=[Status.SENT, Status.SUPPRESSED]))
    # A worker that is sending one now has nothing more to say about it.
    stopped = {"status": Status.SUPPRESSED, "next_attempt_at": None, "fault": "", **NOBODYS}
    open_rows.update(**stopped, updated_at=timezone.now())
    rows.update(to="", subject="", body="", context={}, error="", updated_at=timezone.now())
    rows.filter(status=Status.SUPPRESSED).update(error=ERASED)
    AddressProblem.objects.filter(customer_id=customer.pk).delete()

"""Sending what is due, many at once, and noting what came of each."""

import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from groundwork.messaging import outbox
from groundwork.queue import clock
from tenancy import scope
from tenancy.events import AccountEmailRequested
from tenancy.models import StoreUser
from tenancy.roles import owners_among
from webhooks import posting, signing
from webhooks.models import Delivery, Endpoint, Reason, State
from webhooks.posting import Answer
from webhooks.services import endpoints, log, queue
from webhooks.services.queue import DELIVERIES

logger = logging.getLogger(__name__)

GONE = 410
SWITCHED_OFF_AFTER = timedelta(days=5)
LOOK_EVERY = 1.0  # second, while something is on its way
WHY = "the queue holds all merchants' deliveries"


def run(*, seconds: float = 40.0) -> int:
    """Make events of what has happened and send what is due, until there is nothing or so long; how many were sent.

    Safe on several workers. What is on its way at the end is waited for.
    """
    sent, end = 0, monotonic() + seconds
    on_their_way: dict[Future[Answer], Delivery] = {}
    with scope.everything(WHY), ThreadPoolExecutor(queue.PLACES) as threads:
        while True:
            if monotonic() < end:
                catch_up()
                for delivery in queue.take(list(on_their_way.values())):
                    on_their_way[threads.submit(posting.post, *_message(delivery))] = delivery
            if not on_their_way:
                return sent
            done, _waiting = wait(on_their_way, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
            for future in done:
                note(on_their_way.pop(future), future.result())
                sent += 1


def catch_up() -> None:
    """Make the events of merchants who have an endpoint."""
    for merchant_id in log.behind():
        log.catch_up(merchant_id)


def _message(delivery: Delivery) -> tuple[str, bytes, dict[str, str]]:
    """Where a delivery goes, and what is sent there: signed anew each time, the rest is the same each time."""
    body = delivery.event.body.encode()
    signed = signing.headers(
        endpoints.secrets_of(delivery.endpoint, now=timezone.now()),
        message_id=delivery.event.event_id,
        timestamp=int(timezone.now().timestamp()),
        body=body,
    )
    about = {"Content-Type": "application/json", "User-Agent": f"{settings.SITE_NAME} webhooks"}
    return delivery.endpoint.url, body, {**about, **signed}


@transaction.atomic
def note(delivery: Delivery, answer: Answer) -> None:
    """Note what came of an attempt: arrived, to be tried again, or given up; and how its endpoint stands."""
    said = {
        "attempted_at": clock.now(),
        "response_status": answer.status,
        "response_body": answer.body,
        "trouble": answer.trouble,
        "updated_at": timezone.now(),
    }
    pauses, failed = settings.WEBHOOKS_RETRY_SCHEDULE, delivery.attempts + 1
    if answer.is_good:
        DELIVERIES.settle([delivery], state=State.DELIVERED, attempts=failed, **said)
    elif failed > len(pauses):
        DELIVERIES.settle([delivery], state=State.DEAD, attempts=failed, **said)
    else:
        pause = timedelta(seconds=pauses[failed - 1])
        DELIVERIES.postpone(delivery, wait=pause, state=State.FAILED, **said)
    _note_health(delivery.endpoint_id, answer)
    if not answer.is_good:
        about = {"delivery_id": delivery.pk, "status": answer.status, "trouble": answer.trouble}
        logger.info("webhook not delivered", extra=about)


def _note_health(endpoint_id: int, answer: Answer) -> None:
    rows = Endpoint.objects.filter(pk=endpoint_id)
    if answer.is_good:
        rows.filter(failing_since__isnull=False).update(failing_since=None)
        return
    now = timezone.now()
    rows.filter(failing_since__isnull=True).update(failing_since=now)
    if answer.status == GONE:
        _switch_off(endpoint_id, Reason.GONE)
    elif rows.filter(failing_since__lte=now - SWITCHED_OFF_AFTER).exists():
        for merchant_id in _switch_off(endpoint_id, Reason.FAILING):
            _tell_owners(merchant_id)


def _switch_off(endpoint_id: int, reason: Reason) -> list[int]:
    """Switch an endpoint off; whose it is, unless somebody has done so already. What waits for it goes on waiting."""
    active = Endpoint.objects.filter(pk=endpoint_id, is_active=True)
    whose = list(active.select_for_update(no_key=True, of=("self",)).values_list("merchant_id", flat=True))
    active.update(is_active=False, switched_off=reason, updated_at=timezone.now())
    return whose


def _tell_owners(merchant_id: int) -> None:
    owners = owners_among(StoreUser.objects.filter(merchant_id=merchant_id))
    for user_id in sorted(set(owners.values_list("user_id", flat=True))):
        outbox.record(
            AccountEmailRequested(kind="webhook_switched_off", about_id=user_id, merchant_id=merchant_id)
        )

"""Sending what is due, many at once, and noting what came of each."""

import logging
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
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
LONGEST_TRIP = 5.0  # seconds after which no other is begun
LOOK_EVERY = 1.0  # second, while something is on its way
LOOK_SOON = 0.2  # seconds, while another worker makes events that can be sent
WHY = "the queue holds all merchants' deliveries"


def run(*, seconds: float = 40.0) -> int:
    """Make events of what has happened and send what is due, until there is nothing or so long; how many were sent.

    Events are made a few at a time, while others are on their way; of several workers one makes a merchant's, and the
    others send them meanwhile. What is on its way at the end is waited for.
    """
    sent, end = 0, monotonic() + seconds
    on_their_way: dict[Future[list[Answer]], list[Delivery]] = {}
    with scope.everything(WHY), ThreadPoolExecutor(queue.PLACES) as threads:
        while True:
            pause: float | None = None
            if monotonic() < end:
                pause = catch_up()
                for together in queue.take([each[0] for each in on_their_way.values()]):
                    on_their_way[threads.submit(_send, *_parcel(together))] = together
            if pause is None and not on_their_way:
                return sent
            for future in _done(on_their_way, within=LOOK_EVERY if pause is None else pause):
                sent += note(on_their_way.pop(future), future.result())


def catch_up() -> float | None:
    """Make some events of each merchant who has an endpoint, and for whom nobody else is making them.

    Returns after how many seconds to go on: None where there are no more.
    """
    ended = [log.catch_up_if_free(merchant_id) for merchant_id in log.behind()]
    if all(ended):
        return None
    return 0.0 if False in ended else LOOK_SOON


def _done(on_their_way: Collection[Future[list[Answer]]], *, within: float) -> set[Future[list[Answer]]]:
    """What has ended, once something has, or after so many seconds.

    Nothing else is done for a moment while something is on its way: it would only be slowed down by that, and another
    worker makes the events meanwhile.
    """
    if not on_their_way:
        sleep(within)
        return set()
    return wait(on_their_way, timeout=max(within, LOOK_SOON), return_when=FIRST_COMPLETED).done


def _parcel(together: Sequence[Delivery]) -> tuple[str, list[str], list[tuple[str, bytes]]]:
    """Where deliveries to one endpoint go, who signs them, and what is sent: id and bytes of each."""
    endpoint = together[0].endpoint
    messages = [(each.event.event_id, each.event.body.encode()) for each in together]
    return endpoint.url, endpoints.secrets_of(endpoint, now=timezone.now()), messages


def _send(url: str, secrets: Sequence[str], messages: Sequence[tuple[str, bytes]]) -> list[Answer]:
    """Send one after the other, up to the first that does not get through, or LONGEST_TRIP; without the database."""
    answers: list[Answer] = []
    end = monotonic() + LONGEST_TRIP
    with posting.Way(url) as way:
        for message_id, body in messages:
            answers.append(way.post(body, _headers(secrets, message_id, body)))
            if not answers[-1].is_good or monotonic() >= end:
                break
    return answers


def _headers(secrets: Sequence[str], message_id: str, body: bytes) -> dict[str, str]:
    """Signed anew each time it is sent; the rest is the same each time."""
    sent_at = int(timezone.now().timestamp())
    signed = signing.headers(secrets, message_id=message_id, timestamp=sent_at, body=body)
    return {"Content-Type": "application/json", "User-Agent": f"{settings.SITE_NAME} webhooks", **signed}


@transaction.atomic
def note(together: Sequence[Delivery], answers: Sequence[Answer]) -> int:
    """Note what came of each that was sent, and put back the others; how many were sent.

    An attempt has arrived, is to be tried again, or given up; and its endpoint stands better or worse for it.
    """
    sent = list(zip(together, answers, strict=False))
    arrived = [pair for pair in sent if pair[1].is_good]
    for answer in dict.fromkeys(answer for _delivery, answer in arrived):
        rows = [delivery for delivery, given in arrived if given == answer]
        DELIVERIES.settle(rows, state=State.DELIVERED, attempts=F("attempts") + 1, **_said(answer))
    DELIVERIES.release(together[len(sent) :])
    if arrived:
        _note_health(together[0].endpoint_id, arrived[-1][1])
    for delivery, answer in sent[len(arrived) :]:
        _note_failure(delivery, answer)
    return len(sent)


def _said(answer: Answer) -> dict[str, Any]:
    return {
        "attempted_at": clock.now(),
        "response_status": answer.status,
        "response_body": answer.body,
        "trouble": answer.trouble,
        "updated_at": timezone.now(),
    }


def _note_failure(delivery: Delivery, answer: Answer) -> None:
    """An attempt that did not get through: to be tried again, or given up."""
    pauses, failed = settings.WEBHOOKS_RETRY_SCHEDULE, delivery.attempts + 1
    if failed > len(pauses):
        DELIVERIES.settle([delivery], state=State.DEAD, attempts=failed, **_said(answer))
    else:
        pause = timedelta(seconds=pauses[failed - 1])
        DELIVERIES.postpone(delivery, wait=pause, state=State.FAILED, **_said(answer))
    _note_health(delivery.endpoint_id, answer)
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

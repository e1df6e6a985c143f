"""Deliveries as a queue, and taking them fairly: who does not answer keeps nobody else waiting.

Each endpoint has one delivery on its way at a time, each merchant a few, and all that are failing half of the places.
What waits for an endpoint that answers is taken together, and sent one after the other.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from groundwork.queue import clock
from groundwork.queue.queue import Queue
from webhooks.models import OPEN, Delivery, Endpoint, State

PLACES = 16
OF_A_MERCHANT = 4
FAILING_PLACES = PLACES // 2
TOGETHER = 100

DELIVERIES: Queue[Delivery] = Queue(
    name="webhooks",
    model=lambda: Delivery,
    waiting=Q(state__in=OPEN, endpoint__is_active=True, merchant__deleted_at__isnull=True),
    dead=Q(state=State.DEAD),
    outcome="state",
    lease=timedelta(
        seconds=90
    ),  # a name that does not resolve, some that are sent, and twice fifteen seconds
)


def take(on_their_way: Sequence[Delivery]) -> list[list[Delivery]]:
    """Take what may begin now beside what is on its way: for each endpoint that has something due, some of it.

    Of one that is failing, a single one: it is not sure that there will be a second.
    """
    busy = [each.endpoint_id for each in on_their_way]
    chosen = _chosen(_ready(busy), on_their_way)
    return [together for endpoint in chosen if (together := _taken(endpoint))]


def _taken(endpoint: Endpoint) -> list[Delivery]:
    """Some of what waits for an endpoint; nothing where another worker has taken some of it meanwhile."""
    rows = DELIVERIES.rows().filter(~Exists(_on_its_way(endpoint.pk)), endpoint=endpoint)
    together = DELIVERIES.take(
        rows.select_related("event"),
        limit=TOGETHER if endpoint.failing_since is None else 1,
        under=Endpoint.objects.filter(pk=endpoint.pk),
    )
    for delivery in together:
        delivery.endpoint = endpoint
    return together


def _on_its_way(endpoint: int | OuterRef) -> QuerySet[Delivery]:
    return DELIVERIES.rows().filter(endpoint=endpoint, state__in=OPEN, leased_until__gt=clock.now())


def _ready(busy: Sequence[int]) -> QuerySet[Endpoint]:
    """Endpoints with something due and nothing on its way, each with its `next`; those first that do answer."""
    own = DELIVERIES.rows().filter(endpoint=OuterRef("pk"))
    ready = Endpoint.objects.filter(is_active=True).exclude(pk__in=busy)
    ready = ready.annotate(next=Subquery(DELIVERIES.due(own).values("pk")[:1]))
    ready = ready.filter(~Exists(_on_its_way(OuterRef("pk"))), next__isnull=False)
    return ready.order_by(F("failing_since").asc(nulls_first=True), "next")


def _chosen(ready: QuerySet[Endpoint], on_their_way: Sequence[Delivery]) -> list[Endpoint]:
    of_merchant = Counter(each.merchant_id for each in on_their_way)
    failing = sum(each.endpoint.failing_since is not None for each in on_their_way)
    chosen: list[Endpoint] = []
    for endpoint in ready:
        if len(on_their_way) + len(chosen) >= PLACES:
            break
        is_failing = endpoint.failing_since is not None
        if of_merchant[endpoint.merchant_id] >= OF_A_MERCHANT or (is_failing and failing >= FAILING_PLACES):
            continue
        of_merchant[endpoint.merchant_id] += 1
        failing += is_failing
        chosen.append(endpoint)
    return chosen

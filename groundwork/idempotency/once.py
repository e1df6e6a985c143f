"""Exactly once: a call of the till that is repeated gets its first answer and has no second effect.

The key's row is written in the very transaction of the call: it is there exactly if the effect is. Two calls with
one key at the same moment meet at the row's unique constraint, and the second waits for the first.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from groundwork.database import prepared
from groundwork.errors import IdempotencyKeyReused
from tenancy.models import IdempotencyKey

KEEP = timedelta(hours=72)


@dataclass(frozen=True)
class Answer:
    """What the caller gets: an HTTP status and a JSON body; `replayed` if it is the first answer again."""

    status: int
    body: Any
    replayed: bool = False


@dataclass(frozen=True)
class Claim:
    """A key claimed for one request, and how its result becomes an answer."""

    merchant_id: int
    store_id: int
    credential: str
    key: str | None
    fingerprint: str
    render: Callable[[Any], Answer]


def fingerprint(method: str, path: str, body: Any) -> str:
    """A digest of method, path and canonical JSON body, by which two requests are the same."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.sha256(f"{method}\n{path}\n{canonical}".encode()).hexdigest()


def exactly_once(service: Callable[..., Any]) -> Callable[..., Any]:
    """Give a service a transaction of its own and the keyword `once`.

    With `once=Claim(...)` the service returns an `Answer`, kept under the claim's key; without, its plain result.
    A refusal rolls everything back, the key too: it may be tried again.
    """

    @functools.wraps(service)
    def wrapper(*, once: Claim | None = None, **arguments: Any) -> Any:
        with transaction.atomic():
            if once is None:
                return service(**arguments)
            row_id = _claim(once) if once.key else None
            if once.key and row_id is None:
                return _replay(once)
            answer = once.render(service(**arguments))
            return answer if row_id is None else _keep(row_id, answer)

    return wrapper


def _claim(claim: Claim) -> int | None:
    """Insert the key; None if it is there already (waiting for whoever is inserting it just now)."""
    now = timezone.now()
    columns = "merchant_id, store_id, credential, key, fingerprint, created_at, updated_at"
    values: list[Any] = [
        claim.merchant_id,
        claim.store_id,
        claim.credential,
        claim.key,
        claim.fingerprint,
        now,
        now,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {IdempotencyKey._meta.db_table} ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING RETURNING id",
            values,
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _replay(claim: Claim) -> Answer:
    kept = IdempotencyKey.objects.get(store_id=claim.store_id, credential=claim.credential, key=claim.key)
    if kept.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused()
    return Answer(status=kept.status or 200, body=_in_order(kept.body), replayed=True)


def _keep(row_id: int, answer: Answer) -> Answer:
    body = _in_order(answer.body)
    prepared.update(IdempotencyKey(pk=row_id, status=answer.status, body=body), "status", "body")
    return Answer(status=answer.status, body=body)


def clean(*, now: datetime, batch: int = 5_000) -> int:
    """Remove keys older than 72 hours (48 are promised); returns how many."""
    removed = 0
    while True:
        old = IdempotencyKey.objects.filter(created_at__lt=now - KEEP).values_list("pk", flat=True)[:batch]
        count, _ = IdempotencyKey.objects.filter(pk__in=list(old)).delete()
        removed += count
        if count < batch:
            return removed


def _in_order(body: Any) -> Any:
    # PostgreSQL's jsonb forgets the order of keys; sorted, the first answer and its replay are the same bytes.
    return json.loads(json.dumps(body, sort_keys=True, cls=DjangoJSONEncoder))

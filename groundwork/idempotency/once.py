"""Exactly once: a call that is repeated gets its first answer and has no second effect.

    @exactly_once
    def give(*, store: Store, card_id: int, actor: Actor) -> Posting: ...

    give(store=..., card_id=..., actor=...)                          # -> Posting, in a transaction of its own
    give.once(claim, render)(store=..., card_id=..., actor=...)      # -> Answer, the first one if it is a repeat

What is slow, and needs no row, is done before the transaction begins: `@exactly_once_after(hashed)`.

The key's row is written in the very transaction of the call: it is there exactly if the effect is. Two calls with
one key at the same moment meet at the row's unique constraint, and the second waits for the first.
"""

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from groundwork import clock
from groundwork.database import prepared
from groundwork.errors import IdempotencyKeyReused
from groundwork.idempotency.models import AbstractIdempotencyKey

KEEP = timedelta(hours=72)
Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """What the caller gets: an HTTP status and a JSON body; `replayed` if it is the first answer again."""

    status: int
    body: Any
    replayed: bool = False


@dataclass(frozen=True)
class Claim:
    """A key claimed for one request; without a `key` the request is not kept, and done each time.

    `place` holds the columns of the concrete table that say where the key counts, by name.
    """

    place: Mapping[str, int]
    credential: str
    key: str | None
    fingerprint: str


def fingerprint(method: str, path: str, body: Any) -> str:
    """A digest of method, path and canonical JSON body, by which two requests are the same."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.sha256(f"{method}\n{path}\n{canonical}".encode()).hexdigest()


class exactly_once(Generic[Given, Result]):  # noqa: N801 - reads as what it is: a decorator
    """Gives a service a transaction of its own, and `once`, by which it is done once per claimed key.

    A refusal rolls everything back, the key too: it may be tried again.
    """

    def __init__(self, service: Callable[Given, Result], first: Callable[..., Any] = dict) -> None:
        self.service, self.first = service, first
        functools.update_wrapper(self, service)

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        given = self.first(**kwargs)
        with transaction.atomic():
            return self.service(*args, **given)

    def once(self, claim: Claim, render: Callable[[Result], Answer]) -> Callable[Given, Answer]:
        """The service as a call that answers; `render` says what, after the service and in its transaction.

        The call raises IdempotencyKeyReused for a key that came with another request, and what the service raises.
        """

        def answered(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
            given = self.first(**kwargs)
            with transaction.atomic():
                row_id = _claim(claim) if claim.key else None
                if claim.key and row_id is None:
                    return _replay(claim)
                answer = render(self.service(*args, **given))
                return answer if row_id is None else _keep(row_id, answer)

        return answered


def exactly_once_after(
    first: Callable[..., dict[str, Any]],
) -> Callable[[Callable[Given, Result]], exactly_once[Given, Result]]:
    """The decorator of a service for which `first` is done, outside of any transaction.

    It takes the call's keywords, and returns those that the service gets.
    """

    def decorate(service: Callable[Given, Result]) -> exactly_once[Given, Result]:
        return exactly_once(service, first)

    return decorate


def _table() -> type[AbstractIdempotencyKey]:
    return cast(type[AbstractIdempotencyKey], apps.get_model(settings.IDEMPOTENCY_KEY_MODEL))


def _claim(claim: Claim) -> int | None:
    """Insert the key; None if it is there already (waiting for whoever is inserting it just now)."""
    now = clock.now()
    row = {
        **claim.place,
        "credential": claim.credential,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "created_at": now,
        "updated_at": now,
    }
    placeholders = ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_table()._meta.db_table} ({', '.join(row)}) VALUES ({placeholders}) "
            "ON CONFLICT DO NOTHING RETURNING id",
            list(row.values()),
        )
        made = cursor.fetchone()
    return made[0] if made else None


def _replay(claim: Claim) -> Answer:
    kept = _table()._base_manager.get(**claim.place, credential=claim.credential, key=claim.key)
    if kept.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused()
    return Answer(status=kept.status or 200, body=_in_order(kept.body), replayed=True)


def _keep(row_id: int, answer: Answer) -> Answer:
    body = _in_order(answer.body)
    prepared.update(_table()(pk=row_id, status=answer.status, body=body), "status", "body")
    return Answer(status=answer.status, body=body)


def forget(
    *, place: Mapping[str, int], texts: Iterable[str], ids: Mapping[str, Iterable[int]], answer: Answer
) -> int:
    """Put `answer` in place of each kept one that mentions somebody; returns how many. The calls stay done.

    Args:
        place: columns of the concrete table, by name, that say where to look.
        texts: whole texts by which the person is known, such as an address.
        ids: member of a body -> the numbers that are the person's, for instance {"card_id": [7]}.
        answer: what a repeated call gets from now on.
    """
    mentions = [f"@ == {json.dumps(text)}" for text in texts if text]
    mentions += [f"@.{member} == {number}" for member, numbers in ids.items() for number in numbers]
    where = "".join(f"{column} = %s AND " for column in place)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table()._meta.db_table} SET status = %s, body = %s::jsonb, updated_at = %s "
            f"WHERE {where}body @? %s::jsonpath",
            [
                answer.status,
                json.dumps(_in_order(answer.body)),
                clock.now(),
                *place.values(),
                f"$.** ? ({' || '.join(mentions)})",
            ],
        )
        return int(cursor.rowcount)


def clean(*, now: datetime, batch: int = 5_000) -> int:
    """Remove keys older than 72 hours (48 are promised); returns how many."""
    rows = _table()._base_manager
    removed = 0
    while True:
        old = rows.filter(created_at__lt=now - KEEP).values_list("pk", flat=True)[:batch]
        count, _ = rows.filter(pk__in=list(old)).delete()
        removed += count
        if count < batch:
            return removed


def _in_order(body: Any) -> Any:
    # PostgreSQL's jsonb forgets the order of keys; sorted, the first answer and its replay are the same bytes.
    return json.loads(json.dumps(body, sort_keys=True, cls=DjangoJSONEncoder))

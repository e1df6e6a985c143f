"""Exactly once: a call that is repeated gets its first answer and has no second effect.

    @exactly_once
    def give(*, store: Store, card_id: int, actor: Actor) -> Posting: ...

    give(store=..., card_id=..., actor=...)                          # -> Posting, in a transaction of its own
    give.once(claim, render)(store=..., card_id=..., actor=...)      # -> Answer, the first one if it is a repeat

What is slow, and needs no row, is done before the transaction begins: `@exactly_once_after(hashed)`.

The key's row is written in the very transaction of the call, with the answer, and last: it is there exactly if the
effect is. Two calls with one key at the same moment meet at a row that both lock, or at the key's unique constraint:
the second waits for the first, is undone or refused, and gets the first one's answer.
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
from django.db import IntegrityError, connection, transaction

from groundwork import clock
from groundwork.errors import DomainError, IdempotencyKeyReused
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
            if not claim.key:
                return render(self(*args, **kwargs))
            kept = _kept(claim)
            if kept is not None:
                return kept
            try:
                given = self.first(**kwargs)
                with transaction.atomic():
                    return _keep(claim, render(self.service(*args, **given)))
            except (_KeptMeanwhile, DomainError, IntegrityError):
                kept = _kept(
                    claim
                )  # what a twin of this call has done since makes ours impossible, and answers it
                if kept is None:
                    raise
                return kept

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


class _KeptMeanwhile(Exception):
    """Another call with this key was done while ours was under way: ours is rolled back."""


def _kept(claim: Claim) -> Answer | None:
    """The first answer to a key, if there is one. Raises IdempotencyKeyReused if it was given to another request."""
    which = {**claim.place, "credential": claim.credential, "key": claim.key}
    where = " AND ".join(f"{column} = %s" for column in which)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT fingerprint, status, body::text FROM {_table()._meta.db_table} WHERE {where}",
            list(which.values()),
        )
        kept = cursor.fetchone()
    if kept is None:
        return None
    fingerprint_then, status, body = kept
    if fingerprint_then != claim.fingerprint:
        raise IdempotencyKeyReused()
    return Answer(status=status, body=_in_order(json.loads(body)), replayed=True)


def _keep(claim: Claim, answer: Answer) -> Answer:
    """Write the key with its answer. Raises _KeptMeanwhile if it is there (waiting for whoever is inserting it)."""
    now = clock.now()
    text = _text(answer.body)
    row = {
        **claim.place,
        "credential": claim.credential,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "status": answer.status,
        "body": text,
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
        if cursor.fetchone() is None:
            raise _KeptMeanwhile
    return Answer(status=answer.status, body=json.loads(text))


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
                _text(answer.body),
                clock.now(),
                *place.values(),
                f"$.** ? ({' || '.join(mentions)})",
            ],
        )
        return int(cursor.rowcount)


def clean(*, now: datetime, batch: int = 5_000) -> int:
    """Remove keys older than 72 hours (48 are promised); returns how many."""
    rows, limit = _table()._base_manager.order_by("pk"), now - KEEP
    removed = after = 0
    while True:
        oldest = list(rows.filter(pk__gt=after).values_list("pk", "created_at")[:batch])
        old = [pk for pk, made in oldest if made < limit]
        if not old:
            return removed
        count, _ = rows.filter(pk__in=old).delete()
        removed, after = removed + count, oldest[-1][0]


def _text(body: Any) -> str:
    # PostgreSQL's jsonb forgets the order of keys; sorted, the first answer and its replay are the same bytes.
    return json.dumps(body, sort_keys=True, cls=DjangoJSONEncoder)


def _in_order(body: Any) -> Any:
    return json.loads(_text(body))

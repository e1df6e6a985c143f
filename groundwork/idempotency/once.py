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
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from groundwork import clock
from groundwork.database import prepared
from groundwork.errors import DomainError, IdempotencyKeyReused
from groundwork.idempotency import packing
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

    @cached_property
    def text(self) -> bytes:
        """The body as it is sent, and kept."""
        return json.dumps(
            self.body, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder
        ).encode()


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
                    answer = render(self.service(*args, **given))
                    _keep(claim, answer)
                    return answer
            except (DomainError, IntegrityError):
                kept = _kept(claim)  # what a twin has done since makes ours impossible, and answers it
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


_rows_of = prepared.Prepared(lambda **which: _table()._base_manager.filter(**which))


def _kept(claim: Claim) -> Answer | None:
    """The first answer to a key, if there is one. Raises IdempotencyKeyReused if it was given to another request."""
    found = _rows_of(**claim.place, credential=claim.credential, key=claim.key)
    if not found:
        return None
    (kept,) = found
    if kept.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused()
    return Answer(status=kept.status, body=_body_of(kept), replayed=True)


def _keep(claim: Claim, answer: Answer) -> None:
    """Write the key with its answer. Raises IntegrityError if it is there (waiting for whoever is inserting it)."""
    prepared.insert(
        _table()(
            **claim.place,
            credential=claim.credential,
            key=claim.key,
            fingerprint=claim.fingerprint,
            status=answer.status,
            answer=packing.pack(answer.text),
        )
    )


def _body_of(kept: AbstractIdempotencyKey) -> Any:
    """What was answered; the bodies of 1.0.0, whose order jsonb has changed, with their keys sorted as it sent them."""
    return json.loads(packing.unpack(kept.answer) if kept.answer else json.dumps(kept.body, sort_keys=True))


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
    known, numbers = {text for text in texts if text}, {path: frozenset(found) for path, found in ids.items()}
    kept = _table()._base_manager.filter(**place)
    of_person = [
        row.pk for row in kept.iterator(chunk_size=1_000) if _mentions(_body_of(row), known, numbers)
    ]
    return kept.filter(pk__in=of_person).update(
        status=answer.status, answer=packing.pack(answer.text), body=None, updated_at=clock.now()
    )


def _mentions(part: Any, texts: Collection[str], ids: Mapping[str, Collection[int]]) -> bool:
    """Whether one of the texts, or of the numbers at their members, is anywhere in a part of a body."""
    if isinstance(part, list):
        return any(_mentions(each, texts, ids) for each in part)
    if not isinstance(part, dict):
        return part in texts
    return any(_at(part, path) in numbers for path, numbers in ids.items()) or any(
        _mentions(each, texts, ids) for each in part.values()
    )


def _at(part: Any, path: str) -> Any:
    """The member of a member: `{"card": {"id": 7}}` at "card.id" is 7."""
    for name in path.split("."):
        part = part.get(name) if isinstance(part, dict) else None
    return part


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

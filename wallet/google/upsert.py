"""Making or changing many resources at Google, at the pace it allows.

For each: PATCH; where that is 404, insert; where the insertion is 409 (it was applied, although its answer was
lost), PATCH again. What a PATCH has left behind is cleared by another one. All requests of a step go together.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from wallet.google.client import CONNECTIONS, Answer, Call, GoogleClient
from wallet.google.payload import CLEARED_WHEN_GONE

# Reserves so many requests; the seconds from now after which each may be sent, or None: not now.
Reserve = Callable[[int], list[float] | None]

NO_TIME = Answer(status=None, reason="no time")


@dataclass(frozen=True)
class Wanted:
    """A resource as it is to be. `may_insert`: a void pass that Google never had is not made for its sake.

    `left_out` are parts that belong to it and are not sent: what stands there stays.
    """

    kind: str
    resource_id: str
    body: dict[str, Any]
    may_insert: bool = True
    left_out: frozenset[str] = frozenset()

    def without(self, names: Iterable[str]) -> "Wanted":
        """The same without some of its parts."""
        names = self.body.keys() & set(names)
        body = {name: value for name, value in self.body.items() if name not in names}
        return replace(self, body=body, left_out=self.left_out | names)

    @property
    def patch(self) -> Call:
        return Call(self.kind, self.resource_id, self.body)

    @property
    def insert(self) -> Call:
        # The budget of notifications is for updates; a new object has nothing to notify of.
        body = {name: value for name, value in self.body.items() if name != "notifyPreference"}
        return Call(self.kind, self.resource_id, body, is_insert=True)

    def leftovers(self, answer: Answer) -> Call | None:
        """The PATCH that clears what this resource has no longer and the other side still shows.

        What a retired pass must not tell any more is cleared also where the answer does not say what is there.
        """
        gone = [
            name
            for name in CLEARED_WHEN_GONE[self.kind]
            if name not in self.body and name not in self.left_out
        ]
        is_untold = not self.may_insert and "id" not in answer.body
        left = [name for name in gone if answer.body.get(name) or is_untold]
        return Call(self.kind, self.resource_id, dict.fromkeys(left)) if left else None


def upsert(client: GoogleClient, wanted: Iterable[Wanted], reserve: Reserve) -> dict[str, Answer]:
    """Bring these about; returns resource id -> the last answer about it. Ids are unique in a batch."""
    by_id = {each.resource_id: each for each in wanted}
    answers = _step(client, [each.patch for each in by_id.values()], reserve)
    missing = [by_id[key] for key, answer in answers.items() if answer.is_missing and by_id[key].may_insert]
    inserted = _step(client, [each.insert for each in missing], reserve)
    answers.update(inserted)
    taken = [by_id[key] for key, answer in inserted.items() if answer.is_there]
    answers.update(_step(client, [each.patch for each in taken], reserve))
    left = [by_id[key].leftovers(answer) for key, answer in answers.items() if answer.is_good]
    answers.update(_step(client, [call for call in left if call is not None], reserve))
    return {key: _not_needed(by_id[key], answer) for key, answer in answers.items()}


def look(client: GoogleClient, kind: str, ids: Iterable[str], reserve: Reserve) -> dict[str, Answer]:
    """What is there: resource id -> the answer, its body the resource."""
    return _step(client, [Call(kind, resource_id) for resource_id in ids], reserve)


def _not_needed(wanted: Wanted, answer: Answer) -> Answer:
    return replace(answer, status=200) if answer.is_missing and not wanted.may_insert else answer


def _step(client: GoogleClient, calls: Sequence[Call], reserve: Reserve) -> dict[str, Answer]:
    """Send these; what is refused because the token has ended early goes again with a new one, once."""
    answers = _send(client, calls, reserve)
    refused = [call for call in calls if answers[call.resource_id].is_signed_out]
    return answers | _send(client, refused, reserve, sign_in_anew=True)


def _send(
    client: GoogleClient, calls: Sequence[Call], reserve: Reserve, *, sign_in_anew: bool = False
) -> dict[str, Answer]:
    if not calls:
        return {}
    if trouble := client.sign_in(anew=sign_in_anew):
        return {call.resource_id: trouble for call in calls}
    waits = reserve(len(calls))
    if waits is None:
        return {call.resource_id: NO_TIME for call in calls}
    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(calls))) as pool:
        sent = [pool.submit(client.send, call) for call in _in_time(calls, waits)]
    return {call.resource_id: future.result() for call, future in zip(calls, sent, strict=True)}


def _in_time(calls: Sequence[Call], waits: Sequence[float]) -> Iterator[Call]:
    """Each call at its reserved moment; what is late does not make the next one come any closer to it."""
    begun = time.monotonic()
    spacing = waits[1] - waits[0] if len(waits) > 1 else 0.0
    earliest = begun
    for call, wait in zip(calls, waits, strict=True):
        time.sleep(max(0.0, max(begun + wait, earliest) - time.monotonic()))
        earliest = time.monotonic() + spacing
        yield call

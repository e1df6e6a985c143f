"""A form of the console that calls a service for a till: sent twice, it is done once."""

from typing import Any

from django.http import HttpRequest

from groundwork.idempotency.once import Answer, Claim, exactly_once, fingerprint
from tenancy.actor import actor_for
from tenancy.models import Store


def call_once(
    service: exactly_once, request: HttpRequest, *, store: Store, key: str, **arguments: Any
) -> Any:
    """Call a service at a store as who sent a form; `key` is the form's own. Returns what the service does.

    Returns None where the form had been sent before, and nothing was done now.
    """
    actor = actor_for(request, store.merchant_id)
    claim = Claim(
        place={"merchant_id": store.merchant_id, "store_id": store.pk},
        credential=actor.credential,
        key=f"console:{key}",
        fingerprint=fingerprint("POST", request.path, sorted(request.POST.items())),
    )
    done: list[Any] = []

    def answer(result: Any) -> Answer:
        done.append(result)
        return Answer(status=200, body=None)

    answered = service.once(claim, answer)(store=store, actor=actor, **arguments)
    return None if answered.replayed else done[0]

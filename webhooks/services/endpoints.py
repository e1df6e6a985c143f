"""Endpoints: made, changed, deleted, given another secret; and having them told of something once more."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.database import locks
from groundwork.errors import Invalid
from groundwork.messaging import doorbell
from groundwork.queue import clock
from groundwork.queue.queue import NOBODYS
from tenancy.models import Merchant
from webhooks import addresses, selectors, signing
from webhooks.catalogue import TEST, TYPES
from webhooks.errors import DeliveryNotFound, EndpointNotFound, TooManyEndpoints
from webhooks.models import SEALED, Delivery, Endpoint, State
from webhooks.services import log
from webhooks.services.sources import Draft

DELIVER_TASK = "webhooks.deliver"
MOST = 20
FORMER_SECRET_FOR = timedelta(hours=24)
EARLIER_AT_MOST = 8  # besides the one before: each makes a signature in the header of every message
ANEW = {"state": State.WAITING, "attempts": 0, "trouble": ""}


def create(
    *, merchant: Merchant, url: str, types: Sequence[str] = (), description: str = "", is_active: bool = True
) -> tuple[Endpoint, str]:
    """Make an endpoint; returns the row and its secret, which is shown this once.

    It hears of what happens from now on. Raises EndpointNotAllowed, Invalid for types that there are not, or
    TooManyEndpoints.
    """
    kept = _checked_types(types)
    addresses.require_allowed(url)  # asks the network: before any transaction
    log.catch_up(merchant.pk)
    secret = signing.new_secret()
    with transaction.atomic():
        log.locked(merchant.pk)  # two at once count one after the other
        if Endpoint.objects.filter(merchant=merchant).count() >= MOST:
            raise TooManyEndpoints()
        made = Endpoint.objects.create(
            merchant=merchant,
            url=url,
            types=kept,
            description=description,
            is_active=is_active,
            secret=SEALED.close(secret),
        )
    return made, secret


def change(*, endpoint_id: int, **given: Any) -> Endpoint:
    """Change url, types, description or is_active; switched on again it hears of what happens from then on.

    What waited for it meanwhile is sent. Raises EndpointNotFound, EndpointNotAllowed or Invalid.
    """
    if "types" in given:
        given["types"] = _checked_types(given["types"])
    if "url" in given:
        addresses.require_allowed(given["url"])
    with transaction.atomic():
        endpoint = _locked(endpoint_id)
        if given.get("is_active") and not endpoint.is_active:
            given |= {"active_since": timezone.now(), "failing_since": None, "switched_off": ""}
        for name, value in given.items():
            setattr(endpoint, name, value)
        endpoint.save()
        doorbell.ring(DELIVER_TASK)
    return endpoint


@transaction.atomic
def delete(*, endpoint_id: int) -> None:
    """Remove an endpoint and all that was on its way to it. Raises EndpointNotFound."""
    endpoint = _locked(endpoint_id)
    Delivery.objects.filter(endpoint=endpoint).delete()
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, endpoint_id: int) -> str:
    """Give an endpoint another secret; each one before signs as well for 24 hours. Raises EndpointNotFound.

    Who changes it twice, because the new one was never copied, goes on hearing what the first one signs.
    """
    endpoint, now = _locked(endpoint_id), timezone.now()
    secret = signing.new_secret()
    endpoint.earlier_secrets = _still_good(endpoint, now)[:EARLIER_AT_MOST]
    endpoint.former_secret, endpoint.rotated_at = endpoint.secret, now
    endpoint.secret = SEALED.close(secret)
    endpoint.save(update_fields=["secret", "former_secret", "earlier_secrets", "rotated_at", "updated_at"])
    return secret


def secrets_of(endpoint: Endpoint, *, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first."""
    sealed = [endpoint.secret, *(former for former, _until in _still_good(endpoint, now))]
    return [secret for each in sealed if (secret := SEALED.open(each)) is not None]


def _still_good(endpoint: Endpoint, now: datetime) -> list[list[str]]:
    """The secrets before the present one that sign still, the newest first, each sealed and with its end."""
    found = list[list[str]]()
    if endpoint.rotated_at is not None:
        found.append([endpoint.former_secret, (endpoint.rotated_at + FORMER_SECRET_FOR).isoformat()])
    found += endpoint.earlier_secrets
    return [each for each in found if now < datetime.fromisoformat(each[1])]


def seal_anew() -> int:
    """Bring all secrets under the present key, so that an earlier one can be given up; returns how many moved."""
    moved = 0
    for endpoint in Endpoint.objects.order_by("pk"):
        for name in ("secret", "former_secret"):
            sealed = getattr(endpoint, name)
            if sealed and (renewed := SEALED.renewed(sealed)) is not None:
                # Not where it was changed meanwhile: the next night will do.
                moved += Endpoint.objects.filter(pk=endpoint.pk, **{name: sealed}).update(**{name: renewed})
        earlier = [[SEALED.renewed(sealed) or sealed, until] for sealed, until in endpoint.earlier_secrets]
        if earlier != endpoint.earlier_secrets:
            rows = Endpoint.objects.filter(pk=endpoint.pk, earlier_secrets=endpoint.earlier_secrets)
            moved += rows.update(earlier_secrets=earlier)
    return moved


# --- Told once more ---------------------------------------------------------------------------------------


@transaction.atomic
def send_test(*, endpoint_id: int) -> Delivery:
    """Have an endpoint told of an event of the type `test`, whatever its filter. Raises EndpointNotFound."""
    endpoint = selectors.endpoint(endpoint_id)
    journal = log.locked(endpoint.merchant_id)
    said = {"message": "This is a test."}
    (event,) = log.append(journal, [Draft(TEST, timezone.now(), said)])
    log.tell([(endpoint, event)])
    doorbell.ring(DELIVER_TASK)
    return Delivery.objects.select_related("event").get(endpoint=endpoint, event=event)


def replay(*, endpoint_id: int, since: datetime) -> int:
    """Send all events of a time (UTC) and later again, as far as the endpoint wants them; returns how many.

    They have the ids and the bytes of before. Raises EndpointNotFound.
    """
    endpoint = selectors.endpoint(endpoint_id)
    log.catch_up(endpoint.merchant_id)
    events = selectors.events(endpoint.merchant_id, now=timezone.now()).filter(happened_at__gte=since)
    if endpoint.types:
        events = events.filter(type__in=endpoint.types)
    with transaction.atomic():
        wanted = list(events.order_by("position").only("pk", "merchant_id"))
        log.tell((endpoint, event) for event in wanted)
        again = Delivery.objects.filter(endpoint=endpoint, event__in=wanted)
        locks.in_id_order(again)
        again.update(**ANEW, **NOBODYS, next_attempt_at=clock.now(), updated_at=timezone.now())
        doorbell.ring(DELIVER_TASK)
    return len(wanted)


@transaction.atomic
def resend(*, delivery_id: int) -> Delivery:
    """Send one delivery again, with the same id and the same bytes. Raises DeliveryNotFound."""
    rows = Delivery.objects.filter(pk=delivery_id)
    if not rows.update(**ANEW, **NOBODYS, next_attempt_at=clock.now(), updated_at=timezone.now()):
        raise DeliveryNotFound()
    doorbell.ring(DELIVER_TASK)
    return rows.select_related("event").get()


# --- Helpers ----------------------------------------------------------------------------------------------


def _locked(endpoint_id: int) -> Endpoint:
    rows = Endpoint.objects.select_for_update(no_key=True, of=("self",)).filter(pk=endpoint_id)
    found = rows.first()
    if found is None:
        raise EndpointNotFound()
    return found


def _checked_types(types: Collection[str]) -> list[str]:
    if not set(types) <= set(TYPES):
        raise Invalid.field("types", _("There is no such event."), code="invalid_choice")
    return [name for name in TYPES if name in types]

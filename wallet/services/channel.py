"""What all workers share about one wallet: its pace, its pauses, what is wrong with it, and when to wake up.

Times are compared by the database's clock, so that a worker whose own is off keeps the pace all the same.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from groundwork.queue import clock
from wallet.models import Platform, Synced, WalletChannel, WalletPass
from wallet.services.locks import in_order

logger = logging.getLogger(__name__)

# 18 a second: Google allows 20, and the network may push requests closer together.
SPACING = timedelta(milliseconds=55)
LONGEST_PAUSE_SECONDS = 60
FAULT_PAUSE = timedelta(minutes=10)
LONGEST_RUN = timedelta(seconds=90)


def _locked(platform: Platform) -> tuple[WalletChannel, datetime]:
    """The channel's row, locked, and the database's time. Call inside of a transaction."""
    channels = WalletChannel.objects.select_for_update()
    WalletChannel.objects.get_or_create(platform=platform)
    channel = channels.annotate(database_now=Now()).get(platform=platform)
    return channel, channel.database_now


def is_open(platform: Platform) -> bool:
    """Whether anything may be sent now."""
    return not WalletChannel.objects.filter(platform=platform, paused_until__gt=Now()).exists()


def is_idle(platform: Platform) -> bool:
    """Whether a worker may begin: nothing is paused, and nobody is at it, who would go on by himself."""
    return not WalletChannel.objects.filter(
        Q(paused_until__gt=Now()) | Q(busy_until__gt=Now()), platform=platform
    ).exists()


def fault_of(platform: Platform) -> str:
    """What is wrong with our credentials, in the words of the other side; empty when nothing is known."""
    return WalletChannel.objects.filter(platform=platform).values_list("fault", flat=True).first() or ""


@contextmanager
def alone(platform: Platform) -> Iterator[bool]:
    """Whether we are the only worker at it, for as long as the block lasts.

    More of them would bring nothing, because the pace is shared, and keep others from their work. One that was
    killed is replaced after a while.
    """
    mine = _begin(platform)
    try:
        yield mine
    finally:
        if mine:
            WalletChannel.objects.filter(platform=platform).update(busy_until=None)


@transaction.atomic
def _begin(platform: Platform) -> bool:
    channel, now = _locked(platform)
    if channel.busy_until is not None and channel.busy_until > now:
        return False
    channel.busy_until = now + LONGEST_RUN
    channel.save(update_fields=["busy_until", "updated_at"])
    return True


@transaction.atomic
def reserve(platform: Platform, count: int, *, at_most: timedelta | None = None) -> list[float] | None:
    """Reserve so many requests: the seconds from now after which each may be sent.

    With `at_most`, None is returned (and nothing reserved) where the first would have to wait longer.
    """
    channel, now = _locked(platform)
    first = max(channel.next_slot_at, now)
    if at_most is not None and first - now > at_most:
        return None
    channel.next_slot_at = first + SPACING * count
    channel.save(update_fields=["next_slot_at", "updated_at"])
    return [(first - now + SPACING * number).total_seconds() for number in range(count)]


@transaction.atomic
def worked(platform: Platform) -> None:
    """A request was answered as it should: whatever was wrong is over, and what waited for that waits no longer."""
    broken = WalletChannel.objects.filter(platform=platform).filter(Q(failures__gt=0) | ~Q(fault=""))
    if not broken.exists():
        return
    channel, _now = _locked(platform)
    channel.failures, channel.fault, channel.paused_until = 0, "", None
    channel.save(update_fields=["failures", "fault", "paused_until", "updated_at"])
    waiting = WalletPass.objects.filter(
        Synced.LAGGING, platform=platform, attempts__gt=0, next_attempt_at__gt=clock.now()
    )
    in_order(waiting).update(next_attempt_at=clock.now())


@transaction.atomic
def failed(platform: Platform, *, wait: timedelta | None = None) -> None:
    """Nothing was answered: leave the other side alone for `wait` (what it asked for), or for a growing pause."""
    channel, now = _locked(platform)
    channel.failures = min(channel.failures + 1, 100)
    growing = timedelta(seconds=min(2 ** min(channel.failures, 6), LONGEST_PAUSE_SECONDS))
    # A worker may hear of a long pause while another one still gets a short answer.
    channel.paused_until = max(now + (wait or growing), channel.paused_until or now)
    channel.save(update_fields=["failures", "paused_until", "updated_at"])


@transaction.atomic
def misconfigured(platform: Platform, fault: str) -> None:
    """Our credentials are refused: stop, and say so on the dashboard. Tried again now and then."""
    channel, now = _locked(platform)
    channel.fault, channel.paused_until = fault[:500], now + FAULT_PAUSE
    channel.save(update_fields=["fault", "paused_until", "updated_at"])
    logger.error("wallet refuses our credentials", extra={"platform": platform.value, "fault": fault[:500]})


@transaction.atomic
def resume(platform: Platform) -> None:
    """Forget pauses and faults: somebody has put it right, or wants to know whether."""
    channel, _now = _locked(platform)
    channel.failures, channel.fault, channel.paused_until = 0, "", None
    channel.save(update_fields=["failures", "fault", "paused_until", "updated_at"])


@transaction.atomic
def claim_wake_up(platform: Platform, after: timedelta) -> bool:
    """Whether the caller is to ring for a worker that much later; not if somebody has done so already."""
    channel, now = _locked(platform)
    moment = now + after
    if channel.wake_at is not None and now < channel.wake_at <= moment:
        return False
    channel.wake_at = moment
    channel.save(update_fields=["wake_at", "updated_at"])
    return True

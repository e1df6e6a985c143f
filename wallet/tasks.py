"""The wallets' tasks: short, so that they never keep a worker for long, and safe to run side by side.

What is not done in time rings again; the sweep each minute catches what a lost bell missed.
"""

import logging
import time
from datetime import timedelta

from celery import Task, shared_task
from django.conf import settings
from django.utils import timezone

from groundwork.messaging import doorbell
from tenancy import scope
from wallet.models import Platform
from wallet.services import (
    apple_sync,
    callbacks,
    channel,
    designs,
    devices,
    doctor,
    google_sync,
    left_out,
    unsaved,
)
from wallet.services.designs import SPREAD_TASK

logger = logging.getLogger(__name__)

RUN_SECONDS = 8.0
FORGET_DEVICES_AFTER = timedelta(days=30)
SOON = timedelta(seconds=60)
NOT_AT_ONCE = timedelta(
    seconds=1
)  # with a crowd at the till something is due at each moment: it goes together
WHY = "passes of all merchants share one wallet account"


@shared_task(name="wallet.sync_apple", soft_time_limit=240, time_limit=300)
def sync_apple() -> int:
    """Tell devices that their passes have changed; returns how many passes are up to date."""
    with scope.everything(WHY):
        done = apple_sync.sync(seconds=RUN_SECONDS)
        _wake_up_in_time(Platform.APPLE, apple_sync.next_due_in(), sync_apple)
    return done


@shared_task(name="wallet.sync_google", soft_time_limit=240, time_limit=300)
def sync_google() -> int:
    """Bring classes and objects up to date at Google; returns how many passes."""
    with scope.everything(WHY):
        done = google_sync.sync(seconds=RUN_SECONDS)
        _wake_up_in_time(Platform.GOOGLE, google_sync.next_due_in(), sync_google)
    return done


def _wake_up_in_time(platform: Platform, wait: timedelta | None, task: Task) -> None:
    """Ring again for what is due within the minute (later than that, the sweep comes); one ring is enough."""
    if wait is None:
        return
    after = max(wait, NOT_AT_ONCE)
    if after <= SOON and channel.claim_wake_up(platform, after):
        _ring_later(task, after)


def _ring_later(task: Task, after: timedelta) -> None:
    """Ring for a worker in a while; where that is not heard, the sweep comes."""
    if not settings.DOORBELL_ENABLED:
        return
    try:
        task.apply_async(countdown=after.total_seconds(), retry=False)
    except Exception as error:
        logger.warning("doorbell not heard", extra={"task": task.name, "error": type(error).__name__})


@shared_task(name=SPREAD_TASK, soft_time_limit=240, time_limit=300)
def spread_designs() -> int:
    """Carry changed looks over to the passes of their programs; returns how many passes."""
    end, done = time.monotonic() + RUN_SECONDS, 0
    with scope.everything(WHY):
        while time.monotonic() < end:
            count = designs.spread_batch()
            if count is None:
                return done
            done += count
        doorbell.ring(SPREAD_TASK)
    return done


@shared_task(name=doctor.TASK, soft_time_limit=240, time_limit=300)
def examine_wallets() -> int:
    """Look daily whether the wallets work as a phone would find them, and sooner where somebody asks."""
    with scope.everything(WHY):
        return doctor.examine_what_is_due()


@shared_task(name="wallet.sweep_passes", soft_time_limit=240, time_limit=300)
def sweep_passes() -> int:
    """Each minute: looks that were missed, after an outage of any length; and what is not needed any more."""
    with scope.everything(WHY):
        designs.notice_changes()
        left_out.try_again()
        callbacks.forget_expired()
        unsaved.retire()
        unsaved.forget()
        devices.forget_retired(before=timezone.now() - FORGET_DEVICES_AFTER)
    return spread_designs()

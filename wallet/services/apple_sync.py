"""Telling devices that their passes have changed: one push per device, however many changes."""

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from groundwork import tallies
from wallet import config
from wallet.apple.push import Answer, Outcome, push
from wallet.config import AppleConfig
from wallet.models import AppleDeviceRegistration, PassState, Platform, Synced, WalletPass
from wallet.services import channel, funnel, queue, tags
from wallet.services.locks import in_order
from wallet.services.queue import PASSES
from wallet.services.versions import held

APPLE = Platform.APPLE
BATCH = 500
UNWATCHED_BATCH = 5000

# iOS throttles the pushes of a pass that come often: what changes meanwhile goes with the next one.
REST = timedelta(seconds=10)

Waiting = list[tuple[AppleDeviceRegistration, WalletPass]]


def sync(*, seconds: float) -> int:
    """Push what waits, for about so many seconds; returns how many passes are up to date."""
    done = _settle_unwatched()
    apple = config.apple()
    if apple is None:
        return done
    tags.publish(_passes())
    with channel.alone(APPLE) as alone:
        return done + (_sync(apple, seconds=seconds) if alone else 0)


def _sync(apple: AppleConfig, *, seconds: float) -> int:
    end, done = time.monotonic() + seconds, 0
    while channel.is_open(APPLE):
        passes = PASSES.take(_passes(), limit=BATCH)
        if not passes:
            break
        waiting = _waiting_devices(passes)
        answers = push(apple, sorted({registration.push_token for registration, _ in waiting}))
        done += _note(passes, waiting, answers)
        if time.monotonic() > end:
            break
    return done


def _passes() -> QuerySet[WalletPass]:
    return WalletPass.objects.filter(platform=APPLE)


def next_due_in() -> timedelta | None:
    """How long until the next pass is to be pushed; None while there is nothing, or we are off, paused or at it."""
    if config.apple() is None or not channel.is_idle(APPLE):
        return None
    return PASSES.next_due_in(_passes())


def _settle_unwatched() -> int:
    """Passes that no device has registered need no push; settled in batches."""
    watched = Exists(AppleDeviceRegistration.objects.filter(wallet_pass=OuterRef("pk")))
    settled = 0
    while True:
        with transaction.atomic():
            # Locked first and judged in a second statement: a registration takes the same lock.
            unwatched = PASSES.free(_passes().filter(~watched))
            locked = unwatched.order_by("pk").select_for_update(skip_locked=True, of=("self",))
            ids = list(locked.values_list("pk", flat=True)[:UNWATCHED_BATCH])
            passes = WalletPass.objects.filter(pk__in=ids).filter(~watched)
            settled += passes.update(synced_version=F("wanted_version"), attempts=0, last_error="")
        if len(ids) < UNWATCHED_BATCH:
            return settled


def _waiting_devices(passes: Iterable[WalletPass]) -> Waiting:
    """The devices that have not been told of the version that these passes were claimed with."""
    by_id = {each.pk: each for each in passes}
    registrations = AppleDeviceRegistration.objects.filter(
        wallet_pass__in=by_id, pushed_version__lt=F("wallet_pass__wanted_version")
    )
    return [(each, by_id[each.wallet_pass_id]) for each in registrations]


def _note(passes: list[WalletPass], waiting: Waiting, answers: Mapping[str, Answer]) -> int:
    """Write down what came of each device, then of each pass, then of the channel."""
    _note_told([each for each in waiting if answers[each[0].push_token].outcome is Outcome.DELIVERED])
    faults: dict[int, Answer] = {}
    for registration, wallet_pass in waiting:
        answer = answers[registration.push_token]
        if answer.outcome is not Outcome.DELIVERED and not _is_gone(registration, wallet_pass, answer):
            faults[wallet_pass.pk] = answer
    arrived = [each for each in passes if each.pk not in faults]
    pushed = {wallet_pass.pk for _, wallet_pass in waiting}
    queue.settle([each for each in arrived if each.pk in pushed], rest=REST)
    queue.settle([each for each in arrived if each.pk not in pushed])
    _reopen_where_devices_wait(arrived)
    for each in passes:
        if each.pk in faults:
            _note_fault(each, faults[each.pk])
    _note_channel(list(answers.values()))
    return len(arrived)


def _note_fault(wallet_pass: WalletPass, answer: Answer) -> None:
    """What is ours to mend is no failed attempt of the pass."""
    if answer.outcome is Outcome.MISCONFIGURED:
        queue.release(wallet_pass, answer.reason)
    else:
        queue.postpone(wallet_pass, answer.reason, wait=answer.wait)


@transaction.atomic
def _note_told(told: Waiting) -> None:
    """Devices that were pushed to know of the version that their passes were taken with.

    Not those that have another push token by now; one that was pushed to as well is the same device's.
    """
    same = in_order(
        AppleDeviceRegistration.objects.filter(pk__in=[registration.pk for registration, _ in told])
    )
    same = same.filter(push_token__in={registration.push_token for registration, _ in told})
    by_version: dict[int, list[int]] = {}
    for registration, wallet_pass in told:
        by_version.setdefault(wallet_pass.wanted_version, []).append(registration.pk)
    for version, alike in by_version.items():
        same.filter(pk__in=alike).update(pushed_version=version)


def _is_gone(registration: AppleDeviceRegistration, wallet_pass: WalletPass, answer: Answer) -> bool:
    """Whether this device needs nothing more, as it is no longer registered."""
    if answer.outcome is not Outcome.GONE:
        return False
    same = AppleDeviceRegistration.objects.filter(pk=registration.pk, push_token=registration.push_token)
    if answer.gone_since is not None:
        same = same.filter(renewed_at__lte=answer.gone_since)
    return drop(same, wallet_pass_id=wallet_pass.pk)


@transaction.atomic
def drop(registrations: QuerySet[AppleDeviceRegistration], *, wallet_pass_id: int) -> bool:
    """End registrations of a pass; without any it has been taken out of the wallet. Says whether one ended."""
    current = WalletPass.objects.select_for_update(of=("self",)).get(pk=wallet_pass_id)
    count, _per_model = registrations.delete()
    if count and not AppleDeviceRegistration.objects.filter(wallet_pass=wallet_pass_id).exists():
        WalletPass.objects.filter(pk=wallet_pass_id).update(**held(PassState.REMOVED))
        funnel.removed(current)
    return count > 0


@transaction.atomic
def _reopen_where_devices_wait(passes: Iterable[WalletPass]) -> None:
    """A device that registered while we pushed, with an older version, is still to be told."""
    waiting = AppleDeviceRegistration.objects.filter(
        wallet_pass=OuterRef("pk"), pushed_version__lt=OuterRef("synced_version")
    )
    settled = WalletPass.objects.filter(Exists(waiting), pk__in=[each.pk for each in passes])
    in_order(settled.exclude(Synced.LAGGING)).update(synced_version=F("synced_version") - 1)


def _note_channel(answers: list[Answer]) -> None:
    for answer in answers:
        tallies.count("pushes", answer.outcome.value)
    misconfigured = next((answer for answer in answers if answer.outcome is Outcome.MISCONFIGURED), None)
    waits = [answer.wait for answer in answers if answer.wait and not answer.is_about_token]
    if misconfigured is not None:
        channel.misconfigured(APPLE, misconfigured.reason)
    elif waits:
        channel.failed(APPLE, wait=max(waits))
    elif answers and all(answer.unreachable for answer in answers):
        channel.failed(APPLE)
    elif any(answer.outcome is Outcome.DELIVERED for answer in answers):
        channel.worked(APPLE)

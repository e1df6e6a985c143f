"""Bringing Google's classes and objects up to date, from our own rows."""

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from groundwork import tallies
from groundwork.queue import clock
from loyalty.models import LoyaltyCard
from wallet import config, logos, selectors
from wallet.errors import WalletRefused, WalletUnavailable
from wallet.facts import PassFacts, ProgramFacts
from wallet.google.client import HASTY, Answer, GoogleClient, client_of
from wallet.google.optional import Outcome, upsert_what_is_taken
from wallet.google.payload import Addresses, loyalty_class, loyalty_object
from wallet.google.upsert import NO_TIME, Reserve, Wanted
from wallet.models import PassDesign, Platform, WalletPass
from wallet.services import channel, left_out, queue
from wallet.services.locks import in_order
from wallet.services.queue import DESIGNS, PASSES

GOOGLE = Platform.GOOGLE
ROUND = 40  # two seconds of requests: what is urgent never waits longer for its turn
NOTIFICATIONS = 3
NOTIFICATION_WINDOW = timedelta(hours=24)
URGENT = timedelta(seconds=3)
MOST_PATIENT = 4.0  # seconds that a page may wait for a worker that is at it
LOOK_AGAIN = 0.3
REFUSED_PAUSE = timedelta(hours=1)


def sync(*, seconds: float) -> int:
    """Send what waits, for about so many seconds; returns how many classes and objects arrived."""
    google = config.google()
    if google is None:
        return 0
    with channel.alone(GOOGLE) as alone:
        return _sync(client_of(google), seconds=seconds) if alone else 0


def _sync(client: GoogleClient, *, seconds: float) -> int:
    reserve = partial(channel.reserve, GOOGLE)
    end, arrived = time.monotonic() + seconds, 0
    while channel.is_open(GOOGLE):
        designs = DESIGNS.take(limit=ROUND)
        arrived += send_designs(client, designs, reserve)
        passes = [] if designs else PASSES.take(_passes(), limit=ROUND)
        arrived += send_passes(client, passes, reserve)
        if not (designs or passes) or time.monotonic() > end:
            break
    return arrived


def _passes() -> QuerySet[WalletPass]:
    """Objects need their class: those of a program whose class has never arrived wait for it."""
    passes = WalletPass.objects.filter(platform=GOOGLE)
    # Looked up first: mostly there is none, and then the queue is read in the order of its index.
    without_class = list(PassDesign.objects.filter(synced_version=0).values_list("program_id", flat=True))
    return passes.exclude(card__program__in=without_class) if without_class else passes


def next_due_in() -> timedelta | None:
    """How long until the next class or object is to be sent; None while there is nothing, or we are off or at it."""
    if config.google() is None or not channel.is_idle(GOOGLE):
        return None
    waits = [DESIGNS.next_due_in(), PASSES.next_due_in(_passes())]
    return min((wait for wait in waits if wait is not None), default=None)


def send_now(wallet_pass: WalletPass) -> None:
    """Make sure that an object exists at Google, and try to bring it up to date, while its holder waits.

    Raises WalletUnavailable, or WalletRefused where Google does not take the program's class, however often we try.
    """
    google = config.google()
    if google is None:
        raise WalletUnavailable(retry_after=60)
    client, end = client_of(google, HASTY), time.monotonic() + MOST_PATIENT
    failures = _failures(wallet_pass)
    if wallet_pass.synced_version > 0 and wallet_pass.is_lagging:
        _send_one(
            client, wallet_pass
        )  # so that they see at once what the card is now; if not, a worker follows
    while wallet_pass.synced_version == 0:
        _check_class(wallet_pass)
        _send_one(client, wallet_pass)
        wallet_pass.refresh_from_db()
        if wallet_pass.synced_version > 0:
            break
        _check_class(wallet_pass)
        has_failed = _failures(wallet_pass) > failures or not channel.is_open(GOOGLE)
        if has_failed or time.monotonic() > end:
            raise WalletUnavailable(retry_after=10)
        time.sleep(LOOK_AGAIN)  # a worker is at it, or at its class


def _check_class(wallet_pass: WalletPass) -> None:
    """Raise WalletRefused while a class that Google has never taken rests after a refusal."""
    program_id = wallet_pass.card.program_id
    refused = PassDesign.objects.filter(program=program_id, is_refused=True, synced_version=0)
    if refused.filter(next_attempt_at__gt=clock.now()).exists():
        raise WalletRefused(retry_after=int(REFUSED_PAUSE.total_seconds()))


def _failures(wallet_pass: WalletPass) -> int:
    """How often it could not be sent, its class counted in."""
    design = PassDesign.objects.get(program=wallet_pass.card.program_id)
    return wallet_pass.attempts + design.attempts


def _send_one(client: GoogleClient, wallet_pass: WalletPass) -> None:
    """Send a pass, and first its class where that is not there yet; leaves alone what a worker has taken."""
    reserve = partial(channel.reserve, GOOGLE, at_most=URGENT)
    class_is_missing = PassDesign.objects.filter(program=wallet_pass.card.program_id, synced_version=0)
    if channel.is_open(GOOGLE):
        send_designs(client, DESIGNS.take(class_is_missing, early=True), reserve)
    mine = WalletPass.objects.filter(pk=wallet_pass.pk)
    if channel.is_open(GOOGLE) and not class_is_missing.exists():
        send_passes(client, PASSES.take(mine, early=True), reserve)


def send_designs(client: GoogleClient, designs: list[PassDesign], reserve: Reserve) -> int:
    """Send the classes of claimed designs; returns how many arrived."""
    now = timezone.now()
    wanted = [
        Wanted(
            "loyaltyClass",
            str(design.class_id),
            _class_of(selectors.program_facts(design.program_id), design),
        ).without(left_out.known(design, now=now))
        for design in designs
    ]
    outcomes = upsert_what_is_taken(client, wanted, reserve)
    by_design = {design.pk: outcomes[str(design.class_id)] for design in designs}
    _note_refusals(designs, by_design)
    return _note(designs, by_design)


def _note_refusals(designs: Iterable[PassDesign], outcomes: Mapping[int, Outcome]) -> None:
    """A refusal stands until Google takes the class; that it cannot be asked just now changes nothing."""
    for design in designs:
        answer = outcomes[design.pk].answer
        if answer.is_good or answer.is_final:
            PassDesign.objects.filter(pk=design.pk).exclude(is_refused=answer.is_final).update(
                is_refused=answer.is_final
            )


def _class_of(facts: ProgramFacts, design: PassDesign) -> dict[str, Any]:
    addresses = Addresses(
        logo=picture_url(facts, "logo"),
        hero=picture_url(facts, "hero"),
        wide_logo=picture_url(facts, "wide-logo") if logos.is_wide(facts.look) else "",
        callback=config.public_url(reverse("wallet-google-callback")) if config.is_public() else "",
    )
    return loyalty_class(facts, str(design.class_id), addresses)


def picture_url(facts: ProgramFacts, name: str) -> str:
    """The public address of a picture of a program; it changes with the look, so that it may be kept for ever."""
    return config.public_url(reverse("wallet-picture", args=[facts.program_id, facts.look.digest, name]))


def send_passes(client: GoogleClient, passes: list[WalletPass], reserve: Reserve) -> int:
    """Send the objects of claimed passes; returns how many arrived."""
    if not passes:
        return 0
    cards = selectors.cards_of(passes)
    lines = selectors.lines_of_cards(cards)
    program_ids = {card.program_id for card in cards.values()}
    programs = {program_id: selectors.program_facts(program_id) for program_id in program_ids}
    designs = PassDesign.objects.filter(program__in=programs)
    by_program = {design.program_id: design for design in designs}
    now, wanted = timezone.now(), []
    for each in passes:
        card = cards[each.card_id]
        facts = selectors.pass_facts(each, card, programs[card.program_id], lines=lines[card.pk])
        design = by_program[card.program_id]
        whole = _object_of(each, facts, class_id=str(design.class_id), notify=may_notify(each))
        skipped = left_out.known_of_issuer(design, now=now) | left_out.known(each, now=now).keys()
        wanted.append(whole.without(skipped))
    outcomes = upsert_what_is_taken(client, wanted, reserve)
    by_pass = {each.pk: outcomes[str(each.object_id)] for each in passes}
    answers = {key: outcome.answer for key, outcome in by_pass.items()}
    _note_notifications(passes, answers)
    _note_missing_classes(passes, cards, answers)
    return _note(passes, by_pass)


def _object_of(wallet_pass: WalletPass, facts: PassFacts, *, class_id: str, notify: bool) -> Wanted:
    object_id = str(wallet_pass.object_id)
    filled = min(facts.stamps, facts.program.stamps_target)
    body = loyalty_object(
        facts,
        object_id=object_id,
        class_id=class_id,
        hero=picture_url(facts.program, f"stamps-{filled}"),
        notify=notify,
    )
    return Wanted("loyaltyObject", object_id, body, may_insert=wallet_pass.retired_at is None)


def may_notify(wallet_pass: WalletPass) -> bool:
    """Whether this update is worth one of the three notifications of a day, and one is left."""
    if not wallet_pass.is_notable or wallet_pass.synced_version == 0:
        return False
    return len(_recent(wallet_pass)) < NOTIFICATIONS


def _recent(wallet_pass: WalletPass) -> list[float]:
    begin = (timezone.now() - NOTIFICATION_WINDOW).timestamp()
    return [stamp for stamp in wallet_pass.notified_at if stamp > begin]


def _note_notifications(passes: Iterable[WalletPass], answers: Mapping[int, Answer]) -> None:
    """One is spent when it was sent, also where no answer came: it may have been applied."""
    for each in passes:
        answer = answers[each.pk]
        if not each.is_notable or answer is NO_TIME:
            continue
        was_sent = may_notify(each) and (answer.is_good or answer.status is None)
        spent = [*_recent(each), timezone.now().timestamp()] if was_sent else _recent(each)
        WalletPass.objects.filter(pk=each.pk).update(is_notable=not answer.is_good, notified_at=spent)


def _note_missing_classes(
    passes: Iterable[WalletPass], cards: Mapping[int, LoyaltyCard], answers: Mapping[int, Answer]
) -> None:
    """An object that is 404 when it is inserted has no class: that is to be sent again first."""
    orphans = {cards[each.card_id].program_id for each in passes if answers[each.pk].is_missing}
    with transaction.atomic():
        orphaned = in_order(PassDesign.objects.filter(program__in=orphans))
        orphaned.update(synced_version=0, next_attempt_at=clock.now())


def _note(rows: list[Any], outcomes: Mapping[int, Outcome]) -> int:
    """Write down what came of each row, and of the channel as a whole; returns how many arrived."""
    if not rows:
        return 0
    now = timezone.now()
    good = [row for row in rows if outcomes[row.pk].answer.is_good]
    if good:
        for row in good:
            left_out.remember(row, outcomes[row.pk].left_out, now=now)
        queue.settle(good)
        channel.worked(GOOGLE)
    faults = []
    for row in rows:
        answer = outcomes[row.pk].answer
        if answer is NO_TIME:
            queue.release(row)
        elif answer.is_signed_out or (answer.is_forbidden and not good and _speaks_for_all(row)):
            queue.release(row, answer.reason)
            faults.append(answer.reason)
        elif not answer.is_good:
            wait = REFUSED_PAUSE if answer.is_final and isinstance(row, PassDesign) else answer.wait
            queue.postpone(row, answer.reason, wait=wait)
    answers = [outcome.answer for outcome in outcomes.values() if outcome.answer is not NO_TIME]
    for answer in answers:
        tallies.count("updates at Google", answer.in_a_word)
    _note_channel(answers, faults)
    return len(good)


def _speaks_for_all(row: PassDesign | WalletPass) -> bool:
    """Whether what is forbidden about a row may mean our whole account.

    Not about a class, which must not stop those of other merchants; nor about an object that has failed already while
    others arrived.
    """
    return isinstance(row, WalletPass) and row.attempts == 0


def _note_channel(answers: list[Answer], faults: list[str]) -> None:
    waits = [answer.wait for answer in answers if answer.status in (429, 503) and answer.wait]
    if faults:
        channel.misconfigured(GOOGLE, faults[0])
    elif waits:
        channel.failed(GOOGLE, wait=max(waits))
    elif answers and all(answer.is_passing for answer in answers):
        channel.failed(GOOGLE)

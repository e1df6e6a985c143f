"""The pass doctor: looks daily, or when somebody asks, whether the wallets work as a phone would find them.

It builds a pass and verifies it, fetches it through the public address, and asks Google about its classes. What it
finds is kept with the wallet's channel, without words: whoever looks reads it in their language.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.messaging import doorbell, outbox
from loyalty.models import LoyaltyProgram
from tenancy.events import AccountEmailRequested
from tenancy.models import User
from wallet import config, samples, selectors
from wallet.apple import verification
from wallet.apple.verification import NotAPass
from wallet.config import AppleConfig, GoogleConfig
from wallet.google.client import Answer, GoogleClient
from wallet.google.upsert import look
from wallet.http import NETWORK_TROUBLE, as_a_phone
from wallet.models import PassDesign, Platform, WalletChannel
from wallet.problems import Problem, error, warning
from wallet.services import channel
from wallet.services.google_sync import picture_url

logger = logging.getLogger(__name__)

TASK = "wallet.examine_wallets"
EVERY = timedelta(days=1)
MOST_CLASSES = 1000  # a minute of Google's pace
MOST_NAMES = 5
NO_SERIAL = "0" * 32

# A server behind its own router need not find its way back to it, and phones may all the same.
WARNINGS = frozenset({"not_connected"})
TEXTS = {
    "not_connected": _("a phone does not get through to %(address)s: %(why)s"),
    "not_built": _("a test pass is none that a phone takes: %(why)s"),
    "not_reached": _("a phone does not get through to %(address)s: %(why)s"),
    "changed": _("what arrives from %(address)s is not what was sent: %(why)s"),
    "signed_out": _("refuses our sign-in: %(why)s"),
    "rejected": _("the reviewers have rejected the cards of %(merchants)s"),
    "class_unknown": _("does not show the cards of %(merchants)s: %(why)s"),
}


@dataclass(frozen=True)
class Symptom:
    """Something that the doctor saw: which of TEXTS, and what that is filled in with."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        """It in words, in the active language."""
        told = warning if self.code in WARNINGS else error
        return told(str(TEXTS[self.code]) % self.values)


def ask(user: User | None = None) -> None:
    """Have the wallets examined soon; and send this person a test pass by e-mail, if somebody asks for it."""
    with transaction.atomic():
        for platform in Platform:
            WalletChannel.objects.update_or_create(platform=platform, defaults={"examined_at": None})
        if user is not None:
            outbox.record(AccountEmailRequested(kind="test_pass", about_id=user.pk))
    doorbell.ring(TASK)


def examine_what_is_due() -> int:
    """Examine the wallets that nobody has looked at for a day; returns how many."""
    fresh = WalletChannel.objects.filter(examined_at__gt=timezone.now() - EVERY)
    known = set(fresh.values_list("platform", flat=True))
    due = [platform for platform in Platform if platform not in known]
    for platform in due:
        examine(platform)
    return len(due)


def examine(platform: Platform) -> list[Symptom]:
    """Look at one wallet now, and keep what was found; nothing about one that is off."""
    apple, google = config.apple(), config.google()
    if platform is Platform.APPLE:
        found = list(_apple(apple)) if apple else []
    else:
        found = list(_google(google)) if google else []
    kept = [{"code": symptom.code, "values": dict(symptom.values)} for symptom in found]
    seen = {"findings": kept, "examined_at": timezone.now()}
    WalletChannel.objects.update_or_create(platform=platform, defaults=seen)
    for symptom in kept:
        logger.warning("the pass doctor has found something", extra={"platform": platform.value, **symptom})
    return found


def last_seen() -> list[tuple[Platform, Symptom]]:
    """What was found the last time, by wallet."""
    channels = WalletChannel.objects.exclude(findings=[]).order_by("platform")
    return [
        (Platform(each.platform), Symptom(seen["code"], seen["values"]))
        for each in channels
        for seen in each.findings
        if seen["code"] in TEXTS
    ]


def program_to_try() -> LoyaltyProgram | None:
    """A program whose pass shows whether the set-up works: one that Google has already, if there is one."""
    known = PassDesign.objects.filter(program__is_active=True).order_by("-synced_version", "-pk").first()
    if known is not None:
        return known.program
    return LoyaltyProgram.objects.filter(is_active=True).order_by("-pk").first()


def _apple(apple: AppleConfig) -> Iterator[Symptom]:
    program = program_to_try()
    if program is None:
        return
    try:
        verification.verify(samples.for_apple(apple, selectors.program_facts(program.pk)), apple.signer)
    except NotAPass as fault:
        yield Symptom("not_built", {"why": str(fault)})
        return
    if config.is_public():
        yield from _fetched(samples.address(program.pk), apple)
        yield from _web_service(apple)


def _fetched(address: str, apple: AppleConfig) -> Iterator[Symptom]:
    """The test pass through the public address: what stands before the site must not touch it."""
    answer = _answer(address, 200)
    if isinstance(answer, Symptom):
        yield answer
        return
    try:
        verification.verify(answer, apple.signer)
    except NotAPass as fault:
        yield Symptom("changed", {"address": _short(address), "why": str(fault)})


def _web_service(apple: AppleConfig) -> Iterator[Symptom]:
    """Where phones ask for new passes: we ourselves must refuse who has no token."""
    address = f"{config.web_service_url()}/v1/passes/{apple.pass_type_id}/{NO_SERIAL}"
    answer = _answer(address, 401)
    if isinstance(answer, Symptom):
        yield answer


def _answer(address: str, expected: int) -> bytes | Symptom:
    """What a phone gets from an address, or why it gets nothing. A phone follows no redirect here."""
    try:
        response = as_a_phone(address)
    except NETWORK_TROUBLE as trouble:
        return Symptom("not_connected", {"address": _short(address), "why": type(trouble).__name__})
    if response.status_code != expected:
        return Symptom("not_reached", {"address": _short(address), "why": f"HTTP {response.status_code}"})
    return bytes(response.content)


def _short(address: str) -> str:
    """An address without what opens something."""
    return address.partition("/test/")[0]


def _google(google: GoogleConfig) -> Iterator[Symptom]:
    client = GoogleClient(google)
    if trouble := client.sign_in():
        yield Symptom("signed_out", {"why": trouble.reason})
        return
    yield from _reviews(client)
    if config.is_public() and (program := program_to_try()) is not None:
        answer = _answer(picture_url(selectors.program_facts(program.pk), "logo"), 200)
        if isinstance(answer, Symptom):
            yield answer


def reviews(client: GoogleClient) -> list[tuple[str, str, bool]]:
    """What Google's reviewers say of each class: its merchant, the status or Google's words, whether that is good."""
    designs = PassDesign.objects.filter(class_id__isnull=False, synced_version__gt=0).order_by("-pk")
    names = {
        str(design.class_id): design.merchant.name
        for design in designs.select_related("merchant")[:MOST_CLASSES]
    }
    answers = look(client, "loyaltyClass", names, partial(channel.reserve, Platform.GOOGLE))
    return [(names[class_id], *_review(answer)) for class_id, answer in answers.items()]


def _review(answer: Answer) -> tuple[str, bool]:
    status = str(answer.body.get("reviewStatus", "")) if answer.is_good else answer.reason
    return status, answer.is_good and status.upper() != "REJECTED"


def _reviews(client: GoogleClient) -> Iterator[Symptom]:
    bad: dict[str, list[str]] = {}
    for merchant, status, is_good in reviews(client):
        if not is_good:
            bad.setdefault(status, []).append(merchant)
    for status, merchants in bad.items():
        named = ", ".join(merchants[:MOST_NAMES]) + ("…" if len(merchants) > MOST_NAMES else "")
        if status.upper() == "REJECTED":
            yield Symptom("rejected", {"merchants": named})
        else:
            yield Symptom("class_unknown", {"merchants": named, "why": status})

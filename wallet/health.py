"""How the wallets are doing: credentials and classes that were refused, and passes that lag."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wallet.models import PassDesign, Platform, Synced, WalletPass
from wallet.problems import error, warning
from wallet.services import channel
from wallet.set_up import GOOGLE, Finding

LATE = timedelta(minutes=15)
MOST_NAMES = 5


def refusals() -> list[Finding]:
    """Wallets that have refused our credentials when we used them."""
    text = _("refuses our credentials: %(fault)s")
    faults = {platform: channel.fault_of(platform) for platform in Platform}
    return [
        Finding(str(platform.label), error(text % {"fault": fault}))
        for platform, fault in faults.items()
        if fault
    ]


def refused_designs() -> list[Finding]:
    """What Google does not take of merchants' classes, in its own words: all of one, or a part of it."""
    refused: dict[str, list[str]] = {}
    left_out: dict[tuple[str, str], list[str]] = {}
    for design in _with_refusals():
        if design.is_refused:
            refused.setdefault(design.last_error, []).append(design.merchant.name)
        for part, words in design.left_out.items():
            left_out.setdefault((part, words), []).append(design.merchant.name)
    return [*_told_refused(refused), *_told_left_out(left_out)]


def _with_refusals() -> Iterable[PassDesign]:
    designs = PassDesign.objects.filter(Q(is_refused=True) | ~Q(left_out={}))
    return designs.select_related("merchant").order_by("merchant__name", "pk")


def _told_refused(refused: dict[str, list[str]]) -> Iterator[Finding]:
    text = _("refuses the cards of %(merchants)s: %(words)s")
    for words, names in refused.items():
        yield Finding(GOOGLE, error(text % {"merchants": _listed(names), "words": words}))


def _told_left_out(left_out: dict[tuple[str, str], list[str]]) -> Iterator[Finding]:
    text = _("takes the cards of %(merchants)s only without %(part)s: %(words)s")
    for (part, words), names in left_out.items():
        yield Finding(GOOGLE, warning(text % {"merchants": _listed(names), "part": part, "words": words}))


def _listed(names: list[str]) -> str:
    """The first few names, and how many there are besides."""
    return ", ".join(names[:MOST_NAMES]) + (
        f" (+{len(names) - MOST_NAMES})" if len(names) > MOST_NAMES else ""
    )


def lagging(merchant_ids: frozenset[int] | None = None) -> dict[Platform, int]:
    """How many passes have been behind for a while, by wallet; of some merchants, or of all in the open scope."""
    passes = WalletPass.objects.filter(Synced.LAGGING, last_modified__lt=timezone.now() - LATE)
    if merchant_ids is not None:
        passes = passes.filter(merchant_id__in=merchant_ids)
    counts = {platform: passes.filter(platform=platform).count() for platform in Platform}
    return {platform: count for platform, count in counts.items() if count}


def lag_text(platform: Platform, count: int) -> str:
    """A sentence about passes that are behind."""
    text = ngettext(
        "%(count)d pass in %(wallet)s is not up to date.",
        "%(count)d passes in %(wallet)s are not up to date.",
        count,
    )
    return text % {"count": count, "wallet": platform.label}

"""How the wallets are doing: credentials that were refused, and passes that lag."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wallet.models import Platform, Synced, WalletPass
from wallet.problems import error
from wallet.services import channel
from wallet.set_up import Finding

LATE = timedelta(minutes=15)


def refusals() -> list[Finding]:
    """Wallets that have refused our credentials when we used them."""
    text = _("refuses our credentials: %(fault)s")
    faults = {platform: channel.fault_of(platform) for platform in Platform}
    return [
        Finding(str(platform.label), error(text % {"fault": fault}))
        for platform, fault in faults.items()
        if fault
    ]


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

"""How the wallets are doing, in figures for whoever watches the site: by wallet, and naming nobody."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from wallet import config, health, set_up
from wallet.apple import certificate
from wallet.config import AppleConfig
from wallet.models import PassDesign, Platform, WalletChannel

FIGURES = {
    "wallet_fault": "Whether a wallet refuses our credentials.",
    "wallet_problems": "How many things are wrong with a wallet's settings, warnings left aside.",
    "wallet_refused_programs": "How many programs a wallet does not take.",
    "wallet_left_out_programs": "How many programs a wallet takes only without a part.",
    "wallet_passes_behind": "How many passes have not been up to date for a while.",
    "wallet_findings": "How many things the pass doctor found the last time.",
    "wallet_examined_age_seconds": "How long ago the pass doctor looked at a wallet.",
    "wallet_certificate_seconds": "How long a wallet's certificate still holds.",
}

Values = dict[str, dict[str, float]]


def figures() -> Values:
    """Each of FIGURES, by wallet; without what is not known of one. Within a scope of everything."""
    found: Values = {name: dict.fromkeys(map(str, Platform), 0.0) for name in FIGURES}
    found["wallet_examined_age_seconds"], found["wallet_certificate_seconds"] = {}, {}
    now = timezone.now()
    for channel in WalletChannel.objects.all():
        found["wallet_fault"][channel.platform] = float(bool(channel.fault))
        found["wallet_findings"][channel.platform] = len(channel.findings)
        if channel.examined_at is not None:
            age = (now - channel.examined_at).total_seconds()
            found["wallet_examined_age_seconds"][channel.platform] = age
    found["wallet_passes_behind"] |= {str(platform): count for platform, count in health.lagging().items()}
    found["wallet_refused_programs"][Platform.GOOGLE] = _programs(Q(is_refused=True))
    found["wallet_left_out_programs"][Platform.GOOGLE] = _programs(~Q(left_out={}))
    labels = {str(platform.label): str(platform) for platform in Platform}
    for finding in set_up.findings():
        found["wallet_problems"][labels[finding.wallet]] += finding.problem.is_error
    apple = config.apple_reading().config
    if isinstance(apple, AppleConfig):
        left = (certificate.ends_at(apple.signer) - now).total_seconds()
        found["wallet_certificate_seconds"][Platform.APPLE] = left
    return found


def told() -> Iterable[tuple[str, str, dict[str, float]]]:
    """(name, what it means, wallet -> value) of each figure."""
    values = figures()
    return [(name, about, values[name]) for name, about in FIGURES.items()]


def _programs(refused: Q) -> float:
    return PassDesign.objects.filter(refused).count()

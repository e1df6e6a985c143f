"""What is wrong with the settings of the wallets; needs no database, so that it can be told at the start."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from wallet import config
from wallet.apple import certificate
from wallet.config import AppleConfig
from wallet.problems import Problem, warning

APPLE = "Apple Wallet"
GOOGLE = "Google Wallet"


@dataclass(frozen=True)
class Finding:
    """A problem, and the name of the wallet it is about."""

    wallet: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.wallet}: {self.problem.text}"


def findings() -> list[Finding]:
    """All of them; nothing about a wallet that nobody has begun to set up."""
    apple, google = config.apple_reading(), config.google_reading()
    found = [Finding(APPLE, problem) for problem in apple.problems]
    if isinstance(apple.config, AppleConfig):
        dates = certificate.date_problems(apple.config.signer, timezone.now())
        found += [Finding(APPLE, problem) for problem in dates]
    found += [Finding(GOOGLE, problem) for problem in google.problems]
    if (apple.config or google.config) and not config.is_public():
        text = _("PUBLIC_BASE_URL is not https: passes work, but cannot be updated on the phone.")
        found.append(Finding(APPLE if apple.config else GOOGLE, warning(text)))
    return found


def invitations() -> list[str]:
    """What to do about each wallet that nobody has begun to set up: a sentence for whoever runs the site."""
    text = _(
        "%(wallet)s is not set up, and its button is absent. Set %(settings)s; docs/wallets.md says step by step how."
    )
    wallets = (
        (APPLE, config.apple_reading(), (*config.APPLE_NEEDED, "WALLET_APPLE_KEY")),
        (GOOGLE, config.google_reading(), config.GOOGLE_NEEDED),
    )
    return [
        text % {"wallet": wallet, "settings": ", ".join(needed)}
        for wallet, reading, needed in wallets
        if reading.config is None and not reading.problems
    ]

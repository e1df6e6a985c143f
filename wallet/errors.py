"""What wallets refuse, and what is wrong with a set-up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError


class WalletUnavailable(DomainError):
    """The wallet is not set up, or what it needs cannot be reached just now; `retry_after` is in seconds."""

    code = "wallet_unavailable"
    status = 503
    message = _("The pass is not ready yet. Please try again in a minute.")


class WalletRefused(WalletUnavailable):
    """The wallet does not take this program's cards, until somebody has changed something; see `wallet_check`."""

    code = "wallet_refused"
    message = _("This wallet does not take the card at present. The card itself works as ever.")


class CallbackRefused(DomainError):
    """A callback that Google did not sign, or that has expired."""

    code = "callback_refused"
    status = 400
    message = _("This message is not signed by Google.")


class CredentialError(Exception):
    """A certificate, key or account in the settings cannot be used. `setting` says which one."""

    def __init__(self, setting: str, reason: Any) -> None:
        self.setting = setting
        self.reason = reason
        super().__init__(f"{setting}: {reason}")

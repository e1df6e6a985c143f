"""System check: tells at the start what of the wallets' settings does not fit together. Never stops the till."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning

from wallet import set_up


def wallet_set_up(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A warning for each fault with which a wallet stays off; what works today is told on the dashboard."""
    return [
        Warning(
            str(finding),
            hint="manage.py wallet_check tells more.",
            id="wallet.W001",
        )
        for finding in set_up.findings()
        if finding.problem.is_error
    ]

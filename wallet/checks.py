"""System check: tells at the start what of the wallets' settings does not fit together. Never stops the till."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning

from wallet import set_up


def wallet_set_up(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """A warning for each problem: with an error the wallet's buttons stay away."""
    return [
        Warning(
            str(finding),
            hint="manage.py wallet_check tells more.",
            id=f"wallet.{'W001' if finding.problem.is_error else 'W002'}",
        )
        for finding in set_up.findings()
    ]

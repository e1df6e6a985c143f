"""What notifications asks of the app beside it."""

from typing import Any, Protocol

from groundwork.messaging.wiring import Port
from loyalty.models import LoyaltyCard


class Links(Protocol):
    """Addresses that an e-mail can name."""

    def test_pass_url(self) -> str:
        """Where a phone gets a pass to try the wallets with; empty while none is set up."""
        ...

    def email_variables(self, card: LoyaltyCard) -> dict[str, Any]:
        """wallet_url, apple_url and google_url of a card, those that work."""
        ...


links: Port[Links] = Port()

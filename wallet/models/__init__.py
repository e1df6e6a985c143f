"""What the wallets need to know, kept apart from the card.

*WalletPass*: a card in one wallet. *WalletOffer*: the way there. *AppleDeviceRegistration*: a device that wants to hear
of its changes. *PassDesign*: a program as the wallets know it; its changed look is spread over all its passes.
*WalletChannel*: what all share about one wallet. *UpdateTag*: the counter of Apple's tags. *GoogleNonce*: a callback.
"""

from wallet.models.channel import GoogleNonce, UpdateTag, WalletChannel
from wallet.models.design import PassDesign
from wallet.models.passes import (
    KEPT_UP,
    SLEEPING,
    AppleDeviceRegistration,
    WalletOffer,
    WalletPass,
)
from wallet.models.synced import PassState, Platform, Synced, new_auth_token, new_serial_number, this_second

__all__ = [
    "KEPT_UP",
    "SLEEPING",
    "AppleDeviceRegistration",
    "GoogleNonce",
    "PassDesign",
    "PassState",
    "Platform",
    "Synced",
    "UpdateTag",
    "WalletChannel",
    "WalletOffer",
    "WalletPass",
    "new_auth_token",
    "new_serial_number",
    "this_second",
]

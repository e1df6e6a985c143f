"""What tenancy asks of the apps above it."""

from collections.abc import Sequence
from typing import Any, Protocol

from groundwork.messaging.wiring import Port
from tenancy.models import Merchant


class StorePage(Protocol):
    """What an app adds to the page of a store in the console."""

    def store_actions(self) -> Sequence[str | dict[str, Any]]:
        """Its buttons, and menus of buttons, as Unfold's `actions_detail`: names of functions of the app that answers,
        each of which takes the page, the request and the store's id.
        """
        ...


class Amounts(Protocol):
    """What an app has written down in a merchant's currency."""

    def has_amounts(self, merchant: Merchant) -> bool:
        """Whether there are amounts that would mean something else in another currency."""
        ...


class MerchantFollower(Protocol):
    """What an app does besides, when a merchant is changed."""

    def on_merchant_changed(self, old: Merchant, new: Merchant) -> None:
        """Called in the transaction of the change, once it is written and while the merchant is locked."""
        ...


store_page: Port[StorePage] = Port()
amounts: Port[Amounts] = Port()
merchant_followers: Port[MerchantFollower] = Port()

"""What loyalty does about its own events, a moment after them. A handler runs in the relay's transaction and scope."""

from collections.abc import Mapping
from typing import Any

from loyalty.services import friend_gifts


def on_friend_to_settle(event: Mapping[str, Any]) -> None:
    """Whoever brought a friend gets what is right by now."""
    friend_gifts.settle(gift_id=event["gift_id"])

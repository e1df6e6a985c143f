"""What loyalty does about its own events, a moment after them. A handler runs in the relay's transaction and scope."""

from collections.abc import Mapping
from typing import Any

from loyalty.services import friends


def on_friends_to_settle(event: Mapping[str, Any]) -> None:
    """Whoever brought friends gets what is right by now."""
    for gift_id in event["gift_ids"]:
        friends.settle(gift_id=gift_id)

"""What the wallets do when something has been announced. Each writes only our own rows, and may be repeated."""

from collections.abc import Mapping
from typing import Any

from wallet.services import designs, passes

Event = Mapping[str, Any]


def on_balances_changed(event: Event) -> None:
    """Passes that show stamps and points want a new version; many changes are one."""
    passes.cards_changed(event["card_ids"])


def on_reward_ready(event: Event) -> None:
    """A full card is worth a notification."""
    passes.cards_changed(event["card_ids"], notable=True)


def on_points_about_to_expire(event: Event) -> None:
    """A warning may have put off the day on which the points expire."""
    passes.cards_changed(event["card_ids"])


def on_card_state_changed(event: Event) -> None:
    """Passes follow their cards: void, valid again, or retired and made anew."""
    passes.follow_cards(event["card_ids"])


def on_customer_renamed(event: Event) -> None:
    """Passes show their holder's name."""
    passes.customer_renamed(event["customer_id"])


def on_program_changed(event: Event) -> None:
    """A changed look is spread over all passes of the program, in batches, by a task."""
    designs.program_changed(event["program_id"])

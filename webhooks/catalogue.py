"""Every type of event: when there is one, and what its data holds. docs/events.md is made from this.

A further type is one entry of TYPES; a kind of line of the ledger says in OF_LINES which type it is told as.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from loyalty.models import TransactionType

TEST = "test"


@dataclass(frozen=True)
class EventType:
    """`when` there is such an event; `data` names the members of its `data`, beside `sequence`."""

    when: str
    data: tuple[str, ...]


LINE = ("transaction", "card")
LINE_OF_PURCHASE = (*LINE, "purchase")

TYPES: dict[str, EventType] = {
    "card.enrolled": EventType("A card was made.", LINE),
    "card.updated": EventType(
        "A card was switched off or on, deleted or restored, merged into another one, or made valid at all stores; "
        "or balances of an earlier system were brought over to it.",
        ("card",),
    ),
    "card.replaced": EventType("A card got new codes; the earlier ones do not work any more.", LINE),
    "card.merged": EventType("All of another card was moved to this one.", LINE),
    "purchase.recorded": EventType(
        "A receipt was recorded. `transactions` are all its lines, `transaction` is the last of them: none where it "
        "earned nothing.",
        (*LINE_OF_PURCHASE, "transactions"),
    ),
    "purchase.returned": EventType(
        "Something was brought back. `transactions` are all its lines, `transaction` is the last of them: none where "
        "it took nothing.",
        (*LINE_OF_PURCHASE, "transactions"),
    ),
    "stamps.given": EventType("Stamps were given, with a purchase or without.", LINE),
    "stamps.redeemed": EventType("The reward of a full card was handed out.", LINE),
    "points.earned": EventType("Points were given: for a purchase, or as a welcome.", LINE),
    "friend.rewarded": EventType(
        "Somebody brought a friend, who has bought: points or stamps were given for it.", LINE
    ),
    "points.redeemed": EventType("A reward was handed out for points.", LINE),
    "points.adjusted": EventType(
        "Somebody has corrected points or let go what was owed, or the expiry of points was put right.", LINE
    ),
    "points.expired": EventType("All points of a card expired.", LINE),
    "transaction.voided": EventType("A line was undone; `transaction.voids` says which.", LINE),
    "program.updated": EventType("What customers see of the program was changed.", ("program",)),
    "customer.updated": EventType("What is known about a person was changed.", ("customer",)),
    "customer.erased": EventType("A person was erased; only their id is left.", ("customer",)),
}

OF_LINES: Mapping[str, str] = {
    TransactionType.CARD_CREATED: "card.enrolled",
    TransactionType.WELCOME_BONUS: "points.earned",
    TransactionType.FRIEND_BONUS: "friend.rewarded",
    TransactionType.STAMP_EARNED: "stamps.given",
    TransactionType.STAMP_REDEEMED: "stamps.redeemed",
    TransactionType.STAMP_VOIDED: "transaction.voided",
    TransactionType.STAMPS_RETURNED: "purchase.returned",
    TransactionType.POINTS_EARNED: "points.earned",
    TransactionType.POINTS_REDEEMED: "points.redeemed",
    TransactionType.POINTS_VOIDED: "transaction.voided",
    TransactionType.POINTS_RETURNED: "purchase.returned",
    TransactionType.POINTS_ADJUSTMENT: "points.adjusted",
    TransactionType.POINTS_EXPIRED: "points.expired",
    TransactionType.CARD_DEACTIVATED: "card.updated",
    TransactionType.CARD_REACTIVATED: "card.updated",
    TransactionType.CARD_REPLACED: "card.replaced",
    TransactionType.MERGE_IN: "card.merged",
    TransactionType.MERGE_OUT: "card.updated",
    TransactionType.OPENING_BALANCE: "card.updated",
    TransactionType.DEBT_FORGIVEN: "points.adjusted",
    TransactionType.EXPIRY_ADJUSTED: "points.adjusted",
    TransactionType.FORGIVENESS_ADJUSTED: "points.adjusted",
}


HEAD = """# Events

Made from `webhooks/catalogue.py` by `manage.py describe`. How they arrive: [webhooks.md](webhooks.md).

Every event is `{"type", "timestamp", "data"}`. `sequence` in the data grows with each event of a card, whatever order
they arrive in. `card`, `transaction`, `purchase`, `customer` and `program` have the shapes of the API, as they were at
that moment; `can_void` and `can_return` are always false here, as nobody is asking. A line of a purchase has its
`purchase`.

A `card` is the one that the till was answered: balances, counters, times, `stamps_today`, `can_stamp` and `owed_from`
are those of the ledger up to that line, seen at its store in its moment. So is all around it: the person, the program
with its rewards and promotions, names of stores and of whoever was at the till, `passes`. An event that is made late
says the same as one that is made at once; only what an erasure takes is taken from it, too. Texts are in the merchant's
language of then.

`test` is sent to an endpoint that somebody tries, and is in no feed.

| type | when | `data`, beside `sequence` |
| --- | --- | --- |
"""


def page() -> str:
    """The catalogue as Markdown: docs/events.md."""
    rows = []
    for name, kind in TYPES.items():
        members = ", ".join(f"`{member}`" for member in kind.data)
        rows.append(f"| `{name}` | {kind.when} | {members} |\n")
    return HEAD + "".join(rows)

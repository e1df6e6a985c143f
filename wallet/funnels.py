"""How many cards have come how far on their way into a wallet, for each store."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from wallet.models import Platform, WalletOffer


@dataclass(frozen=True)
class Funnel:
    """How many cards that were enrolled at a store have come how far on their way into one wallet."""

    store: str
    platform: Platform
    offered: int
    clicked: int
    made: int
    saved: int
    removed: int


def funnels(offers: QuerySet[WalletOffer]) -> list[Funnel]:
    """What these offers add up to, per store and wallet; `removed` are those that have not been saved again."""
    store, name = "card__enrolled_at_store", "card__enrolled_at_store__name"
    steps = {step: Count(f"{step}_at") for step in ("offered", "clicked", "made", "saved", "removed")}
    counted: Iterable[dict[str, Any]] = offers.values(store, name, "platform").annotate(**steps)
    ordered = sorted(counted, key=lambda row: (row[name] or "", row[store] or 0, row["platform"]))
    return [
        Funnel(row[name] or "", Platform(row["platform"]), *(row[step] for step in steps)) for row in ordered
    ]

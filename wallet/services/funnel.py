"""A card's way into a wallet: offered, clicked, made, saved, removed; each noted when it was first taken."""

from collections.abc import Iterable
from typing import Any

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from loyalty.models import LoyaltyCard
from wallet.models import Platform, WalletOffer, WalletPass


def offered(card: LoyaltyCard, platforms: Iterable[Platform]) -> None:
    """A page showed the buttons of these wallets."""
    offers = [
        WalletOffer(merchant_id=card.merchant_id, card=card, platform=platform) for platform in platforms
    ]
    if offers:
        WalletOffer.objects.bulk_create(offers, ignore_conflicts=True)


def clicked(card: LoyaltyCard, platform: Platform) -> None:
    """Somebody asked for the pass; from an e-mail, without having been on a page."""
    offered(card, [platform])
    _note(card.pk, platform, clicked_at=_first("clicked_at"))


def made(card: LoyaltyCard, platform: Platform) -> None:
    """The pass was handed out."""
    _note(card.pk, platform, made_at=_first("made_at"))


def saved(wallet_pass: WalletPass) -> None:
    """The pass is in the wallet."""
    _note(wallet_pass.card_id, wallet_pass.platform, saved_at=_first("saved_at"), removed_at=None)


def removed(wallet_pass: WalletPass) -> None:
    """The pass was taken out of the wallet; it had been in there, also where nobody told us."""
    now = _first("removed_at")
    _note(wallet_pass.card_id, wallet_pass.platform, saved_at=_first("saved_at"), removed_at=now)


def _first(step: str) -> Coalesce:
    return Coalesce(step, Value(timezone.now(), output_field=DateTimeField()))


def _note(card_id: int, platform: str, **steps: Any) -> None:
    WalletOffer.objects.filter(card=card_id, platform=platform).update(updated_at=timezone.now(), **steps)

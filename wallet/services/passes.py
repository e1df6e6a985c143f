"""Making passes, noting that they must be updated, and following their cards: void, valid again, retired."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from groundwork.queue import clock
from loyalty.models import LoyaltyCard
from wallet import config
from wallet.models import (
    KEPT_UP,
    SLEEPING,
    PassState,
    Platform,
    WalletPass,
    new_auth_token,
    new_serial_number,
)
from wallet.selectors import card_key
from wallet.services import designs, versions
from wallet.services.locks import in_order
from wallet.services.versions import touch


def platforms() -> list[Platform]:
    """The wallets that are set up."""
    on = {Platform.APPLE: config.apple(), Platform.GOOGLE: config.google()}
    return [platform for platform, configured in on.items() if configured]


def _new_pass(card: LoyaltyCard, platform: Platform) -> WalletPass:
    made = WalletPass(
        merchant_id=card.merchant_id,
        card=card,
        platform=platform,
        card_key=card_key(card),
        state=PassState.ACTIVE if card.is_active and not card.is_deleted else PassState.VOID,
    )
    if platform is Platform.APPLE:
        made.serial_number, made.auth_token = new_serial_number(), new_auth_token()
    elif google := config.google():
        made.object_id = f"{google.issuer_id}.card-{new_serial_number()}"
    return made


@transaction.atomic
def living(card: LoyaltyCard, platform: Platform) -> WalletPass:
    """The pass of a card, for whoever asks for it; never one that a replaced card has left behind.

    It is made when it is not there: nobody has one who did not ask. One that was taken out of the wallet was not kept
    up to date, and is from now on.
    """
    passes = WalletPass.objects.filter(card=card, platform=platform, retired_at__isnull=True)
    found = passes.first()
    if found is not None and found.card_key == card_key(card):
        return _wake(found)
    # Designs before passes: see `groundwork.database.locks`.
    designs.of_program(card.program_id, card.merchant_id)
    if found is not None:
        retire(passes.filter(pk=found.pk))
    WalletPass.objects.bulk_create([_new_pass(card, platform)], ignore_conflicts=True)
    versions.ring()
    return passes.get()


def _wake(wallet_pass: WalletPass) -> WalletPass:
    """The pass as one that is kept up to date, also where it was taken out of the wallet."""
    same = WalletPass.objects.filter(pk=wallet_pass.pk)
    same.update(asked_at=timezone.now())
    if _renew(same.filter(SLEEPING), state=PassState.ACTIVE):
        wallet_pass.refresh_from_db()
    return wallet_pass


@transaction.atomic
def cards_changed(card_ids: Iterable[int], *, notable: bool = False) -> int:
    """The balances of these cards changed; `notable`: worth one of the day's notifications."""
    passes = WalletPass.objects.filter(KEPT_UP, card_id__in=list(card_ids))
    return _renew(passes, is_notable=True) if notable else _renew(passes)


@transaction.atomic
def customer_renamed(customer_id: int) -> int:
    """A person's name was changed: it stands on all their passes. Returns how many."""
    return _renew(WalletPass.objects.filter(KEPT_UP, card__customer=customer_id))


def _renew(passes: QuerySet[WalletPass], **changes: Any) -> int:
    """Want a new version of these passes, and ring for a worker; returns how many."""
    count = touch(passes, **changes)
    if count:
        versions.ring()
    return count


@transaction.atomic
def follow_cards(card_ids: Iterable[int]) -> None:
    """Bring the state of passes in line with that of their cards.

    Deactivated or deleted: void. Active again: as before. Replaced: retired, and whoever asks gets a new one.
    """
    passes = WalletPass.objects.filter(card_id__in=list(card_ids), retired_at__isnull=True)
    in_order(passes)  # all at once: first the replaced and then the void ones would not be in id order
    replaced = [each for each in passes.select_related("card") if each.card_key != card_key(each.card)]
    retire(WalletPass.objects.filter(pk__in=[each.pk for each in replaced]))
    gone = Q(card__is_active=False) | Q(card__deleted_at__isnull=False)
    is_void = Q(state=PassState.VOID)
    touch(
        passes.filter(gone),
        state=PassState.VOID,
        state_before_void=Case(When(is_void, then=F("state_before_void")), default=F("state")),
    )
    before = Case(When(state_before_void="", then=Value(PassState.ACTIVE)), default=F("state_before_void"))
    touch(
        passes.exclude(gone),
        state=Case(When(is_void, then=before), default=F("state")),
        state_before_void="",
    )
    versions.ring()


@transaction.atomic
def retire(passes: QuerySet[WalletPass]) -> int:
    """End passes for good: they turn void, and tell their holder nothing more about the card."""
    return _renew(
        passes.filter(retired_at__isnull=True),
        state=PassState.VOID,
        state_before_void="",
        retired_at=timezone.now(),
    )


@transaction.atomic
def try_again(passes: QuerySet[WalletPass]) -> int:
    """Send these passes again now, whatever was sent or has failed before; returns how many."""
    count = touch(passes, next_attempt_at=clock.now(), attempts=0, left_out_at=None)
    versions.ring()
    return count

"""What an iPhone asks of us: to register, to leave, what has changed, and the pass itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from wallet import config, selectors
from wallet.apple import package
from wallet.apple.payload import Identity
from wallet.config import AppleConfig
from wallet.errors import WalletUnavailable
from wallet.models import AppleDeviceRegistration, PassState, Platform, WalletPass
from wallet.services import apple_sync, funnel, tags, versions
from wallet.services.versions import held


@dataclass(frozen=True)
class Changes:
    """The passes of a device that are newer than a tag, and the tag to come back with."""

    serial_numbers: list[str]
    tag: str


@transaction.atomic
def register(wallet_pass: WalletPass, *, device: str, push_token: str) -> bool:
    """A device wants to hear of a pass; again, its push token is renewed. Says whether it is new.

    It may hold an older version than the newest: the pass changed after it was downloaded. Then it is told.
    """
    current = WalletPass.objects.select_for_update(of=("self",)).get(pk=wallet_pass.pk)
    _registration, is_new = AppleDeviceRegistration.objects.update_or_create(
        wallet_pass=current,
        device_library_identifier=device,
        defaults={"push_token": push_token, "renewed_at": timezone.now()},
        create_defaults={
            "merchant_id": current.merchant_id,
            "push_token": push_token,
            "pushed_version": current.fetched_version,
        },
    )
    if is_new:
        # Tagged anew, because the device may know a newer tag from its other passes.
        current.tagged_version = 0
        current.synced_version = min(current.synced_version, current.fetched_version)
        current.save(update_fields=["tagged_version", "synced_version", "updated_at"])
        WalletPass.objects.filter(pk=current.pk).update(**held(PassState.SAVED))
        funnel.saved(current)
        if current.is_lagging:
            versions.ring()
    return is_new


def unregister(wallet_pass: WalletPass, *, device: str) -> None:
    """A device does not hold a pass any more; saying so twice does no harm."""
    mine = AppleDeviceRegistration.objects.filter(wallet_pass=wallet_pass, device_library_identifier=device)
    apple_sync.drop(mine, wallet_pass_id=wallet_pass.pk)


def changes(*, device: str, since: str | None) -> Changes | None:
    """What has changed on a device since a tag; everything for a tag we did not give; None when nothing has.

    A change that has no number yet (somebody holds the row just now) is told as well, and once more when it has one:
    the device has been pushed already and would not ask again.
    """
    passes = WalletPass.objects.filter(
        platform=Platform.APPLE, registrations__device_library_identifier=device
    )
    tags.publish(passes)
    newest = tags.current()
    known = tags.parse(since, newest)
    newer = passes.filter(Q(update_tag__gt=known) | tags.UNTAGGED).order_by("update_tag")
    rows = list(newer.values_list("serial_number", "update_tag"))
    if not rows:
        return None
    last = max(known, *(tag for _, tag in rows))
    return Changes(serial_numbers=[str(serial) for serial, _ in rows], tag=tags.written(last, newest))


def find(serial_number: str) -> WalletPass | None:
    """The Apple pass with a serial number, voided and retired ones too."""
    return WalletPass.objects.filter(platform=Platform.APPLE, serial_number=serial_number).first()


def build(wallet_pass: WalletPass) -> bytes:
    """The signed .pkpass of a pass, as its card is now. Raises WalletUnavailable while Apple is off.

    The row is read before the card: what the card changes meanwhile wants a newer version and is fetched again.
    """
    apple = config.apple()
    if apple is None:
        raise WalletUnavailable(retry_after=3600)
    card = selectors.card_of(wallet_pass)
    lines = selectors.lines_of(card_id=card.pk)
    facts = selectors.pass_facts(wallet_pass, card, selectors.facts_of(card.program), lines=lines)
    return package.build(facts, identity(apple, wallet_pass), apple.signer)


def identity(apple: AppleConfig, wallet_pass: WalletPass) -> Identity:
    """Who signs a pass and which one it is."""
    return Identity(
        pass_type_id=apple.pass_type_id,
        team_id=apple.team_id,
        serial_number=str(wallet_pass.serial_number),
        auth_token=wallet_pass.auth_token,
        web_service_url=config.web_service_url(),
    )


def fetched(wallet_pass: WalletPass) -> None:
    """Note that a version was handed out."""
    WalletPass.objects.filter(pk=wallet_pass.pk).update(
        fetched_at=timezone.now(), fetched_version=wallet_pass.wanted_version
    )


def forget_retired(*, before: datetime) -> int:
    """Remove what we know of devices that hold passes which ended long ago."""
    ended = AppleDeviceRegistration.objects.filter(wallet_pass__retired_at__lt=before)
    return ended.delete()[0]

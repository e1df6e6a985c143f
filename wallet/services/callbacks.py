"""Google's callbacks: verified, counted once, and noted on the pass."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from wallet import config
from wallet.errors import CallbackRefused
from wallet.google.callback import Message, NotGoogle, verify
from wallet.google.root_keys import root_keys
from wallet.models import SLEEPING, GoogleNonce, PassState, Platform, WalletPass
from wallet.services import funnel, versions
from wallet.services.versions import held, touch

LATEST = datetime(9999, 1, 1, tzinfo=UTC)


def receive(envelope: Any) -> bool:
    """Take in a callback (its parsed body); says whether it was news.

    Raises CallbackRefused for what Google has not signed or has expired, WalletUnavailable while Google's keys
    cannot be fetched: then it is sent again.
    """
    google = config.google()
    if google is None:
        raise CallbackRefused()
    now = int(timezone.now().timestamp() * 1000)
    known = root_keys(google.keys_url)
    try:
        message = _verified(envelope, known, google.issuer_id, now)
    except NotGoogle as error:
        if not error.unknown_key:
            raise CallbackRefused() from error
        newest = root_keys(google.keys_url, anew=True)
        try:
            message = _verified(envelope, newest, google.issuer_id, now)
        except NotGoogle as still:
            raise CallbackRefused() from still
    return _note(message)


def _verified(envelope: Any, keys: Any, issuer_id: str, now: int) -> Message:
    return verify(envelope, root_keys=keys, issuer_id=issuer_id, now=now)


@transaction.atomic
def _note(message: Message) -> bool:
    digest = hashlib.sha256(message.nonce.encode()).hexdigest()
    ends = min(datetime.fromtimestamp(min(message.expires_at / 1000, LATEST.timestamp()), UTC), LATEST)
    try:
        with transaction.atomic():
            GoogleNonce.objects.create(digest=digest, expires_at=ends)
    except IntegrityError:
        return False
    passes = WalletPass.objects.filter(platform=Platform.GOOGLE, object_id=message.object_id)
    known = passes.select_for_update(of=("self",)).first()
    if known is None:
        return False
    # Google's words overtake each other: the one that expires last was spoken last.
    if message.expires_at < known.told_at:
        return False
    (_saved if message.event == "save" else _removed)(known, message.expires_at)
    return True


def _saved(wallet_pass: WalletPass, told_at: int) -> None:
    """What was out of the wallet has not been kept up to date."""
    same = WalletPass.objects.filter(pk=wallet_pass.pk)
    if touch(same.filter(SLEEPING)):
        versions.ring()
    same.update(told_at=told_at, **held(PassState.SAVED))
    funnel.saved(wallet_pass)


def _removed(wallet_pass: WalletPass, told_at: int) -> None:
    WalletPass.objects.filter(pk=wallet_pass.pk).update(told_at=told_at, **held(PassState.REMOVED))
    funnel.removed(wallet_pass)


def forget_expired() -> int:
    """Remove the nonces of messages that would be refused for their age now."""
    return GoogleNonce.objects.filter(expires_at__lt=timezone.now()).delete()[0]

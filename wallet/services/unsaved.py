"""Objects at Google that nobody saved: asked about once, retired, and forgotten when that has arrived.

Whoever clicks and does not save leaves an object with their name behind. Google's word decides, not ours: a callback
that did not reach us must cost nobody their card.
"""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from wallet import config
from wallet.google.client import Answer, client_of
from wallet.google.upsert import look
from wallet.models import PassState, Platform, Synced, WalletPass
from wallet.services import channel, funnel, passes
from wallet.services.versions import held

GOOGLE = Platform.GOOGLE
LEFT_FOR = timedelta(days=7)
AT_ONCE = 40  # two seconds of requests a minute: the pace is shared with what people wait for


def retire() -> int:
    """Retire the next few objects that have been there for a week, and that nobody has; returns how many.

    Google is asked for each of them: those that somebody has are noted as saved.
    """
    google = config.google()
    if google is None or not channel.is_open(GOOGLE):
        return 0
    left = {str(each.object_id): each for each in _left_behind()[:AT_ONCE]}
    answers = look(client_of(google), "loyaltyObject", left, partial(channel.reserve, GOOGLE))
    return sum(_settle(left[object_id], answer) for object_id, answer in answers.items())


def _left_behind() -> QuerySet[WalletPass]:
    old = timezone.now() - LEFT_FOR
    made = WalletPass.objects.filter(platform=GOOGLE, state=PassState.ACTIVE, asked_at__lt=old)
    return made.filter(retired_at__isnull=True, synced_version__gt=0).order_by("pk")


@transaction.atomic
def _settle(wallet_pass: WalletPass, answer: Answer) -> int:
    """Go by what Google says of an object; returns how many were retired. Who asked meanwhile keeps theirs."""
    same = _left_behind().filter(pk=wallet_pass.pk).order_by()
    if answer.is_good and answer.body.get("hasUsers"):
        if same.update(**held(PassState.SAVED)):
            funnel.saved(wallet_pass)
        return 0
    if not (answer.is_good or answer.is_missing):
        return 0
    if wallet_pass.saved_at is None:
        return passes.retire(same)
    same.update(state=PassState.REMOVED)  # asked for anew, and not saved anew
    return 0


def forget() -> int:
    """Remove the retired passes that nobody ever saved, once Google knows that they are not valid; returns how many."""
    ended = WalletPass.objects.filter(platform=GOOGLE, saved_at__isnull=True, retired_at__isnull=False)
    return ended.exclude(Synced.LAGGING).delete()[0]

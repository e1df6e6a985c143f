"""Update tags: what an iPhone sends back to learn what has changed since.

A tag must never let an update slip through that commits later with a smaller number. So numbers are not given
when a pass changes (in a transaction that may last), but afterwards, to changes that are committed: `publish` gives
one number at a time under the lock of a single row, and commits before the next one is given.
"""

import re

from django.db import transaction
from django.db.models import F, Q, QuerySet

from wallet.models import UpdateTag, WalletPass

UNTAGGED = Q(wanted_version__gt=F("tagged_version"))
BATCH = 5000
_TAG = re.compile(r"([0-9a-f]{32})\.([0-9]{1,18})")


def publish(passes: QuerySet[WalletPass]) -> None:
    """Give the committed changes of these passes their number; those still being written get theirs later."""
    while _publish_batch(passes.filter(UNTAGGED)) == BATCH:
        pass


def _publish_batch(untagged: QuerySet[WalletPass]) -> int:
    if not untagged.exists():
        return 0
    current()  # so that the row is there to be locked
    with transaction.atomic():
        tag = UpdateTag.objects.select_for_update().get(pk=1)
        locked = untagged.order_by("pk").select_for_update(skip_locked=True, of=("self",))
        ids = list(locked.values_list("pk", flat=True)[:BATCH])
        if ids:
            tag.value += 1
            tag.save(update_fields=["value"])
            passes = WalletPass.objects.filter(pk__in=ids)
            passes.update(update_tag=tag.value, tagged_version=F("wanted_version"))
    return len(ids)


def current() -> UpdateTag:
    """The newest tag."""
    return UpdateTag.objects.get_or_create(pk=1)[0]


def parse(text: str | None, newest: UpdateTag) -> int:
    """The number in a tag that this database gave out; 0, which means everything, for any other text."""
    match = _TAG.fullmatch(text or "")
    if match is None or match[1] != newest.epoch:
        return 0
    number = int(match[2])
    return number if number <= newest.value else 0


def written(number: int, newest: UpdateTag) -> str:
    """A number as a tag."""
    return f"{newest.epoch}.{number}"

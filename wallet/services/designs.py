"""A program's look in the wallets, and spreading a changed one over all its passes, in batches that can stop."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from groundwork.messaging import doorbell
from groundwork.queue import clock
from tenancy.models import Store
from wallet import config, promotions, selectors
from wallet.models import KEPT_UP, PassDesign, WalletPass, new_serial_number
from wallet.services import versions
from wallet.services.locks import in_order
from wallet.services.queue import SPREADING
from wallet.services.versions import touch

SPREAD_TASK = "wallet.spread_designs"
BATCH = 5000


def of_program(program_id: int, merchant_id: int) -> PassDesign:
    """The design of a program, made when it is not there."""
    google = config.google()
    class_id = f"{google.issuer_id}.program-{new_serial_number()}" if google else None
    design = PassDesign.objects.filter(program_id=program_id).first()
    if design is None:
        digest = selectors.program_facts(program_id).digest
        again = promotions.looks_again_at(program_id, now=timezone.now())
        made = {"merchant_id": merchant_id, "class_id": class_id, "digest": digest, "look_again_at": again}
        design, _ours = PassDesign.objects.get_or_create(program_id=program_id, defaults=made)
    if design.class_id is None and class_id:  # made while Google was not set up
        PassDesign.objects.filter(pk=design.pk, class_id__isnull=True).update(class_id=class_id)
        design.refresh_from_db(fields=["class_id"])
    return design


def notice_changes() -> int:
    """Find programs that look different since their passes were made; returns how many.

    Looks at those whose program, merchant or stores were saved since the last time, so that also a new address
    of a shop, which nothing announces, reaches the passes; and at those of which a promotion begins or ends.
    """
    stores = Store.all_objects.filter(
        merchant_id=OuterRef("merchant_id"), updated_at__gte=OuterRef("checked_at")
    )
    saved = (
        Q(program__updated_at__gte=F("checked_at"))
        | Q(merchant__updated_at__gte=F("checked_at"))
        | Exists(stores)
        | Q(look_again_at__lte=timezone.now())
    )
    programs = PassDesign.objects.filter(saved).values_list("program_id", flat=True)
    return sum(program_changed(program_id) for program_id in list(programs))


@transaction.atomic
def program_changed(program_id: int) -> bool:
    """Want the passes of a program renewed, if anything of what they show has changed; says whether it has."""
    design = PassDesign.objects.select_for_update().filter(program_id=program_id).first()
    if design is None:
        return False  # no pass has been made yet
    now = timezone.now()
    digest = selectors.program_facts(program_id).digest
    has_changed = digest != design.digest
    if has_changed:
        design.digest = digest
        design.wanted_version += 1
        design.next_attempt_at = clock.now()
        design.left_out_at = None  # what was refused may be what has changed
        doorbell.ring(SPREAD_TASK)
    design.checked_at, design.look_again_at = now, promotions.looks_again_at(program_id, now=now)
    design.save(
        update_fields=[
            "look_again_at",
            "digest",
            "wanted_version",
            "next_attempt_at",
            "left_out_at",
            "checked_at",
            "updated_at",
        ]
    )
    return has_changed


@transaction.atomic
def send_again(rows: QuerySet[PassDesign]) -> int:
    """Send classes to Google and looks to all passes again, whatever has failed before; returns how many."""
    count = in_order(rows).update(
        wanted_version=F("wanted_version") + 1, attempts=0, left_out_at=None, next_attempt_at=clock.now()
    )
    doorbell.ring(SPREAD_TASK)
    return count


@transaction.atomic
def spread_batch() -> int | None:
    """Carry one changed design a batch further; returns how many passes, None when nothing is left to do.

    How far it has come is kept in the same transaction: killed at any point, the next run goes on from there.
    """
    design = next(iter(SPREADING.take(early=True)), None)  # its pauses are those of Google
    if design is None:
        return None
    if design.spread_after_id is None:
        design.spread_version, design.spread_after_id = design.wanted_version, 0
    passes = WalletPass.objects.filter(
        merchant_id=design.merchant_id,
        card__program_id=design.program_id,
        pk__gt=design.spread_after_id,
    ).filter(KEPT_UP)
    ids = list(passes.order_by("pk").values_list("pk", flat=True)[:BATCH])
    count = touch(WalletPass.objects.filter(pk__in=ids)) if ids else 0
    design.spread_after_id = ids[-1] if len(ids) == BATCH else None
    design.save(update_fields=["spread_version", "spread_after_id", "updated_at"])
    versions.ring()
    return count

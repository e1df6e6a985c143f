"""What a worker does with a file of customers: it checks it, and brings its lines over once that is confirmed.

Between the two the good lines are the job's file, one JSON text each; a file with a fault is not kept.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import IO, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from customers.errors import PhoneTaken
from groundwork.console.history import remember_list
from groundwork.errors import NoLongerAllowed
from groundwork.jobs import files as job_files
from groundwork.jobs import service as jobs
from groundwork.jobs.progress import Progress
from loyalty import selectors
from loyalty.errors import CardCodeTaken, UnreadableFile
from loyalty.imports import importing
from loyalty.imports.lines import Line
from loyalty.imports.plan import Figures, foresee
from loyalty.imports.reader import Fault, Part, Reader
from loyalty.models import LoyaltyCard
from tenancy.actor import Actor
from tenancy.models import BackgroundJob, Store, User
from tenancy.roles import OWNERS, granted, role_for, visible_to

PREVIEW = "admin:loyalty_loyaltycard_import_preview"
FAULTS_SHOWN = 200
IN_MEMORY = 2_000_000


def stores_of(user: User) -> QuerySet[Store]:
    """The stores whose customers this user may import: all of an owner's merchants."""
    stores = visible_to(user, Store.objects.select_related("merchant"))
    return granted(user, stores, OWNERS).order_by("merchant__name", "name")


def _store_of(job: BackgroundJob) -> Store:
    store = stores_of(job.user).filter(pk=job.parameters["store"]).first()
    if store is None:
        raise NoLongerAllowed()
    return store


# --- Checking ---------------------------------------------------------------------------------------------


def check(job: BackgroundJob, progress: Progress) -> None:
    """Read the file, and note what it will do, or the cells that are wrong. Nothing is written of its people."""
    store = _store_of(job)
    figures, faults, fault_count = Figures(), list[Fault](), 0
    with job_files.opened(job) as file, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as good:
        reader = Reader(file, store=store, program=selectors.program_of(store.merchant_id))
        progress.begin(reader.expected)
        for part in reader.parts():
            found = _look_at(part, store, figures)
            fault_count += len(found)
            faults += found[: FAULTS_SHOWN - len(faults)]
            good.write(_packed(part.lines))
            progress.advance(part.count)
        if not progress.done:
            raise UnreadableFile(gettext("There is nobody in this file."))
        progress.begin(progress.done)
        outcome = {
            "page": PREVIEW,
            "figures": asdict(figures),
            "faults": [asdict(fault) for fault in faults],
            "fault_count": fault_count,
            "unused": reader.unused,
        }
        jobs.finish(job, outcome=outcome, file=None if faults else good)


def _look_at(part: Part, store: Store, figures: Figures) -> list[Fault]:
    """Count what some lines will do; returns all that is wrong with them, in order."""
    plan = foresee(store=store, lines=part.lines)
    figures.add(plan)
    off = [Fault(part.numbers[index], "email", str(importing.SWITCHED_OFF)) for index in plan.refused]
    codes = [Fault(part.numbers[index], "code", str(CardCodeTaken.message)) for index in plan.code_taken]
    taken = [Fault(part.numbers[index], "phone", str(PhoneTaken().sentence)) for index in plan.phone_taken]
    return sorted([*part.faults, *off, *codes, *taken], key=lambda fault: fault.line)


def _packed(lines: list[Line]) -> bytes:
    return "".join(json.dumps(asdict(line), default=date.isoformat) + "\n" for line in lines).encode()


def _unpacked(file: IO[bytes]) -> Iterator[Line]:
    for text in file:
        fields: dict[str, Any] = json.loads(text)
        born = fields.pop("birth_date")
        yield Line(**fields, birth_date=date.fromisoformat(born) if born else None)


# --- Bringing over ----------------------------------------------------------------------------------------


def bring_over(job: BackgroundJob, progress: Progress) -> None:
    """Bring all lines over, or none, and note that in the same transaction: a worker that is killed did nothing."""
    store = _store_of(job)
    kept = job.parameters
    actor = Actor(
        user=job.user,
        role=role_for(job.user, store.merchant_id),
        ip_address=kept["ip_address"],
        user_agent=kept["user_agent"],
    )
    with job_files.opened(job) as file, transaction.atomic():
        done = importing.bring_over(
            store=store,
            actor=actor,
            lines=_unpacked(file),
            announce=kept["announce"],
            counted=progress.advance,
        )
        sentence = _in_words(done)
        message = f"{gettext('Import')}, {store.name}: {sentence}"
        remember_list(LoyaltyCard, job.user, message, merchant_id=store.merchant_id)
        jobs.finish(job, outcome={"sentence": sentence})


def _in_words(done: Figures) -> str:
    cards = ngettext("%(count)d card was made", "%(count)d cards were made", done.new_cards)
    balances = ngettext(
        "%(count)d balance was brought over", "%(count)d balances were brought over", done.balances
    )
    return f"{cards % {'count': done.new_cards}}, {balances % {'count': done.balances}}."

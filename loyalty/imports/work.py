"""What a worker does with a file of customers: it looks at it, checks it once its columns are known, brings its good
lines over once that is confirmed, and takes an import back.

From the first look on the job's file is our own (`packing`), and what of the outcome may name somebody is under
`people`, so that erasing a person can remove it.
"""

import tempfile
from collections.abc import Iterator
from typing import IO

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from groundwork.console.history import remember_list
from groundwork.errors import NoLongerAllowed
from groundwork.formats.numbers import grouped
from groundwork.jobs import files as job_files
from groundwork.jobs import service as jobs
from groundwork.jobs.progress import Progress
from loyalty import selectors
from loyalty.imports import importing, looking, packing, reverting, tables
from loyalty.imports.checking import Checker
from loyalty.imports.plan import Figures
from loyalty.models import ImportBatch, LoyaltyCard
from tenancy.actor import Actor
from tenancy.models import BackgroundJob, Store, User
from tenancy.roles import OWNERS, granted, role_for, visible_to

COLUMNS = "admin:loyalty_loyaltycard_import_columns"
PREVIEW = "admin:loyalty_loyaltycard_import_preview"
BATCH = "admin:loyalty_importbatch_change"
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


def _kept() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


# --- Looking ----------------------------------------------------------------------------------------------


def look(job: BackgroundJob, progress: Progress) -> None:
    """Read the stranger's file once, keep its rows in place of it, and note what its columns seem to be."""
    store = _store_of(job)
    remembered = selectors.settings_of(store.merchant).import_columns
    with job_files.opened(job) as file, _kept() as kept:
        if not tables.is_workbook(file):
            progress.begin(tables.newlines(file))
        found = looking.look(file, kept, country=store.country, counted=progress.advance)
        progress.begin(sum(table.count for table in found))
        about = [table.as_data(remembered) for table in found]
        jobs.finish(job, outcome={"page": COLUMNS, jobs.PEOPLE: {"tables": about}}, file=kept)


# --- Checking ---------------------------------------------------------------------------------------------


def check(job: BackgroundJob, progress: Progress) -> None:
    """Read every row by what its owner said of the columns, and note what each will do; writes nothing of people."""
    store = _store_of(job)
    seen = job.outcome.get(jobs.PEOPLE)
    if not seen:
        raise NoLongerAllowed()
    progress.begin(job.total)
    today = timezone.localdate(timezone=store.tzinfo)
    checker = Checker(seen["tables"], job.parameters["columns"], store=store, today=today)
    with job_files.opened(job) as file, _kept() as kept:
        for part in checker.parts(packing.rows(file)):
            kept.writelines(map(packing.packed, part))
            progress.advance(len(part))
        outcome = {
            "page": PREVIEW,
            "figures": checker.figures.as_data(),
            "skipped": checker.skipped,
            "fault_count": checker.fault_count,
            "faulty": checker.faulty,
            "unused": checker.unused,
            jobs.PEOPLE: {**seen, "faults": packing.packed_faults(checker.faults)},
        }
        jobs.finish(job, outcome=outcome, file=kept)


# --- Bringing over ----------------------------------------------------------------------------------------


def bring_over(job: BackgroundJob, progress: Progress) -> None:
    """Bring the good lines over, some hundred at a time; a worker that follows one that was lost goes on."""
    store = _store_of(job)
    progress.begin(job.outcome["figures"]["lines"])  # of the file's lines, those that are good
    batch, _made = ImportBatch.objects.get_or_create(
        job_id=job.pk,
        defaults={
            "merchant_id": store.merchant_id,
            "store": store,
            "user": job.user,
            "file_name": job.file_name,
        },
    )
    with job_files.opened(job) as file:
        done = importing.bring_over(
            batch=batch,
            actor=_actor(job, store),
            lines=_good(file),
            announce=job.parameters["announce"],
            counted=progress.advance,
        )
        file.seek(0)
        with transaction.atomic(), _kept() as kept:
            kept.writelines(packing.packed(row) for row in packing.rows(file) if row.faults)
            sentence = in_words(done)
            message = f"{gettext('Import')}, {store.name}: {sentence}"
            remember_list(LoyaltyCard, job.user, message, merchant_id=store.merchant_id)
            outcome = {"page": BATCH, "row": batch.pk, "sentence": sentence, "faulty": job.outcome["faulty"]}
            people = job.outcome.get(jobs.PEOPLE, {})
            jobs.finish(job, outcome={**outcome, jobs.PEOPLE: people}, file=kept)


def _actor(job: BackgroundJob, store: Store) -> Actor:
    kept = job.parameters
    return Actor(
        user=job.user,
        role=role_for(job.user, store.merchant_id),
        ip_address=kept["ip_address"],
        user_agent=kept["user_agent"],
    )


def _good(file: IO[bytes]) -> Iterator[importing.Numbered]:
    return ((row.number, row.line) for row in packing.rows(file) if row.line)


def in_words(done: Figures) -> str:
    """What an import did, in a sentence."""
    cards = ngettext("%(count)s card was made", "%(count)s cards were made", done.new_cards)
    balances = ngettext(
        "%(count)s balance was brought over", "%(count)s balances were brought over", done.balances
    )
    return f"{cards % {'count': grouped(done.new_cards)}}, {balances % {'count': grouped(done.balances)}}."


# --- Taking back ------------------------------------------------------------------------------------------


def revert(job: BackgroundJob, progress: Progress) -> None:
    """Take an import back, person by person; a worker that follows one that was lost goes on."""
    store = _store_of(job)
    batch = ImportBatch.objects.get(pk=job.parameters["batch"], store=store)
    progress.begin(batch.people.count())
    reverting.revert(batch=batch, actor=_actor(job, store), counted=progress.advance)
    with transaction.atomic():
        sentence = reverting.in_words(batch)
        message = f"{gettext('Import')}, {store.name}: {sentence}"
        remember_list(ImportBatch, job.user, message, merchant_id=store.merchant_id)
        jobs.finish(job, outcome={"page": BATCH, "row": batch.pk, "sentence": sentence})

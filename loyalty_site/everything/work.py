"""The job that writes everything of a merchant, for an owner who asked for it and is one still."""

from django.db import transaction
from django.utils.translation import gettext

from groundwork.console.history import remember_list
from groundwork.errors import NoLongerAllowed
from groundwork.jobs import service as jobs
from groundwork.jobs.progress import Progress
from loyalty_site.everything import writing
from tenancy.models import BackgroundJob, Merchant
from tenancy.roles import OWNERS, granted, visible_to


def write(job: BackgroundJob, progress: Progress) -> None:
    """Write it, and keep it as the job's file, which goes after some hours and when somebody is erased."""
    merchants = granted(job.user, visible_to(job.user, Merchant.objects.all()), OWNERS)
    merchant = merchants.filter(pk=job.parameters["merchant"]).first()
    if merchant is None:
        raise NoLongerAllowed()
    progress.begin(writing.count(merchant))
    with writing.write(merchant, counted=progress.advance) as file, transaction.atomic():
        remember_list(Merchant, job.user, gettext("Everything exported"), merchant_id=merchant.pk)
        jobs.finish(job, outcome={"rows": progress.done}, file=file)

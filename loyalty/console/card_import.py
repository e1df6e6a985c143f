"""Importing customers with their balances: choose a file, look at what it will do, then do it.

Both steps are a background job's (`import_work`). A short CSV file's is done here and now, so that its owner sees
the preview and the result at once; a long one's, and each workbook's, by a worker, while its page shows how far it is.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from groundwork.errors import TooManyJobs
from groundwork.jobs import service as jobs
from groundwork.jobs.models import AbstractBackgroundJob, JobKind, JobState
from groundwork.web import client
from loyalty.errors import UnreadableFile
from loyalty.imports import reader, tables
from loyalty.imports.work import stores_of
from loyalty.models import LoyaltyCard
from tenancy.models import BackgroundJob, Store
from tenancy.roles import OWNERS, roles_of, still_reaches

BYTES_AT_MOST = 50_000_000
SHORT_BYTES = 200_000
LIST = "admin:loyalty_loyaltycard_changelist"
FIRST_STEP = "admin:loyalty_loyaltycard_import_customers"


class FileForm(forms.Form):
    """The first step."""

    store = forms.ModelChoiceField(
        label=_("Store"),
        queryset=Store.objects.none(),
        widget=UnfoldAdminSelectWidget,
        help_text=_("Where these people are customers."),
    )
    file = forms.FileField(
        label=_("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "CSV or XLSX; the first line names the columns. “email” or “phone” has to be one of them."
        ),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = stores_of(request.user)  # type: ignore[arg-type]
        self.fields["store"].queryset = stores  # type: ignore[attr-defined]
        only = list(stores[:2])
        if len(only) == 1:
            self.fields["store"].initial = only[0].pk

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_AT_MOST:
            raise forms.ValidationError(_("This file is too large: 50 MB at most."))
        if tables.is_broken_workbook(file):
            raise forms.ValidationError(UnreadableFile.message)
        return file


class ConfirmForm(forms.Form):
    """The second step."""

    announce = forms.BooleanField(
        label=_("Send each new customer the e-mail with their card"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


def is_short(file: Any) -> bool:
    """Whether a file can be checked while its owner waits: never a workbook, which is as long as it unpacks to."""
    if file.size > SHORT_BYTES or tables.is_workbook(file):
        return False
    return tables.newlines(file) <= settings.BACKGROUND_ROWS


class Importing:
    """Gives the list of cards its button "Import"."""

    actions_list = ("import_customers",)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_preview)  # type: ignore[attr-defined]
        name = "loyalty_loyaltycard_import_preview"
        return [path("import/<int:job_id>/", view, name=name), *super().get_urls()]

    def has_import_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(roles_of(request.user) & OWNERS)

    @action(description=_("Import"), permissions=["import"], icon="upload", url_path="import")
    def import_customers(self, request: HttpRequest) -> HttpResponse:
        """The first step: the file."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None, request=request)
        if request.method == "POST" and form.is_valid():
            job = self._check(request, form)
            if job is not None:
                return HttpResponseRedirect(reverse("admin:tenancy_backgroundjob_change", args=[job.pk]))
        columns = list(reader.HEADINGS)
        return self._page(request, "admin/import_customers.html", {"form": form, "columns": columns})

    def _check(self, request: HttpRequest, form: FileForm) -> AbstractBackgroundJob | None:
        """The job that checks the file; None, with the reason beside its field, if it is known to be no good."""
        file = form.cleaned_data["file"]
        at_once = is_short(file)
        try:
            job = jobs.ask(
                user=request.user,  # type: ignore[arg-type]
                kind=JobKind.CHECK,
                about=LoyaltyCard._meta.label_lower,
                parameters={"store": form.cleaned_data["store"].pk, "again": reverse(FIRST_STEP)},
                file_name=file.name,
                file=file,
            )
        except TooManyJobs as refusal:
            form.add_error("file", str(refusal))
            return None
        if at_once:
            job = jobs.run(job)
        if job.state == JobState.FAILED:
            form.add_error("file", job.error)
            job.delete()
            return None
        return job

    def import_preview(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """The second step: what the file will do, or what is wrong with it; sent, it is brought over."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        job = _own_check(request, job_id)
        store = stores_of(request.user).filter(pk=job.parameters["store"]).first()  # type: ignore[arg-type]
        if store is None:
            raise Http404
        if job.kind != JobKind.CHECK or job.state != JobState.DONE or not job.is_kept:
            return HttpResponseRedirect(reverse("admin:tenancy_backgroundjob_change", args=[job.pk]))
        if request.method == "POST" and not job.outcome["fault_count"]:
            return self._confirmed(request, job)
        context = {**job.outcome, "store": store, "confirm": ConfirmForm(), "again": reverse(FIRST_STEP)}
        return self._page(request, "admin/import_preview.html", context)

    def _confirmed(self, request: HttpRequest, job: AbstractBackgroundJob) -> HttpResponse:
        form = ConfirmForm(request.POST)
        announce = form.is_valid() and form.cleaned_data["announce"]
        address, agent = client.address(request) or None, client.agent(request)
        is_first = jobs.confirm(job, announce=announce, ip_address=address, user_agent=agent)
        if is_first and job.total <= settings.BACKGROUND_ROWS:
            job = jobs.run(job)
            if job.state == JobState.DONE:
                messages.success(request, job.outcome["sentence"])
                return HttpResponseRedirect(reverse(LIST))
        return HttpResponseRedirect(reverse("admin:tenancy_backgroundjob_change", args=[job.pk]))

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        base = self.admin_site.each_context(request)  # type: ignore[attr-defined]
        title = {"opts": self.opts, "title": _("Import customers"), "subtitle": None}  # type: ignore[attr-defined]
        return TemplateResponse(request, template, {**base, **title, **context})


def _own_check(request: HttpRequest, job_id: int) -> AbstractBackgroundJob:
    """An import of whoever asks. Raises Http404 for anybody else, and for who has lost a role since."""
    kinds = (JobKind.CHECK, JobKind.IMPORT)
    job = BackgroundJob.objects.filter(pk=job_id, user_id=request.user.pk, kind__in=kinds).first()
    if job is None or not still_reaches(request.user, job.reach):
        raise Http404
    return job

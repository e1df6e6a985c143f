"""Importing customers with their balances: choose a file, say what its columns are, look at what it will do, do it.

Every step is a background job's (`loyalty.imports.work`). A short CSV file's is done here and now, so that its owner
sees the next page at once; a long one's, and the reading of each workbook, by a worker, while its page shows how far
it is.
"""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from groundwork.errors import TooManyJobs
from groundwork.formats import spreadsheets
from groundwork.jobs import files as job_files
from groundwork.jobs import service as jobs
from groundwork.jobs.models import AbstractBackgroundJob, JobKind, JobState
from groundwork.web import client
from loyalty.console.import_columns import ColumnsForm, first_rows, rules
from loyalty.errors import UnreadableFile
from loyalty.imports import faults, packing, tables
from loyalty.imports.checking import names_of
from loyalty.imports.plan import Figures
from loyalty.imports.reading import cells, headings
from loyalty.imports.work import stores_of
from loyalty.models import LoyaltyCard, MerchantLoyaltySettings
from loyalty.outputs import imported
from tenancy.models import BackgroundJob, Store
from tenancy.roles import OWNERS, roles_of, still_reaches

BYTES_AT_MOST = 50_000_000
SHORT_BYTES = 200_000
HEADINGS_REMEMBERED = 500
STEPS = (JobKind.LOOK, JobKind.CHECK)
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
            "CSV or XLSX, as your earlier system or Excel saves it. What its columns mean is asked next."
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
    """The last step."""

    announce = forms.BooleanField(
        label=_("Send each new customer the e-mail with their card"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


def is_short(file: Any) -> bool:
    """Whether a file can be looked at while its owner waits: never a workbook, which is as long as it unpacks to."""
    if file.size > SHORT_BYTES or tables.is_workbook(file):
        return False
    return tables.newlines(file) <= settings.BACKGROUND_ROWS


class Importing:
    """Gives the list of cards its button "Import"."""

    actions_list = ("import_customers",)

    def get_urls(self) -> list[URLPattern]:
        pages = {"columns": self.import_columns, "preview": self.import_preview, "faults": self.import_faults}
        view, name = self.admin_site.admin_view, "loyalty_loyaltycard_import_"  # type: ignore[attr-defined]
        ends = {"columns": "columns/", "preview": "", "faults": "faults/"}
        own = [
            path(f"import/<int:job_id>/{ends[page]}", view(pages[page]), name=name + page) for page in pages
        ]
        return [*own, *super().get_urls()]

    def has_import_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(roles_of(request.user) & OWNERS)

    @action(description=_("Import"), permissions=["import"], icon="upload", url_path="import")
    def import_customers(self, request: HttpRequest) -> HttpResponse:
        """The first step: the file."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None, request=request)
        if request.method == "POST" and form.is_valid():
            job = self._look(request, form)
            if job is not None:
                return _page_of(job)
        return self._page(request, "admin/import_customers.html", {"form": form})

    def _look(self, request: HttpRequest, form: FileForm) -> AbstractBackgroundJob | None:
        """The job that looks at the file; None, with the reason beside its field, if it is known to be no good."""
        file = form.cleaned_data["file"]
        at_once = is_short(file)
        try:
            job = jobs.ask(
                user=request.user,  # type: ignore[arg-type]
                kind=JobKind.LOOK,
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

    def import_columns(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """The second step: what each column means; sent, the file is checked."""
        job, store = self._own(request, job_id)
        tables_seen = job.outcome.get(jobs.PEOPLE, {}).get("tables")
        if job.kind not in STEPS or job.state != JobState.DONE or not job.has_file or not tables_seen:
            return _page_of(job)
        chosen = job.parameters.get("columns")
        number = _table_wanted(request, len(tables_seen), chosen["table"] if chosen else 0)
        if chosen and chosen["table"] != number:
            chosen = None
        table = tables_seen[number]
        form = ColumnsForm(request.POST or None, table=table, chosen=chosen)
        if request.method == "POST" and form.is_valid() and "again" not in request.POST:
            return self._check(job, store, table, form.chosen(number))
        now = form.chosen(number) if not form.is_bound or form.is_valid() else None
        context = {
            "form": form,
            "store": store,
            "table": table,
            "number": number,
            "tables": [each["name"] for each in tables_seen],
            "rules": rules(now, names_of(table, now)) if now else [],
            "rows": first_rows(table, now, store=store, today=timezone.localdate(timezone=store.tzinfo))
            if now
            else [],
            "again": reverse(FIRST_STEP),
        }
        return self._page(request, "admin/import_columns.html", context)

    def _check(
        self, job: AbstractBackgroundJob, store: Store, table: Mapping[str, Any], chosen: dict[str, Any]
    ) -> HttpResponse:
        """Remember what was chosen, and have the rows checked by it."""
        if table["has_header"] and not chosen.get("first_is_person"):
            _remember(store, table["headings"], chosen["fields"])
        is_first = jobs.go_on(job, to=JobKind.CHECK, after=STEPS, columns=chosen)
        if is_first and job.total <= settings.BACKGROUND_ROWS:
            job = jobs.run(job)
        return _page_of(job)

    def import_preview(self, request: HttpRequest, job_id: int) -> HttpResponse:
        """The third step: what the file will do, and what is wrong with it; sent, its good lines are brought over."""
        job, store = self._own(request, job_id)
        if job.kind != JobKind.CHECK or job.state != JobState.DONE or not job.has_file:
            return _page_of(job)
        if request.method == "POST" and job.outcome["figures"]["lines"]:
            return self._confirmed(request, job)
        found = packing.unpacked_faults(job.outcome.get(jobs.PEOPLE, {}).get("faults", []))
        context = {**job.outcome, "faults": found, "job": job, "store": store}
        context |= {"confirm": ConfirmForm(), "again": reverse(FIRST_STEP)}
        done = Figures(**job.outcome["figures"])
        context |= {"amounts": imported.amounts(done), "owed": imported.owing(done)}
        return self._page(request, "admin/import_preview.html", context)

    def _confirmed(self, request: HttpRequest, job: AbstractBackgroundJob) -> HttpResponse:
        form = ConfirmForm(request.POST)
        announce = form.is_valid() and form.cleaned_data["announce"]
        address, agent = client.address(request) or None, client.agent(request)
        is_first = jobs.confirm(job, announce=announce, ip_address=address, user_agent=agent)
        if is_first and job.total <= settings.BACKGROUND_ROWS:
            job = jobs.run(job)
        return _page_of(job)

    def import_faults(self, request: HttpRequest, job_id: int) -> HttpResponseBase:
        """The faulty lines as a file to mend and upload again, each with what is wrong with it."""
        job, _store = self._own(request, job_id)
        tables_seen = job.outcome.get(jobs.PEOPLE, {}).get("tables")
        is_checked = job.kind in (JobKind.CHECK, JobKind.IMPORT) and job.state == JobState.DONE
        if not is_checked or not job.has_file or not tables_seen:
            raise Http404
        chosen = job.parameters["columns"]
        names = names_of(tables_seen[chosen["table"]], chosen)
        header = [*names, gettext("Line"), gettext("What is wrong")]
        # Sent while it is read: of 100,000 lines nobody sees a byte for most of a minute otherwise.
        rows = _faulty_rows(job_files.opened(job), len(names), faults.in_words())
        sent = StreamingHttpResponse(
            spreadsheets.csv_in_parts(header, rows), content_type=spreadsheets.KINDS["csv"]
        )
        sent["Content-Disposition"] = content_disposition_header(True, f"faulty-{job.pk}.csv")
        return sent

    def _own(self, request: HttpRequest, job_id: int) -> tuple[AbstractBackgroundJob, Store]:
        """An import of whoever asks, and its store. Raises for anybody else, and for who has lost a role since."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        kinds = (*STEPS, JobKind.IMPORT)
        job = BackgroundJob.objects.filter(pk=job_id, user_id=request.user.pk, kind__in=kinds).first()
        if job is None or not still_reaches(request.user, job.reach):
            raise Http404
        store = stores_of(request.user).filter(pk=job.parameters["store"]).first()  # type: ignore[arg-type]
        if store is None:
            raise Http404
        return job, store

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        base = self.admin_site.each_context(request)  # type: ignore[attr-defined]
        title = {"opts": self.opts, "title": _("Import customers"), "subtitle": None}  # type: ignore[attr-defined]
        return TemplateResponse(request, template, {**base, **title, **context})


def _page_of(job: AbstractBackgroundJob) -> HttpResponse:
    """To the page of where a job stands."""
    return HttpResponseRedirect(job.page())


def _table_wanted(request: HttpRequest, count: int, before: int) -> int:
    """Which sheet the page is about: as asked for, else as before, else the first."""
    wanted = request.GET.get("sheet", "")
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 3 else before
    return number if number < count else 0


def _remember(store: Store, names: list[str], fields: list[str]) -> None:
    """Note what headings meant, for the merchant's next file; what may be a person's is no heading."""
    known = {
        headings.plain(name)[:60]: meant for name, meant in zip(names, fields, strict=True) if "@" not in name
    }
    rows = MerchantLoyaltySettings.objects.filter(merchant_id=store.merchant_id)
    row = rows.first()
    if row is None:
        return
    columns = {name: meant for name, meant in row.import_columns.items() if name not in known} | known
    rows.update(import_columns=dict(list(columns.items())[-HEADINGS_REMEMBERED:]))


def _faulty_rows(kept: IO[bytes], width: int, sentences: Mapping[str, str]) -> Iterator[list[Any]]:
    """The faulty rows of a file, each with its number and what is wrong, in the language of `sentences`."""
    with kept as file:
        for row in packing.rows(file):
            if row.faults:
                texts = [cells.shown(cell) for cell in row.cells[:width]]
                texts += [""] * (width - len(texts))
                wrong = " ".join(f"{fault.column}: {fault.said(sentences)}" for fault in row.faults)
                yield [*texts, row.number, wrong]

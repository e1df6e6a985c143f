"""Every list of the console as a download: the rows that are filtered and searched for, in the list's columns.

A short list is answered with its file; a long one becomes a background job, which writes the same file.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import IO, Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import DateTimeField, Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from groundwork.console.history import remember_list
from groundwork.errors import NoLongerAllowed, TooManyJobs
from groundwork.formats import spreadsheets
from groundwork.formats.wire import moment
from groundwork.jobs import service as jobs
from groundwork.jobs.models import AbstractBackgroundJob, JobKind
from groundwork.jobs.progress import Progress

CHUNK = 2_000
Count = Callable[[], None]


class Exporting:
    """Mixed into every console class: two links below the list."""

    list_after_template = "admin/export_links.html"
    model: type[Model]
    exported_besides: Sequence[str] = ()  # columns of the file for which the list has no room
    exported_as: Mapping[str, str] = MappingProxyType({})  # what stands in the file where the list has words
    exported_moments: Collection[str] = ()  # moments that are no columns of the table

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_export"
        view = self.admin_site.admin_view(self.export)  # type: ignore[attr-defined]
        return [path("export/<str:kind>/", view, name=name), *super().get_urls()]

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The list as it is filtered, as a file; a long one is made in the background, after a question."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if kind not in spreadsheets.KINDS:
            raise Http404
        try:
            rows = self.rows_shown(request)
        except IncorrectLookupParameters:
            raise Http404 from None
        if rows.order_by()[: settings.BACKGROUND_ROWS + 1].count() > settings.BACKGROUND_ROWS:
            return self._offer_a_job(request, kind, rows.order_by().count())
        file = self.write(request, kind, rows)
        return FileResponse(
            file, as_attachment=True, filename=self._file_name(kind), content_type=spreadsheets.KINDS[kind]
        )

    def _offer_a_job(self, request: HttpRequest, kind: str, count: int) -> HttpResponseBase:
        if kind == "xlsx" and count > spreadsheets.XLSX_ROWS_AT_MOST:
            messages.warning(
                request, _("An XLSX sheet ends at 1,048,576 rows; this list is longer. Take CSV.")
            )
            return HttpResponseRedirect(f"../csv/?{request.GET.urlencode()}")
        if request.method == "POST":
            try:
                job = self._promise(request, kind)
            except TooManyJobs as refusal:
                messages.error(request, str(refusal))
            else:
                return HttpResponseRedirect(job.page())
        explanation = _(
            "This list has %(count)s rows. The file is prepared in the background; you can leave the page."
        )
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "title": _("Download as %(kind)s") % {"kind": kind.upper()},
            "subtitle": None,
            "explanation": explanation % {"count": number_format(count, force_grouping=True)},
            "submit_label": _("Prepare the file"),
            "form": forms.Form(),
            "back": self._list_address(request),
        }
        return TemplateResponse(request, "admin/ask.html", context)

    def _promise(self, request: HttpRequest, kind: str) -> AbstractBackgroundJob:
        return jobs.ask(
            user=request.user,  # type: ignore[arg-type]
            kind=JobKind.EXPORT,
            about=self.model._meta.label_lower,
            parameters={"kind": kind, "query": request.GET.urlencode()},
            file_name=self._file_name(kind),
        )

    def _file_name(self, kind: str) -> str:
        return f"{self.model._meta.model_name}-{timezone.localdate().isoformat()}.{kind}"

    def _list_address(self, request: HttpRequest) -> str:
        meta = self.model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return f"{address}?{request.GET.urlencode()}" if request.GET else address

    # --- The file itself ---

    def rows_shown(self, request: HttpRequest) -> QuerySet:
        """The rows of the list, on all its pages. Raises IncorrectLookupParameters for a filter that there is not."""
        return self.get_changelist_instance(request).queryset  # type: ignore[attr-defined]

    def columns_of_file(self, request: HttpRequest) -> list[str]:
        """The list's columns, as they stand in its file."""
        return [name for name in self.get_list_display(request) if name != "action_checkbox"]  # type: ignore[attr-defined]

    def write(
        self, request: HttpRequest, kind: str, rows: QuerySet, counted: Count = lambda: None
    ) -> IO[bytes]:
        """The file of these rows, in the list's columns; `counted` is called for each. Remembered in the history."""
        columns = [*self.columns_of_file(request), *self.exported_besides]
        columns += [] if "id" in columns else ["id"]
        header = [self._heading(name) for name in columns]
        header += [f"{self._heading(name)} (UTC)" for name in self._moments(columns)]
        # In a transaction: outside of one there is no cursor at the server, and all rows would come at once.
        with transaction.atomic(using=rows.db):
            file = spreadsheets.write(kind, header, self._cells(rows, columns, counted))
        whose = self.whose_history(request.user, None)  # type: ignore[attr-defined]
        message = {"exported": kind.upper(), "by": self._narrowed_by(request)}
        remember_list(self.model, request.user, message, **whose)
        return file

    def _narrowed_by(self, request: HttpRequest) -> list[str]:
        """Which filters, in English, but not what for: somebody's name may be among it."""
        shown = self.get_changelist_instance(request)  # type: ignore[attr-defined]
        with override(None):
            names = [
                capfirst(str(each.title))
                for each in shown.filter_specs
                if not request.GET.keys().isdisjoint(each.expected_parameters())
            ]
        return [*(["Search"] if shown.query else []), *names]

    def _cells(self, rows: QuerySet, columns: list[str], counted: Count) -> Iterator[list[Any]]:
        moments = self._moments(columns)
        for row in rows.iterator(chunk_size=CHUNK):
            cells = {name: self._cell(name, row) for name in columns}
            yield [*cells.values(), *(moment(cells[name]) for name in moments)]
            counted()

    def _heading(self, name: str) -> str:
        """What the list calls a column; the number of another row is called as that row is."""
        for field in self.model._meta.concrete_fields:
            if field.is_relation and field.attname == name:
                return f"{capfirst(str(field.verbose_name))} (ID)"
        return capfirst(str(label_for_field(name, self.model, self)))  # type: ignore[call-overload]

    def _moments(self, columns: Sequence[str]) -> list[str]:
        """The columns that are moments; in UTC, too, as the reader's clock says one hour twice a year."""
        return [name for name in columns if self._is_moment(self.exported_as.get(name, name))]

    def _is_moment(self, name: str) -> bool:
        try:
            return isinstance(self.model._meta.get_field(name), DateTimeField)
        except FieldDoesNotExist:
            return name in self.exported_moments

    def _cell(self, name: str, row: Model) -> Any:
        name = self.exported_as.get(name, name)
        field, _attribute, value = lookup_field(name, row, self)  # type: ignore[arg-type]
        if isinstance(value, tuple):  # a label: what it is, and what is shown of it
            value = value[-1]
        if isinstance(value, SafeString):
            value = strip_tags(value)
        choices = dict(getattr(field, "flatchoices", None) or [])
        return choices.get(value, value)


def make_file(job: AbstractBackgroundJob, progress: Progress) -> None:
    """The work of an export: the list's own file, for whoever asked, with the rows that they may see now."""
    page: Any = admin.site.get_model_admin(apps.get_model(job.about))
    request = asked(job.user, job.parameters["query"])
    if not page.has_view_permission(request):
        raise NoLongerAllowed()
    rows = page.rows_shown(request)
    progress.begin(rows.order_by().count())
    with page.write(request, job.parameters["kind"], rows, counted=progress.advance) as file:
        jobs.finish(job, outcome={"rows": progress.done}, file=file)


def asked(user: Any, query: str = "") -> HttpRequest:
    """Stands in for a request in a job: who asks, and what for. Lists and grants look at nothing else of it."""
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    return request

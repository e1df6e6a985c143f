"""Every list of the console as a download: the rows that are filtered and searched for, in the list's columns."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tenancy import spreadsheets

ROWS_AT_MOST = 100_000
CHUNK = 2_000


class Exporting:
    """Mixed into every console class: two links below the list."""

    list_after_template = "admin/export_links.html"
    model: type[Model]

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.model._meta.app_label}_{self.model._meta.model_name}_export"
        view = self.admin_site.admin_view(self.export)  # type: ignore[attr-defined]
        return [path("export/<str:kind>/", view, name=name), *super().get_urls()]

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The list as it is filtered, as a file; more than 100,000 rows are to be narrowed first."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        if kind not in spreadsheets.KINDS:
            raise Http404
        try:
            rows = self.get_changelist_instance(request).queryset  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            raise Http404 from None
        if rows.order_by()[: ROWS_AT_MOST + 1].count() > ROWS_AT_MOST:
            messages.error(request, _("These are too many rows for one file. Please narrow the list first."))
            return HttpResponseRedirect(self._list_address(request))
        columns = [name for name in self.get_list_display(request) if name != "action_checkbox"]  # type: ignore[attr-defined]
        header = [capfirst(str(label_for_field(name, self.model, self))) for name in columns]  # type: ignore[call-overload]
        file = spreadsheets.write(kind, header, self._cells(rows, columns))
        day = timezone.localdate().isoformat()
        filename = f"{self.model._meta.model_name}-{day}.{kind}"
        return FileResponse(
            file, as_attachment=True, filename=filename, content_type=spreadsheets.KINDS[kind]
        )

    def _list_address(self, request: HttpRequest) -> str:
        meta = self.model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return f"{address}?{request.GET.urlencode()}" if request.GET else address

    def _cells(self, rows: QuerySet, columns: list[str]) -> Iterator[list[Any]]:
        for row in rows.iterator(chunk_size=CHUNK):
            yield [self._cell(name, row) for name in columns]

    def _cell(self, name: str, row: Model) -> Any:
        field, _attribute, value = lookup_field(name, row, self)  # type: ignore[arg-type]
        if isinstance(value, tuple):  # a label: what it is, and what is shown of it
            value = value[-1]
        if isinstance(value, SafeString):
            value = strip_tags(value)
        choices = dict(getattr(field, "flatchoices", None) or [])
        return choices.get(value, value)

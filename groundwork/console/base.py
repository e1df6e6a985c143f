"""The base of every console page: rows and permissions by role, and deletion that can be undone.

`Granted` comes first among the bases, so that nothing below it can show a row, offer a choice or grant a permission
by itself. It denies everything: the app that knows whose rows are whose says so in `visible`, `roles` and `role`.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import IntegrityError, connection, models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from groundwork.console.choosing import FoundByName
from groundwork.console.deletion import Deletable
from groundwork.console.export import Exporting
from groundwork.console.grants import NOBODY, Grants
from groundwork.console.history import Remembering
from groundwork.console.lists import BoundedChangeList, BoundedPaginator
from groundwork.console.versions import versioned
from groundwork.console.written import Writing, writings
from groundwork.database import advisory_lock
from groundwork.errors import DomainError
from groundwork.models import LIVING, SoftDeletable


class Granted:
    """What pages and inlines share: rows, choices and permissions by role."""

    grants = Grants()
    model: type[models.Model]

    @property
    def readonly_preprocess_fields(self) -> Mapping[str, Writing]:
        """How what is only read is written, in lists as on pages; Unfold's own name for it."""
        return writings(self.model)

    # --- whose rows ---

    def visible(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        """The rows that this user may see."""
        return rows.none()

    def roles(self, request: HttpRequest) -> frozenset[str]:
        """Every role that this user has anywhere."""
        return NOBODY

    def role(self, request: HttpRequest, row: Any) -> str | None:
        """The role of this user for one row."""
        return None

    def readable(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        """Those of the visible rows that are listed here, and have a page; others may still be chosen in forms."""
        return rows

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = self.readable(request, self.visible(request, self._rows()))
        ordering = self.get_ordering(request)  # type: ignore[attr-defined]
        return rows.order_by(*ordering) if ordering else rows

    def _rows(self) -> models.QuerySet:
        rows: models.QuerySet = getattr(self.model, "all_objects", self.model._default_manager).all()
        return rows

    def choices(self, request: HttpRequest) -> models.QuerySet:
        """What may be chosen in a form: the living rows that this user may see, also where there is no list of them."""
        rows = self.visible(request, self._rows())
        return rows.filter(LIVING) if issubclass(self.model, SoftDeletable) else rows

    def related_choices(self, request: HttpRequest, remote: type[models.Model]) -> models.QuerySet:
        """What may be chosen of the rows that one of these points to: in a form, or in a filter of the list."""
        site = self.admin_site  # type: ignore[attr-defined]
        if site.is_registered(remote):
            rows: models.QuerySet = site.get_model_admin(remote).choices(request)
            return rows
        return self.visible(request, remote._default_manager.all())

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self.related_choices(request, db_field.remote_field.model)
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs["widget"] = FoundByName(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        if isinstance(db_field, models.DateTimeField):
            # Of whoever is signed in: the clock by which every time of the console is read and written.
            zone = timezone.get_current_timezone_name().replace("_", " ")
            named = gettext("Time zone: %(zone)s.") % {"zone": zone}
            kwargs.setdefault("help_text", f"{db_field.help_text} {named}".strip())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    # --- which roles ---

    def may(self, request: HttpRequest, grant: str, row: Any = None) -> bool:
        """Whether this user has a role that is granted something: on a row, or anywhere."""
        granted: frozenset[str] = getattr(self.grants, grant)
        if row is None:
            return bool(self.roles(request) & granted)
        return self.role(request, row) in granted

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view", self.row(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "add", self.row(request, obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return not getattr(row, "is_deleted", False) and self.may(request, "change", row)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return not getattr(row, "is_deleted", False) and self.may(request, "delete", row)

    def has_act_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "act", self.row(request, obj))

    def row(self, request: HttpRequest, row_or_id: Any) -> Any:
        """A row, also where Unfold hands over its id. Raises Http404 for an id that is not this user's."""
        if not isinstance(row_or_id, str | int):
            return row_or_id
        row = self.get_object(request, str(row_or_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        return row


class GrantedAdmin(Granted, Deletable, Exporting, Remembering, ModelAdmin):
    """A kind of row in the console. `menu_title` and `menu_icon` name it in the menu; `empty_help` is for a list
    with nothing in it yet.
    """

    menu_title: Any = None
    menu_icon = "folder"
    empty_help: Any = ""
    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    list_filter_submit = False
    warn_unsaved_form = True
    compressed_fields = False
    change_form_before_template = "admin/versions.html"

    def response_action(self, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
        """Do a list's action. Raises SuspiciousOperation, answered with 400, for a tick that no row can have.

        Ticks of rows that are not there (any more), or not this user's, are none.
        """
        key, ticked = self.model._meta.pk, request.POST.getlist(ACTION_CHECKBOX_NAME)
        try:
            for value in ticked:
                key.run_validators(key.to_python(value))
        except ValidationError as error:
            raise SuspiciousOperation("No row has such a number.") from error
        if not queryset.filter(pk__in=ticked).exists():
            sent = request.POST.copy()
            sent.setlist(ACTION_CHECKBOX_NAME, [])
            request.POST = sent  # type: ignore[assignment]
        answer: HttpResponse | None = super().response_action(request, queryset)
        return answer

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedChangeList]:
        return BoundedChangeList

    # What is kept of each row for long lists: its name here, and its columns by those of the list.
    companion: str = ""
    companion_columns: Mapping[str, str] = MappingProxyType({})

    def sorted_when_long(self, request: HttpRequest) -> Sequence[str]:
        """The columns by which the list is sorted however long it is."""
        return tuple(self.sorted_beside())

    def sorted_beside(self) -> Collection[str]:
        """Those of them that stand in a row beside each of these."""
        return self.companion_columns.keys()

    def with_what_is_beside(
        self, request: HttpRequest, rows: models.QuerySet, column: str
    ) -> tuple[models.QuerySet, Sequence[str]] | None:
        """The rows, so asked for that an index of what is beside them sorts them, and the names of what that has, to
        the last that none has twice; None while there is no such order.
        """
        narrowed = self.companion_filter(request)
        if narrowed is None:
            return None
        of_it: Any = self.model._meta.get_field(self.companion)
        key = of_it.remote_field.attname
        names = [f"{self.companion}__{name}" for name in (self.companion_columns[column], key)]
        return rows.filter(**narrowed), names

    def companion_filter(self, request: HttpRequest) -> dict[str, Any] | None:
        """What is asked of the companion, so that its indexes sort; None while it is not there for all rows."""
        return {f"{self.companion}__isnull": False}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = versioned(super().get_form(request, obj, change=change, **kwargs))
        form.request, form.page = request, self  # the class was made for this request
        return form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """One row; where it is going to be saved, nobody else's form of it is saved until this one is.

        It is no lock on the row: services take those in their own order.
        """
        if request.method == "POST" and connection.in_atomic_block:
            advisory_lock.take(advisory_lock.Work.FORM, f"{self.model._meta.label_lower}:{object_id}")
        return super().get_object(request, object_id, from_field)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.with_deletion(super().get_fieldsets(request, obj), obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *self.deletion_fields(obj)]

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*super().get_list_display(request), *self.deletion_columns(request)]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [*super().get_list_filter(request), *self.deletion_filters(request)]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; what a service refuses is said in its own words, and nothing is saved."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            messages.error(request, str(error))
        except IntegrityError:  # the form has looked; somebody else was faster
            messages.error(request, _("Somebody has changed this at the same moment. Please try again."))
        return HttpResponseRedirect(request.get_full_path())

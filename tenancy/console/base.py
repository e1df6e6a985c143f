"""The one base of every console page: whose rows, which roles, and deletion that can be undone.

    @admin.register(Store)
    class StoreAdmin(ConsoleAdmin):
        grants = Grants(view=MANAGERS, add=OWNERS, change=MANAGERS, delete=OWNERS)

`Scoped` comes first among the bases, so that nothing below it can show a row, offer a choice or grant a permission
by itself. The tenant scope itself is opened by the console's site for the whole request.
"""

import copy
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from groundwork.console.deletion import Deletable
from groundwork.console.export import Exporting
from groundwork.console.history import Remembering
from groundwork.console.lists import BoundedChangeList, BoundedPaginator
from groundwork.errors import DomainError
from groundwork.models import LIVING, SoftDeletable
from tenancy import scope
from tenancy.console.forms import ConsoleForm
from tenancy.models import Role
from tenancy.roles import Grants, has_one_merchant, merchant_id_of, merchant_ids, role_for, roles_of


class Scoped:
    """What pages and inlines share: rows, choices and permissions by role and merchant."""

    grants = Grants()
    form = ConsoleForm
    model: type[models.Model]

    # --- whose rows ---

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = self.readable(request, self.visible(request, self._rows()))
        ordering = self.get_ordering(request)  # type: ignore[attr-defined]
        return rows.order_by(*ordering) if ordering else rows

    def _rows(self) -> models.QuerySet:
        rows: models.QuerySet = getattr(self.model, "all_objects", self.model._default_manager).all()
        return rows

    def visible(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        """The rows that this user may see; rows of the platform are for operators."""
        if hasattr(rows.model, "merchant_path"):
            return scope.visible_to(request.user, rows)  # type: ignore[arg-type]
        return rows if role_for(request.user, None) else rows.none()

    def readable(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        """Those of a kind that is for owners which belong to a merchant of theirs: they may manage others' stores."""
        if (
            request.user.is_superuser
            or Role.MANAGER in self.grants.view
            or not hasattr(rows.model, "merchant_path")
        ):
            return rows
        owned = [pk for pk in merchant_ids(request.user) if role_for(request.user, pk) in self.grants.view]
        return rows.filter(**{f"{rows.model.merchant_path}__in": owned})

    def choices(self, request: HttpRequest) -> models.QuerySet:
        """What may be chosen in a form: the living rows that this user may see, also where there is no list of them."""
        rows = self.visible(request, self._rows())
        return rows.filter(LIVING) if issubclass(self.model, SoftDeletable) else rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        site = self.admin_site  # type: ignore[attr-defined]
        remote = db_field.remote_field.model
        if site.is_registered(remote):
            kwargs["queryset"] = site.get_model_admin(remote).choices(request)
        else:
            kwargs["queryset"] = self.visible(request, remote._default_manager.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def merchant_is_shown(self, request: HttpRequest) -> bool:
        """Whether there is a merchant to choose or to tell apart."""
        return not has_one_merchant(request.user)

    # --- which roles ---

    def may(self, request: HttpRequest, grant: str, row: Any = None) -> bool:
        """Whether this user has a role that is granted something: on a row, or anywhere."""
        granted: frozenset[str] = getattr(self.grants, grant)
        if row is None:
            return bool(roles_of(request.user) & granted)
        return role_for(request.user, self.merchant_id_of(row)) in granted

    def merchant_id_of(self, row: Any) -> int | None:
        """The merchant whose roles count for a row."""
        return merchant_id_of(row)

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

    def row(self, request: HttpRequest, row_or_id: Any) -> Any:
        """A row, also where Unfold hands over its id. Raises Http404 for an id that is not this user's."""
        if not isinstance(row_or_id, str | int):
            return row_or_id
        row = self.get_object(request, str(row_or_id))  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        return row


class ConsoleAdmin(Scoped, Deletable, Exporting, Remembering, ModelAdmin):
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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedChangeList]:
        return BoundedChangeList

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request, form.page = request, self  # the class was made for this request
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = copy.deepcopy(super().get_fieldsets(request, obj))
        hidden = set() if self.merchant_is_shown(request) else {"merchant"}
        for _name, options in fieldsets:
            options["fields"] = [field for field in options["fields"] if field not in hidden]
        return self.with_deletion(fieldsets, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type]:
        """A page that adds a row has nothing yet to look at beside it."""
        inlines: list[type] = list(super().get_inlines(request, obj))
        return inlines if obj else [inline for inline in inlines if not issubclass(inline, ReadOnlyInline)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))
        if obj is not None and "merchant" in flatten_fieldsets(self.fieldsets or [(None, {"fields": []})]):
            fields.append("merchant")
        return [*fields, *self.deletion_fields(obj)]

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = [
            name
            for name in super().get_list_display(request)
            if name != "merchant" or self.merchant_is_shown(request)
        ]
        return [*columns, *self.deletion_columns(request)]

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = [
            given
            for given in super().get_list_filter(request)
            if not self._is_merchant(given) or self.merchant_is_shown(request)
        ]
        return [*filters, *self.deletion_filters(request)]

    def _is_merchant(self, given: Any) -> bool:
        return (given[0] if isinstance(given, tuple) else given) == "merchant"

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

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            row.merchant_id = merchant_id_of(form.instance)
            row.save()
        for row in formset.deleted_objects:
            self.soft_delete(request, row)
        formset.save_m2m()


class ScopedInline(Scoped):
    """Rows of a parent that is itself scoped; living ones only."""

    extra = 0

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return self.choices_of(request, super().get_queryset(request))

    def choices_of(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        allowed = self.has_view_permission(request) or self.has_change_permission(request)
        living = rows.filter(LIVING) if issubclass(self.model, SoftDeletable) else rows
        return living if allowed else living.none()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form = _deletes_softly(formset.form)
        formset.form.request = request
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not getattr(obj, "is_deleted", False) and self.may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not getattr(obj, "is_deleted", False) and self.may(request, "delete", obj)


def _deletes_softly(form: type) -> type:
    """A row that is hidden, not removed, is not held by what points to it: leave that check out."""
    return type(form.__name__, (form,), {"hand_clean_DELETE": lambda self: None})


class ConsoleStackedInline(ScopedInline, StackedInline):
    """A block for each row; translated rows need this one, tables break with them."""


class ConsoleTabularInline(ScopedInline, TabularInline):
    """A line for each row."""


class ReadOnlyInline(ConsoleTabularInline):
    """A table to look at."""

    can_delete = False
    max_num = 0

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields


__all__ = [
    "ConsoleAdmin",
    "ConsoleStackedInline",
    "ConsoleTabularInline",
    "ReadOnlyInline",
    "Scoped",
]

"""Deletion in the console: always soft, with who and when, a preview of what goes along, and a way back."""

from typing import Any

from django.apps import apps
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import model_ngettext
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from groundwork import deletion
from groundwork.console.actions import Asking
from groundwork.console.lists import DeletedFilter
from groundwork.models import SoftDeletable

DELETION_FIELDS = ["deleted_at", "deleted_by"]


class Deletable(Asking):
    """Mixed into every console class; does nothing for rows that are not soft-deleted."""

    model: type[models.Model]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self._is_soft and "restore" not in self.actions_detail:  # type: ignore[has-type]
            self.actions_detail = (*self.actions_detail, "restore")  # type: ignore[has-type]

    @property
    def _is_soft(self) -> bool:
        return issubclass(self.model, SoftDeletable)

    # --- what is shown of it ---

    def with_deletion(self, fieldsets: Any, row: Any) -> Any:
        """The fieldsets of a page; a deleted row begins with when and by whom."""
        if self.deletion_fields(row):
            return [(_("Deleted"), {"fields": [tuple(DELETION_FIELDS)]}), *fieldsets]
        return fieldsets

    def deletion_fields(self, row: Any) -> list[str]:
        return DELETION_FIELDS if getattr(row, "is_deleted", False) else []

    def deletion_columns(self, request: HttpRequest) -> list[str]:
        """Further columns of a list, where deleted rows are asked for."""
        return DELETION_FIELDS if self._is_soft and request.GET.get("deleted") else []

    def deletion_filters(self, request: HttpRequest) -> list[Any]:
        return [DeletedFilter] if self._is_soft else []

    # --- deleting ---

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """What a list can do with several rows; among deleted ones, deleting is not offered."""
        offered: dict[str, Any] = super().get_actions(request)
        if request.GET.get("deleted") == "only":
            offered.pop("delete_selected", None)
        return offered

    def soft_delete(self, request: HttpRequest, row: Any) -> None:
        """Delete one row; a class whose rows have a service for it calls that one."""
        deletion.soft_delete(row, by=request.user)  # type: ignore[arg-type]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's confirmation; what comes back if it was a mistake says so."""
        context = {"comes_back": self._is_soft, **(extra_context or {})}
        return super().delete_view(request, object_id, context)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Back to the list that somebody came from, as it was narrowed: also if they may change nothing in it."""
        answer: HttpResponse = super().response_delete(request, obj_display, obj_id)
        if not isinstance(answer, HttpResponseRedirect) or not self.has_view_permission(request):  # type: ignore[attr-defined]
            return answer
        meta = self.model._meta
        asked = {"preserved_filters": self.get_preserved_filters(request), "opts": meta}  # type: ignore[attr-defined]
        page = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return HttpResponseRedirect(add_preserved_filters(asked, page))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.soft_delete(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        for row in queryset:
            self.soft_delete(request, row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """What Django's confirmation page shows: the rows, and how many of each kind go along."""
        counts: dict[str, int] = {}
        denied: set[str] = set()
        for row in objs:
            if not self.has_delete_permission(request, row):  # type: ignore[attr-defined]
                denied.add(str(row._meta.verbose_name))
            for label, count in (deletion.preview(row) if self._is_soft else {}).items():
                counts[label] = counts.get(label, 0) + count
        named = {str(apps.get_model(label)._meta.verbose_name_plural): n for label, n in counts.items()}
        return [f"{capfirst(row._meta.verbose_name)}: {row}" for row in objs], named, denied, []

    # --- restoring ---

    def has_restore_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)  # type: ignore[attr-defined]
        return getattr(row, "is_deleted", False) and self.may(request, "delete", row)  # type: ignore[attr-defined]

    @action(description=_("Restore"), permissions=["restore"], icon="undo", variant=ActionVariant.PRIMARY)
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Bring back a row with exactly what went with it."""
        return self.ask(
            request,
            object_id,
            title=_("Restore"),
            explanation=_(
                "This comes back with everything that was deleted together with it, and nothing else."
            ),
            perform=self.restore_row,
        )

    def restore_row(self, request: HttpRequest, row: Any, cleaned: dict[str, Any]) -> str:
        """Restore one row; returns a sentence that counts what came back."""
        counts = deletion.restore(row)
        parts = [
            f"{count} {model_ngettext(apps.get_model(label)._meta, count)}" for label, count in counts.items()
        ]
        return gettext("Restored: %(what)s.") % {"what": ", ".join(parts)}

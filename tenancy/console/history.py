"""The history of the console: all of it for operators; their merchants' for owners, their stores' for managers."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from groundwork.console.grants import Grants
from groundwork.console.history import in_words
from groundwork.console.models import AuditAction
from tenancy.console.base import ConsoleAdmin
from tenancy.models import HistoryEntry
from tenancy.roles import READERS


class KindFilter(admin.SimpleListFilter):
    """The kinds of rows that this user has pages for, under the names of the menu."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        named = [
            (model._meta.label_lower, _name_of(model, registered))
            for model, registered in model_admin.admin_site._registry.items()
            if registered.has_view_permission(request)
        ]
        return sorted(named, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        label, _dot, model = (self.value() or "").partition(".")
        if not label:
            return queryset
        return queryset.filter(content_type__app_label=label, content_type__model=model)


@admin.register(HistoryEntry)
class HistoryAdmin(ConsoleAdmin):
    """Who did what in the console, newest first; to look at."""

    grants = Grants(view=READERS)
    menu_title = _("History")
    menu_icon = "history"
    empty_help = _("What people do in the console is listed here, with who did it and when.")
    list_display = ["when", "user", "done", "kind", "called", "details", "merchant"]
    list_filter = ["action", KindFilter]
    list_select_related = ["user", "content_type", "merchant"]
    search_fields = ["name", "user__email"]
    search_help_text = _("Name of what was changed, or the e-mail address of who did it")
    fields = ["merchant", "when", "user", "action", "kind", "row_link", "details"]
    readonly_fields = ["when", "kind", "row_link", "details"]
    ordering = ["-id"]

    def visible(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        """Beside what their roles show them, everybody reads what they did themselves."""
        return super().visible(request, rows) | rows.filter(user_id=request.user.pk)

    def may(self, request: HttpRequest, grant: str, row: Any = None) -> bool:
        own = row is not None and row.user_id == request.user.pk
        return super().may(request, grant, None if own else row)

    @display(description=_("when"), ordering="id")
    def when(self, entry: HistoryEntry) -> datetime:
        return entry.created_at

    @display(
        description=_("what"),
        ordering="action",
        label={
            AuditAction.ADDED.value: "success",
            AuditAction.CHANGED.value: "info",
            AuditAction.DELETED.value: "danger",
        },
    )
    def done(self, entry: HistoryEntry) -> tuple[str, str]:
        return entry.action, entry.get_action_display()

    @display(description=_("kind"))
    def kind(self, entry: HistoryEntry) -> str:
        model = entry.content_type.model_class()
        if model is None:
            return str(entry.content_type)
        return capfirst(str(model._meta.verbose_name))

    @display(description=_("name"), ordering="name")
    def called(self, entry: HistoryEntry) -> str:
        """What a row was called then; a list is called as its heading is."""
        model = None if entry.object_id else entry.content_type.model_class()
        return entry.name if model is None else capfirst(str(model._meta.verbose_name_plural))

    @display(description=_("name"))
    def row_link(self, entry: HistoryEntry) -> str:
        kind: ContentType = entry.content_type
        if (
            not entry.object_id
            or entry.action == AuditAction.DELETED
            or not self._has_page(kind.model_class())
        ):
            return self.called(entry)
        page = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_id])
        return format_html('<a class="console-link" href="{}">{}</a>', page, entry.name)

    def _has_page(self, model: type[Model] | None) -> bool:
        return model is not None and self.admin_site.is_registered(model)

    @display(description=_("details"))
    def details(self, entry: HistoryEntry) -> str:
        return in_words(entry)


def _name_of(model: type[Model], registered: Any) -> str:
    return str(registered.menu_title or capfirst(str(model._meta.verbose_name_plural)))

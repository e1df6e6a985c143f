"""The console's history: who changed what, in words that may stay when a person is erased.

Whoever may see a row may see what was done to it, on its page. Texts are kept in English and translated for whoever
reads them; a sentence that counts is kept as it was said.
"""

import json
from collections.abc import Iterable
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from groundwork.console.models import AbstractHistoryEntry, AuditAction
from groundwork.console.sections import Column, Section, link

ENTRIES_ON_A_PAGE = 100
ENTRIES_BESIDE = 10  # on the page of the row itself


def in_words(entry: AbstractHistoryEntry) -> str:
    """What was done, in the reader's language."""
    return " ".join(filter(None, map(_part_in_words, entry.message)))


def _part_in_words(part: dict[str, Any]) -> str:
    if "did" in part:
        return gettext(part["did"])
    if "exported" in part:
        text = gettext("Exported as %(kind)s") % {"kind": part["exported"]}
        rows = ", ".join(map(_field_in_words, part["by"])) or gettext("all rows")
        return f"{text} ({rows})"
    if "said" in part:  # in the words of whoever did it
        return str(part["said"])
    if "changed" in part:
        fields = [_field_in_words(name) for name in part["changed"].get("fields", [])]
        part = {"changed": {**part["changed"], "fields": fields}}
    return LogEntry(change_message=json.dumps([part])).get_change_message()


def _field_in_words(label: str) -> str:
    """A field's name: Django keeps it with a capital and perhaps a language, "City" or "Name [fr]"."""
    name, bracket, language = label.partition(" [")
    known = gettext(name)
    if known == name:
        known = capfirst(gettext(name[:1].lower() + name[1:]))
    return f"{known}{bracket}{language}"


def table() -> type[AbstractHistoryEntry]:
    """The concrete table of the history."""
    return cast(type[AbstractHistoryEntry], apps.get_model(settings.HISTORY_MODEL))


def remember_list(
    model: type[Model], user: Any, message: str | dict[str, Any], **whose: Any
) -> AbstractHistoryEntry:
    """Note what somebody did with a list as a whole; no name of a person belongs into it.

    Args:
        message: a sentence, or {"exported": a kind of file, "by": English names of the filters}.
        whose: the columns of the concrete table.
    """
    with override(None):
        name = capfirst(str(model._meta.verbose_name_plural))
    return table()._base_manager.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(model, for_concrete_model=False),
        name=name[:200],
        action=AuditAction.CHANGED,
        message=[{"said": message} if isinstance(message, str) else message],
        **whose,
    )


def remember(
    row: Model,
    message: list[dict[str, Any]],
    *,
    user_id: Any,
    name: str,
    action: AuditAction = AuditAction.CHANGED,
    **whose: Any,
) -> AbstractHistoryEntry:
    """Note what somebody did to a row, here or outside the console.

    Args:
        message: [{"did": an English text of the catalogues}], or Django's list of what changed.
        name: what the row is called in the history; no name of a person belongs into it.
        whose: columns of the concrete table that say who reads of it.
    """
    return table()._base_manager.create(
        user_id=user_id,
        content_type=ContentType.objects.get_for_model(row, for_concrete_model=False),
        object_id=str(row.pk),
        name=name[:200],
        action=action,
        message=message,
        **whose,
    )


def forget_names(rows: Iterable[Model]) -> None:
    """Call these rows by their ids in what was noted of them: what they were called leads to a person."""
    for row in rows:
        kind = ContentType.objects.get_for_model(row, for_concrete_model=False)
        noted = table()._base_manager.filter(content_type=kind, object_id=str(row.pk))
        noted.update(name=f"#{row.pk}")


def entries_of(row: Model) -> QuerySet[AbstractHistoryEntry]:
    """What was done to a row in the console, newest first, with who did it."""
    kind = ContentType.objects.get_for_model(type(row), for_concrete_model=False)
    entries = table()._default_manager.filter(content_type=kind, object_id=str(row.pk))
    return entries.select_related("user").order_by("-id")


def history_section(row: Model) -> Section:
    """The newest of it as a table for the row's own page, which leads to all of it."""
    newest = list(entries_of(row)[: ENTRIES_BESIDE + 1])
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])
    return Section(
        key="history",
        title=_("History of changes"),
        columns=[Column(_("when")), Column(_("who")), Column(_("what"))],
        rows=[
            (
                localize(timezone.localtime(entry.created_at)),
                entry.user.get_full_name() or entry.user.email,
                in_words(entry) or capfirst(entry.get_action_display()),
            )
            for entry in newest[:ENTRIES_BESIDE]
        ],
        empty=_("Nobody has changed this in the console yet."),
        more=link(_("All changes"), address) if len(newest) > ENTRIES_BESIDE else "",
    )


class Remembering:
    """Writes down what is done in the console, in place of Django's log; mixed into every console class."""

    model: type[Model]

    # --- what is written; a class overrides what is different for its rows ---

    def name_in_history(self, row: Any) -> str:
        """What a row is called in the history; a class of rows about people leaves the person out."""
        return str(row)

    def whose_history(self, user: Any, row: Any) -> dict[str, Any]:
        """The columns that say who reads of it: of a row, or of what a user did with the list (None)."""
        return {}

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> AbstractHistoryEntry:
        return self._log(request, obj, AuditAction.ADDED, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> AbstractHistoryEntry:
        """Note a change: Django's list of what changed, or a lazy text that says it."""
        return self._log(request, obj, AuditAction.CHANGED, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> list[AbstractHistoryEntry]:
        return [self._log(request, row, AuditAction.DELETED, []) for row in queryset]

    def _log(self, request: HttpRequest, row: Any, action: AuditAction, message: Any) -> AbstractHistoryEntry:
        if not isinstance(message, list):
            with override(None):  # as Django does: the English text, translated when it is read
                message = [{"did": str(message)}]
        name, whose = self.name_in_history(row), self.whose_history(request.user, row)
        return remember(row, message, user_id=request.user.pk, name=name, action=action, **whose)

    # --- what is read on a row's own page ---

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """All that was done to one row in the console, newest first."""
        row = self.get_object(request, object_id)  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        paginator = self.get_paginator(request, entries_of(row), ENTRIES_ON_A_PAGE)  # type: ignore[attr-defined]
        page = paginator.get_page(request.GET.get("p"))
        for entry in page.object_list:
            entry.words = in_words(entry)
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.opts,  # type: ignore[attr-defined]
            "original": row,
            "title": _("History"),
            "subtitle": None,
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

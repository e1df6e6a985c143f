"""Rows on the page of their parent: living ones only, and by the same grants."""

import re
from typing import Any

from django.db import models
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline
from unfold.forms import PaginationInlineFormSet

from groundwork.console.base import Granted
from groundwork.console.versions import versioned
from groundwork.models import LIVING, SoftDeletable

ROW = re.compile(r"-([0-9]{1,4})-")  # after a prefix, in the name of a field


class SentFormSet(PaginationInlineFormSet):
    """As many rows as were sent, or are there: a number alone would make a page of thousands, which takes minutes."""

    def total_form_count(self) -> int:
        count: int = super().total_form_count()
        if not self.is_bound:
            return count
        own = (name.removeprefix(self.prefix) for name in self.data if name.startswith(self.prefix))
        sent = {found[1] for name in own if (found := ROW.match(name))}
        return min(count, max(len(sent), len(self.get_queryset())))


class GrantedInline(Granted):
    """Rows of a parent that is itself scoped."""

    extra = 0
    formset = SentFormSet

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return self.choices_of(request, super().get_queryset(request))

    def choices_of(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        allowed = self.has_view_permission(request) or self.has_change_permission(request)
        living = rows.filter(LIVING) if issubclass(self.model, SoftDeletable) else rows
        return living if allowed else living.none()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form = versioned(_deletes_softly(formset.form))
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


class GrantedStackedInline(GrantedInline, StackedInline):
    """A block for each row; translated rows need this one, tables break with them."""


class GrantedTabularInline(GrantedInline, TabularInline):
    """A line for each row."""

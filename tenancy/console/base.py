"""The one base of every console page: whose rows, which roles, one merchant throughout.

    @admin.register(Store)
    class StoreAdmin(ConsoleAdmin):
        grants = Grants(view=READERS, add=OWNERS, change=MANAGERS, delete=OWNERS)

The tenant scope itself is opened by the console's site for the whole request.
"""

import copy
from collections.abc import Sequence
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.http import HttpRequest

from groundwork.console.base import Granted, GrantedAdmin
from groundwork.console.grants import Grants
from groundwork.console.inlines import GrantedInline, GrantedStackedInline, GrantedTabularInline
from tenancy.console.forms import ConsoleForm
from tenancy.roles import (
    OPERATORS,
    granted,
    has_one_merchant,
    merchant_id_of,
    merchant_ids,
    role_for,
    roles_of,
    visible_to,
)


class Scoped(Granted):
    """What pages and inlines share: rows, choices and permissions by role and merchant."""

    grants = Grants(view=OPERATORS)
    form = ConsoleForm

    def visible(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        """The rows that this user may see; rows of the platform are for operators."""
        if hasattr(rows.model, "merchant_path"):
            return visible_to(request.user, rows)
        return rows if role_for(request.user, None) else rows.none()

    def readable(self, request: HttpRequest, rows: models.QuerySet) -> models.QuerySet:
        """Those of a merchant for which the user's role may see this kind: elsewhere they may have a lesser one."""
        return granted(request.user, rows, self.grants.view) if hasattr(rows.model, "merchant_path") else rows

    def roles(self, request: HttpRequest) -> frozenset[str]:
        return roles_of(request.user)

    def role(self, request: HttpRequest, row: Any) -> str | None:
        return role_for(request.user, self.merchant_id_of(row))

    def merchant_id_of(self, row: Any) -> int | None:
        """The merchant whose roles count for a row."""
        return merchant_id_of(row)

    def merchant_is_shown(self, request: HttpRequest) -> bool:
        """Whether there is a merchant to choose or to tell apart."""
        return not has_one_merchant(request.user)


class ConsoleAdmin(Scoped, GrantedAdmin):
    """A kind of row in the console; the merchant is shown where there is more than one."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = copy.deepcopy(super().get_fieldsets(request, obj))
        hidden = set() if self.merchant_is_shown(request) else {"merchant"}
        for _name, options in fieldsets:
            options["fields"] = [field for field in options["fields"] if field not in hidden]
        return fieldsets

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type]:
        """A page that adds a row has nothing yet to look at beside it."""
        inlines: list[type] = [*super().get_inlines(request, obj), *self.added_inlines()]
        return inlines if obj else [inline for inline in inlines if not issubclass(inline, ReadOnlyInline)]

    def added_inlines(self) -> Sequence[type]:
        """The tables that the apps above put on this page."""
        return ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))
        if obj is not None and "merchant" in flatten_fieldsets(self.fieldsets or [(None, {"fields": []})]):
            fields.append("merchant")
        return fields

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = super().get_list_display(request)
        return [name for name in columns if name != "merchant" or self.merchant_is_shown(request)]

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = super().get_list_filter(request)
        return [given for given in filters if not _is_merchant(given) or self.merchant_is_shown(request)]

    def companion_filter(self, request: HttpRequest) -> dict[str, Any] | None:
        return {f"{self.companion}__isnull": False} | self.of_one_merchant(request, self.companion)

    def of_one_merchant(self, request: HttpRequest, path: str) -> dict[str, Any]:
        """What is asked of a row beside these, as its indexes begin with the merchant: that is the only one in sight,
        or the one that is asked for.
        """
        merchant_id = self.merchant_asked_for(request)
        return {} if merchant_id is None else {f"{path}__merchant": merchant_id}

    def merchant_asked_for(self, request: HttpRequest) -> int | None:
        """The only merchant in sight, or the one by which the list is filtered."""
        asked = request.GET.get("merchant__id__exact", "") if self.merchant_is_shown(request) else ""
        if asked.isascii() and asked.isdecimal():
            return int(asked)
        return next(iter(merchant_ids(request.user))) if has_one_merchant(request.user) else None

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            row.merchant_id = merchant_id_of(form.instance)
            row.save()
        for row in formset.deleted_objects:
            self.soft_delete(request, row)
        formset.save_m2m()

    # --- whose history ---

    def merchant_in_history(self, row: Any) -> int | None:
        """The merchant whose owners read of it."""
        return merchant_id_of(row)

    def store_in_history(self, row: Any) -> int | None:
        """The store whose managers read of it; None: owners only."""
        return getattr(row, "store_id", None)

    def whose_history(self, user: Any, row: Any) -> dict[str, Any]:
        if row is None:  # about the list: the merchant of somebody who has only one, else the platform's
            return {"merchant_id": next(iter(merchant_ids(user))) if has_one_merchant(user) else None}
        merchant_id = self.merchant_in_history(row)
        return {"merchant_id": merchant_id, "store_id": self.store_in_history(row) if merchant_id else None}


def _is_merchant(given: Any) -> bool:
    return (given[0] if isinstance(given, tuple) else given) == "merchant"


class ScopedInline(Scoped, GrantedInline):
    """Rows of a parent that is itself scoped; living ones only."""


class ConsoleStackedInline(ScopedInline, GrantedStackedInline):
    """A block for each row; translated rows need this one, tables break with them."""


class ConsoleTabularInline(ScopedInline, GrantedTabularInline):
    """A line for each row."""


class ReadOnlyInline(ConsoleTabularInline):
    """A table to look at."""

    can_delete = False
    max_num = 0

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

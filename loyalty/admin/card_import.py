"""Importing customers with their balances: choose a file, look at what it will do, then do it.

Between the two steps the lines travel with the page, compressed and signed: the server keeps nothing of people who
are not imported after all.
"""

import dataclasses
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from loyalty import selectors
from loyalty.admin import import_file
from loyalty.admin.import_file import ReadFile
from loyalty.services import imports
from loyalty.services.imports import Line, Plan
from tenancy import scope
from tenancy.admin_access import OWNERS, actor_for, role_for, roles_of
from tenancy.errors import DomainError
from tenancy.models import Store

SALT = "loyalty.import"
LIFE_SECONDS = 3600
BYTES_AT_MOST = 5_000_000
FAULTS_SHOWN = 200


def stores_for(request: HttpRequest) -> QuerySet[Store]:
    """The stores whose customers this user may import: all of an owner's merchants."""
    stores = scope.visible_to(request.user, Store.objects.select_related("merchant"))  # type: ignore[arg-type]
    owned = {store.merchant_id for store in stores if role_for(request.user, store.merchant_id) in OWNERS}
    return stores.filter(merchant_id__in=owned).order_by("merchant__name", "name")


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
        help_text=_("CSV or XLSX; the first line names the columns. “email” has to be one of them."),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = stores_for(request)
        self.fields["store"].queryset = stores  # type: ignore[attr-defined]
        only = list(stores[:2])
        if len(only) == 1:
            self.fields["store"].initial = only[0].pk

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_AT_MOST:
            raise forms.ValidationError(_("This file is too large: 5 MB at most."))
        return file

    def read(self) -> ReadFile | None:
        """What is in the file; None, with the reason beside its field, if that cannot be told."""
        store: Store = self.cleaned_data["store"]
        try:
            program = selectors.program_of(store.merchant_id)
            read = import_file.read(self.cleaned_data["file"].read(), store=store, program=program)
        except (import_file.UnreadableFileError, DomainError) as error:
            self.add_error("file", str(error))
            return None
        if not read.lines and not read.faults:
            self.add_error("file", _("There is nobody in this file."))
            return None
        return read


class ConfirmForm(forms.Form):
    """The second step."""

    lines = forms.CharField(widget=forms.HiddenInput)
    announce = forms.BooleanField(
        label=_("Send each new customer the e-mail with their card"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )


def pack(store: Store, lines: Sequence[Line], user_id: int) -> str:
    """Lines as a signed text, for this user and store."""
    rows = [dataclasses.asdict(line) | {"birth_date": _iso(line.birth_date)} for line in lines]
    return signing.dumps({"store": store.pk, "user": user_id, "lines": rows}, salt=SALT, compress=True)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def unpack(text: str, user_id: int) -> tuple[int, list[Line]]:
    """The store's id and the lines of `pack`. Raises BadSignature for another user's, or after an hour."""
    kept = signing.loads(text, salt=SALT, max_age=LIFE_SECONDS)
    if kept["user"] != user_id:
        raise signing.BadSignature("another user's")
    for row in kept["lines"]:
        row["birth_date"] = date.fromisoformat(row["birth_date"]) if row["birth_date"] else None
    return kept["store"], [Line(**row) for row in kept["lines"]]


class Importing:
    """Gives the list of cards its button "Import"."""

    actions_list = ("import_customers",)

    def has_import_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(roles_of(request.user) & OWNERS)

    @action(description=_("Import"), permissions=["import"], icon="upload", url_path="import")
    def import_customers(self, request: HttpRequest) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method == "POST" and "lines" in request.POST:
            return self._import(request)
        form = FileForm(request.POST or None, request.FILES or None, request=request)
        if request.method == "POST" and form.is_valid() and (read := form.read()) is not None:
            return self._show_plan(request, form.cleaned_data["store"], read)
        return self._page(request, {"form": form, "columns": list(import_file.HEADINGS)})

    def _show_plan(self, request: HttpRequest, store: Store, read: ReadFile) -> HttpResponse:
        plan = imports.foresee(store=store, lines=read.lines)
        faults = [*read.faults, *_switched_off(plan, read)]
        confirm = ConfirmForm(initial={"lines": pack(store, read.lines, request.user.pk)})  # type: ignore[arg-type]
        return self._page(
            request,
            {
                "store": store,
                "plan": plan,
                "faults": faults[:FAULTS_SHOWN],
                "fault_count": len(faults),
                "unused": read.unused,
                "confirm": None if faults else confirm,
            },
        )

    def _import(self, request: HttpRequest) -> HttpResponse:
        form = ConfirmForm(request.POST)
        try:
            store_id, lines = unpack(request.POST["lines"], request.user.pk)  # type: ignore[arg-type]
            store = stores_for(request).get(pk=store_id)
            plan = imports.bring_over(
                store=store,
                actor=actor_for(request, store.merchant_id),
                lines=lines,
                announce=form.is_valid() and form.cleaned_data["announce"],
            )
        except (signing.BadSignature, Store.DoesNotExist):
            messages.error(request, gettext("This preview is too old. Please choose the file again."))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _done(plan))
            return HttpResponseRedirect(reverse("admin:loyalty_loyaltycard_changelist"))
        return HttpResponseRedirect(request.path)

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        base = self.admin_site.each_context(request)  # type: ignore[attr-defined]
        title = {"opts": self.opts, "title": _("Import customers"), "subtitle": None}  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/import_customers.html", {**base, **title, **context})


def _switched_off(plan: Plan, read: ReadFile) -> list[import_file.Fault]:
    return [
        import_file.Fault(read.numbers[index], "email", str(imports.SWITCHED_OFF)) for index in plan.refused
    ]


def _done(plan: Plan) -> str:
    cards = ngettext("%(count)d card was made", "%(count)d cards were made", plan.new_cards)
    balances = ngettext(
        "%(count)d balance was brought over", "%(count)d balances were brought over", plan.balances
    )
    return f"{cards % {'count': plan.new_cards}}, {balances % {'count': plan.balances}}."

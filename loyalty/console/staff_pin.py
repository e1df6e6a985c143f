"""Staff PINs in the console: set and changed through the service, never shown."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminPasswordWidget

from groundwork.console.grants import Grants
from groundwork.errors import DomainError, Invalid
from loyalty.console.lines import ledger_link
from loyalty.errors import PinTooSimple
from loyalty.models import StaffPin
from loyalty.services import pins
from loyalty.services.pins import HashedPin
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.roles import MANAGERS

TRACE = ("failed_attempts", "locked_until", "last_used_at")
HASHED = "hashed_pin"  # on a request: what was typed into its form, by now hashed


class StaffPinForm(ConsoleForm):
    """A name at the terminal; an empty PIN keeps the one that is there."""

    pin = forms.CharField(
        label=_("PIN"),
        min_length=4,
        max_length=8,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password", "inputmode": "numeric"}),
        help_text=_("4 to 8 digits, not all the same and not a run like 1234. It is never shown again."),
    )

    class Meta:
        model = StaffPin
        fields = ["store", "name", "staff_code", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "pin" in self.fields:
            self.fields["pin"].required = False
            self.fields["pin"].help_text = _(
                "Leave it empty to keep the PIN. A new one ends every sign-in with it."
            )

    def clean_pin(self) -> str | HashedPin:
        pin: str = self.cleaned_data["pin"]
        if pin:
            try:
                return getattr(self.request, HASHED, None) or pins.hashed(pin)
            except Invalid as refused:
                raise forms.ValidationError(refused.extra["errors"][0]["message"]) from refused
            except DomainError as refused:
                raise forms.ValidationError(str(refused)) from refused
        return pin


@admin.register(StaffPin)
class StaffPinAdmin(ConsoleAdmin):
    """Who is on the terminal's chooser."""

    grants = Grants(view=MANAGERS, add=MANAGERS, change=MANAGERS, delete=MANAGERS)
    menu_icon = "pin"
    empty_help = _(
        "Whoever stands at the till has a name and a PIN of their own, so that the ledger says who did what."
    )
    form = StaffPinForm
    list_display = ["name", "store", "merchant", "staff_code", "state", "last_used_at"]
    list_filter = ["store", "is_active"]
    list_select_related = ["store", "merchant"]
    search_fields = ["name", "staff_code", "store__name"]
    actions_detail = ("end_lockout",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        main = [(None, {"fields": ["store", "name", "staff_code", "pin", "is_active"]})]
        if obj is None:
            return main
        if not self.has_change_permission(request, obj):
            main = [(None, {"fields": ["store", "name", "staff_code", "is_active"]})]
        trace = {"fields": [TRACE, "ledger"]}
        return self.with_deletion([*main, (_("Use"), trace)], obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "store", *TRACE, "ledger"] if obj else fields

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a PIN is hashed before its transaction begins."""
        if request.method == "POST" and self.may(request, "change"):
            with suppress(Invalid, PinTooSimple):  # said by the form
                setattr(request, HASHED, pins.hashed(request.POST.get("pin", "")))
        return super().changeform_view(request, *args, **kwargs)

    @display(description=_("transactions"))
    def ledger(self, row: StaffPin) -> str:
        return ledger_link(_("Everything done with this PIN"), staff_pin=row.pk)

    @display(description=_("state"), label={"locked": "danger", "on": "success", "off": "default"})
    def state(self, row: StaffPin) -> tuple[str, Any]:
        if row.is_locked(timezone.now()):
            return "locked", _("locked")
        return ("on", _("active")) if row.is_active else ("off", _("switched off"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor = actor_for(request, obj.store.merchant_id)
        fields = {name: form.cleaned_data[name] for name in ("name", "staff_code", "is_active")}
        if change:
            if form.cleaned_data.get("pin"):
                fields["pin"] = form.cleaned_data["pin"]
            pins.change(store=obj.store, actor=actor, pin_id=obj.pk, **fields)
        else:
            made = pins.create(store=obj.store, actor=actor, pin=form.cleaned_data["pin"], **fields)
            obj.__dict__.update(made.__dict__)

    def soft_delete(self, request: HttpRequest, row: StaffPin) -> None:
        actor = actor_for(request, row.merchant_id)
        pins.remove(store=row.store, actor=actor, pin_id=row.pk)

    def has_end_lockout_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.is_locked(timezone.now()) and self.has_change_permission(request, row)

    @action(description=_("End the lock-out"), permissions=["end_lockout"], icon="lock_open")
    def end_lockout(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("End the lock-out"),
            explanation=_("The right PIN works again at once."),
            perform=self._end_lockout,
        )

    def _end_lockout(self, request: HttpRequest, row: StaffPin, cleaned: dict[str, Any]) -> str:
        pins.end_lockout(store=row.store, actor=actor_for(request, row.merchant_id), pin_id=row.pk)
        return gettext("The PIN works again.")

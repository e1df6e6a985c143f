"""Invitations: sent to an address, sent again, taken back. The page is the same whoever the address belongs to."""

from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from groundwork import clock
from groundwork.console.grants import Grants
from groundwork.errors import Invalid
from groundwork.formats.email_field import EmailField
from tenancy import invitations
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.revoking import revoking
from tenancy.errors import TooManyInvitations
from tenancy.models import Invitation, Store
from tenancy.roles import OWNERS, granted, visible_to


class InvitationForm(ConsoleForm):
    """Whom, as what, and where; the merchant is that of the stores."""

    stores = forms.ModelMultipleChoiceField(
        label=_("Stores"), queryset=Store.objects.none(), widget=UnfoldAdminSelectMultipleWidget
    )

    class Meta:
        model = Invitation
        fields = ["email", "role"]
        field_classes = MappingProxyType({"email": EmailField})

    def _narrow_choices(self) -> None:
        mine = granted(self.request.user, visible_to(self.request.user, Store.objects.all()), OWNERS)
        self.fields["stores"].queryset = mine  # type: ignore[attr-defined]
        super()._narrow_choices()

    def _settle_merchant(self) -> None:
        chosen = self.cleaned_data.get("stores")
        if chosen:
            self.instance.merchant_id = chosen[0].merchant_id

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given = {name: self.cleaned_data.get(name) for name in ("stores", "email")}
        if all(given.values()) and not self.errors:
            merchant_id = self.instance.merchant_id
            try:
                invitations.check(merchant_id=merchant_id, **given)  # type: ignore[arg-type]
                invitations.throttle(merchant_id=merchant_id, email=self.cleaned_data["email"])
            except Invalid as refused:
                for error in refused.extra["errors"]:
                    self.add_error(error["field"], error["message"])
            except TooManyInvitations as refused:
                self.add_error(None, str(refused))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # Whether an address has an open invitation is asked above: one that has run out is no hindrance. And without a
        # store there is no merchant yet.
        return super()._get_validation_exclusions() | {"email", "merchant"}


@admin.register(Invitation)
class InvitationAdmin(ConsoleAdmin):
    """Who is asked to come. What they answer is theirs: nobody makes an account or a password for somebody else."""

    grants = Grants(view=OWNERS, add=OWNERS)
    menu_icon = "mail"
    empty_help = _("Invite whoever works here: they get an e-mail and choose their own password.")
    form = InvitationForm
    list_display = ["email", "role", "merchant", "invited_by", "created_at", "expires_at", "state"]
    list_filter = ["role"]
    list_select_related = ["merchant", "invited_by"]
    search_fields = ["email"]
    actions_detail = ("resend", "revoke")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["email", "role"]
        if obj is None:
            return [(None, {"fields": [*asked, "stores"]})]
        known = ["where", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at"]
        return [(None, {"fields": [*asked, *known]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(["where"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        stores = form.cleaned_data["stores"]
        made = invitations.invite(
            merchant=stores[0].merchant,
            stores=stores,
            actor=actor_for(request, obj.merchant_id),
            email=obj.email,
            role=obj.role,
        )
        obj.__dict__.update(made.__dict__)

    def name_in_history(self, row: Invitation) -> str:
        return invitations.name_in_history(row)

    @display(description=_("stores"))
    def where(self, row: Invitation) -> str:
        return ", ".join(place.store.name for place in row.places.select_related("store").order_by("store"))

    @display(
        description=_("state"),
        label={"accepted": "success", "taken back": "danger", "run out": "warning", "open": "info"},
    )
    def state(self, row: Invitation) -> tuple[str, str]:
        if row.accepted_at:
            return "accepted", gettext("accepted")
        if row.revoked_at:
            return "taken back", gettext("taken back")
        if row.expires_at <= clock.now():
            return "run out", gettext("run out")
        return "open", gettext("open")

    def has_open_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.is_open and self.may(request, "add", row)

    @action(description=_("Send again"), permissions=["open"], icon="forward_to_inbox")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Send again"),
            explanation=_("A new link goes to this address. It is valid for 72 hours, and works once."),
            perform=self._resend,
        )

    def _resend(self, request: HttpRequest, row: Invitation, cleaned: dict[str, Any]) -> str:
        invitations.throttle(merchant_id=row.merchant_id, email=row.email)
        invitations.resend(invitation=row, actor=actor_for(request, row.merchant_id))
        return gettext("The link is on its way.")

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_open_permission(request, obj)

    revoke = revoking(
        _("Take back"),
        title=_("Take back"),
        explanation=_("The link does not work any more. You can invite this address again."),
        done=_("The invitation is taken back."),
        by=lambda request, row: invitations.revoke(invitation=row, actor=actor_for(request, row.merchant_id)),
    )

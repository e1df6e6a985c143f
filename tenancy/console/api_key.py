"""API keys: made for one store, shown once, revoked."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from groundwork.console.grants import Grants
from tenancy import api_keys
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.revoking import Revocable, revoking
from tenancy.models import ApiKey
from tenancy.models.api_key import everyday_scopes
from tenancy.roles import OWNERS, Scope

LAST_YEAR = 2999  # the last hours of 9999 lie behind the calendar elsewhere, and cannot be read again


class ApiKeyForm(ConsoleForm):
    """A new key: for which calls, and until when."""

    scopes = forms.MultipleChoiceField(
        label=_("Allowed"),
        choices=Scope.choices,
        initial=everyday_scopes,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = ApiKey
        fields = ["name", "store", "scopes", "expires_at"]

    def clean_expires_at(self) -> datetime | None:
        expires_at: datetime | None = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise forms.ValidationError(_("This moment is over already."))
        if expires_at is not None and expires_at.year > LAST_YEAR:
            raise forms.ValidationError(_("Leave it empty for a key that does not end."))
        return expires_at


@admin.register(ApiKey)
class ApiKeyAdmin(Revocable, ConsoleAdmin):
    """The credential of a till's own system."""

    grants = Grants(view=OWNERS, add=OWNERS)
    menu_icon = "key"
    form = ApiKeyForm
    readonly_fields = ["may_do"]
    empty_help = _("With a key the till's own system gives stamps and points. Most shops need none.")
    list_display = ["name", "prefix", "store", "merchant", "last_used_at", "created_at", "state"]
    list_filter = ["store"]
    list_select_related = ["store", "merchant"]
    search_fields = ["name", "prefix"]
    actions_detail = ("revoke",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["name", "store", "scopes", "expires_at"]})]
        known = ["prefix", "created_by", "created_at", "last_used_at", "expires_at", "revoked_at"]
        return [(None, {"fields": ["name", "store", "may_do", *known]})]

    @display(description=_("allowed"))
    def may_do(self, row: ApiKey) -> str:
        return ", ".join(str(Scope(name).label) for name in row.scopes)

    @display(description=_("state"), label={"revoked": "danger", "ended": "warning", "works": "success"})
    def state(self, row: ApiKey) -> tuple[str, str]:
        if row.revoked_at:
            return "revoked", gettext("revoked")
        return ("ended", gettext("ended")) if row.has_ended(timezone.now()) else ("works", gettext("works"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made, key = api_keys.make(
            store=obj.store,
            name=obj.name,
            by=request.user,  # type: ignore[arg-type]
            scopes=form.cleaned_data["scopes"],
            expires_at=obj.expires_at,
        )
        obj.__dict__.update(made.__dict__)
        obj.shown_once = key

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key on this very page: it is neither stored nor sent anywhere else."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Your new API key"),
            "subtitle": obj.name,
            "key": obj.shown_once,
            "back": self.page_of(obj),
        }
        return TemplateResponse(request, "admin/api_key_made.html", context)

    revoke = revoking(
        _("Revoke"),
        title=_("Revoke this key"),
        explanation=_("Whoever uses it is refused from now on. This cannot be undone."),
        done=_("The key does not work any more."),
        by=lambda request, row: api_keys.revoke(api_key=row),
    )

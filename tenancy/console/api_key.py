"""API keys: made for one store, shown once, revoked."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork.console.grants import Grants
from tenancy import api_keys
from tenancy.console.base import ConsoleAdmin
from tenancy.models import ApiKey
from tenancy.roles import OWNERS


@admin.register(ApiKey)
class ApiKeyAdmin(ConsoleAdmin):
    """The credential of a till's own system."""

    grants = Grants(view=OWNERS, add=OWNERS)
    menu_icon = "key"
    empty_help = _("With a key the till's own system gives stamps and points. Most shops need none.")
    list_display = ["name", "prefix", "store", "merchant", "last_used_at", "created_at", "state"]
    list_filter = ["store"]
    list_select_related = ["store", "merchant"]
    search_fields = ["name", "prefix"]
    actions_detail = ("revoke",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        known = ["prefix", "created_by", "created_at", "last_used_at", "revoked_at"]
        return [(None, {"fields": ["name", "store", *(known if obj else [])]})]

    @display(description=_("state"), label={"revoked": "danger", "works": "success"})
    def state(self, row: ApiKey) -> tuple[str, str]:
        return ("revoked", gettext("revoked")) if row.revoked_at else ("works", gettext("works"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made, key = api_keys.make(store=obj.store, name=obj.name, by=request.user)  # type: ignore[arg-type]
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

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.revoked_at is None and self.may(request, "add", row)

    @action(description=_("Revoke"), permissions=["revoke"], icon="block", variant=ActionVariant.DANGER)
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Revoke this key"),
            explanation=_("Whoever uses it is refused from now on. This cannot be undone."),
            perform=self._revoke,
        )

    def _revoke(self, request: HttpRequest, row: ApiKey, cleaned: dict[str, Any]) -> str:
        api_keys.revoke(api_key=row)
        return gettext("The key does not work any more.")

"""Endpoints in the console: made with a secret that is shown once, changed, tried out, told once more."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminDateWidget

from groundwork.console.actions import QuestionForm
from groundwork.console.grants import Grants
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.models import Merchant
from tenancy.roles import OWNERS
from webhooks import addresses
from webhooks.catalogue import TYPES
from webhooks.errors import EndpointNotAllowed
from webhooks.models import Endpoint
from webhooks.services import endpoints

FIELDS = ["url", "description", "types", "is_active"]


class EndpointForm(ConsoleForm):
    """Whom to tell, and of what."""

    types = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(name, name) for name in TYPES],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None ticked: all of them."),
    )

    class Meta:
        model = Endpoint
        fields = ["merchant", *FIELDS]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            addresses.require_allowed(url)
        except EndpointNotAllowed as error:
            raise forms.ValidationError(str(error)) from None
        return url


class SinceForm(QuestionForm):
    """From which day on."""

    since = forms.DateField(label=_("From"), widget=UnfoldAdminDateWidget)


@admin.register(Endpoint)
class EndpointAdmin(ConsoleAdmin):
    """An address that is told of what happens."""

    grants = Grants(view=OWNERS, add=OWNERS, change=OWNERS, delete=OWNERS, act=OWNERS)
    menu_title = _("Webhooks")
    menu_icon = "webhook"
    empty_help = _(
        "An endpoint is an address of yours that is told at once of every stamp, purchase and new card."
    )
    form = EndpointForm
    list_display = ["url", "description", "merchant", "standing", "created_at"]
    list_filter = ["is_active", "merchant"]
    list_select_related = ["merchant"]
    search_fields = ["url", "description"]
    autocomplete_fields = ["merchant"]
    fieldsets = [
        (None, {"fields": ["merchant", *FIELDS]}),
        (_("How it stands"), {"fields": ["standing", ("failing_since", "rotated_at"), "created_at"]}),
    ]
    readonly_fields = ["standing", "failing_since", "rotated_at", "created_at"]
    actions_detail = ("send_test", "replay", "rotate")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:1]

    @display(
        description=_("state"),
        label={"works": "success", "fails": "warning", "off": "default", "ended": "danger"},
    )
    def standing(self, row: Endpoint) -> tuple[str, str]:
        if row.switched_off:
            return "ended", gettext("switched off: %(reason)s") % {"reason": row.get_switched_off_display()}
        if not row.is_active:
            return "off", gettext("switched off")
        return ("fails", gettext("does not answer")) if row.failing_since else ("works", gettext("works"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in FIELDS}
        if change:
            changed = {name: value for name, value in given.items() if name in form.changed_data}
            endpoints.change(endpoint_id=obj.pk, **changed)
            return
        merchant = Merchant.objects.get(pk=obj.merchant_id)
        made, secret = endpoints.create(merchant=merchant, **given)
        obj.__dict__.update(made.__dict__)
        obj.shown_once = secret

    def soft_delete(self, request: HttpRequest, row: Endpoint) -> None:
        """For good, unlike others: there is nothing in it to come back to, and its secret is better gone."""
        endpoints.delete(endpoint_id=row.pk)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._show_secret(request, obj, obj.shown_once)

    def _show_secret(self, request: HttpRequest, row: Endpoint, secret: str) -> HttpResponse:
        """Show a secret on this very page: it is not shown anywhere else."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Your secret"),
            "subtitle": row.url,
            "secret": secret,
            "back": self.page_of(row),
        }
        return TemplateResponse(request, "admin/webhooks/secret.html", context)

    # --- actions ---

    @action(description=_("Send a test"), permissions=["act"], icon="send", variant=ActionVariant.PRIMARY)
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Send a test"),
            explanation=_("An event of the type “test” is sent, whatever is ticked here."),
            perform=self._send_test,
        )

    def _send_test(self, request: HttpRequest, row: Endpoint, cleaned: dict[str, Any]) -> str:
        endpoints.send_test(endpoint_id=row.pk)
        return gettext("It is on its way.")

    @action(description=_("Send again from a date"), permissions=["act"], icon="replay")
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Send again from a date"),
            explanation=_(
                "All events since then that are kept (30 days), with the ids and the words of before."
            ),
            form_class=SinceForm,
            perform=self._replay,
        )

    def _replay(self, request: HttpRequest, row: Endpoint, cleaned: dict[str, Any]) -> str:
        since = timezone.make_aware(datetime.combine(cleaned["since"], time()), row.merchant.tzinfo)
        count = endpoints.replay(endpoint_id=row.pk, since=since)
        text = ngettext("%(count)d event is sent again.", "%(count)d events are sent again.", count)
        return text % {"count": count}

    @action(description=_("Change the secret"), permissions=["act"], icon="key")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        shown: list[str] = []

        def perform(request: HttpRequest, row: Endpoint, cleaned: dict[str, Any]) -> str:
            shown.append(endpoints.rotate_secret(endpoint_id=row.pk))
            return ""

        answer = self.ask(
            request,
            object_id,
            title=_("Change the secret"),
            explanation=_(
                "For 24 hours everything is signed with the secret of before, too, also if you change it again: "
                "you can change over in peace."
            ),
            perform=perform,
        )
        return self._show_secret(request, self.row(request, object_id), shown[0]) if shown else answer

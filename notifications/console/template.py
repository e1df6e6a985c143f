"""The texts of e-mails in the console: a tab per language, checked when saved, with a preview beside them."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from modeltranslation.admin import TranslationAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from groundwork.console.grants import Grants
from loyalty.models import LoyaltyCard
from notifications import selectors
from notifications.codes import Code
from notifications.models import EmailTemplate
from notifications.services import texts
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.models import Store
from tenancy.roles import MANAGERS, READERS, is_operator, visible_to

FIELDS = {language: (f"subject_{language}", f"body_{language}") for language in texts.LANGUAGES}
NAMES: dict[str, Any] = dict(settings.LANGUAGES)
TABS: list[Any] = [
    (NAMES[language], {"classes": ["tab"], "fields": names}) for language, names in FIELDS.items()
]


class EmailTemplateForm(ConsoleForm):
    """A text. What would not work when it is sent is refused here, with the line."""

    class Meta:
        model = EmailTemplate
        fields = ["code", "store"]
        widgets = {
            "subject": UnfoldAdminTextInputWidget,
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 18, "spellcheck": "true"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for subject, body in FIELDS.values():  # the tab says which language
            for name, label in ((subject, _("Subject")), (body, _("Text"))):
                if name in self.fields:
                    self.fields[name].label = label
        if "store" in self.fields and not is_operator(self.request.user):
            self._ask_for_a_store(self.fields["store"])

    def _ask_for_a_store(self, field: Any) -> None:
        """The platform's own texts are for its operator."""
        field.required, field.help_text = True, ""
        stores = list(field.queryset[:2])
        if len(stores) == 1:
            field.initial = stores[0].pk

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if "store" in self.fields:
            store = cleaned.get("store")
            self.instance.merchant_id = store.merchant_id if store else None
        self._check_texts(cleaned.get("code") or self.instance.code, cleaned)
        return cleaned

    def _check_texts(self, code: str, cleaned: dict[str, Any]) -> None:
        if code not in Code.values:
            return
        fields = {name: cleaned.get(name) or "" for names in FIELDS.values() for name in names}
        for name, refused in texts.faults(code, fields):
            where = _("Line %(line)d: %(reason)s") % {"line": refused.line, "reason": refused}
            self.add_error(name, where if refused.line and name.startswith("body") else str(refused))


@admin.register(EmailTemplate)
class EmailTemplateAdmin(ConsoleAdmin, TranslationAdmin):
    """Stores' own texts; the platform's are the operators'."""

    grants = Grants(view=READERS, add=MANAGERS, change=MANAGERS, delete=MANAGERS)
    menu_icon = "edit_note"
    empty_help = _(
        "Every e-mail has a text already. Write one of your own where a store wants to say it differently."
    )
    form = EmailTemplateForm
    list_display = ["email", "place", "merchant", "written_in", "updated_at"]
    list_filter = ["code", "store"]
    list_select_related = ["store", "merchant"]
    search_fields = ["store__name"]
    ordering = ["code", "id"]  # a long list is paged by what every text has, and the platform's have no store
    fieldsets = [
        (None, {"fields": [("code", "store")]}),
        *TABS,
    ]
    change_form_after_template = "admin/notifications/preview.html"

    class Media:
        css = {"all": ["notifications/preview.css"]}
        js = [Script("notifications/preview.js", type="module")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "code", "store"] if obj else fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        wanted = search_term.casefold()
        codes = [code for code, label in Code.choices if wanted and wanted in str(label).casefold()]
        return found | queryset.filter(code__in=codes), may_repeat

    @display(description=_("e-mail"), ordering="code")
    def email(self, text: EmailTemplate) -> str:
        return text.get_code_display()

    @display(description=_("store"), ordering="store__name")
    def place(self, text: EmailTemplate) -> Any:
        return text.store or _("the whole platform")

    @display(description=_("languages"))
    def written_in(self, text: EmailTemplate) -> str:
        return ", ".join(
            str(NAMES[language])
            for language in FIELDS
            if text.words("subject", language) or text.words("body", language)
        )

    # --- removing: an own text makes way for the platform's ---

    def soft_delete(self, request: HttpRequest, row: EmailTemplate) -> None:
        row.delete()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        denied = {str(row._meta.verbose_name) for row in objs if not self.has_delete_permission(request, row)}
        counted = {str(self.opts.verbose_name_plural): len(objs)}
        return (
            [f"{capfirst(self.opts.verbose_name)}: {row}, {self.place(row)}" for row in objs],
            counted,
            denied,
            [],
        )

    # --- the preview ---

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.preview))
        return [path("preview/", view, name="notifications_emailtemplate_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The text in the form, as JSON: a letter in each language, the variables with their values now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        code = request.POST.get("code", "")
        if code not in Code.values:
            raise Http404
        card = self._card(request)
        fields = {name: request.POST.get(name, "") for names in FIELDS.values() for name in names}
        return JsonResponse(
            {
                "languages": [_as_json(shown) for shown in texts.previews(code, fields, card)],
                "variables": texts.explained(code, card),
                "platform": texts.platform_words(code),
            }
        )

    def _card(self, request: HttpRequest) -> LoyaltyCard:
        """A card to show the text with: the store's newest that this user may see, else one that is made up."""
        stores = visible_to(request.user, Store.objects.all())
        store_id = request.POST.get("store", "")
        chosen = stores.filter(pk=store_id) if store_id.isdecimal() else stores
        if store_id and not chosen.exists():
            raise Http404
        cards = visible_to(request.user, LoyaltyCard.objects.all())
        store = chosen.first() if store_id else None
        return selectors.newest_card(cards, store) or texts.made_up_card(
            chosen.select_related("merchant").first()
        )


def _as_json(shown: texts.Preview) -> dict[str, Any]:
    letter = shown.letter
    return {
        "language": shown.language,
        "name": str(NAMES[shown.language]),
        "subject": letter.subject if letter else "",
        "html": letter.html if letter else "",
        "text": letter.text if letter else "",
        "problem": shown.problem,
        "line": shown.line,
    }

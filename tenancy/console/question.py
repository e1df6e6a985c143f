"""Saved questions: made from a list, renamed, shared and removed on pages of their own."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from groundwork.console.export import asked
from groundwork.console.grants import Grants
from tenancy.console.asked_list import AskedList
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.models import SavedQuestion
from tenancy.roles import OWNERS, READERS, is_operator, merchant_ids


class QuestionForm(ConsoleForm):
    """A new question brings the list and its filters along; later only its name, and whether it is shared, change."""

    class Meta:
        model = SavedQuestion
        fields = ["name", "is_shared", "about", "query"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("about", "query"):
            if name in self.fields:
                self.fields[name].widget = forms.HiddenInput()
        if self.instance.pk is None:
            self.instance.user_id = self.request.user.pk

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk is None:
            self._read_the_list()
        return cleaned

    def _read_the_list(self) -> None:
        """Keep of the filters what the list understands."""
        page = list_page(self.page.admin_site, self.cleaned_data.get("about", ""))
        request = asked(self.request.user, self.cleaned_data.get("query", ""))
        try:
            if page is None or not page.has_view_permission(request):
                raise IncorrectLookupParameters
            self.cleaned_data["query"] = page.kept_query(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            self.add_error(
                None, _("Questions are saved from a list that is filtered: open one, and save it there.")
            )

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"user", "about"}


def list_page(site: Any, about: str) -> Any:
    """The page of a list whose questions may be saved; None for any other text."""
    pages = {
        page.model._meta.label_lower: page for page in site._registry.values() if isinstance(page, AskedList)
    }
    return pages.get(about)


@admin.register(SavedQuestion)
class SavedQuestionAdmin(ConsoleAdmin):
    """Everybody's own; who runs the merchant may also rename and remove what others share there."""

    grants = Grants(view=READERS, add=READERS, change=READERS, delete=READERS)
    menu_icon = "bookmark"
    form = QuestionForm
    empty_help = _("Filter a list of customers, cards or transactions, and save the question above it.")
    list_display = ["name", "list_name", "merchant", "is_shared", "user"]
    list_select_related = ["merchant", "user"]
    ordering = ["name", "id"]
    fieldsets = [(None, {"fields": ["merchant", "name", "is_shared"]})]

    def visible(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        shared = Q(is_shared=True)
        if not is_operator(request.user):
            shared &= Q(merchant__in=merchant_ids(request.user, OWNERS))
        return super().visible(request, rows).filter(Q(user=request.user.pk) | shared)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else [*fieldsets, (None, {"fields": ["about", "query"]})]

    @display(description=_("list"), ordering="about")
    def list_name(self, row: SavedQuestion) -> str:
        return str(apps.get_model(row.about)._meta.verbose_name_plural)

    def soft_delete(self, request: HttpRequest, row: SavedQuestion) -> None:
        """For good: a question is no record of anything, and quickly saved again."""
        row.delete()

    def response_add(
        self, request: HttpRequest, obj: SavedQuestion, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Back to the list, as it was asked."""
        meta, page = apps.get_model(obj.about)._meta, list_page(self.admin_site, obj.about)
        listed = page.get_changelist_instance(asked(request.user)).list_display
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        return HttpResponseRedirect(f"{address}?{page.query_of(obj, listed)}")

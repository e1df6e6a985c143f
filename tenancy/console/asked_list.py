"""A list that is asked often: its questions are saved under names, and everybody chooses its columns.

class LoyaltyCardAdmin(AskedList, ConsoleAdmin):
    columns_besides = ["email", "birthday"]      # may be chosen, beside those of `list_display`
    list_above = "admin/ledger_totals.html"      # what else stands above the list
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from groundwork.console import paging
from tenancy.models import ListColumns, SavedQuestion
from tenancy.roles import visible_to

MOST_OFFERED = 50
# Where somebody was in a list, and whom they searched for: neither is part of a question.
NOT_KEPT = frozenset({SEARCH_VAR, PAGE_VAR, "e", "_changelist_filters", *paging.POSITIONS})


class AskedList:
    """Mixed into a console class before ConsoleAdmin."""

    list_before_template = "admin/asked_list.html"
    list_above = ""
    columns_besides: Sequence[str] = ()
    model: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.choose_columns)  # type: ignore[attr-defined]
        return [path("columns/", view, name=f"{self._kind}_columns"), *super().get_urls()]

    @property
    def _kind(self) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}"

    @property
    def _about(self) -> str:
        label: str = self.model._meta.label_lower
        return label

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, extra_context)
        context = getattr(answer, "context_data", None)
        if context is not None and "cl" in context:
            context["questions"] = self._questions(request, context["cl"].list_display)
            context["list_above"] = self.list_above
            asked = {"about": self._about, "query": request.GET.urlencode()}
            context["save_question"] = f"{reverse('admin:tenancy_savedquestion_add')}?{urlencode(asked)}"
            context["choose_columns"] = reverse(f"admin:{self._kind}_columns")
        return answer

    # --- questions ---

    def _questions(self, request: HttpRequest, listed: Sequence[Any]) -> list[dict[str, Any]]:
        rows = visible_to(request.user, SavedQuestion.objects.filter(about=self._about))
        offered = rows.filter(Q(user=request.user.pk) | Q(is_shared=True)).order_by("name", "pk")
        now = _kept(request.GET, listed)
        return [
            {
                "row": row,
                "query": self.query_of(row, listed),
                "is_asked": QueryDict(row.query).dict() == now.dict(),
                "is_own": row.user_id == request.user.pk,
            }
            for row in offered[:MOST_OFFERED]
        ]

    def query_of(self, row: SavedQuestion, listed: Sequence[Any]) -> str:
        """A question as the list reads it: its order by the places of the columns that somebody sees now."""
        query = QueryDict(row.query, mutable=True)
        if ORDER_VAR in query:
            places = [_place(name, listed) for name in str(query[ORDER_VAR]).split(".")]
            query[ORDER_VAR] = ".".join(place for place in places if place)
        return query.urlencode()

    def kept_query(self, request: HttpRequest) -> str:
        """What of an address is kept, once the list has read it. Raises what the list raises for nonsense."""
        listed = self.get_changelist_instance(request).list_display  # type: ignore[attr-defined]
        return _kept(request.GET, listed).urlencode()

    # --- columns ---

    def get_list_display(self, request: HttpRequest) -> Any:
        usual = list(super().get_list_display(request))
        chosen = self._chosen(request)
        if chosen is None:
            return usual
        first, *others = usual
        of_deletion = self.deletion_columns(request)  # type: ignore[attr-defined]
        offered = [*others, *self.columns_besides]
        return [first, *(name for name in offered if name in chosen or name in of_deletion)]

    def columns_of_file(self, request: HttpRequest) -> list[str]:
        """A file has every column: it is no screen."""
        besides = set(getattr(self, "exported_besides", ()))
        columns = dict.fromkeys([*super().get_list_display(request), *self.columns_besides])
        return [name for name in columns if name not in besides]

    def _chosen(self, request: HttpRequest) -> list[str] | None:
        """The names that this person has chosen; read once for each request."""
        known: dict[str, list[str] | None] = request.__dict__.setdefault("chosen_columns", {})
        if self._about not in known:
            rows = ListColumns.objects.filter(user=request.user.pk, about=self._about)
            known[self._about] = rows.values_list("columns", flat=True).first()
        return known[self._about]

    def choose_columns(self, request: HttpRequest) -> HttpResponse:
        """The page on which somebody says which columns they want to see; none ticked: the usual ones."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        usual = list(super().get_list_display(request))[1:]
        back = reverse(f"admin:{self._kind}_changelist")
        choices = [(name, self._label(name)) for name in (*usual, *self.columns_besides)]
        chosen = self._chosen(request)
        form = ColumnsForm(
            request.POST if request.method == "POST" else None,
            choices=choices,
            initial={"columns": usual if chosen is None else chosen},
        )
        if request.method == "POST" and form.is_valid():
            self._choose(request, form.cleaned_data["columns"])
            return HttpResponseRedirect(back)
        shown = {
            "title": gettext("Columns"),
            "explanation": gettext("What you choose is remembered for you, wherever you sign in."),
            "submit_label": gettext("Save"),
            "form": form,
            "back": back,
        }
        site: Any = self.admin_site  # type: ignore[attr-defined]
        context = {**site.each_context(request), "opts": self.model._meta, "subtitle": None, **shown}
        return TemplateResponse(request, "admin/ask.html", context)

    def _choose(self, request: HttpRequest, columns: list[str]) -> None:
        mine: dict[str, Any] = {"user_id": request.user.pk, "about": self._about}
        if columns:
            ListColumns.objects.update_or_create(**mine, defaults={"columns": columns})
        else:
            ListColumns.objects.filter(**mine).delete()

    def _label(self, name: str) -> str:
        page: Any = self
        return capfirst(str(label_for_field(name, self.model, page)))


class ColumnsForm(forms.Form):
    """The columns beside the first, which leads to the row."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns: Any = self.fields["columns"]
        columns.choices = choices


def _kept(asked: Mapping[str, Any], listed: Sequence[Any]) -> QueryDict:
    """The parameters that make a question, with the columns that sort it by their names."""
    query = QueryDict(mutable=True)
    for name, value in asked.items():
        if name not in NOT_KEPT and value:
            query[name] = value
    if ORDER_VAR in query:
        query[ORDER_VAR] = ".".join(
            filter(None, (_name(place, listed) for place in str(query[ORDER_VAR]).split(".")))
        )
    return query


def _name(place: str, listed: Sequence[Any]) -> str:
    sign, number = ("-", place[1:]) if place.startswith("-") else ("", place)
    if not (number.isascii() and number.isdecimal()) or int(number) >= len(listed):
        return ""
    return f"{sign}{listed[int(number)]}"


def _place(name: str, listed: Sequence[Any]) -> str:
    sign, name = ("-", name[1:]) if name.startswith("-") else ("", name)
    return f"{sign}{list(listed).index(name)}" if name in listed else ""

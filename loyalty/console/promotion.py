"""Promotions in the console: a form that reads as its sentence; planned, stopped and copied; what each has given."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork import clock
from groundwork.console.grants import Grants
from groundwork.formats.money import money
from loyalty import promotion_words
from loyalty.console.program_form import side_by_side
from loyalty.console.promotion_figures import InNumbers, figures_of
from loyalty.console.promotion_form import PromotionForm
from loyalty.console.promotion_sentence import Spoken, names_of
from loyalty.models import Promotion, PromotionState
from loyalty.reporting.promotions import Given, given_by
from loyalty.services import promotions
from loyalty.services.fields import editable_fields
from loyalty.services.promotions import WAITING
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.roles import OWNERS, READERS

COLORS = {
    PromotionState.DRAFT: "default",
    PromotionState.PLANNED: "info",
    PromotionState.RUNNING: "success",
    PromotionState.ENDED: "default",
    PromotionState.STOPPED: "danger",
}
GIVES = (_("What is given"), {"fields": ["effect", ("factor", "amount")]})
WHEN = (
    _("When"),
    {"fields": ["weekdays", ("from_time", "until_time"), ("first_day", "last_day")]},
)
WHERE = (
    _("Where and to whom"),
    {"fields": ["store_ids", "audience", ("days", "every", "tag"), ("friend_amount", "month_limit")]},
)
FOR = (_("For which purchases"), {"fields": ["least_cents", ("categories", "skus")]})
BOUNDS = (
    _("At most"),
    {"fields": [("card_day_limit", "card_limit", "budget"), "not_with"]},
)
GIVEN = (
    _("So far"),
    {"fields": [("times", "cards", "purchases"), ("given", "cost", "bought"), ("planned_at", "stopped_at")]},
)


@admin.register(Promotion)
class PromotionAdmin(Spoken, InNumbers, ConsoleAdmin, TranslationAdmin):
    """What a program gives more, for a time, a place, some people or some goods."""

    grants = Grants(view=READERS, add=OWNERS, change=OWNERS, delete=OWNERS, act=OWNERS)
    menu_icon = "campaign"
    empty_help = _(
        "Double points on a quiet Tuesday, a treat on birthdays: say what is given, and switch it on."
    )
    form = PromotionForm
    list_display = ["name", "state", "says", "times", "cards", "given", "cost", "purchases", "merchant"]
    list_filter = ["effect", "audience", "merchant"]
    list_select_related = ["program", "merchant"]
    search_fields = ["name"]
    actions_detail = ("plan", "rehearse_this", "stop", "copy")
    readonly_fields = [
        *("says", "state_now", "times", "cards", "purchases", "given", "cost", "bought"),
        *("planned_at", "stopped_at"),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        name = (None, {"fields": ["program", *side_by_side("name")]})
        if obj is None:
            return [name, GIVES, WHEN, WHERE, FOR, BOUNDS]
        may_change = self.has_change_permission(request, obj)
        said = (None, {"fields": ["state_now"] if may_change else ["says", "state_now"]})
        if self._is_waiting(obj) and may_change:
            fieldsets = [said, name, GIVES, WHEN, WHERE, FOR, BOUNDS]
        else:
            fieldsets = [said, name, (_("At most"), {"fields": [("last_day", "budget")]})]
        return self.with_deletion([*fieldsets, *([GIVEN] if obj.planned_at else [])], obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What runs changes in its name, its last day and its budget; what is over, in its name."""
        fields = list(super().get_readonly_fields(request, obj))
        if obj is None:
            return fields
        if self._is_waiting(obj):
            return [*fields, "program"]
        over = [] if self._state(obj) == PromotionState.RUNNING else ["last_day", "budget"]
        return [*fields, "program", *PromotionForm.declared_fields, *over]

    @staticmethod
    def _state(row: Promotion) -> PromotionState:
        return row.state_at(clock.now(), row.merchant.tzinfo)

    def _is_waiting(self, row: Promotion) -> bool:
        return self._state(row) in WAITING

    class Media:
        js = [
            Script("console/asked-with.js", type="module"),
            Script("console/promotion-sentence.js", type="module"),
        ]

    # --- what is shown ---

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("program", "merchant")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What the rows of a list have given is asked once for all of them."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        figures, names = given_by(rows), names_of(rows)
        for row in rows:
            row.figures, row.names = figures.get(row.pk, Given()), names[row.merchant_id]
        changelist.result_list = rows
        return changelist

    @display(description=_("promotion"), ordering="name")
    def name(self, row: Promotion) -> str:
        return str(row)

    @display(description=_("it says"))
    def says(self, row: Promotion) -> str:
        names = getattr(row, "names", None) or names_of([row])[row.merchant_id]
        return promotion_words.sentence(row.rule(), names)

    @display(description=_("state"), label=COLORS)
    def state(self, row: Promotion) -> tuple[str, Any]:
        state = self._state(row)
        return state, state.label

    @display(description=_("state"))
    def state_now(self, row: Promotion) -> Any:
        """The same on the row's page, where there are no labels."""
        return self._state(row).label

    @display(description=_("times"))
    def times(self, row: Promotion) -> str:
        return _number(figures_of(row).times)

    @display(description=_("cards"))
    def cards(self, row: Promotion) -> str:
        return _number(figures_of(row).cards)

    @display(description=_("given"))
    def given(self, row: Promotion) -> str:
        rule, figures = row.rule(), figures_of(row)
        count = figures.stamps if rule.unit == 1 else figures.whole_points
        return promotion_words.amount(rule, count)

    @display(description=_("cost"))
    def cost(self, row: Promotion) -> str:
        return money(figures_of(row).cost_cents(row.program), row.merchant.currency)

    @display(description=_("purchases with it"))
    def purchases(self, row: Promotion) -> str:
        return _number(figures_of(row).purchases)

    @display(description=_("bought with it"))
    def bought(self, row: Promotion) -> str:
        return money(figures_of(row).bought_cents, row.merchant.currency)

    # --- saving, through the service ---

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        changed = {*form.changed_data, *form.left_out} & set(editable_fields(Promotion))
        fields = {name: form.cleaned_data[name] for name in changed}
        actor = actor_for(request, obj.program.merchant_id)
        if change:
            saved = promotions.change(promotion_id=obj.pk, actor=actor, **fields)
        else:
            saved = promotions.create(program_id=obj.program_id, actor=actor, **fields)
        obj.__dict__.update(saved.__dict__)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft goes; what was planned once is stopped, and stays for what it gave."""
        row = self.row(request, obj)
        return (row is None or row.planned_at is None) and super().has_delete_permission(request, row)

    # --- planned, stopped, copied ---

    def has_plan_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return self._may_act(request, row) and row.planned_at is None

    def has_stop_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        running = (PromotionState.PLANNED, PromotionState.RUNNING)
        return self._may_act(request, row) and self._state(row) in running

    def has_copy_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_act(request, self.row(request, obj))

    def _may_act(self, request: HttpRequest, row: Promotion | None) -> bool:
        return row is not None and not row.is_deleted and self.may(request, "act", row)

    @action(
        description=_("Switch on"), permissions=["plan"], icon="play_arrow", variant=ActionVariant.PRIMARY
    )
    def plan(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Switch the promotion on"),
            explanation=self.says(self.row(request, object_id)) + ".",
            perform=self._plan,
        )

    def _plan(self, request: HttpRequest, row: Promotion, cleaned: dict[str, Any]) -> str:
        promotions.plan(promotion_id=row.pk, actor=actor_for(request, row.merchant_id))
        return gettext("The promotion is switched on: it holds from its first day on.")

    def has_rehearse_this_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_plan_permission(request, obj)

    @action(description=_("Rehearse"), permissions=["rehearse_this"], icon="science")
    def rehearse_this(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the question over how many days, with this draft ticked."""
        row = self.row(request, object_id)
        question = reverse("admin:loyalty_loyaltyprogram_rehearse", args=[row.program_id])
        return HttpResponseRedirect(f"{question}?promotion={row.pk}")

    @action(description=_("Stop"), permissions=["stop"], icon="stop")
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Stop the promotion"),
            explanation=_(
                "It gives nothing from now on. What it gave stays given. To go on with it, copy it."
            ),
            perform=self._stop,
        )

    def _stop(self, request: HttpRequest, row: Promotion, cleaned: dict[str, Any]) -> str:
        promotions.stop(promotion_id=row.pk, actor=actor_for(request, row.merchant_id))
        return gettext("The promotion is stopped.")

    @action(description=_("Copy"), permissions=["copy"], icon="content_copy")
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A draft that says the same; its form opens."""
        made: list[Promotion] = []

        def perform(request: HttpRequest, row: Promotion, cleaned: dict[str, Any]) -> str:
            made.append(promotions.copy(promotion_id=row.pk, actor=actor_for(request, row.merchant_id)))
            return gettext("This is the copy, a draft.")

        explanation = _("The copy is a draft and says the same; change it and switch it on.")
        answer = self.ask(
            request, object_id, title=_("Copy the promotion"), explanation=explanation, perform=perform
        )
        return HttpResponseRedirect(self.page_of(made[0])) if made else answer


def _number(number: int | Decimal) -> str:
    return formats.number_format(number, force_grouping=True)

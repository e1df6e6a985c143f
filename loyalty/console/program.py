"""The program in the console: tabs, languages side by side, rewards beside it; saved through the service."""

from typing import Any

from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from groundwork.console.grants import Grants
from groundwork.formats.money import money
from loyalty.console.lines import ledger_link
from loyalty.console.program_form import ProgramForm, RewardForm, side_by_side
from loyalty.console.program_preview import Previewed
from loyalty.console.rehearsal import Rehearsed
from loyalty.models import LoyaltyProgram, LoyaltyType, PointsReward, ProgramTerms
from loyalty.services import program_effects, programs
from loyalty.services.fields import editable_fields
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin, ConsoleStackedInline, ReadOnlyInline
from tenancy.console.single import OnePerMerchant
from tenancy.roles import OWNERS, READERS, has_one_merchant


class RewardInline(ConsoleStackedInline, TranslationStackedInline):
    """What points buy. A removed reward stays in the ledger under its name."""

    grants = Grants(view=READERS, add=OWNERS, change=OWNERS, delete=OWNERS)
    model = PointsReward
    form = RewardForm
    tab = True
    ordering_field = "position"
    hide_ordering_field = True
    verbose_name_plural = _("Rewards")
    readonly_fields = ["ledger"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *side_by_side("name"),
                    *side_by_side("description"),
                    ("points_cost", "value_cents", "is_active"),
                    "ledger",
                    "position",
                ]
            },
        )
    ]

    @display(description=_("transactions"))
    def ledger(self, reward: PointsReward) -> str:
        return ledger_link(_("Whenever it was given"), reward=reward.pk) if reward.pk else ""


class TermsInline(ReadOnlyInline):
    """What was promised from when on, the newest first; the database writes it."""

    grants = Grants(view=READERS)
    model = ProgramTerms
    fk_name = "program"
    tab = True
    per_page = 20
    hide_title = True
    verbose_name_plural = _("Promised so far")
    ordering = ["-valid_from", "-id"]
    fields = [
        "valid_from",
        "kind",
        "stamps_target",
        "points_per_euro",
        "minimum_purchase",
        "minimum_redemption_points",
        "carry_remainders",
        "points_expiration_days",
    ]

    @display(description=_("kind"))
    def kind(self, terms: ProgramTerms) -> Any:
        return LoyaltyType(terms.loyalty_type).label

    @display(description=_("minimum purchase"))
    def minimum_purchase(self, terms: ProgramTerms) -> str:
        return money(terms.minimum_purchase_cents, terms.merchant.currency)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("merchant")


@admin.register(LoyaltyProgram)
class LoyaltyProgramAdmin(OnePerMerchant, Previewed, Rehearsed, ConsoleAdmin, TranslationAdmin):
    """A merchant's one loyalty program."""

    grants = Grants(view=READERS, add=OWNERS, change=OWNERS, delete=OWNERS)
    menu_title = _("Loyalty program")
    menu_icon = "workspace_premium"
    empty_help = _(
        "Say what customers collect and what they get for it. Without a program there are no cards."
    )
    form = ProgramForm
    inlines = [RewardInline, TermsInline]
    change_form_after_template = "admin/program_preview.html"
    list_display = ["name", "merchant", "loyalty_type", "state", "activated_at"]
    list_filter = ["loyalty_type", "is_active", "merchant"]
    list_select_related = ["merchant"]
    search_fields = ["card_name", "merchant__name"]
    autocomplete_fields = ["merchant"]
    readonly_fields = ["is_active", "activated_at"]
    actions_detail = ("rehearse", "activate", "deactivate")
    fieldsets = [
        (
            _("Kind"),
            {"classes": ["tab"], "fields": ["merchant", "loyalty_type", ("is_active", "activated_at")]},
        ),
        (
            _("Stamps"),
            {
                "classes": ["tab"],
                "fields": [
                    ("stamps_target", "stamps_reward_value_cents"),
                    *side_by_side("stamps_reward_description"),
                ],
            },
        ),
        (
            _("Points"),
            {
                "classes": ["tab"],
                "fields": [
                    ("points_per_euro", "welcome_bonus_points"),
                    ("minimum_purchase_cents", "maximum_purchase_cents"),
                    ("minimum_redemption_points", "point_value_cents"),
                    ("points_expiration_days", "expiry_requires_warning"),
                    "carry_remainders",
                ],
            },
        ),
        (
            _("Look"),
            {
                "classes": ["tab"],
                "fields": [
                    *side_by_side("card_name"),
                    ("card_color", "card_secondary_color"),
                    ("logo", "hero_image"),
                ],
            },
        ),
        (
            _("Terms"),
            {"classes": ["tab"], "fields": ["privacy_url", *side_by_side("terms_text")]},
        ),
        (
            _("At the till"),
            {
                "classes": ["tab"],
                "fields": ["require_staff_pin", ("cooldown_minutes", "max_daily_stamps")],
            },
        ),
    ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one living program per merchant."""
        if has_one_merchant(request.user) and self.choices(request).exists():
            return False
        return super().has_add_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and self.has_change_permission(request, obj) and request.method == "POST":
            return [(None, {"fields": ["confirm"]}), *fieldsets]
        return fieldsets

    @display(description=_("program"), ordering="card_name")
    def name(self, program: LoyaltyProgram) -> str:
        return str(program)

    @display(description=_("state"), ordering="is_active", label={"on": "success", "off": "danger"})
    def state(self, program: LoyaltyProgram) -> tuple[str, Any]:
        return ("on", _("active")) if program.is_active else ("off", _("switched off"))

    class Media:
        js = [
            Script("console/program-preview.js", type="module"),
            Script("console/program-tabs.js", type="module"),
        ]

    # --- saving, through the service ---

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """A program that is going to be saved is locked before it is read, and its rewards after it.

        So the question what customers lose is about what the change will find.
        """
        row = super().get_object(request, object_id, from_field)
        if row is None or row.is_deleted or request.method != "POST" or not connection.in_atomic_block:
            return row
        programs.locked(row.pk)
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        fields = {
            name: form.cleaned_data[name]
            for name in form.changed_data
            if name in editable_fields(LoyaltyProgram)
        }
        actor = actor_for(request, obj.merchant_id)
        if change:
            confirmed = bool(form.cleaned_data.get("confirm"))
            saved = programs.change(program_id=obj.pk, actor=actor, confirm=confirmed, **fields)
        else:
            saved = programs.create(merchant=obj.merchant, actor=actor, **fields)
        obj.__dict__.update(saved.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            programs.changed(form.instance)

    # --- on and off ---

    def has_activate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and not row.is_active and self.has_change_permission(request, row)

    def has_deactivate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.is_active and self.has_change_permission(request, row)

    @action(
        description=_("Switch on"), permissions=["activate"], icon="play_arrow", variant=ActionVariant.PRIMARY
    )
    def activate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Switch the program on"),
            explanation=_("Cards can be stamped and redeemed again. Points do not expire within 14 days."),
            perform=self._activate,
        )

    def _activate(self, request: HttpRequest, row: LoyaltyProgram, cleaned: dict[str, Any]) -> str:
        programs.activate(program_id=row.pk, actor=actor_for(request, row.merchant_id))
        return gettext("The program is switched on.")

    @action(description=_("Switch off"), permissions=["deactivate"], icon="pause")
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Switch the program off"),
            explanation=" ".join(
                [
                    gettext("Cards keep their stamps and points; nothing can be earned, redeemed or expire."),
                    *_losses_of_stopping(self.row(request, object_id)),
                ]
            ),
            perform=self._deactivate,
        )

    def _deactivate(self, request: HttpRequest, row: LoyaltyProgram, cleaned: dict[str, Any]) -> str:
        programs.deactivate(program_id=row.pk, actor=actor_for(request, row.merchant_id))
        return gettext("The program is switched off.")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """What goes along, and what customers cannot use meanwhile."""
        named, counts, denied, protected = super().get_deleted_objects(objs, request)
        losses = [loss for row in objs for loss in _losses_of_stopping(row)]
        return [*named, *losses], counts, denied, protected


def _losses_of_stopping(program: LoyaltyProgram) -> list[str]:
    return [effect.text for effect in program_effects.of_stopping(program).effects]

"""Merchants and their stores."""

from collections.abc import Callable
from types import MethodType
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from groundwork.console.grants import Grants
from groundwork.formats.email_field import EmailField
from groundwork.formats.money import currency_choices
from groundwork.formats.phone import to_e164
from groundwork.jobs import service as jobs
from groundwork.jobs.models import AbstractBackgroundJob, JobKind
from tenancy import openings, services
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.console.single import OnePerMerchant
from tenancy.errors import CurrencyInUse
from tenancy.models import Merchant, Store
from tenancy.ports import store_page
from tenancy.roles import (
    AUDITORS,
    MANAGERS,
    OPERATORS,
    OWNERS,
    READERS,
    is_operator,
    owned_merchant_ids,
    role_for,
)


class ZoneChoice:
    """Offers the time zones that there are, with a field to search them."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "timezone":
            none = [("", "")] if db_field.blank else []
            zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name]
            kwargs["widget"] = UnfoldAdminSelect2Widget(choices=[*none, *zones])
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class MerchantForm(ConsoleForm):
    """A merchant; its currency stays once something was bought."""

    class Meta:
        model = Merchant
        fields = ["name"]

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"]
        is_another = self.instance.pk and currency != self.instance.currency
        if is_another and services.currency_is_used(self.instance):
            raise ValidationError(CurrencyInUse.message, code=CurrencyInUse.code)
        return currency


class OpeningForm(MerchantForm):
    """A new merchant with its first store and its owner: names once, all else is proposed."""

    owner_email = EmailField(
        label=_("Owner's e-mail"),
        widget=UnfoldAdminEmailInputWidget,
        help_text=_("They get an invitation, and choose their own password."),
    )
    store_name = forms.CharField(
        label=_("Name of the first store"),
        max_length=Store._meta.get_field("name").max_length,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Leave empty if it is called like the merchant."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _("Leave empty to have it made of the name. Stands in addresses.")

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or openings.proposed_slug(self.cleaned_data.get("name", ""))


@admin.register(Merchant)
class MerchantAdmin(ZoneChoice, OnePerMerchant, ConsoleAdmin):
    """A business. What addresses and money hang on is for operators."""

    grants = Grants(view=AUDITORS, add=OPERATORS, change=OWNERS, delete=OPERATORS, act=OWNERS)
    menu_icon = "storefront"
    actions_detail = ("export_everything",)
    form = MerchantForm
    list_display = ["name", "slug", "currency", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "slug", "contact_email"]
    fieldsets = [
        (None, {"fields": ["name", "contact_email", "default_language", "timezone"]}),
        (_("Sign-in"), {"fields": ["requires_second_factor"]}),
        (_("Platform"), {"fields": ["slug", "currency", "is_active"]}),
    ]
    opening = [
        (None, {"fields": ["name", "owner_email", "store_name"]}),
        (_("Language and time"), {"fields": [("default_language", "timezone"), "currency"]}),
        (_("Platform"), {"fields": ["slug"]}),
    ]

    # --- taking everything along ---

    def has_export_everything_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        merchant = self.row(request, obj)
        return merchant is not None and not merchant.is_deleted and self.may(request, "act", merchant)

    @action(description=_("Export everything"), permissions=["export_everything"], icon="archive")
    def export_everything(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Everything of the merchant as one file, made in the background."""
        promised: list[AbstractBackgroundJob] = []

        def promise(request: HttpRequest, merchant: Merchant, _cleaned: dict[str, Any]) -> Any:
            user: Any = request.user
            job = jobs.ask(
                user=user,
                kind=JobKind.WHOLE,
                about=Merchant._meta.label_lower,
                parameters={"kind": "zip", "merchant": merchant.pk},
                file_name=f"{merchant.slug}-{timezone.localdate().isoformat()}.zip",
            )
            promised.append(job)
            return _("The file is prepared in the background; you can leave the page.")

        answer = self.ask(
            request,
            object_id,
            title=_("Export everything"),
            explanation=_(
                "One zip with everything of this merchant: stores, program, customers, cards, every transaction, "
                "e-mails, pictures and settings, as CSV and JSON with a description. Nothing in it opens anything: "
                "passwords, PINs, keys and links are left out. It is prepared in the background, for you alone."
            ),
            perform=promise,
            submit=_("Prepare the file"),
        )
        return HttpResponseRedirect(promised[0].page()) if promised else answer

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        opening = {} if change else {"form": OpeningForm}
        return super().get_form(request, obj, change=change, **{**opening, **kwargs})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.opening if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return fields if is_operator(request.user) else [*fields, "slug", "currency", "is_active"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "currency":
            kwargs["widget"] = UnfoldAdminSelect2Widget(choices=currency_choices())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            said = {name: form.cleaned_data[name] for name in ("owner_email", "store_name")}
            openings.open_merchant(merchant=obj, actor=actor_for(request, None), **said)
            return
        actor = actor_for(request, obj.pk)
        if "currency" in form.changed_data:
            services.change_currency(merchant=obj, actor=actor, currency=obj.currency)
        services.change_merchant(merchant=obj, actor=actor)


class StoreForm(ConsoleForm):
    """A store; its telephone is kept as the world dials it, however it is typed in its country."""

    class Meta:
        model = Store
        fields = ["name"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if phone := self.cleaned_data.get("phone"):
            number = to_e164(phone, self.cleaned_data.get("country") or self.instance.country)
            if number is None:
                self.add_error("phone", _("This cannot be a telephone number."))
            else:
                self.cleaned_data["phone"] = number
        return cleaned


@admin.register(Store)
class StoreAdmin(ZoneChoice, ConsoleAdmin):
    """A shop. Its code stands in printed addresses: an owner chooses it once. The apps above add buttons."""

    grants = Grants(view=READERS, add=OWNERS, change=MANAGERS, delete=OWNERS, act=MANAGERS)
    menu_icon = "store"
    form = StoreForm
    empty_help = _("A store is where cards are given out, stamped and redeemed.")
    list_display = ["name", "store_code", "merchant", "city", "is_active"]
    list_filter = ["merchant", "is_active"]
    list_select_related = ["merchant"]
    search_fields = ["name", "store_code", "city"]
    autocomplete_fields = ["merchant"]
    prepopulated_fields = {"store_code": ["name"]}
    fieldsets = [
        (None, {"fields": ["merchant", "name", "store_code", "subdomain", "is_active"]}),
        (
            _("Address"),
            {
                "fields": [
                    "address_line1",
                    "address_line2",
                    ("postal_code", "city", "country"),
                    ("latitude", "longitude"),
                ],
                "description": _("Near this place, wallets show the card by themselves."),
            },
        ),
        (
            _("For customers"),
            {
                "fields": ["phone", "opening_hours"],
                "description": _("On the back of every pass, with the address."),
            },
        ),
        (_("Language and time"), {"fields": [("default_language", "timezone")]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        if obj is None or is_operator(request.user):
            return fields
        fields.append("store_code")
        if role_for(request.user, obj.merchant_id) not in OWNERS:
            fields += ["subdomain", "is_active"]
        return fields

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return self.prepopulated_fields if obj is None else {}

    @property
    def actions_detail(self) -> tuple[Any, ...]:  # type: ignore[override]
        """The buttons of the apps above, and the way back of a deleted store."""
        return (*(action for app in store_page for action in app.store_actions()), "restore")

    def _get_instance_method(self, method_name: str) -> Callable[..., Any]:
        for app in store_page:
            if method_name in self._extract_action_names(app.store_actions()):
                return MethodType(getattr(app, method_name), self)
        return super()._get_instance_method(method_name)

    def has_living_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this user may act, and the store is not deleted."""
        store = self.row(request, obj)
        return store is not None and not store.is_deleted and self.may(request, "act", store)

    def store_in_history(self, row: Store) -> int:
        return row.pk

    def soft_delete(self, request: HttpRequest, row: Any) -> None:
        services.remove_store(store=row, actor=actor_for(request, row.merchant_id))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[list, dict, set, list]:
        """The confirmation; nobody deletes the ground under their own feet."""
        rows, counts, denied, protected = super().get_deleted_objects(objs, request)
        gone = {store.pk for store in objs}
        kept = owned_merchant_ids(request.user, apart_from=gone)
        if not is_operator(request.user) and any(store.merchant_id not in kept for store in objs):
            protected = [
                *protected,
                _("Your own place as owner: make yourself owner at another store first."),
            ]
        return rows, counts, denied, protected

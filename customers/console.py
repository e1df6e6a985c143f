"""Customers in the console: who they are, what they agreed to, and their right to see and to erase it."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from customers import selectors, services, tags
from customers.birthdays import as_data, is_plausible
from customers.file_columns import FileColumns
from customers.list_filters import BirthdayMonthFilter, CustomerSinceFilter, DuplicateFilter, TagFilter
from customers.models import LONGEST_TAG, MOST_TAGS, Customer, InYear
from customers.ports import customer_list
from customers.sections import sections
from groundwork.console.grants import Grants
from groundwork.console.several import SeveralField
from groundwork.formats.email_field import EmailField
from groundwork.formats.phone import to_e164
from tenancy.console.asked_list import AskedList
from tenancy.console.base import ConsoleAdmin
from tenancy.console.forms import ConsoleForm
from tenancy.roles import MANAGERS, OWNERS, READERS

DEFAULT_COUNTRY = "LU"


class CustomerForm(ConsoleForm):
    """A person; phones as people write them, and the moment of consent kept."""

    tags = SeveralField(
        forms.CharField(max_length=LONGEST_TAG, required=False),
        label=_("Tags"),
        help_text=_("Separated by commas. Promotions can be for customers with a tag."),
    )

    class Meta:
        model = Customer
        fields = [
            "merchant",
            "store",
            "email",
            "first_name",
            "last_name",
            "phone",
            "birth_date",
            "preferred_language",
            "marketing_consent",
            "tags",
            "is_active",
        ]
        field_classes = MappingProxyType({"email": EmailField})
        help_texts = MappingProxyType({"birth_date": _("Where the year is not known, it is 1904.")})

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data["birth_date"]
        if born and "birth_date" in self.changed_data and not is_plausible(born):
            raise forms.ValidationError(_("Please check the year."))
        return born

    def clean_tags(self) -> list[str]:
        try:
            return tags.cleaned(self.cleaned_data.get("tags") or [])
        except ValueError:
            text = _("At most %(most)d tags of %(longest)d characters each.")
            raise forms.ValidationError(text % {"most": MOST_TAGS, "longest": LONGEST_TAG}) from None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        phone = self.cleaned_data.get("phone")
        if phone:
            store = self.cleaned_data.get("store")
            number = to_e164(phone, store.country if store else DEFAULT_COUNTRY)
            if number is None:
                self.add_error("phone", _("This cannot be a telephone number."))
            else:
                self.cleaned_data["phone"] = number
        return cleaned

    def _post_clean(self) -> None:
        if "marketing_consent" in self.changed_data:
            agreed = self.cleaned_data.get("marketing_consent")
            self.instance.marketing_consent_at = timezone.now() if agreed else None
        super()._post_clean()


@admin.register(Customer)
class CustomerAdmin(FileColumns, AskedList, ConsoleAdmin):
    """A person known to a merchant. In the console's history they are a number: erasing leaves no name there."""

    grants = Grants(view=READERS, add=MANAGERS, change=MANAGERS, delete=OWNERS, act=MANAGERS)
    menu_icon = "person"
    empty_help = _("People are listed here as soon as they have a card, or when you add them.")
    form = CustomerForm
    list_display = [
        "name",
        "email",
        "phone",
        "stamps",
        "points",
        "last_activity",
        "merchant",
        "store",
        "marketing_consent",
        "customer_since",
    ]
    columns_besides = ["owed", "birthday", "preferred_language", "is_active"]
    companion = "standing"
    companion_columns = MappingProxyType(
        {"stamps": "stamps", "points": "points", "owed": "owed", "last_activity": "last_activity_at"}
    )
    list_filter = [
        "merchant",
        "store",
        CustomerSinceFilter,
        BirthdayMonthFilter,
        "marketing_consent",
        "preferred_language",
        "is_active",
        TagFilter,
        DuplicateFilter,
    ]
    list_filter_submit = True
    list_select_related = ["merchant", "store"]
    search_fields = ["search_text"]
    search_help_text = _(
        "Part of a name, e-mail address or phone number, or the whole number or code of a card"
    )
    exported_besides = [
        "stamps_owed",
        "points_owed",
        "created_at",
        "first_name",
        "last_name",
        "birthday",
        "preferred_language",
        "marketing_consent_at",
        "email_confirmed_at",
        "is_active",
        "written_tags",
        "id",
    ]
    exported_moments = frozenset({"last_activity_at"})
    exported_as = MappingProxyType(
        {"last_activity": "last_activity_at", "stamps": "stamps_of_all", "points": "points_of_all"}
    )
    autocomplete_fields = ["merchant", "store"]
    readonly_fields = ["marketing_consent_at", "created_at", "erased_at"]
    actions_detail = ("export_data", "erase")
    change_form_outer_before_template = "admin/sections_first.html"
    change_form_outer_after_template = "admin/sections.html"
    fieldsets = [
        (None, {"fields": ["merchant", ("first_name", "last_name"), "email", "phone", "birth_date"]}),
        (_("Relationship"), {"fields": ["store", "preferred_language", "tags", "is_active"]}),
        (_("Consent"), {"fields": [("marketing_consent", "marketing_consent_at")]}),
        (_("Dates"), {"fields": [("created_at", "erased_at")]}),
    ]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "preferred_language":
            kwargs["choices"] = [("", _("Language of the shop")), *settings.LANGUAGES]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else [part for part in fieldsets if "created_at" not in part[1]["fields"][0]]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        """The page, with what the apps above show on it, what the person agreed to, and what was changed."""
        customer = kwargs.get("obj")
        shown = sections(request, customer) if customer else []
        return super().render_change_form(request, context | {"sections": shown}, **kwargs)

    @display(description=_("name"), ordering="last_name")
    def name(self, customer: Customer) -> str:
        return customer.name or gettext("(no name)")

    @display(description=_("birthday"), ordering="birthday_in_year")
    def birthday(self, customer: Customer) -> Any:
        return as_data(customer.birth_date)

    def get_list_filter(self, request: HttpRequest) -> Any:
        of_balances = [each for app in customer_list for each in app.customer_filters()]
        return [*of_balances, *super().get_list_filter(request)]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        for app in customer_list:
            rows = app.with_balances(rows)
        return rows.annotate(birthday_in_year=InYear("birth_date"))

    def sorted_when_long(self, request: HttpRequest) -> Sequence[str]:
        indexed = ("name", "birthday", "preferred_language", "marketing_consent", "customer_since")
        return *super().sorted_when_long(request), *indexed

    def companion_filter(self, request: HttpRequest) -> dict[str, Any] | None:
        are_kept = all(app.balances_are_kept() for app in customer_list)
        return super().companion_filter(request) if are_kept else None

    @display(description=_("stamps"), ordering="stamps")
    def stamps(self, customer: Any) -> int:
        stamps: int = customer.stamps
        return stamps

    @display(description=_("points"), ordering="points")
    def points(self, customer: Any) -> int:
        points: int = customer.points
        return points

    @display(description=_("owed"), ordering="owed")
    def owed(self, customer: Any) -> int:
        """Stamps and points together."""
        owed: int = customer.owed
        return owed

    @display(description=_("last activity"), ordering="last_activity_at")
    def last_activity(self, customer: Any) -> Any:
        """The day; its file has the moment."""
        return timezone.localtime(customer.last_activity_at).date()

    @display(description=_("customer since"), ordering="id")
    def customer_since(self, customer: Customer) -> Any:
        return timezone.localtime(customer.created_at).date()

    @display(description=_("tags"))
    def written_tags(self, customer: Customer) -> str:
        return ", ".join(customer.tags)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        found = selectors.matching(queryset, search_term)
        meant = {pk for app in customer_list for pk in app.customers_of_code(search_term)}
        if meant:
            found = queryset.filter(Q(pk__in=meant) | Q(pk__in=found.order_by().values("pk")))
        return found, False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            services.save_edited(customer=obj, changed=form.changed_data)
        else:
            services.save_added(customer=obj)

    # --- people's rights ---

    def has_export_data_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "act", self.row(request, obj))

    @action(description=_("Export as JSON"), permissions=["export_data"], icon="download")
    def export_data(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Everything that is kept about a person, as a file to hand over."""
        customer = self.row(request, object_id)
        self.log_change(request, customer, _("Exported as JSON"))
        response = JsonResponse(
            services.export_person(customer=customer), json_dumps_params={"indent": 2, "ensure_ascii": False}
        )
        response["Content-Disposition"] = f'attachment; filename="customer-{customer.pk}.json"'
        return response

    def has_erase_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = self.row(request, obj)
        return row is not None and row.erased_at is None and self.may(request, "delete", row)

    @action(description=_("Erase"), permissions=["erase"], icon="person_off", variant=ActionVariant.DANGER)
    def erase(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Erase this person"),
            explanation=_(
                "Name, addresses and notes are blanked everywhere and the cards stop working. "
                "The figures of the ledger stay. This cannot be undone."
            ),
            perform=self._erase,
        )

    def _erase(self, request: HttpRequest, customer: Customer, cleaned: dict[str, Any]) -> str:
        services.erase_person(customer=customer)
        customer.refresh_from_db()
        return gettext("The person was erased.")

    def name_in_history(self, row: Customer) -> str:
        return f"#{row.pk}"

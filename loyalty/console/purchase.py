"""Purchases in the console: found by their receipt, with what was brought back; a manager brings back the rest."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from groundwork.console.actions import ReasonForm
from groundwork.console.grants import Grants
from groundwork.formats.currencies import minor_digits
from groundwork.formats.money import in_whole_units, money
from loyalty import selectors
from loyalty.console.lines import LineColumns, with_a_line
from loyalty.console.once import call_once
from loyalty.console.transaction import by_receipt_or_card
from loyalty.models import LoyaltyTransaction, Purchase, PurchaseReturn
from loyalty.outputs import owed
from loyalty.outputs.transaction import newly_owed
from loyalty.services import returns
from loyalty.terms import reference_key
from tenancy.actor import actor_for
from tenancy.console.base import ConsoleAdmin, ReadOnlyInline
from tenancy.roles import MANAGERS, READERS


class ReturnForm(ReasonForm):
    """How much is brought back, in whole units of the currency, and why."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    amount = forms.DecimalField(label=_("Amount"), widget=UnfoldAdminDecimalFieldWidget)
    field_order = ["key", "amount", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4().hex
        digits = minor_digits(self.row.merchant.currency)
        left = Decimal(self.row.kept_cents).scaleb(-digits)
        self.fields["amount"] = forms.DecimalField(
            label=_("Amount"),
            initial=left,
            min_value=Decimal(1).scaleb(-digits),
            max_value=left,
            decimal_places=digits,
            widget=UnfoldAdminDecimalFieldWidget,
            help_text=_("Of %(amount)s that are left.")
            % {"amount": money(self.row.kept_cents, self.row.merchant.currency)},
        )
        self.order_fields(self.field_order)

    def cents(self) -> int:
        """The amount in the currency's minor unit."""
        return int(self.cleaned_data["amount"].scaleb(minor_digits(self.row.merchant.currency)))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned is not None and "amount" in cleaned:
            cleaned["cents"] = self.cents()
        return cleaned


class ReturnInline(ReadOnlyInline):
    """What was brought back of a purchase, and when."""

    grants = Grants(view=READERS)
    model = PurchaseReturn
    fk_name = "purchase"
    hide_title = True
    ordering = ["id"]
    fields = ["amount", "returned_at", "undone_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("merchant")

    @display(description=_("amount"))
    def amount(self, part: PurchaseReturn) -> str:
        return money(part.amount_cents, part.merchant.currency)


class LineInline(LineColumns, ReadOnlyInline):
    """What the ledger says of a purchase, oldest first."""

    grants = Grants(view=READERS)
    model = LoyaltyTransaction
    fk_name = "purchase"
    hide_title = True
    ordering = ["id"]
    fields = ["when", "kind", "stamps", "points", "balance", "who", "notes"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return with_a_line(LoyaltyTransaction.objects.all()).order_by("id")


@admin.register(Purchase)
class PurchaseAdmin(ConsoleAdmin):
    """All receipts that a user may see, newest first."""

    grants = Grants(view=READERS, act=MANAGERS)
    menu_icon = "shopping_bag"
    empty_help = _("Every purchase is listed here as soon as it is recorded at a till.")
    actions_detail = ("bring_back",)
    inlines = [ReturnInline, LineInline]
    ordering = ["-id"]
    list_display = [
        "purchased_at",
        "receipt",
        "card",
        "amount",
        "returned",
        "store",
        "merchant",
        "state",
    ]
    list_display_links = ["purchased_at", "receipt"]
    list_filter = ["is_open", "store", "recorded_offline", "merchant"]
    list_select_related = ["card", "store", "merchant"]
    search_fields = ["order_reference", "card__card_number"]
    search_help_text = _("Receipt number, card number, or part of a customer's name or e-mail")
    exported_besides = ["amount_as_number", "returned_as_number", "card_id"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "merchant",
                    ("receipt", "card"),
                    ("amount", "returned", "is_open"),
                    ("store", "purchased_at", "recorded_offline"),
                ]
            },
        ),
    ]
    readonly_fields = ["receipt", "amount", "returned"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        key = reference_key(search_term)
        receipts = queryset.filter(reference_key=key) if key else queryset.none()
        return by_receipt_or_card(queryset, receipts, search_term), False

    def name_in_history(self, row: Purchase) -> str:
        return f"#{row.pk}"

    @display(description=_("receipt number"), ordering="order_reference")
    def receipt(self, purchase: Purchase) -> str:
        return str(purchase)

    @display(description=_("amount"), ordering="amount_cents")
    def amount(self, purchase: Purchase) -> str:
        return money(purchase.amount_cents, purchase.merchant.currency)

    @display(description=_("returned"), ordering="returned_cents")
    def returned(self, purchase: Purchase) -> str:
        cents = purchase.returned_cents
        return money(cents, purchase.merchant.currency) if cents else ""

    @display(description=_("amount as a number"))
    def amount_as_number(self, purchase: Purchase) -> Decimal:
        return in_whole_units(purchase.amount_cents, purchase.merchant.currency)

    @display(description=_("returned as a number"))
    def returned_as_number(self, purchase: Purchase) -> Decimal:
        return in_whole_units(purchase.returned_cents, purchase.merchant.currency)

    @display(description=_("state"), ordering="is_open", label={"on": "success", "off": "default"})
    def state(self, purchase: Purchase) -> tuple[str, Any]:
        return ("on", _("open")) if purchase.is_open else ("off", _("returned or undone"))

    # --- bringing back ---

    def has_bring_back_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        purchase = self.row(request, obj)
        if purchase is None or not purchase.is_open or not self.may(request, "act", purchase):
            return False
        settings = selectors.settings_of(purchase.merchant)
        actor = actor_for(request, purchase.merchant_id)
        return returns.refusal(purchase, store=purchase.store, actor=actor, settings=settings) is None

    @action(description=_("Return"), permissions=["bring_back"], icon="assignment_return")
    def bring_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.ask(
            request,
            object_id,
            title=_("Return"),
            explanation=_foreseen(request, self.row(request, object_id)),
            form_class=ReturnForm,
            perform=self._bring_back,
        )

    def _bring_back(self, request: HttpRequest, purchase: Purchase, cleaned: dict[str, Any]) -> str:
        done = call_once(
            returns.give_back,
            request,
            store=purchase.store,
            key=cleaned["key"],
            purchase_id=purchase.pk,
            reason=cleaned["reason"],
            amount_cents=cleaned["cents"],
            asks_for_pin=False,
        )
        said = owed.amounts(**newly_owed(done.transactions)) if done else []
        return " ".join([gettext("It was returned."), *(f"{text}." for text in said)])


def _foreseen(request: HttpRequest, purchase: Purchase) -> str:
    """What a return takes, and what would be owed if all that is left is brought back."""
    text = gettext("What the returned part has earned is taken back; what of it is spent already is owed.")
    actor = actor_for(request, purchase.merchant_id)
    said = returns.quote(
        lambda done: owed.amounts(**newly_owed(done.transactions)),
        store=purchase.store,
        purchase_id=purchase.pk,
        actor=actor,
    )
    if not said:
        return text
    return text + " " + gettext("If all that is left is returned: %(owed)s.") % {"owed": ", ".join(said)}

"""The forms behind the buttons of a card's page: at which store, why, and what else is to be said."""

import uuid
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from groundwork.console.actions import ReasonForm
from loyalty import rules, selectors
from loyalty.console.lines import held
from loyalty.models import LoyaltyCard
from tenancy.models import Store
from tenancy.roles import visible_to

SUGGESTIONS = 5


def stores_for(request: HttpRequest, card: LoyaltyCard) -> QuerySet[Store]:
    """The user's stores where a card is valid, where it was enrolled first."""
    stores = visible_to(request.user, selectors.locations(card))
    return stores.order_by("name", "pk")


class CardForm(ReasonForm):
    """A reason, and the store at which it counts as done."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    store = forms.ModelChoiceField(
        label=_("At"), queryset=Store.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stores = stores_for(self.request, self.row)
        self.fields["key"].initial = uuid.uuid4().hex
        self.fields["store"].queryset = stores  # type: ignore[attr-defined]
        self.fields["store"].initial = self.row.enrolled_at_store_id
        only = list(stores[:2])
        if len(only) == 1:
            self.fields["store"].initial = only[0].pk
            self.fields["store"].widget = forms.HiddenInput()


class StampForm(CardForm):
    count = forms.IntegerField(
        label=_("How many stamps"),
        initial=1,
        min_value=1,
        max_value=rules.MAXIMUM_STAMPS_AT_ONCE,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    field_order = ["key", "store", "count", "reason"]


class AdjustForm(CardForm):
    points_delta = forms.IntegerField(
        label=_("Points"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("With a minus to take some away; never below 0."),
    )
    field_order = ["key", "store", "points_delta", "reason"]


class ReplaceForm(CardForm):
    new_number = forms.BooleanField(
        label=_("A new card number as well"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    field_order = ["key", "store", "new_number", "reason"]


class RemoveCodeForm(CardForm):
    reason = None  # type: ignore[assignment]
    code = forms.ChoiceField(label=_("Code"), widget=UnfoldAdminRadioSelectWidget)
    field_order = ["key", "store", "code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = self.row.codes.values_list("pk", "code")
        self.fields["code"].choices = [(str(pk), code) for pk, code in codes]  # type: ignore[attr-defined]


class MergeForm(CardForm):
    suggestion = forms.ChoiceField(
        label=_("Perhaps the same person"), required=False, widget=UnfoldAdminRadioSelectWidget
    )
    other = forms.CharField(
        label=_("Another card"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Its number, or the e-mail address or phone number of its customer."),
    )
    field_order = ["key", "store", "suggestion", "other", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        likely = list(merge_suggestions(self.row)[:SUGGESTIONS])
        if likely:
            choices = [(str(card.pk), _merged(self.row, card)) for card in likely]
            self.fields["suggestion"].choices = [*choices, ("", _("another one"))]  # type: ignore[attr-defined]
        else:
            del self.fields["suggestion"]

    def clean(self) -> dict[str, Any] | None:
        if not (self.cleaned_data.get("suggestion") or self.cleaned_data.get("other")):
            self.add_error("other", _("Say which card stays."))
        return super().clean()


def _merged(card: LoyaltyCard, into: LoyaltyCard) -> str:
    """Which card stays, whose it is, and what it will hold."""
    together = held(
        stamps=card.stamp_count - card.stamps_owed + into.stamp_count - into.stamps_owed,
        points=card.points_balance - card.points_owed + into.points_balance - into.points_owed,
    )
    named = f"{into.display_number}, {into.customer}"
    return _("%(card)s: %(balance)s after it") % {"card": named, "balance": together}


def merge_suggestions(card: LoyaltyCard) -> QuerySet[LoyaltyCard]:
    """Other active cards that may be the same person's: same customer, or name and birthday."""
    person = card.customer
    alike = Q(customer=person)
    if person.first_name and person.last_name:
        named = Q(
            customer__first_name__iexact=person.first_name, customer__last_name__iexact=person.last_name
        )
        alike |= named & Q(customer__birth_date=person.birth_date) if person.birth_date else named
    others = LoyaltyCard.objects.filter(alike, program_id=card.program_id, is_active=True)
    return others.exclude(pk=card.pk).select_related("customer").order_by("-id")

"""The form of a promotion, in the order of its sentence: what it gives, when, where, to whom, for what, how much."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from groundwork.console.several import SeveralField
from loyalty import promoted
from loyalty.console.program_form import explain_amounts, in_each_language
from loyalty.models import Audience, Effect, LoyaltyProgram, Promotion
from loyalty.services.promotions import FIELD_OF
from tenancy.console.forms import ConsoleForm
from tenancy.models import Store

LONGEST_LIST = 50  # article numbers, or categories

# What is asked with some choices only: the field that chooses, and the choices. Else it is not shown, and says nothing.
ASKED_WITH = {
    "factor": ("effect", (Effect.FACTOR,)),
    "amount": ("effect", (Effect.POINTS, Effect.STAMPS)),
    "days": ("audience", (Audience.BIRTHDAY, Audience.BACK_AFTER)),
    "every": ("audience", (Audience.EVERY_VISIT,)),
    "tag": ("audience", (Audience.TAGGED,)),
    "friend_amount": ("audience", (Audience.FRIEND,)),
    "month_limit": ("audience", (Audience.FRIEND,)),
}


def _several(label: Any, help_text: Any = "") -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label,
        coerce=int,
        empty_value=[],
        required=False,
        help_text=help_text,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )


def _written(label: Any) -> SeveralField:
    return SeveralField(
        forms.CharField(max_length=64), most=LONGEST_LIST, label=label, help_text=_("Separated by commas.")
    )


class PromotionForm(ConsoleForm):
    """A promotion. What it says is judged by the constraints of its table, each beside the field it is about."""

    weekdays = _several(_("on these days"), _("None: every day."))
    store_ids = _several(_("at these stores"), _("None: everywhere."))
    not_with = _several(_("not together with"))
    categories = _written(_("categories"))
    skus = _written(_("article numbers"))

    class Meta:
        model = Promotion
        fields = ["program"]
        help_texts = {
            "factor": _("2 is double. For points times a factor."),
            "amount": _("For points or stamps on top."),
            "from_time": _("By the clock of the store; it may run past midnight."),
            "days": _("Around the birthday, or without a visit."),
            "friend_amount": _("The friend gets what is said above, once."),
            "budget": _("It ends by itself once so much is given."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in in_each_language("name"):
            if name in self.fields:
                self.fields[name].required = False
        for name in self.declared_fields:
            if name in self.fields:
                self.fields[name].label = capfirst(self.fields[name].label)
        self._offer("weekdays", [(day + 1, str(name)) for day, name in WEEKDAYS.items()])
        self._offer("store_ids", [(row.pk, self._named(row)) for row in self._rows(Store)])
        others = self._rows(Promotion).exclude(pk=self.instance.pk)
        self._offer("not_with", [(row.pk, self._named(row)) for row in others[:LONGEST_LIST]])
        explain_amounts(self)
        for name, (chooser, choices) in ASKED_WITH.items():
            if name in self.fields:
                asked = {"data-asked-with": chooser, "data-choices": " ".join(choices)}
                self.fields[name].widget.attrs.update(asked)

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        if name in self.fields:
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if not choices:
                self.fields[name].help_text = _("There is nothing to choose yet.")

    def _rows(self, model: type[Any]) -> Any:
        """What this user may name: of the promotion's merchant where that is known."""
        rows = self.page.related_choices(self.request, model).select_related("merchant").order_by("pk")
        return rows.filter(merchant_id=self.instance.merchant_id) if self.instance.merchant_id else rows

    def _named(self, row: Any) -> str:
        return str(row) if self.instance.merchant_id else f"{row.merchant.name} · {row}"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._leave_out_what_is_not_asked()
        self._refuse_no_time_at_all()
        names = in_each_language("name")
        if not self.errors and not any(self.cleaned_data.get(name) for name in names):
            self.add_error(names[0], _("Name the promotion in one language at least."))
        self._refuse_what_is_elsewhere()
        return cleaned

    def _refuse_no_time_at_all(self) -> None:
        """From 10:00 to 10:00 is nothing or a whole day: who typed both is not asked to say both."""
        begins, ends = (self.cleaned_data.get(name) for name in ("from_time", "until_time"))
        if begins is not None and begins == ends:
            self.add_error(
                "until_time", _("It would end when it begins. Leave both empty for the whole day.")
            )

    def _leave_out_what_is_not_asked(self) -> None:
        """What was typed before another choice was made is not saved, and nobody is told that it is wrong."""
        for name, (chooser, choices) in ASKED_WITH.items():
            if (
                name in self.fields
                and chooser in self.cleaned_data
                and self.cleaned_data[chooser] not in choices
            ):
                self.errors.pop(name, None)
                self.cleaned_data[name] = "" if name == "tag" else None

    @property
    def left_out(self) -> set[str]:
        """The fields that were said before, and are not asked for any more; once the form is valid."""
        return {
            name
            for name in ASKED_WITH
            if name in self.fields and self.initial.get(name) and not self.cleaned_data[name]
        }

    def _refuse_what_is_elsewhere(self) -> None:
        """Stores and promotions of another merchant or program, whoever may see them."""
        program: LoyaltyProgram | None = self.cleaned_data.get("program") or getattr(
            self.instance, "program", None
        )
        if program is None:
            return
        own = {
            "store_ids": Store.objects.filter(merchant_id=program.merchant_id),
            "not_with": promoted.of_program(program),
        }
        for name, rows in own.items():
            named = set(self.cleaned_data.get(name) or ())
            if named - set(rows.filter(pk__in=named).values_list("pk", flat=True)):
                self.add_error(name, _("This belongs to another merchant."))

    def _update_errors(self, errors: Any) -> None:
        """A broken constraint of the table is said beside the field that it is about."""
        if hasattr(errors, "error_dict"):
            for error in errors.error_dict.pop(NON_FIELD_ERRORS, []):
                errors.error_dict.setdefault(self._field_of(error), []).append(error)
        super()._update_errors(errors)

    def _field_of(self, error: forms.ValidationError) -> str:
        named = {
            constraint.get_violation_error_message(): FIELD_OF.get(constraint.name)
            for constraint in Promotion._meta.constraints
        }
        field = named.get(str(error.message))
        return field if field in self.fields else NON_FIELD_ERRORS

"""The form of a program: pictures encoded again, and a question before customers lose something."""

import copy
import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from groundwork.formats import images
from groundwork.formats.money import money
from loyalty import selectors
from loyalty.models import LoyaltyProgram, LoyaltyType, PointsReward
from loyalty.services import program_effects
from loyalty.services.program_effects import Offer
from tenancy.console.forms import ConsoleForm

AMOUNTS = {
    "stamps_reward_value_cents",
    "minimum_purchase_cents",
    "maximum_purchase_cents",
    "value_cents",
    "least_cents",
}


def in_each_language(field: str) -> tuple[str, ...]:
    """A translated field's four fields."""
    return tuple(f"{field}_{language}" for language, _name in settings.LANGUAGES)


def side_by_side(field: str) -> list[tuple[str, ...]]:
    """The same for a fieldset: two and two beside each other."""
    names = in_each_language(field)
    return [names[:2], names[2:]]


def explain_amounts(form: ConsoleForm) -> None:
    """Say beside each amount of a form what it means in the merchant's currency, once that is known."""
    if not form.instance.merchant_id:
        return
    text = _("In the smallest unit of the currency: 1000 is %(amount)s.") % {
        "amount": money(1000, form.instance.merchant.currency)
    }
    for name in AMOUNTS & form.fields.keys():
        form.fields[name].help_text = f"{text} {form.fields[name].help_text}".strip()


class ProgramForm(ConsoleForm):
    """A program. A change that takes something from customers is saved only when that is confirmed."""

    confirm = forms.BooleanField(
        label=_("I know that customers lose something by this change"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )

    class Meta:
        model = LoyaltyProgram
        fields = ["merchant"]
        widgets = {
            "card_color": UnfoldAdminColorInputWidget,
            "card_secondary_color": UnfoldAdminColorInputWidget,
            "terms_text": UnfoldAdminTextareaWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = copy.copy(self.instance)
        if "confirm" in self.fields:
            self.fields["confirm"].widget = forms.HiddenInput()
        explain_amounts(self)

    def clean_logo(self) -> Any:
        sent = self._picture("logo", images.LOGO_SIZE)
        if isinstance(sent, ContentFile) and "card_color" not in self.changed_data and not self.before.logo:
            self._take_color(sent)
        return sent

    def _take_color(self, logo: ContentFile) -> None:
        """The colour of the first logo, where none was chosen."""
        color, usual = images.main_color(logo.read()), LoyaltyProgram._meta.get_field("card_color").default
        logo.seek(0)
        if color and self.before.card_color == usual:
            self.cleaned_data["card_color"] = color
            self.changed_data.append("card_color")

    def clean_hero_image(self) -> Any:
        return self._picture("hero_image", images.PICTURE_SIZE)

    def _picture(self, name: str, at_most: tuple[int, int]) -> Any:
        """A picture that was just sent, written anew under a name of our own; anything else as it is."""
        sent = self.cleaned_data[name]
        if not isinstance(sent, UploadedFile):
            return sent
        sent.seek(0)
        try:
            data, ending = images.encode_again(sent.read(images.MAXIMUM_BYTES + 1), at_most=at_most)
        except images.ImageRefusedError as refused:
            raise forms.ValidationError(str(refused.reason)) from refused
        return ContentFile(data, name=f"{uuid.uuid4().hex}.{ending}")

    def clean(self) -> dict[str, Any] | None:
        """A full card is good for something: a customer is not promised "a reward"."""
        cleaned = super().clean()
        names = in_each_language("stamps_reward_description")
        has_stamps = self.cleaned_data.get("loyalty_type", self.instance.loyalty_type) != LoyaltyType.POINTS
        if has_stamps and names[0] in self.fields and not any(self.cleaned_data.get(name) for name in names):
            self.add_error(names[0], _("Say in one language at least what a full card is good for."))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.instance.pk and not self.errors and not self.cleaned_data.get("confirm"):
            losses = self.losses()
            if losses and "confirm" in self.fields:
                self.fields["confirm"].widget = UnfoldBooleanSwitchWidget()
                self.add_error("confirm", losses)

    def losses(self) -> list[str]:
        """What customers lose by this change, rewards included, a sentence each. For a form that was validated."""
        before = Offer(self.before, selectors.rewards_of(self.before))
        after = Offer(self.instance, self.page.rewards_of_form(self.request, self.instance))
        return [effect.text for effect in program_effects.of_change(before, after).effects]


class RewardForm(ConsoleForm):
    """A reward; one language is enough, it stands in for the others."""

    class Meta:
        model = PointsReward
        fields = ["points_cost"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = copy.copy(self.instance)
        for name in in_each_language("name"):
            if name in self.fields:
                self.fields[name].required = False
        explain_amounts(self)

    def clean(self) -> dict[str, Any] | None:
        names = in_each_language("name")
        if not self.errors and not any(self.cleaned_data.get(name) for name in names):
            self.add_error(names[0], _("Name the reward in one language at least."))
        return super().clean()

    def stands_for(self) -> PointsReward | None:
        """The reward as it would be saved, or as it is where something is wrong with it; None if there will be none."""
        is_right = self.is_valid()
        if self.cleaned_data.get("DELETE") or not (self.has_changed() or self.before.pk):
            return None
        if is_right:
            return self.instance
        return self.before if self.before.pk else None

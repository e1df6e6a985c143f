"""The live preview beside a program's form: what was typed so far, drawn as the card's page and both wallets."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groundwork.formats.colors import GRAPHICS_CONTRAST, Color, contrast
from loyalty.console.program_form import RewardForm
from loyalty.models import LoyaltyProgram, PointsReward
from loyalty.ports import previews

Note = dict[str, str]


class Previewed:
    """Gives the program's admin class two addresses that draw an unsaved form."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview))  # type: ignore[attr-defined]
        return [
            path("preview/", view, name="loyalty_loyaltyprogram_preview_new"),
            path("<path:object_id>/preview/", view, name="loyalty_loyaltyprogram_preview"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, object_id: str | None = None) -> JsonResponse:
        """Draw the form that was sent; fields that are wrong keep what is saved. Nothing is written.

        Who may only look at the program sees it as it is saved.
        """
        row = self.row(request, object_id)  # type: ignore[attr-defined]
        if self.has_change_permission(request, row) if row else self.may(request, "add"):  # type: ignore[attr-defined]
            return self._preview_of_form(request, row)
        if row is None or not self.has_view_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        return self._drawn(
            request, row, list(row.rewards.filter(is_active=True).order_by("position", "pk")), []
        )

    def _preview_of_form(self, request: HttpRequest, row: LoyaltyProgram | None) -> JsonResponse:
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)  # type: ignore[attr-defined]
        form.is_valid()
        program: LoyaltyProgram = form.instance
        if not program.merchant_id:  # an operator has not chosen one yet
            return JsonResponse({"document": "", "notes": []})
        notes = []
        if "card_color" not in form.errors:
            notes = _color_notes(program.card_color, program.card_secondary_color)
        if row is not None:
            notes += [{"level": "warning", "text": loss} for loss in form.losses()]
        offered = [reward for reward in self.rewards_of_form(request, program) if reward.is_active]
        return self._drawn(request, program, offered, notes)

    def _drawn(
        self, request: HttpRequest, program: LoyaltyProgram, rewards: list[PointsReward], notes: list[Note]
    ) -> JsonResponse:
        language = _language(request)
        shown = [
            each for app in previews for each in app.program_previews(program, language, rewards=rewards)
        ]
        colors = (program.card_color, program.card_secondary_color)
        context = {"previews": shown, "brand_colors": colors, "language": language}
        document = render_to_string("admin/program_previews.html", context) if _are_colors(*colors) else ""
        return JsonResponse({"document": document, "notes": notes})

    def rewards_of_form(self, request: HttpRequest, program: LoyaltyProgram) -> list[PointsReward]:
        """The rewards as they stand in the form that was sent, on offer or not."""
        change = program.pk is not None
        formsets, _instances = self._create_formsets(request, program, change=change)  # type: ignore[attr-defined]
        forms = [form for formset in formsets for form in formset.forms if isinstance(form, RewardForm)]
        return [reward for form in forms if (reward := form.stands_for())]


def _language(request: HttpRequest) -> str:
    asked = request.POST.get("preview_language", "")
    return asked if asked in dict(settings.LANGUAGES) else get_language()


def _are_colors(*texts: str) -> bool:
    try:
        return all(Color.parse(text) for text in texts)
    except ValueError:
        return False


def _color_notes(card: str, stamp: str) -> list[Note]:
    """What the chosen colours do to those who read them."""
    if not _are_colors(card, stamp):
        return []
    ratio = contrast(Color.parse(card), Color.parse(stamp))
    numbers = {"ratio": number_format(ratio, 1), "needed": number_format(GRAPHICS_CONTRAST, 1)}
    if ratio >= GRAPHICS_CONTRAST:
        text = _("Stamps can be told from the card (contrast %(ratio)s).")
        return [{"level": "success", "text": text % numbers}]
    text = _(
        "The second colour is too close to the first (contrast %(ratio)s, %(needed)s is needed): "
        "stamps are drawn in the colour of the text instead."
    )
    return [{"level": "warning", "text": text % numbers}]

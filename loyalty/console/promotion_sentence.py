"""The sentence of a promotion beside its form: what was typed so far, read back by whoever makes the sentence."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from groundwork.web import rate_limits
from loyalty import promotion_words
from loyalty.console.program_form import in_each_language
from loyalty.models import Promotion
from loyalty.promotion_words import Names
from tenancy.models import Store


class Spoken:
    """Gives the promotions' admin class two addresses that say an unsaved form, and the sentence on its page."""

    change_form_outer_before_template = "admin/promotion_sentence.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.sentence))  # type: ignore[attr-defined]
        return [
            path("sentence/", view, name="loyalty_promotion_sentence_new"),
            path("<path:object_id>/sentence/", view, name="loyalty_promotion_sentence"),
            *super().get_urls(),
        ]

    def sentence(self, request: HttpRequest, object_id: str | None = None) -> JsonResponse:
        """What the form that was sent says, or what is missing in it. Nothing is written."""
        row = self.row(request, object_id)  # type: ignore[attr-defined]
        if not (self.has_change_permission(request, row) if row else self.may(request, "add")):  # type: ignore[attr-defined]
            raise PermissionDenied
        standing = rate_limits.count("preview", str(request.user.pk))
        if standing is not None and standing.is_over:
            return JsonResponse({}, status=429, headers={"Retry-After": str(standing.seconds)})
        form = self.get_form(request, row, change=row is not None)(request.POST, instance=row)  # type: ignore[attr-defined]
        return JsonResponse(said_by(form))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **how: Any) -> HttpResponse:
        """The page with the sentence of the form as it is: as it was sent, where something in it was wrong."""
        form, row = context["adminform"].form, context.get("original")
        if row is None or self.has_change_permission(request, row):  # type: ignore[attr-defined]
            context["spoken"] = said_by(form) if form.is_bound else _said_of(row)
        return super().render_change_form(request, context, **how)


def said_by(form: Any) -> dict[str, Any]:
    """The sentence of a form that was sent; instead of it what is missing or wrong, but for the names."""
    form.is_valid()
    unspoken = {*in_each_language("name"), "program"}
    faults = [
        f"{form.fields[name].label}: {' '.join(texts)}"
        for name, texts in form.errors.items()
        if name in form.fields and name not in unspoken
    ]
    if faults or not form.instance.merchant_id:
        return {"sentence": "", "faults": faults}
    return _said_of(form.instance)


def _said_of(row: Promotion | None) -> dict[str, Any]:
    if row is None:
        return {"sentence": "", "faults": []}
    sentence = promotion_words.sentence(row.rule(), names_of([row])[row.merchant_id])
    return {"sentence": f"{sentence}.", "faults": []}


def names_of(rows: list[Promotion]) -> Mapping[int, Names]:
    """What the sentences of promotions name, by merchant; two statements for all."""
    merchants = {row.merchant_id: row.merchant.currency for row in rows}
    stores = Store.objects.filter(merchant_id__in=merchants)
    others = Promotion.objects.filter(merchant_id__in=merchants) if any(row.not_with for row in rows) else ()
    return {
        merchant_id: Names(
            currency=currency,
            stores={store.pk: store.name for store in stores if store.merchant_id == merchant_id},
            others={other.pk: other.name for other in others if other.merchant_id == merchant_id},
        )
        for merchant_id, currency in merchants.items()
    }

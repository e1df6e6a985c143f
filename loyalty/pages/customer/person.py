"""The customer's data: all of it as JSON, and its erasure, which is confirmed by e-mail."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from customers import services as customers
from loyalty import links
from loyalty.models import LoyaltyCard
from loyalty.pages.access import card_page, looks
from loyalty.services import erasure


@require_safe
@card_page
def export(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """Everything that the merchant keeps about the person, to download."""
    data = customers.export_person(customer=card.customer)
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="card-{card.display_number}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def erase(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """Explain what erasure means; on POST, send the link that confirms it."""
    context = looks(card.program, card.merchant) | {"card": card}
    if request.method == "POST" and card.customer.email:
        erasure.request(card=card)
        context["requested"] = True
    return render(request, "pages/card_erase.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def confirm_erasure(request: HttpRequest, card: LoyaltyCard, confirmation: str) -> HttpResponse:
    """The page behind the link in the e-mail: nothing is erased by opening it, only by its button."""
    context = looks(card.program, card.merchant) | {"card": card}
    if not links.is_erasure_of(card, confirmation):
        context["expired"] = True
        return render(request, "pages/card_erase_confirm.html", context, status=404)
    if request.method == "POST":
        erasure.confirm(card=card, confirmation=confirmation)
        context["erased"] = True
    return render(request, "pages/card_erase_confirm.html", context)

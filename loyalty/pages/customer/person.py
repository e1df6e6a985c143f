"""The customer's data: all of it as JSON, and its erasure, which is confirmed by e-mail or text message."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from customers import services as customers
from groundwork.errors import RateLimited
from loyalty import links
from loyalty.models import LoyaltyCard
from loyalty.pages.access import card_page, erasure_page, looks
from loyalty.pages.customer.own_data import limit_messages, too_fast
from loyalty.ports import texting
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
    """Explain what erasure means; on POST, send the link that confirms it, or go on to where it leads."""
    way = way_to_ask(card)
    context = looks(card.program, card.merchant) | {"card": card, "way": way}
    if request.method == "POST" and way == "here":
        return redirect(links.erasure_path(card))
    if request.method == "POST" and way != "till":
        try:
            if way == "phone":
                limit_messages(card, card.customer.phone)
        except RateLimited as refusal:
            return too_fast(request, "pages/card_erase.html", context, refusal)
        erasure.request(card=card)
        context["requested"] = True
    return render(request, "pages/card_erase.html", context)


def way_to_ask(card: LoyaltyCard) -> str:
    """How a person is asked whether it is them who want it: "email", "phone", or in the shop ("till").

    Of whom neither is known, the card is all that says who they are: "here".
    """
    if card.customer.email:
        return "email"
    if card.customer.phone:
        return "phone" if any(app.can_text() for app in texting) else "till"
    return "here"


@require_http_methods(["GET", "HEAD", "POST"])
@erasure_page
def confirm_erasure(request: HttpRequest, card: LoyaltyCard, confirmation: str) -> HttpResponse:
    """The page behind the link in the e-mail: nothing is erased by opening it, only by its button.

    Whoever opens it once more afterwards reads that it was done.
    """
    context = looks(card.program, card.merchant) | {"card": card, "page": _card_page(request)}
    if card.customer.erased_at is not None:
        return render(request, "pages/card_erase_confirm.html", context | {"erased": True})
    if not links.is_erasure_of(card, confirmation):
        context["expired"] = True
        return render(request, "pages/card_erase_confirm.html", context, status=404)
    if request.method == "POST":
        erasure.confirm(card=card, confirmation=confirmation)
        context["erased"] = True
    return render(request, "pages/card_erase_confirm.html", context)


def _card_page(request: HttpRequest) -> str:
    """Where the card was: a new token, which nobody is told, may have taken the place of the one in the link."""
    match = request.resolver_match
    return reverse("card", args=[match.kwargs["access_token"]]) if match else ""

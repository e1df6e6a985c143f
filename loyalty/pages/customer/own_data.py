"""My data: what a person changes about themselves, and the link that confirms a new address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods

from customers import agreements
from groundwork.errors import DomainError
from groundwork.web import rate_limits
from loyalty import links
from loyalty.models import LoyaltyCard
from loyalty.pages.access import card_page, looks
from loyalty.pages.customer.data_form import DataForm
from loyalty.pages.formats import day
from loyalty.services import own_data


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def change(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """The form with what is known; on POST, keep it, and send a link to an address that is new."""
    form = DataForm(request.POST or None, initial=DataForm.known(card.customer))
    context = looks(card.program, card.merchant) | {"card": card, "form": form}
    context |= {"offers": agreements.offers_wording(card.merchant), "agreed": agreed(card)}
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["email"] not in ("", card.customer.email):
            rate_limits.check("email_change", f"card:{card.pk}")  # whoever it is: no flood of letters
        waits = own_data.change(card=card, data=form.own_data())
        return redirect(f"{reverse('card-data', args=[card.access_token])}?{'waits' if waits else 'kept'}")
    return render(request, "pages/card_data.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def confirm_email(request: HttpRequest, card: LoyaltyCard, confirmation: str) -> HttpResponse:
    """The page behind the link in the e-mail: nothing is taken over by opening it, only by its button."""
    context = looks(card.program, card.merchant) | {"card": card}
    if links.confirmed_email(card, confirmation) is None:
        return render(request, "pages/card_email_confirm.html", context | {"expired": True}, status=404)
    if request.method == "POST":
        try:
            own_data.confirm_email(card=card, confirmation=confirmation)
        except DomainError as refusal:
            said = "expired" if refusal.status == 404 else "taken"
            return render(
                request, "pages/card_email_confirm.html", context | {said: True}, status=refusal.status
            )
        context["confirmed"] = True
    return render(request, "pages/card_email_confirm.html", context)


def agreed(card: LoyaltyCard) -> list[dict[str, Any]]:
    """What the person agreed to and took back, newest first, with the day of each."""
    noted = reversed(card.customer.agreements)
    return [
        one | {"day": day(localtime(moment))}
        for one in noted
        if (moment := parse_datetime(one["at"])) is not None
    ]

"""My data: what a person changes about themselves, the link that confirms an address, the code for a number."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods

from customers import agreements, email_confirmation, phone_codes
from customers.errors import PhoneTaken
from customers.models import Customer
from customers.services import OwnData
from groundwork.errors import DomainError, RateLimited
from groundwork.formats.phone import written
from groundwork.web import rate_limits
from groundwork.web.attempts import digest
from loyalty import links
from loyalty.models import LoyaltyCard
from loyalty.pages import errors
from loyalty.pages.access import card_page, confirmation_page, looks
from loyalty.pages.customer.data_form import DataForm
from loyalty.pages.formats import day
from loyalty.pages.language import QUERY_PARAMETER
from loyalty.ports import texting
from loyalty.services import own_data

LONGEST_CODE = 20
WRONG = {"wrong": True, "status": 400}


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def change(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """The form with what is known; on POST, keep it, and send a link or a code to what is new."""
    can_text = any(app.can_text() for app in texting)
    country = country_of(card) if can_text else None
    form = DataForm(request.POST or None, initial=DataForm.known(card.customer), country=country)
    context = looks(card.program, card.merchant) | {"card": card, "form": form, "can_text": can_text}
    context |= {"offers": agreements.offers_wording(card.merchant), "agreed": agreed(card)}
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_kept(card, form))
        except RateLimited as refusal:
            return too_fast(request, "pages/card_data.html", context, refusal)
    return render(request, "pages/card_data.html", context)


def too_fast(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: RateLimited
) -> HttpResponse:
    """One letter or message too many is said on the page where it was asked for, which can be gone on with."""
    said = context | {"problem": errors.too_fast(refusal)}
    response = render(request, template, said, status=refusal.status)
    response["Retry-After"] = str(refusal.extra["retry_after"])
    return response


def _kept(card: LoyaltyCard, form: DataForm) -> str:
    """Keep what was typed; returns where that is said. Raises RateLimited for one letter or message too many.

    One more letter to an address that waits already keeps nobody from changing something else.
    """
    data, person = form.own_data(), card.customer
    if data.email not in (None, "", person.email):
        try:
            limit_letters(card, data.email)
        except RateLimited:
            if data.email != person.pending_email:
                raise
            data = replace(data, email=None)
    if data.phone not in (None, "", person.phone, person.pending_phone):
        limit_messages(card, data.phone)
    waits = own_data.change(card=card, data=data)
    said = ["" if waits.phone else "waits" if waits.email else "stays" if _stays(data, person) else "kept"]
    if data.language and data.language != person.preferred_language:
        said.append(f"{QUERY_PARAMETER}={data.language}")  # whoever chooses one wants to read it
    place = reverse("card-phone" if waits.phone else "card-data", args=[card.access_token])
    return f"{place}?{'&'.join(filter(None, said))}".rstrip("?")


def _stays(data: OwnData, person: Customer) -> bool:
    """Whether somebody emptied the field of an address or number that counts: only another one takes its place."""
    shown = (
        (data.email, person.email, person.pending_email),
        (data.phone, person.phone, person.pending_phone),
    )
    return any(typed == "" and known and not pending for typed, known, pending in shown)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmation_page
def confirm_email(request: HttpRequest, card: LoyaltyCard, confirmation: str) -> HttpResponse:
    """The page behind the link in the e-mail: nothing is taken over by opening it, only by its button."""
    address, person = links.confirmed_email(card, confirmation), card.customer
    context = looks(card.program, card.merchant) | {"card": card}
    is_asked = (email_confirmation.waits, email_confirmation.is_confirmed)
    if address is None or not any(asked(person, address) for asked in is_asked):
        return render(request, "pages/card_email_confirm.html", context | {"expired": True}, status=404)
    if request.method == "POST":
        try:
            own_data.confirm_email(card=card, digest=address)
        except DomainError as refusal:
            said = "expired" if refusal.status == 404 else "taken"
            return render(
                request, "pages/card_email_confirm.html", context | {said: True}, status=refusal.status
            )
    context["confirmed"] = request.method == "POST" or email_confirmation.is_confirmed(person, address)
    return render(request, "pages/card_email_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@card_page
def phone(request: HttpRequest, card: LoyaltyCard) -> HttpResponse:
    """The page where the code is typed that was sent to a number, or another one is asked for.

    A code that comes once more was right: the answer may have been lost.
    """
    person = card.customer
    number = person.pending_phone or ("" if person.phone_confirmed_at else person.phone)
    context = looks(card.program, card.merchant) | {"card": card, "status": 200}
    context |= {"number": number and written(number), "can_try": phone_codes.runs(person, timezone.now())}
    if request.method == "POST" and "again" in request.POST and number:
        try:
            limit_messages(card, number)
        except RateLimited as refusal:
            return too_fast(request, "pages/card_phone.html", context, refusal)
        own_data.send_code(card=card)
        return redirect("card-phone", card.access_token)
    if request.method == "POST" and number:
        context |= _outcome(card, request.POST.get("code", "")[:LONGEST_CODE])
    elif request.method == "POST" and person.phone_confirmed_at:
        context["confirmed"] = True
    elif not number:
        return redirect("card-data", card.access_token)
    person.refresh_from_db()
    context["can_try"] = phone_codes.runs(person, timezone.now())
    return render(request, "pages/card_phone.html", context, status=context["status"])


def _outcome(card: LoyaltyCard, code: str) -> dict[str, Any]:
    """What came of a code: confirmed, another customer's number, or wrong."""
    try:
        return {"confirmed": True} if own_data.confirm_phone(card=card, code=code) else WRONG
    except PhoneTaken as refusal:
        return {"taken": True, "status": refusal.status}


def limit_letters(card: LoyaltyCard, address: str) -> None:
    """So many letters from one card, and to one address whoever asks: no flood."""
    rate_limits.check("email_change", f"card:{card.pk}")
    rate_limits.check("email_change", f"address:{digest(address)}")


def limit_messages(card: LoyaltyCard, number: str) -> None:
    """So many text messages from one card, and to one number whoever asks: no flood, no endless guessing."""
    rate_limits.check("phone_code", f"card:{card.pk}")
    rate_limits.check("phone_code", f"number:{digest(number)}")


def country_of(card: LoyaltyCard) -> str:
    """Where a number is meant to be that is written without a country: where the card is from; empty for nowhere."""
    store = card.scope_store or card.enrolled_at_store
    return store.country if store else ""


def agreed(card: LoyaltyCard) -> list[dict[str, Any]]:
    """What the person agreed to and took back, newest first, with the day of each."""
    noted = reversed(card.customer.agreements)
    return [
        one | {"day": day(localtime(moment))}
        for one in noted
        if (moment := parse_datetime(one["at"])) is not None
    ]

"""The customer's ways to their wallet, Google's callback, and the pictures that Google shows."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from groundwork.errors import DomainError, NotFound
from groundwork.web import client, rate_limits
from groundwork.web.devices import platform_of
from loyalty import selectors as loyalty_selectors
from loyalty.models import LoyaltyCard, LoyaltyProgram
from tenancy import scope
from wallet import config, pictures, samples, selectors
from wallet.apple.web_service import as_file, package_response, whole
from wallet.google.save_link import save_link
from wallet.models import PassDesign, Platform
from wallet.services import callbacks, devices, funnel, google_sync, passes

LARGEST_CALLBACK = 50_000
A_YEAR = 365 * 24 * 3600


def _card(request: HttpRequest, access_token: str) -> LoyaltyCard:
    """The active card behind an address; 404 for any other. As many a minute as of the card's other pages."""
    rate_limits.check("card_page", client.network(request))
    card = loyalty_selectors.card_of_page(access_token=access_token)
    if not (card.is_active and card.program.is_active and card.merchant.is_active):
        raise NotFound()
    return card


@require_safe
def apple_pass(request: HttpRequest, access_token: str) -> HttpResponse:
    """The card's .pkpass; 404 while Apple Wallet is not set up."""
    return into_apple(_card(request, access_token), request)


def into_apple(card: LoyaltyCard, request: HttpRequest) -> HttpResponse:
    """The pass of a card that may be shown, as a file. Raises NotFound while Apple Wallet is not set up."""
    if config.apple() is None:
        raise NotFound()
    with scope.merchant(card.merchant_id):
        funnel.clicked(card, Platform.APPLE)
        wallet_pass = passes.living(card, Platform.APPLE)
        response = package_response(request, wallet_pass)
        if request.method == "GET":
            devices.fetched(wallet_pass)
            funnel.made(card, Platform.APPLE)
    return response


@require_safe
def google_pass(request: HttpRequest, access_token: str) -> HttpResponse:
    """302 to Google's page that saves the card; 404 while Google Wallet is not set up."""
    return into_google(_card(request, access_token))


def into_google(card: LoyaltyCard) -> HttpResponse:
    """302 to Google's page that saves a card; its object is made first where it is not there yet.

    Raises NotFound while Google Wallet is not set up, WalletUnavailable or WalletRefused while Google does not take it.
    """
    google = config.google()
    if google is None:
        raise NotFound()
    with scope.merchant(card.merchant_id):
        funnel.clicked(card, Platform.GOOGLE)
        wallet_pass = passes.living(card, Platform.GOOGLE)
        google_sync.send_now(wallet_pass)
        funnel.made(card, Platform.GOOGLE)
        design = PassDesign.objects.get(program_id=card.program_id)
    link = save_link(
        google,
        object_id=str(wallet_pass.object_id),
        class_id=str(design.class_id),
        origin=config.origin(),
        issued_at=int(timezone.now().timestamp()),
    )
    response = HttpResponseRedirect(link)
    response["Cache-Control"] = "no-store, private"
    return response


@csrf_exempt
@require_POST
def google_callback(request: HttpRequest) -> HttpResponse:
    """Somebody saved or deleted a pass, in Google's signed words; 200 also for what is known already."""
    try:
        envelope = _json(request)
        with scope.everything("Google's signature says which pass is meant"):
            callbacks.receive(envelope)
    except DomainError as error:
        return _problem(error)
    return HttpResponse(status=200)


def _json(request: HttpRequest) -> Any:
    """The JSON of a body; None, which no signature fits, for anything else."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LARGEST_CALLBACK:
            return None
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _problem(error: DomainError) -> HttpResponse:
    content = {
        "type": f"/problems/{error.code}",
        "title": str(error.detail),
        "status": error.status,
        "detail": str(error.detail),
        "code": error.code,
    }
    response = HttpResponse(json.dumps(content), status=error.status, content_type="application/problem+json")
    if "retry_after" in error.extra:
        response["Retry-After"] = str(error.extra["retry_after"])
    return response


@require_safe
def test_pass(request: HttpRequest, signed: str) -> HttpResponse:
    """A sample of a program's pass, to try a set-up with; nobody's card, for whoever was sent its address."""
    rate_limits.check("card_page", client.network(request))
    program_id, google, apple = samples.program_of(signed), config.google(), config.apple()
    with scope.everything("what a program looks like is public"):
        design = PassDesign.objects.filter(program_id=program_id, synced_version__gt=0).first()
        if google and design and platform_of(request) == Platform.GOOGLE:
            now = int(timezone.now().timestamp())
            return HttpResponseRedirect(samples.for_google(google, str(design.class_id), issued_at=now))
        if apple is None or not LoyaltyProgram.objects.filter(pk=program_id).exists():
            raise Http404
        content = samples.for_apple(apple, selectors.program_facts(int(program_id or 0)))
    return whole(request, as_file(content))


@require_safe
def picture(request: HttpRequest, program_id: int, digest: str, name: str) -> HttpResponse:
    """A program's logo, hero picture or stamps, for Google. An old look's address shows today's."""
    rate_limits.check("wallet_picture", client.network(request))
    with scope.everything("what a program looks like is public"):
        design = PassDesign.objects.filter(program_id=program_id).select_related("program__merchant").first()
        drawn = pictures.draw(design.program, name) if design else None
    if drawn is None:
        raise Http404
    response = HttpResponse(drawn.content, content_type="image/png")
    age = A_YEAR if drawn.digest == digest else 300
    response["Cache-Control"] = f"public, max-age={age}" + (", immutable" if age == A_YEAR else "")
    return response

"""The counter poster: a sheet of A5 with the QR code of a store's enrolment page, for staff to print."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groundwork.formats import qr
from groundwork.formats.labels import label
from loyalty import links
from loyalty.models import LoyaltyProgram
from loyalty.outputs import poster as file
from loyalty.pages.access import looks, private, store_page
from loyalty.pages.customer.presentation import Headline
from loyalty.pages.language import asked_for
from loyalty.ports import wallets
from loyalty.services import merchants
from tenancy.models import Store
from tenancy.roles import MANAGERS, role_at


@require_safe
@store_page
def poster(request: HttpRequest, store: Store, program: LoyaltyProgram) -> HttpResponse:
    """The poster in the store's language (or `?lang=`); others are invited in theirs. 404 for strangers."""
    if (refused := _refused(request, store)) is not None:
        return refused
    language = asked_for(request) or store.default_language
    with translation.override(language):
        context = looks(program, store.merchant) | _said(store, program, language)
        return private(render(request, "pages/poster.html", context))


@require_safe
@store_page
def poster_pdf(request: HttpRequest, store: Store, program: LoyaltyProgram) -> HttpResponse:
    """The same as a PDF, for a printer or a print shop."""
    if (refused := _refused(request, store)) is not None:
        return refused
    language = asked_for(request) or store.default_language
    with translation.override(language):
        said = _said(store, program, language)
        wallets_line = f"{label(_('Goes into your phone’s wallet'))} {' · '.join(said['wallet_names'])}"
    drawn = file.pdf(
        file.Poster(
            merchant=store.merchant.name,
            promise=[said["headline"].lead, said["headline"].reward],
            address=links.join_url(store),
            invitations=[invitation["text"] for invitation in said["invitations"]],
            wallets=wallets_line if said["wallet_names"] else "",
            color=program.card_color,
        )
    )
    response = HttpResponse(drawn, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{store.store_code}.pdf"'
    return private(response)


def _refused(request: HttpRequest, store: Store) -> HttpResponse | None:
    """What is answered to whoever does not work at the store; for an owner or manager it is noted that they came."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    role = role_at(request.user, store)
    if role is None:
        raise Http404
    if role in MANAGERS:
        merchants.note_poster(store.merchant)
    return None


def _said(store: Store, program: LoyaltyProgram, language: str) -> dict[str, Any]:
    address = links.join_url(store)
    return {
        "headline": Headline.of(program),
        "qr_svg": qr.svg(address, title=address),
        "address": address.partition("://")[2].rstrip("/"),
        "pdf_url": reverse("join-poster-pdf", args=[store.store_code]),
        "invitations": invitations(first=language),
        "wallet_names": [name for app in wallets for name in app.wallet_names()],
    }


def invitations(*, first: str) -> list[dict[str, str]]:
    """The invitation to scan in every language of the site, the poster's own first."""
    lines = []
    for language in sorted(dict(settings.LANGUAGES), key=lambda code: code != first):
        with translation.override(language):
            lines.append({"language": language, "text": _("Scan to get your card")})
    return lines

"""The counter poster: a sheet of A5 with the QR code of a store's enrolment page, for staff to print."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from groundwork.formats import qr
from loyalty import links
from loyalty.models import LoyaltyProgram
from loyalty.pages.access import looks, private, store_page
from loyalty.pages.customer.presentation import Headline
from loyalty.pages.language import asked_for
from loyalty.ports import wallets
from tenancy.models import Store
from tenancy.roles import role_at


@require_safe
@store_page
def poster(request: HttpRequest, store: Store, program: LoyaltyProgram) -> HttpResponse:
    """The poster in the store's language (or `?lang=`); others are invited in theirs. 404 for strangers."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if role_at(request.user, store) is None:
        raise Http404
    language = asked_for(request) or store.default_language
    address = links.join_url(store)
    with translation.override(language):
        context = looks(program, store.merchant) | {
            "headline": Headline.of(program),
            "qr_svg": qr.svg(address, title=address),
            "address": address.partition("://")[2].rstrip("/"),
            "invitations": invitations(first=language),
            "wallet_names": [name for app in wallets for name in app.wallet_names()],
        }
        return private(render(request, "pages/poster.html", context))


def invitations(*, first: str) -> list[dict[str, str]]:
    """The invitation to scan in every language of the site, the poster's own first."""
    lines = []
    for language in sorted(dict(settings.LANGUAGES), key=lambda code: code != first):
        with translation.override(language):
            lines.append({"language": language, "text": _("Scan to get your card")})
    return lines

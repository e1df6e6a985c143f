"""What was filled in while somebody was signed out: carried along until the same person has signed in again.

It stays in the page, and is kept nowhere else. Signing in goes on beside it, in whichever ways and steps there are.
"""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from loyalty.pages.access import private
from loyalty_site.accounts.again import KEPT, Kept, pairs
from tenancy import known_devices

_SIGNER = signing.TimestampSigner(salt="loyalty_site.accounts.carried")
_A_DAY = 24 * 3600
WHOSE = "whose"


def ask(request: HttpRequest) -> HttpResponse | None:
    """What a form's page answers to nobody: what was sent, to be sent again by whoever signed in here last.

    None where a browser sent nothing that can be carried, or where nobody is known.
    """
    known = known_devices.PEOPLE.ids(request)
    kept = [] if request.FILES else list(pairs(request.POST))
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if request.user.is_authenticated or not (known and kept and is_page):
        return None
    return _shown(
        request, "account/signed_out.html", request.get_full_path(), kept, _SIGNER.sign(str(known[0]))
    )


@csrf_exempt  # its token went with the sign-in; nothing is done here, and only for whom `ask` has signed the page
@require_POST
@sensitive_post_parameters()
def carried(request: HttpRequest) -> HttpResponse:
    """The same once more, and to be sent with one click where it is the same person who is signed in."""
    kept = [(name[len(KEPT) :], value) for name, value in pairs(request.POST) if name.startswith(KEPT)]
    back, whose = request.POST.get("next", ""), request.POST.get(WHOSE, "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect("account")
    if not request.user.is_authenticated:
        return _shown(request, "account/signed_out.html", back, kept, whose)
    try:
        is_theirs = _SIGNER.unsign(whose, max_age=_A_DAY) == str(request.user.pk)
    except signing.BadSignature:
        is_theirs = False
    if not is_theirs:
        return redirect(back)
    return private(render(request, "account/again_kept.html", {"next": back, "kept": kept}))


def _shown(request: HttpRequest, template: str, back: str, kept: Kept, whose: str) -> HttpResponse:
    context = {"next": back, "kept": [(f"{KEPT}{name}", value) for name, value in kept], "whose": whose}
    return private(render(request, template, context, status=403))

"""The terminal of a store: the choice of stores, the page at the till, and its empty shell for want of a network."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from loyalty import selectors
from loyalty.errors import ProgramNotFound
from loyalty.pages.customer.brand import brand_colors
from loyalty.pages.language import speak
from loyalty.pages.terminal import device, facts, install, shell
from loyalty.pages.terminal.device import Visitor
from loyalty.pages.terminal.texts import terminal_texts
from tenancy import scope, tills
from tenancy.models import Store, User
from tenancy.roles import opens_console


def signed_in(request: HttpRequest) -> User:
    """Who is signed in, behind `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """Mark a page as the signed-in person's. No search engine needs to be told: none signs in."""
    patch_cache_control(response, no_store=True, private=True)
    return response


def staff_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of a store for those who work there and for its tills; the view gets the store and the Visitor.

    404 for everybody else; nobody at all is sent to sign in, a device that was a till to enter a new code.
    """

    @wraps(view)
    def page(request: HttpRequest, store_code: str) -> HttpResponse:
        visitor = Visitor.of(request)
        if visitor is None:
            carries = tills.COOKIE in request.COOKIES
            return redirect("terminal-choose") if carries else redirect_to_login(request.get_full_path())
        store = next((one for one in visitor.stores() if one.store_code == store_code), None)
        if store is None:
            raise Http404
        with scope.merchant(store.merchant_id), timezone.override(store.tzinfo):
            speak(request, person=visitor.language, shop=store.default_language)
            return device.renew(request, kept_by_nobody(view(request, store, visitor)), visitor)

    return page


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """The way in: to the store of a till, to the stores of a person, or the question for a new till's code.

    Who works at no till, or at one store whose program does not run yet, is led to the console, if it opens for them:
    they have just signed in.
    A code in the address (from the QR in the console) is only filled in: what opens addresses to look at them uses
    no code up.
    """
    if request.method == "POST":
        return kept_by_nobody(device.enrol(request))
    visitor = Visitor.of(request)
    if visitor is None and (till := device.paired_with(request)) is not None:
        return redirect("terminal-display", till.store.store_code)
    if visitor is None or "code" in request.GET:
        return kept_by_nobody(device.ask_for_code(request))
    stores = visitor.stores()
    if visitor.till is not None or (len(stores) == 1 and "choose" not in request.GET):
        if not stores:
            raise Http404
        if visitor.till is None and opens_console(visitor.user) and not _runs(stores[0]):
            return redirect("admin:index")
        return redirect("terminal", stores[0].store_code)
    if not stores and opens_console(visitor.user):
        return redirect("admin:index")
    return kept_by_nobody(render(request, "terminal/choose.html", {"stores": stores}))


def _runs(store: Store) -> bool:
    """Whether a store has anything to give, without which its terminal does not open."""
    with scope.merchant(store.merchant_id):
        try:
            return selectors.program_of(store.merchant_id).is_active
        except ProgramNotFound:
            return False


@require_safe
@gzip_page  # there is no secret on the page: the CSRF token comes as a cookie
@ensure_csrf_cookie
@staff_page
def show(request: HttpRequest, store: Store, visitor: Visitor) -> HttpResponse:
    """The terminal, with the names of its staff on the page."""
    program = selectors.program_of(store.merchant_id)
    if not program.is_active:
        raise ProgramNotFound()
    if visitor.till is not None:
        tills.see(till=visitor.till, app_version=shell.version())
    now = timezone.now()
    people = [facts.person(pin, now=now) for pin in selectors.staff_at(store)]
    context = {
        "store": store,
        "people": people,
        "brand_colors": brand_colors(program),
        "touch_icon": install.icon_address(store, 180),
        "logo_url": program.logo.url if program.logo else "",
        "facts": facts.store_facts(at=store, running=program, visitor=visitor),
    }
    return render(request, "terminal/terminal.html", _shell_context() | context)


@require_safe
def empty_shell(request: HttpRequest) -> HttpResponse:
    """The terminal without any store, person or card: what the service worker keeps. For anyone."""
    response = render(request, "terminal/terminal.html", _shell_context() | {"facts": None})
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@staff_page
def manifest(request: HttpRequest, store: Store, visitor: Visitor) -> HttpResponse:
    """What a device needs to keep the till of a store among its apps."""
    return JsonResponse(install.manifest(store), content_type="application/manifest+json")


@require_safe
@staff_page
def today(request: HttpRequest, store: Store, visitor: Visitor) -> HttpResponse:
    """Today's figures of a store, for the terminal's side."""
    return JsonResponse(selectors.today_at(store, now=timezone.now()))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from beside the terminals, because it reaches no further up than its own address."""
    response = HttpResponse(shell.worker_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def _shell_context() -> dict[str, Any]:
    return {
        "styles": shell.STYLES,
        "modules": shell.MODULES,
        "addresses": facts.addresses(),
        "texts": terminal_texts(),
    }

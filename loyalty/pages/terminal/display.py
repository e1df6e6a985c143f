"""The second screen, turned to the customer: a window of the till itself, or a device that is paired with it.

A window hears from the till in the same browser and asks for nothing. A paired device asks what is on its till's
screen; it is known by what it carries, and that opens this page and nothing else.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from loyalty import links, selectors
from loyalty.errors import ProgramNotFound
from loyalty.pages.access import looks
from loyalty.pages.customer.presentation import StampCard
from loyalty.pages.language import speak
from loyalty.pages.terminal import device
from loyalty.pages.terminal.display_texts import display_texts
from loyalty.pages.terminal.views import kept_by_nobody, staff_page
from tenancy import displays, scope
from tenancy.models import Store, Till

LONGEST_BODY = 2_000  # bytes; a moment has a few hundred


class Moment(forms.Form):
    """What a till tells its screen: facts, which the screen puts into words of its own language."""

    key = forms.CharField(max_length=40)
    kind = forms.ChoiceField(choices=[(name, name) for name in ("card", "earned", "noted", "reward", "take")])
    name = forms.CharField(max_length=80, required=False)
    stamps = forms.IntegerField(min_value=0, required=False)
    target = forms.IntegerField(min_value=1, max_value=999, required=False)
    landed = forms.IntegerField(min_value=0, required=False)
    points = forms.IntegerField(min_value=0, required=False)
    earned = forms.IntegerField(min_value=0, required=False)
    reward = forms.CharField(max_length=200, required=False)
    full = forms.BooleanField(required=False)
    take = forms.RegexField(r"^/card/[A-Z]+/take-along\.svg$", required=False)


def display_page(
    view: Callable[[HttpRequest, Store, Till | None], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page for the screen that is paired with a till of the store, which the view gets; else as `staff_page`."""
    as_window = staff_page(lambda request, store, visitor: view(request, store, None))

    @wraps(view)
    def page(request: HttpRequest, store_code: str) -> HttpResponse:
        till = device.paired_with(request)
        stores = device.Visitor(None, till).stores() if till else []
        store = next((one for one in stores if one.store_code == store_code), None)
        if store is None:
            return as_window(request, store_code)
        with scope.merchant(store.merchant_id), timezone.override(store.tzinfo):
            speak(request, shop=store.default_language)
            return device.renew_display(request, kept_by_nobody(view(request, store, till)))

    return page


@require_safe
@display_page
def show(request: HttpRequest, store: Store, till: Till | None) -> HttpResponse:
    """The screen: the shop's welcome, until the till says something of whoever stands there."""
    program = selectors.program_of(store.merchant_id)
    if not program.is_active:
        raise ProgramNotFound()
    stamps = StampCard.of(program, 0)
    context = looks(program, store.merchant) | {
        "store": store,
        "texts": display_texts(),
        "screen": {
            "store_code": store.store_code,
            "is_paired": till is not None,
            "icon": stamps.icon,
            "columns": stamps.columns,
        },
    }
    return render(request, "terminal/display.html", context)


@require_safe
@display_page
def shown(request: HttpRequest, store: Store, till: Till | None) -> HttpResponse:
    """What is on the screen of its till now, for the paired device; null for nothing."""
    if till is None:
        raise Http404
    return JsonResponse({"moment": displays.shown(till=till)})


@require_POST
@staff_page
def tell(request: HttpRequest, store: Store, visitor: device.Visitor) -> HttpResponse:
    """The till puts something on its screen, or nothing."""
    moment = read(request.body)
    if visitor.till is None:
        raise Http404
    if moment is not None and not moment.is_valid():
        return JsonResponse(moment.errors, status=400)
    displays.show(till=visitor.till, moment=moment.cleaned_data if moment else None)
    return HttpResponse(status=204)


@require_POST
@staff_page
def new_code(request: HttpRequest, store: Store, visitor: device.Visitor) -> HttpResponse:
    """A code for the device that becomes this till's screen, and where to type it."""
    if visitor.till is None:
        raise Http404
    return JsonResponse({"code": displays.new_code(till=visitor.till), "address": links.till_url()})


def read(body: bytes) -> Moment | None:
    """What a till has sent; None for nothing. What is no JSON object is a moment without anything, and not valid."""
    try:
        data: Any = json.loads(body) if len(body) <= LONGEST_BODY else {}
    except (ValueError, RecursionError):
        data = {}
    if data is None:
        return None
    return Moment(data if isinstance(data, dict) else {})

"""What the terminal's page tells its scripts: the store, its program, where things are. Nothing about customers."""

from datetime import datetime
from typing import TypedDict, cast

from django.conf import settings
from django.urls import reverse

from groundwork.formats.currencies import minor_digits
from loyalty.models import LoyaltyProgram, StaffPin, StaffToken
from loyalty.outputs.program import Program, program
from loyalty.outputs.store import Role, StaffName, Store, staff_name, store
from loyalty.pages.customer.brand import brand_colors
from loyalty.pages.customer.presentation import StampCard
from loyalty.pages.terminal.device import Visitor
from tenancy import models as tenancy

STORE = "STORE"  # stands for the store's code in addresses: the shell does not know the store


class Facts(TypedDict):
    """What the scripts know of the store they are at; `Facts` in static/terminal/types.js."""

    store_code: str
    store: Store
    program: Program
    currency: str
    currency_digits: int
    stamp_icon: str
    stamp_columns: int
    brand_stylesheet: str
    user: int
    till: str
    has_display: bool
    idle_seconds: int


class Person(StaffName):
    """A name on the chooser, with its initials."""

    initials: str


def store_facts(*, at: tenancy.Store, running: LoyaltyProgram, visitor: Visitor) -> Facts:
    """The terminal's facts, as the API tells them; also kept on the device for the next start without a network.

    `user` is whose actions the device may send: a person's id, or 0 for whichever till of the store it is.
    """
    stamps = StampCard.of(running, 0)
    return {
        "store_code": at.store_code,
        "store": store(at, role=cast(Role, visitor.role_at(at))),
        "program": program(running),
        "currency": at.merchant.currency,
        "currency_digits": minor_digits(at.merchant.currency),
        "stamp_icon": stamps.icon,
        "stamp_columns": stamps.columns,
        "brand_stylesheet": reverse("brand-css", args=[brand_colors(running)]),
        "user": visitor.user.pk if visitor.user else 0,
        "till": visitor.till.name if visitor.till else "",
        "has_display": visitor.till is not None and visitor.till.display_hash is not None,
        "idle_seconds": int(StaffToken.IDLE.total_seconds()),
    }


def addresses() -> dict[str, str]:
    """Where the scripts find things; STORE stands for the store's code."""
    return {
        "api": f"/api/v1/stores/{STORE}/",
        "today": reverse("terminal-today", args=[STORE]),
        "display": reverse("terminal-display", args=[STORE]),
        "enrol": reverse("terminal-choose"),
        "sign_in": f"{reverse('login')}?next=",
        "service_worker": reverse("terminal-worker"),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }


def person(pin: StaffPin, *, now: datetime) -> Person:
    initials = "".join(word[0] for word in pin.name.split()[:2]).upper()
    return {**staff_name(pin, now=now), "initials": initials}

"""What the terminal's page tells its scripts: the store, its program, where things are. Nothing about customers."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from loyalty import selectors
from loyalty.models import LoyaltyProgram, StaffPin, StaffToken
from loyalty.pages.customer.brand import brand_colors
from loyalty.pages.customer.presentation import StampCard
from tenancy.models import Store, User
from tenancy.roles import role_at

STORE = "STORE"  # stands for the store's code in addresses: the shell does not know the store


def store_facts(*, store: Store, program: LoyaltyProgram, user: User) -> dict[str, Any]:
    """The terminal's facts, in the shapes of the API; also kept on the device for the next start without a network."""
    stamps = StampCard.of(program, 0)
    return {
        "store_code": store.store_code,
        "store": {
            "store_code": store.store_code,
            "name": store.name,
            "merchant": {"slug": store.merchant.slug, "name": store.merchant.name},
            "timezone": store.tzinfo.key,
            "role": role_at(user, store),
        },
        "program": _program(program),
        "currency": store.merchant.currency,
        "stamp_icon": stamps.icon,
        "stamp_columns": stamps.columns,
        "brand_stylesheet": reverse("brand-css", args=[brand_colors(program)]),
        "user": user.pk,
        "idle_seconds": int(StaffToken.IDLE.total_seconds()),
    }


def _program(program: LoyaltyProgram) -> dict[str, Any]:
    merchant_settings = selectors.settings_of(program.merchant)
    return {
        "loyalty_type": program.loyalty_type,
        "stamps_target": program.stamps_target,
        "stamps_reward_description": program.stamps_reward_description,
        "points_per_euro": str(program.points_per_euro),
        "minimum_purchase_cents": program.minimum_purchase_cents,
        "require_staff_pin": program.require_staff_pin,
        "rewards": [
            {"id": reward.pk, "name": reward.name, "points_cost": reward.points_cost}
            for reward in selectors.rewards_of(program)
            if reward.is_active
        ],
        "settings": {
            "allow_void_transactions": merchant_settings.allow_void_transactions,
            "require_order_reference": merchant_settings.require_order_reference,
        },
    }


def addresses() -> dict[str, str]:
    """Where the scripts find things; STORE stands for the store's code."""
    return {
        "api": f"/api/v1/stores/{STORE}/",
        "today": reverse("terminal-today", args=[STORE]),
        "sign_in": f"{reverse('login')}?next=",
        "service_worker": reverse("terminal-worker"),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }


def person(pin: StaffPin, *, locked: bool) -> dict[str, Any]:
    """A name on the chooser, with its initials."""
    initials = "".join(word[0] for word in pin.name.split()[:2]).upper()
    return {"id": pin.pk, "name": pin.name, "initials": initials, "locked": locked}

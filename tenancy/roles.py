"""Who may do what in the console.

A *role* is what a user is for one merchant: operator, owner or manager (staff have no access). *Grants* say, per
kind of row, which roles may see, add, change and delete it; which rows at all is `tenancy.scope.visible_to`.
"""

from typing import Any

from django.http import HttpRequest

from groundwork.console.grants import NOBODY
from groundwork.web import client
from tenancy.actor import Actor
from tenancy.models import Merchant, Role

OPERATOR = "operator"
OPERATORS = frozenset({OPERATOR})
OWNERS = OPERATORS | {Role.OWNER.value}
MANAGERS = OWNERS | {Role.MANAGER.value}


def roles_of(user: Any) -> frozenset[str]:
    """Every role that a user has anywhere; none for staff, strangers and anybody not signed in."""
    if not (user.is_authenticated and user.is_active):
        return NOBODY
    if user.is_superuser:
        return OPERATORS
    return frozenset(row.role for row in user.memberships()) & MANAGERS


def role_for(user: Any, merchant_id: int | None) -> str | None:
    """The role of a user for one merchant; for rows of the platform (None) there are only operators."""
    if not (user.is_authenticated and user.is_active):
        return None
    if user.is_superuser:
        return OPERATOR
    roles = {row.role for row in user.memberships() if row.merchant_id == merchant_id}
    return next((role.value for role in (Role.OWNER, Role.MANAGER) if role in roles), None)


def merchant_ids(user: Any) -> frozenset[int]:
    """The merchants that a user runs or manages; an operator's are not counted here."""
    if not user.is_authenticated or user.is_superuser:
        return frozenset()
    return frozenset(row.merchant_id for row in user.memberships() if row.role in MANAGERS)


def owned_merchant_ids(user: Any) -> frozenset[int]:
    """The merchants that a user owns; an operator's are not counted here."""
    if not user.is_authenticated or user.is_superuser:
        return frozenset()
    return frozenset(row.merchant_id for row in user.memberships() if row.role == Role.OWNER)


def has_one_merchant(user: Any) -> bool:
    """Whether there is nothing to choose: every row this user makes belongs to one merchant."""
    return not user.is_superuser and len(merchant_ids(user)) == 1


def merchant_id_of(row: Any) -> int | None:
    """The merchant that a row belongs to, None for a row of the platform."""
    return row.pk if isinstance(row, Merchant) else getattr(row, "merchant_id", None)


def actor_for(request: HttpRequest, merchant_id: int | None) -> Actor:
    """Who asks, as the services see them: the signed-in user in their role for this merchant."""
    return Actor(
        user=request.user,  # type: ignore[arg-type]
        role=role_for(request.user, merchant_id),
        ip_address=client.address(request) or None,
        user_agent=client.agent(request),
    )

"""Somebody is invited, and comes; and all that an invitation could change."""

from datetime import UTC, datetime

from tenancy import invitations
from tenancy.models import Invitation, Role, Store, StoreUser, User
from tests import factories
from tests.factories import Shop

STRONG = "blueberry-tram-77"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def invited(shop: Shop, email: str = "nora@example.com", *stores: Store, role: str = "staff") -> Invitation:
    """The owner of a shop invites somebody, to its first store if none is named."""
    return invitations.invite(
        merchant=shop.merchant,
        stores=stores or [shop.store],
        actor=factories.actor("owner", shop.owner),
        email=email,
        role=role,
    )


def owns_both(shop: Shop) -> None:
    """The owner stays one without the first store."""
    StoreUser.objects.create(merchant=shop.merchant, store=shop.other_store, user=shop.owner, role=Role.OWNER)


def accepted(invitation: Invitation) -> User:
    """Somebody without an account opens the link and chooses a password."""
    token = invitations.token_of(invitation)
    return invitations.accept_as_new(token=token, password=STRONG, first_name="Nora", last_name="Weis")


def places(person: User) -> list[tuple[int, str, bool]]:
    rows = StoreUser.all_objects.filter(user=person).order_by("pk")
    return [(row.store_id, row.role, row.is_deleted) for row in rows]


def state() -> tuple[int, int, list[tuple[object, ...]]]:
    rows = Invitation.objects.order_by("pk").values_list("accepted_at", "revoked_at", "expires_at")
    return User.all_objects.count(), StoreUser.all_objects.count(), list(rows)

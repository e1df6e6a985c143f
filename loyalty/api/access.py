"""Whose store it is: the stores where the caller of a request works, and as what."""

from django.db.models import CharField, QuerySet, Value
from rest_framework.request import Request

from tenancy import client, scope
from tenancy.actor import Actor
from tenancy.errors import NotAuthenticated, OperatorRequired, StoreNotFound
from tenancy.models import Role, Store, User
from tenancy.models.merchant import CODE
from tenancy.prepared import Prepared
from tenancy.selectors import open_stores, with_role_of


def require_somebody(request: Request) -> None:
    """Raise NotAuthenticated unless a user has signed in or an API key was sent."""
    if request.auth is None and not request.user.is_authenticated:
        raise NotAuthenticated()


def _with_settings() -> QuerySet[Store]:
    return open_stores().select_related("merchant__loyalty_settings")


_store_of_member = Prepared(
    lambda *, user_id, store_code: with_role_of(User(pk=user_id), _with_settings()).filter(
        store_code=store_code
    )
)


def stores_of(request: Request) -> QuerySet[Store]:
    """The open stores where the caller works, with `role`, merchant and settings; read them in an open scope."""
    stores = _with_settings()
    if request.auth is not None:
        staff = Value(Role.STAFF.value, output_field=CharField())
        return stores.filter(pk=request.auth.store_id).annotate(role=staff)
    return with_role_of(request.user, stores)


def store_of(request: Request, store_code: str) -> Store:
    """One of these stores, by its code; one statement. Raises StoreNotFound, whoever else's it may be."""
    found = []
    if is_code(store_code):
        with scope.everything("the caller's memberships decide the scope"):
            if request.auth is None and not request.user.is_superuser:
                found = _store_of_member(user_id=request.user.pk, store_code=store_code)
            else:
                found = list(stores_of(request).filter(store_code=store_code))
    if not found:
        raise StoreNotFound()
    return found[0]


def is_code(text: str) -> bool:
    """Whether a text can be a store's code at all: PostgreSQL takes offence at others."""
    return CODE.regex.match(text) is not None


def actor_at(store: Store, request: Request) -> Actor:
    """The caller at a store from `store_of`, as the services see them."""
    return Actor(
        user=request.user if request.auth is None else None,
        api_key=request.auth,
        role=store.role,  # type: ignore[attr-defined]
        staff_token=request.headers.get("X-Staff-Token", ""),
        ip_address=client.address(request._request) or None,
        user_agent=client.agent(request._request),
    )


def back_office_actor(request: Request) -> Actor:
    """The caller in the back office: an operator, or the owner of some merchants. Raises OperatorRequired."""
    user = request.user
    if request.auth is not None or not (user.is_superuser or owned_merchants(request)):
        raise OperatorRequired()
    return Actor(
        user=user,
        role="operator" if user.is_superuser else Role.OWNER.value,
        ip_address=client.address(request._request) or None,
        user_agent=client.agent(request._request),
    )


def owned_merchants(request: Request) -> frozenset[int]:
    """The ids of the active merchants that the signed-in user owns."""
    return frozenset(
        row.merchant_id
        for row in request.user.memberships()
        if row.role == Role.OWNER and row.store.merchant.is_active
    )

"""Who is calling, and whose store it is: the stores where a caller works, and as what."""

import hashlib
from dataclasses import dataclass

from django.db.models import QuerySet
from rest_framework.request import Request

from groundwork.errors import NotAuthenticated
from groundwork.web import client
from tenancy import scope
from tenancy.actor import Actor
from tenancy.errors import OperatorRequired, ScopeMissing, StoreNotFound
from tenancy.models import ApiKey, Scope, Store, Till, User
from tenancy.models.merchant import is_code
from tenancy.prepared import Prepared
from tenancy.roles import (
    OPERATOR,
    ROLE_OF_TILL,
    Role,
    is_operator,
    owned_merchant_ids,
    role_of_key,
    with_role,
    with_role_of,
)
from tenancy.selectors import open_stores


def _open_stores() -> QuerySet[Store]:
    return open_stores().select_related("merchant__loyalty_settings")


# Every call at a till begins with one of these.
_store_of_member = Prepared(
    lambda *, user_id, store_code: with_role_of(User(pk=user_id), _open_stores()).filter(
        store_code=store_code
    )
)
_store_of_machine = Prepared(
    lambda *, store_id, store_code: _open_stores().filter(pk=store_id, store_code=store_code)
)


@dataclass(frozen=True)
class Caller:
    """A signed-in user, a till or an API key; and where the call comes from."""

    user: User | None
    api_key: ApiKey | None
    till: Till | None
    staff_token: str
    device: str
    ip_address: str | None
    user_agent: str

    @classmethod
    def of(cls, request: Request) -> "Caller":
        """Whoever made a request. Raises NotAuthenticated for nobody."""
        user = request.user if isinstance(request.user, User) else None
        api_key = request.auth if isinstance(request.auth, ApiKey) else None
        till = request.auth if isinstance(request.auth, Till) else None
        if user is None and api_key is None and till is None:
            raise NotAuthenticated()
        return cls(
            user=user,
            api_key=api_key,
            till=till,
            staff_token=request.headers.get("X-Staff-Token", ""),
            device=_device(request),
            ip_address=client.address(request._request) or None,
            user_agent=client.agent(request._request),
        )

    def require_scope(self, among: tuple[Scope, ...]) -> None:
        """Raise ScopeMissing for an API key that was not made for such calls."""
        if self.api_key is not None and not set(among) & set(self.api_key.scopes):
            raise ScopeMissing.of(*among)

    def acting_as(self, role: str) -> Actor:
        """The caller as the services see them."""
        return Actor(
            user=self.user,
            api_key=self.api_key,
            till=self.till,
            role=role,
            staff_token=self.staff_token,
            device=self.device,
            ip_address=self.ip_address,
            user_agent=self.user_agent,
        )

    @property
    def _at(self) -> tuple[int, str] | None:
        """The one store of a till or an API key, and its role there; None for people."""
        if self.api_key is not None:
            return self.api_key.store_id, role_of_key(self.api_key)
        return (self.till.store_id, ROLE_OF_TILL) if self.till is not None else None

    def stores(self) -> QuerySet[Store]:
        """The open stores where they work, with `role`, merchant and settings; read them in an open scope."""
        if self._at is not None:
            store_id, role = self._at
            return with_role(role, _open_stores().filter(pk=store_id))
        return with_role_of(self.user, _open_stores()) if self.user else Store.objects.none()

    def store(self, store_code: str) -> Store:
        """One of these stores, by its code; one statement. Raises StoreNotFound, whoever else's it may be."""
        if not is_code(store_code):
            raise StoreNotFound()
        with scope.everything("the caller's memberships decide the scope"):
            found = self._find(store_code)
        if not found:
            raise StoreNotFound()
        return found[0]

    def _find(self, store_code: str) -> list[Store]:
        if self._at is not None:
            store_id, role = self._at
            found: list[Store] = _store_of_machine(store_id=store_id, store_code=store_code)
            for store in found:
                store.role = role  # type: ignore[attr-defined]  # as `with_role` annotates it
            return found
        if self.user is None or is_operator(self.user):
            return list(self.stores().filter(store_code=store_code))
        return _store_of_member(user_id=self.user.pk, store_code=store_code)

    def owned_merchants(self) -> frozenset[int]:
        """The ids of the active merchants that they own."""
        if self.user is None:
            return frozenset()
        active = {row.merchant_id for row in self.user.memberships() if row.store.merchant.is_active}
        return owned_merchant_ids(self.user) & active

    def run_merchants(self) -> frozenset[int]:
        """The same, or the one merchant of a key, as long as the key's store is open."""
        if self.api_key is None:
            return self.owned_merchants()
        with scope.everything("the caller's key decides the scope"):
            return frozenset(self.stores().values_list("merchant_id", flat=True))

    def in_back_office(self) -> Actor:
        """An operator, or the owner of a merchant. Raises OperatorRequired for others."""
        if self.user is not None and is_operator(self.user):
            return self.acting_as(OPERATOR)
        if self.owned_merchants():
            return self.acting_as(Role.OWNER.value)
        raise OperatorRequired()


def _device(request: Request) -> str:
    """What a PIN is typed on: a till, one sign-in of a person, or an API key, whose cookies could be anything."""
    if isinstance(request.auth, ApiKey):
        return f"key:{request.auth.pk}"
    if isinstance(request.auth, Till):
        return f"till:{request.auth.pk}"
    session_key = request._request.session.session_key or ""
    return f"session:{hashlib.sha256(session_key.encode()).hexdigest()}"

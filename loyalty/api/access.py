"""Who is calling, and whose store it is: the stores where a caller works, and as what."""

from dataclasses import dataclass

from django.db.models import CharField, QuerySet, Value
from rest_framework.request import Request

from tenancy import client, scope
from tenancy.actor import Actor
from tenancy.errors import NotAuthenticated, OperatorRequired, StoreNotFound
from tenancy.models import ApiKey, Role, Store, User
from tenancy.models.merchant import is_code
from tenancy.selectors import open_stores, with_role_of


@dataclass(frozen=True)
class Caller:
    """A signed-in user, or an API key; and where the call comes from."""

    user: User | None
    api_key: ApiKey | None
    staff_token: str
    ip_address: str | None
    user_agent: str

    @classmethod
    def of(cls, request: Request) -> "Caller":
        """Whoever made a request. Raises NotAuthenticated for nobody."""
        user = request.user if isinstance(request.user, User) else None
        api_key = request.auth if isinstance(request.auth, ApiKey) else None
        if user is None and api_key is None:
            raise NotAuthenticated()
        return cls(
            user=user,
            api_key=api_key,
            staff_token=request.headers.get("X-Staff-Token", ""),
            ip_address=client.address(request._request) or None,
            user_agent=client.agent(request._request),
        )

    def acting_as(self, role: str) -> Actor:
        """The caller as the services see them."""
        return Actor(
            user=self.user,
            api_key=self.api_key,
            role=role,
            staff_token=self.staff_token,
            ip_address=self.ip_address,
            user_agent=self.user_agent,
        )

    def stores(self) -> QuerySet[Store]:
        """The open stores where they work, with `role`, merchant and settings; read them in an open scope."""
        stores = open_stores().select_related("merchant__loyalty_settings")
        if self.user is not None:
            return with_role_of(self.user, stores)
        staff = Value(Role.STAFF.value, output_field=CharField())
        return stores.filter(pk=self.api_key.store_id if self.api_key else None).annotate(role=staff)

    def store(self, store_code: str) -> Store:
        """One of these stores, by its code; one statement. Raises StoreNotFound, whoever else's it may be."""
        store = None
        if is_code(store_code):
            with scope.everything("the caller's memberships decide the scope"):
                store = self.stores().filter(store_code=store_code).first()
        if store is None:
            raise StoreNotFound()
        return store

    def owned_merchants(self) -> frozenset[int]:
        """The ids of the active merchants that they own."""
        rows = self.user.memberships() if self.user else []
        owned = [row.store.merchant for row in rows if row.role == Role.OWNER]
        return frozenset(merchant.pk for merchant in owned if merchant.is_active)

    def in_back_office(self) -> Actor:
        """An operator, or the owner of a merchant. Raises OperatorRequired for others."""
        if self.user is not None and self.user.is_superuser:
            return self.acting_as("operator")
        if self.owned_merchants():
            return self.acting_as(Role.OWNER.value)
        raise OperatorRequired()

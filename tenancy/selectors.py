"""Reading the floor: its stores."""

from django.db.models import QuerySet

from tenancy import scope
from tenancy.errors import StoreNotFound
from tenancy.models import Store, User
from tenancy.roles import with_role_of


def open_stores() -> QuerySet[Store]:
    """Living, active stores of living, active merchants, with the merchant; within the open scope."""
    living = Store.objects.filter(is_active=True, merchant__is_active=True, merchant__deleted_at__isnull=True)
    return living.select_related("merchant")


def public_store(store_code: str) -> Store:
    """An open store by its code, for pages that anyone may see. Raises StoreNotFound."""
    with scope.everything("a store's code is public"):
        store = open_stores().filter(store_code=store_code).first()
    if store is None:
        raise StoreNotFound()
    return store


def stores_of(user: User) -> QuerySet[Store]:
    """The open stores at whose till a user works, by name. Open a scope around its evaluation."""
    return with_role_of(user, open_stores()).order_by("name", "pk")

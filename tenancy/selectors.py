"""Reading the floor: stores, and what an account is to others."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from tenancy import scope
from tenancy.errors import StoreNotFound
from tenancy.models import HistoryEntry, Store, StoreUser, User
from tenancy.roles import operators, with_role_of


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


def is_known_beyond(account: User, merchant_ids: Collection[int]) -> bool:
    """Whether an account was ever anything to anybody but these merchants, so that it is not theirs to change.

    What has ended counts like what is: a membership can be restored, and whoever had set the password meanwhile would
    be that person there. Deleted accounts of the same address count too.
    """
    rows = User.all_objects.filter(Q(pk=account.pk) | Q(email=account.email))
    with scope.everything("what other merchants know of somebody counts, also what they have deleted"):
        places = StoreUser.all_objects.filter(user__in=rows).exclude(merchant_id__in=merchant_ids)
        entries = HistoryEntry.objects.filter(user__in=rows, merchant__isnull=False)
        return (
            operators(rows).exists()
            or places.exists()
            or entries.exclude(merchant_id__in=merchant_ids).exists()
        )

"""Reading the floor: stores, and who has which role there."""

from collections.abc import Collection

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from tenancy import scope
from tenancy.errors import StoreNotFound
from tenancy.models import HistoryEntry, Role, Store, StoreUser, User


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


def role_at(user: User, store: Store) -> str | None:
    """A user's role at a store: operator, owner (of the merchant), manager, staff, or None for a stranger."""
    if user.is_superuser:
        return "operator"
    rows = [row for row in user.memberships() if row.merchant_id == store.merchant_id]
    if any(row.role == Role.OWNER for row in rows):
        return Role.OWNER.value
    return next((row.role for row in rows if row.store_id == store.pk), None)


def with_role_of(user: User, stores: QuerySet[Store]) -> QuerySet[Store]:
    """Those of some stores where a user works, each with what `role_at` says as `role`; all in one statement."""
    if user.is_superuser:
        return stores.annotate(role=Value("operator", output_field=CharField()))
    rows = StoreUser.objects.filter(user=user, is_active=True)
    owned = rows.filter(merchant_id=OuterRef("merchant_id"), role=Role.OWNER, store__deleted_at__isnull=True)
    here = rows.filter(store=OuterRef("pk")).values("role")[:1]
    role = Case(When(Exists(owned), then=Value(Role.OWNER.value)), default=Subquery(here))
    return stores.annotate(role=role).filter(role__isnull=False)


def stores_of(user: User) -> QuerySet[Store]:
    """The open stores where a user works, by name; an operator's are all. Open a scope around its evaluation."""
    stores = open_stores()
    if not user.is_superuser:
        rows = user.memberships()
        owned = {row.merchant_id for row in rows if row.role == Role.OWNER}
        stores = stores.filter(pk__in={row.store_id for row in rows}) | stores.filter(merchant_id__in=owned)
    return stores.order_by("name", "pk")


def is_known_beyond(account: User, merchant_ids: Collection[int]) -> bool:
    """Whether an account was ever anything to anybody but these merchants, so that it is not theirs to change.

    What has ended counts like what is: a membership can be restored, and whoever had set the password meanwhile would
    be that person there. Deleted accounts of the same address count too.
    """
    rows = User.all_objects.filter(Q(pk=account.pk) | Q(email=account.email))
    with scope.everything("what other merchants know of somebody counts, also what they have deleted"):
        places = StoreUser.all_objects.filter(user__in=rows).exclude(merchant_id__in=merchant_ids)
        deeds = HistoryEntry.objects.filter(user__in=rows, merchant__isnull=False)
        return (
            rows.filter(is_superuser=True).exists()
            or places.exists()
            or deeds.exclude(merchant_id__in=merchant_ids).exists()
        )

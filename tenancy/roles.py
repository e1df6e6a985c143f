"""Who may what: all of it, and nowhere else. Each question is there twice: of a person in Python, of rows in SQL.

A *role* is what somebody is for a merchant; what it may is a row of `RIGHTS`, and a set of roles is named after what
its people do. Adding a role is a choice in `Role`, a row in `RIGHTS`, and its texts:

    grants = Grants(view=READERS, add=OWNERS, change=MANAGERS, delete=OWNERS)
    if role_for(user, merchant_id) in OWNERS: ...
    rows = visible_to(user, LoyaltyCard.objects.all())

In the console one role counts per merchant: the strongest of those that somebody has at its stores. At a till it is the
role at that very store, unless it holds at all of them. `visible_at` of a model says which rows belong to a store.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tenancy import scope

if TYPE_CHECKING:
    from tenancy.models import ApiKey, Store, User


class Role(TextChoices):
    """What a member of a store is."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    ACCOUNTANT = "accountant", _("accountant")
    STAFF = "staff", _("staff")


class Scope(TextChoices):
    """What an API key may do at its store; each call of the API says which of them it takes."""

    READ = "read", _("read cards, transactions and the program")
    EARN = "earn", _("enrol customers, give stamps and points")
    REDEEM = "redeem", _("redeem stamps and points")
    VOID = "void", _("void transactions")
    MANAGE = "manage", _("manage: adjust, deactivate and merge cards, staff PINs, statistics")


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What a role may, and where: at the store of the membership, or with `everywhere` at all of its merchant's."""

    everywhere: bool = False
    runs_platform: bool = False
    runs_merchant: bool = False  # its program, people, keys and settings
    manages_stores: bool = False  # their cards, PINs and texts
    works_at_till: bool = False
    reads: bool = False  # the console opens: figures, lists and their downloads


OPERATOR = "operator"
# The strongest first.
RIGHTS: dict[str, Rights] = {
    OPERATOR: Rights(
        everywhere=True,
        runs_platform=True,
        runs_merchant=True,
        manages_stores=True,
        works_at_till=True,
        reads=True,
    ),
    Role.OWNER.value: Rights(
        everywhere=True, runs_merchant=True, manages_stores=True, works_at_till=True, reads=True
    ),
    Role.MANAGER.value: Rights(manages_stores=True, works_at_till=True, reads=True),
    Role.ACCOUNTANT.value: Rights(everywhere=True, reads=True),
    Role.STAFF.value: Rights(works_at_till=True),
}
RANKS = list(RIGHTS)


def _who(right: str) -> frozenset[str]:
    return frozenset(role for role, rights in RIGHTS.items() if getattr(rights, right))


EVERYWHERE = _who("everywhere")
OPERATORS = _who("runs_platform")
OWNERS = _who("runs_merchant")
MANAGERS = _who("manages_stores")
CASHIERS = _who("works_at_till")
READERS = _who("reads")
# They read also what a merchant has one of.
AUDITORS = READERS & EVERYWHERE
# A till may at its store what its staff may; so may an API key, unless it was made to manage.
ROLE_OF_TILL = Role.STAFF.value


def strongest(roles: Iterable[str]) -> str | None:
    """The one of several roles that counts; None of none."""
    return min(roles, key=RANKS.index, default=None)


# --- The platform -----------------------------------------------------------------------------------------


def is_operator(user: Any) -> bool:
    """Whether somebody runs the platform; nobody who is not signed in does."""
    return bool(user.is_superuser)


# --- The console ------------------------------------------------------------------------------------------


def _console_roles(user: Any) -> dict[int, str]:
    """The role of a user for each merchant that they read of, by its id; operators need none."""
    held: dict[int, str] = {}
    if user.is_authenticated and not is_operator(user):
        for row in user.memberships():
            if row.role in READERS:
                held[row.merchant_id] = min(row.role, held.get(row.merchant_id, row.role), key=RANKS.index)
    return held


def opens_console(user: Any) -> bool:
    """Whether the console opens for somebody."""
    return bool(roles_of(user))


def roles_of(user: Any) -> frozenset[str]:
    """Every role that counts for a user anywhere; none for staff, strangers and anybody not signed in."""
    if not (user.is_authenticated and user.is_active):
        return frozenset()
    return OPERATORS if is_operator(user) else frozenset(_console_roles(user).values())


def role_for(user: Any, merchant_id: int | None) -> str | None:
    """The role of a user for one merchant; for rows of the platform (None) there are only operators."""
    if not (user.is_authenticated and user.is_active):
        return None
    if is_operator(user):
        return OPERATOR
    return None if merchant_id is None else _console_roles(user).get(merchant_id)


def merchant_ids(user: Any, among: Collection[str] = READERS) -> frozenset[int]:
    """The merchants for which a user has one of some roles; an operator's are not counted here."""
    return frozenset(pk for pk, role in _console_roles(user).items() if role in among)


def owned_merchant_ids(user: Any, *, apart_from: Collection[int] = ()) -> frozenset[int]:
    """The merchants that a user runs, also if it were not for their places at some stores (by id)."""
    if not user.is_authenticated or is_operator(user):
        return frozenset()
    rows = (row for row in user.memberships() if row.store_id not in apart_from)
    return frozenset(row.merchant_id for row in rows if row.role in OWNERS)


def owners_among(rows: QuerySet) -> QuerySet:
    """Those of some memberships that make somebody an owner now: in force, of a person who can sign in."""
    return rows.filter(
        role__in=sorted(OWNERS),
        is_active=True,
        store__deleted_at__isnull=True,
        user__is_active=True,
        user__deleted_at__isnull=True,
    )


def has_one_merchant(user: Any) -> bool:
    """Whether there is nothing to choose: every row this user makes belongs to one merchant."""
    return len(merchant_ids(user)) == 1


def merchant_id_of(row: Any) -> int | None:
    """The merchant that a row belongs to, None for a row of the platform."""
    return getattr(row, getattr(row, "merchant_path", "merchant_id"), None)


def visible_to(user: Any, rows: QuerySet) -> QuerySet:
    """The rows of a tenant model that a user may see in the console.

    Operators see all; whose role holds everywhere their merchant's; others what their stores have to do with (each
    model says so in `visible_at`); staff and strangers nothing.
    """
    if not (user.is_authenticated and user.is_active):
        return rows.none()
    if is_operator(user):
        return rows
    model, of_merchants = rows.model, f"{rows.model.merchant_path}__in"
    whole = merchant_ids(user, AUDITORS)
    allowed = Q(**{of_merchants: whole})
    if part := merchant_ids(user, READERS - AUDITORS):
        at_stores = model.visible_at({store_id for merchant_id, store_id in reach_of(user) if store_id})
        allowed |= Q(**{of_merchants: part}) & at_stores
    return rows.filter(allowed)


def granted(user: Any, rows: QuerySet, among: frozenset[str]) -> QuerySet:
    """Those of some visible rows for whose merchant the user has one of these roles: at another they have less."""
    if is_operator(user) or among >= READERS:
        return rows
    return rows.filter(**{f"{rows.model.merchant_path}__in": merchant_ids(user, among)})


# --- What somebody reached, for work that is done later -----------------------------------------------------


def reach_of(user: Any) -> list[list[int]]:
    """What a user's roles cover in the console, as plain data: pairs of merchant and store, 0 for all of them."""
    if is_operator(user):
        return [[0, 0]]
    held = _console_roles(user)
    rows = [row for row in user.memberships() if row.role == held.get(row.merchant_id)]
    return sorted([row.merchant_id, 0 if row.role in EVERYWHERE else row.store_id] for row in rows)


def still_reaches(user: Any, reach: Iterable[Iterable[int]]) -> bool:
    """Whether a user may still see all that `reach_of` said of them earlier."""
    now = {(merchant_id, store_id) for merchant_id, store_id in reach_of(user)}
    living = user.is_active and user.deleted_at is None
    return living and all({(0, 0), (shop, 0), (shop, store)} & now for shop, store in reach)


def scope_of(user: Any) -> Any:
    """Open the scope of all merchants that a signed-in user works for, of every merchant for an operator."""
    if is_operator(user):
        return scope.everything("an operator sees every merchant")
    return scope.merchants(row.merchant_id for row in user.memberships())


# --- The till ---------------------------------------------------------------------------------------------


def role_at(user: Any, store: "Store") -> str | None:
    """A user's role at the till of a store; None for whoever does not work there."""
    if is_operator(user):
        return OPERATOR
    rows = [row for row in user.memberships() if row.merchant_id == store.merchant_id]
    return strongest(
        row.role
        for row in rows
        if row.role in CASHIERS and (row.role in EVERYWHERE or row.store_id == store.pk)
    )


def role_of_key(api_key: "ApiKey") -> str:
    """What an API key is at its store: its scopes say which calls, its role what is told and decided there."""
    return (Role.MANAGER if Scope.MANAGE in api_key.scopes else Role.STAFF).value


def with_role_of(user: "User", stores: QuerySet) -> QuerySet:
    """Those of some stores at whose till a user works, each with what `role_at` says as `role`; in one statement."""
    if is_operator(user):
        return with_role(OPERATOR, stores)
    rows = user.store_users.filter(is_active=True)
    everywhere = rows.filter(
        merchant_id=OuterRef("merchant_id"),
        role__in=sorted(CASHIERS & EVERYWHERE),
        store__deleted_at__isnull=True,
    )
    here = rows.filter(store=OuterRef("pk"), role__in=sorted(CASHIERS))
    role = Coalesce(Subquery(everywhere.values("role")[:1]), Subquery(here.values("role")[:1]))
    return stores.annotate(role=role).filter(role__isnull=False)


def with_role(role: str, stores: QuerySet) -> QuerySet:
    """Some stores, each with the same `role`."""
    return stores.annotate(role=Value(role, output_field=CharField()))

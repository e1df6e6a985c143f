"""A merchant, and its members: who works where. Its owners decide about memberships, and never about accounts.

Somebody becomes a member by accepting an invitation (`tenancy.invitations`).
"""

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from groundwork import deletion
from groundwork.database import advisory_lock
from groundwork.errors import Invalid
from groundwork.formats.email import normalize_email
from tenancy.actor import Actor
from tenancy.errors import CurrencyInUse, LastOwner, OperatorRequired
from tenancy.models import Merchant, Store, StoreUser, User
from tenancy.models.merchant import validate_currency
from tenancy.ports import amounts, merchant_followers
from tenancy.roles import owners_among


def find_user(email: str) -> User | None:
    """The living user who signs in with this address, whatever its case."""
    return User.objects.filter(email=normalize_email(email)).first()


@transaction.atomic
def change_merchant(*, merchant: Merchant, actor: Actor) -> None:
    """Save a merchant as it was changed in memory, and have the apps above follow. Raises OwnerRequired."""
    actor.require_owner()
    old = Merchant.all_objects.select_for_update(no_key=True).get(pk=merchant.pk)
    merchant.currency = old.currency  # `change_currency` is the only one who changes it
    merchant.save()
    for app in merchant_followers:
        app.on_merchant_changed(old, merchant)


@transaction.atomic
def change_member(*, member: StoreUser, actor: Actor, role: str, is_active: bool) -> StoreUser:
    """Give a member another role, or switch them on or off, at one store. Raises OwnerRequired and LastOwner."""
    actor.require_owner()
    _one_after_the_other(member.merchant_id)
    member.role, member.is_active = role, is_active
    member.save(update_fields=["role", "is_active", "updated_at"])
    _require_an_owner(member.merchant_id, actor)
    return member


@transaction.atomic
def remove_member(*, member: StoreUser, actor: Actor) -> None:
    """End a membership; it can be restored. Raises OwnerRequired, AlreadyDeleted and LastOwner."""
    actor.require_owner()
    _one_after_the_other(member.merchant_id)
    deletion.soft_delete(member, by=actor.user)
    _require_an_owner(member.merchant_id, actor)


@transaction.atomic
def remove_store(*, store: Store, actor: Actor) -> None:
    """Delete a store with its memberships. Raises OwnerRequired, AlreadyDeleted and LastOwner."""
    actor.require_owner()
    _one_after_the_other(store.merchant_id)
    deletion.soft_delete(store, by=actor.user)
    _require_an_owner(store.merchant_id, actor)


@transaction.atomic
def change_currency(*, merchant: Merchant, actor: Actor, currency: str) -> Merchant:
    """Give a merchant another currency (ISO 4217). Raises OperatorRequired, Invalid, or CurrencyInUse.

    The lock is one that `hold_currency` waits for: nothing is bought between the look and the change.
    """
    if not actor.is_operator:
        raise OperatorRequired()
    try:
        validate_currency(currency)
    except ValidationError as error:
        raise Invalid.field("currency", error.message, code="currency") from error
    changed = Merchant.objects.select_for_update().get(pk=merchant.pk)
    if changed.currency != currency:
        if currency_is_used(changed):
            raise CurrencyInUse()
        changed.currency = currency
        changed.save(update_fields=["currency", "updated_at"])
    return changed


def hold_currency(merchant: Merchant) -> None:
    """Read a merchant's currency anew, and keep it so until the transaction ends: for whoever writes down amounts."""
    # Django knows no FOR KEY SHARE; nobody but `change_currency` waits for it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT currency FROM tenancy_merchant WHERE id = %s FOR KEY SHARE", [merchant.pk])
        (merchant.currency,) = cursor.fetchone()


def currency_is_used(merchant: Merchant) -> bool:
    """Whether an app above has written down amounts, which would mean something else in another currency."""
    return any(app.has_amounts(merchant) for app in amounts)


def _one_after_the_other(merchant_id: int) -> None:
    # Else two owners who remove each other at the same moment both see the other one still there.
    advisory_lock.take(advisory_lock.Work.OWNERS, merchant_id)


def _require_an_owner(merchant_id: int, actor: Actor) -> None:
    """Refuse what leaves a merchant to nobody; operators may, because they can invite the next owner."""
    left = owners_among(StoreUser.objects.filter(merchant_id=merchant_id))
    if not actor.is_operator and not left.exists():
        raise LastOwner()

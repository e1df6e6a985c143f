"""Members: who works where. Nobody gives a role that they could not take themselves."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from groundwork.errors import Invalid
from groundwork.formats.email import normalize_email
from tenancy.actor import Actor
from tenancy.errors import OwnerRequired
from tenancy.models import Role, Store, StoreUser, User


def find_user(email: str) -> User | None:
    """The living user who signs in with this address, whatever its case."""
    return User.objects.filter(email=normalize_email(email)).first()


@transaction.atomic
def add_member(
    *,
    store: Store,
    actor: Actor,
    email: str,
    role: str = Role.STAFF,
    password: str = "",
    **names: Any,
) -> StoreUser:
    """Make somebody a member of a store; who signs in already keeps their password and names.

    `names` are `first_name`, `last_name` and `preferred_language` of a new user. Raises OwnerRequired, or Invalid for
    a password that is missing or too weak and for somebody who is a member already.
    """
    require_owner(actor)
    check_member(store=store, email=email, password=password, **names)
    user = find_user(email)
    if user is None:
        user = User(email=normalize_email(email), **names)
        user.set_password(password)
        user.save(force_insert=True)
    return StoreUser.objects.create(merchant_id=store.merchant_id, user=user, store=store, role=role)


def check_member(*, store: Store, email: str, password: str = "", **names: Any) -> None:
    """Raise the Invalid that `add_member` would; changes nothing.

    The password is judged whether it is needed or not, and by the given names only: what is answered must not tell
    whether somebody signs in with this address, who may be a stranger to this merchant.
    """
    user = find_user(email)
    if user is not None and StoreUser.objects.filter(user=user, store=store).exists():
        raise Invalid.field("email", _("This person is a member of this store already."))
    _check_password(password, User(email=normalize_email(email), **names))


def require_owner(actor: Actor) -> None:
    """Raise OwnerRequired for everybody but the merchant's owner and operators."""
    if not actor.is_owner:
        raise OwnerRequired()


def _check_password(password: str, user: User) -> None:
    if not password:
        raise Invalid.field("password", _("Choose a first password for this person."), code="required")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid.field("password", " ".join(error.messages)) from error

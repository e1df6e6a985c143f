"""A merchant begins: made with its first store, and with an invitation to its owner, all at once or not at all."""

from collections.abc import Callable

from django.db import transaction
from django.utils.text import slugify

from tenancy import invitations, scope
from tenancy.actor import Actor
from tenancy.errors import OperatorRequired
from tenancy.models import Invitation, Merchant, Store
from tenancy.models.merchant import is_code
from tenancy.roles import Role

OTHERWISE = "shop"  # for a name without a letter of the alphabet
LONGEST = 60


@transaction.atomic
def open_merchant(
    *, merchant: Merchant, actor: Actor, owner_email: str, store_name: str = ""
) -> tuple[Store, Invitation]:
    """Save a new merchant, make its first store, and invite its owner.

    What is not said is proposed: the short name from the name, the store's name from the merchant's, its code from the
    short name. Raises OperatorRequired, and Invalid for an address that is none.
    """
    if not actor.is_operator:
        raise OperatorRequired()
    merchant.slug = merchant.slug or proposed_slug(merchant.name)
    merchant.save(force_insert=True)
    with scope.merchant(merchant.pk):
        store = Store.objects.create(
            merchant=merchant,
            name=store_name or merchant.name,
            store_code=proposed_code(merchant.slug),
            default_language=merchant.default_language,
        )
        invitation = invitations.invite(
            merchant=merchant, stores=[store], actor=actor, email=owner_email, role=Role.OWNER
        )
    return store, invitation


def proposed_slug(name: str) -> str:
    """A short name from a name, which no living merchant has."""
    return _free(slugify(name), lambda text: Merchant.objects.filter(slug=text).exists())


def proposed_code(slug: str) -> str:
    """A store code from a merchant's short name, which no store has, of whomever."""
    with scope.everything("a store code is one of a kind"):
        return _free(slug, lambda text: Store.all_objects.filter(store_code=text).exists())


def _free(text: str, is_taken: Callable[[str], bool]) -> str:
    """A text that can be a code and is not taken: with a number, if need be."""
    stem = text[: LONGEST - 4].strip("-_").replace("_", "-")
    stem = stem if is_code(stem) else OTHERWISE
    number, code = 1, stem
    while is_taken(code):
        number += 1
        code = f"{stem}-{number}"
    return code

"""Where the overview looks: a whole merchant or one store, as far as the user may, and over how many days."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext

from loyalty.visiting import PERIODS
from tenancy.models import Merchant, Store
from tenancy.roles import AUDITORS, is_operator, role_for, visible_to

DEFAULT_PERIOD = 30


@dataclass(frozen=True)
class Place:
    """A merchant's program as a whole (`store` None) or one of its stores; `key` stands in the address."""

    merchant: Merchant
    store: Store | None = None

    @property
    def key(self) -> str:
        return f"store-{self.store.pk}" if self.store else f"merchant-{self.merchant.pk}"

    @property
    def name(self) -> str:
        if self.store:
            return self.store.name
        return gettext("%(merchant)s, all stores") % {"merchant": self.merchant.name}


def period(request: HttpRequest) -> int:
    """The number of days that is asked for; 30 unless it is one of the choices."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, PERIODS) else DEFAULT_PERIOD


def places(request: HttpRequest, merchant: Merchant | None = None) -> list[Place]:
    """Everything this user may look at: owners the whole and each store, managers their stores.

    An operator has too many to list: theirs are those of the one `merchant` they have opened.
    """
    return list(_places(request, merchant))


def _places(request: HttpRequest, merchant: Merchant | None) -> Iterator[Place]:
    stores = visible_to(request.user, Store.objects.select_related("merchant"))
    if is_operator(request.user):
        stores = stores.filter(merchant=merchant)
        if merchant is not None:
            yield Place(merchant)
    seen: set[int] = {merchant.pk} if merchant else set()
    for store in stores.order_by("merchant__name", "merchant_id", "name", "pk"):
        whole = role_for(request.user, store.merchant_id) in AUDITORS
        if whole and store.merchant_id not in seen:
            seen.add(store.merchant_id)
            yield Place(store.merchant)
        yield Place(store.merchant, store)


def opened_merchant(request: HttpRequest) -> Merchant | None:
    """The merchant that an operator has opened, by its id in the address or through one of its places."""
    kind, _, number = request.GET.get("place", "").partition("-")
    if not is_operator(request.user) or not number.isdecimal() or len(number) > 18:
        return None
    if kind == "store":
        return Merchant.objects.filter(pk__in=Store.objects.filter(pk=number).values("merchant_id")).first()
    return Merchant.objects.filter(pk=number).first()


def chosen(request: HttpRequest, among: list[Place]) -> Place | None:
    """The place in the address if it is one of these, else the first."""
    asked = request.GET.get("place")
    return next((place for place in among if place.key == asked), among[0] if among else None)

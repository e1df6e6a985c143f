"""Calls about a whole merchant: for its owners, and for keys that were made to manage."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from groundwork.errors import DomainError, Invalid, NotAuthenticated
from loyalty.api.base import ApiView
from tenancy import scope
from tenancy.errors import OwnerRequired
from tenancy.models import Merchant
from tenancy.roles import is_operator

TAGS = ["webhooks"]


class MerchantView(ApiView):
    """A call of an owner's, in the scope of the merchants that they own; an operator's, in that of all."""

    refusals: ClassVar[tuple[type[DomainError], ...]] = (*ApiView.refusals, NotAuthenticated, OwnerRequired)

    def admit(self, request: Request) -> None:
        super().admit(request)
        caller = self.caller
        if caller.user is not None and is_operator(caller.user):
            self.until_answered.enter_context(scope.everything("an operator sees every merchant"))
            return
        merchant_ids = caller.run_merchants()
        if not merchant_ids:
            raise OwnerRequired()
        self.until_answered.enter_context(scope.merchants(merchant_ids))

    def merchant(self, slug: str = "") -> Merchant:
        """The merchant that a call is about: the caller's only one, or the one they name.

        Raises Invalid where there are several and none is named, or none of that name is theirs.
        """
        rows = Merchant.objects.filter(scope.InScope("id"))
        found = list((rows.filter(slug=slug) if slug else rows).order_by("pk")[:2])
        if len(found) != 1:
            raise Invalid.field(
                "merchant", _("Say which merchant this is about, by its slug."), code="required"
            )
        return found[0]

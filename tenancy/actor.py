"""Actor: who asks for something, as the services see them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

from groundwork.web import client
from tenancy.errors import ManagerRequired, OwnerRequired
from tenancy.roles import MANAGERS, OPERATORS, OWNERS, role_for

if TYPE_CHECKING:
    from tenancy.models import ApiKey, Till, User


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A signed-in user, a till or an API key at a store, with the role they have there.

    `staff_token` is what the terminal got when somebody typed their PIN, and `device` the till, sign-in or API key
    that it is good on; address and agent go into the ledger where the merchant's settings allow it.
    """

    user: "User | None" = None
    api_key: "ApiKey | None" = None
    till: "Till | None" = None
    role: str | None = None
    staff_token: str = ""
    device: str = ""
    ip_address: str | None = None
    user_agent: str = ""

    @classmethod
    def system(cls) -> "Actor":
        """Nobody in particular: a schedule, or the customer."""
        return cls()

    @property
    def is_manager(self) -> bool:
        return self.role in MANAGERS

    @property
    def is_owner(self) -> bool:
        return self.role in OWNERS

    @property
    def is_operator(self) -> bool:
        return self.role in OPERATORS

    @property
    def credential(self) -> str:
        """What idempotency keys are kept under: one name per user or API key, and one for the tills of a store.

        A tablet that is lost, found and enrolled anew still sends what waits on it, exactly once.
        """
        if self.api_key is not None:
            return f"key:{self.api_key.pk}"
        if self.till is not None:
            return "tills"
        return f"user:{self.user.pk}" if self.user is not None else "anyone"

    def require_manager(self) -> None:
        """Raise ManagerRequired for mere staff."""
        if not self.is_manager:
            raise ManagerRequired()

    def require_owner(self) -> None:
        """Raise OwnerRequired for everybody but the merchant's owner and operators."""
        if not self.is_owner:
            raise OwnerRequired()


def actor_for(request: HttpRequest, merchant_id: int | None) -> Actor:
    """Who asks in the console: the signed-in user in their role for this merchant."""
    return Actor(
        user=request.user,  # type: ignore[arg-type]
        role=role_for(request.user, merchant_id),
        ip_address=client.address(request) or None,
        user_agent=client.agent(request),
    )

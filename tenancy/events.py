"""What tenancy announces, through the outbox. Events carry ids; a handler reads the present."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class AccountEmailRequested:
    """Somebody is to be written to about their account: `kind` is one of `notifications.account_kinds.KINDS`.

    `about_id` is what the kind writes about: a user, an invitation, a change of address.
    """

    name: ClassVar[str] = "tenancy.account_email_requested"

    kind: str
    about_id: int
    merchant_id: int | None = None

"""What a call may end with, other than an answer."""

from collections.abc import Mapping
from typing import Any, ClassVar


class LoyaltyError(Exception):
    """Anything that this client raises."""


class Unreachable(LoyaltyError):
    """Nothing was heard, however often it was tried: it is not known whether the call was done.

    Send it again with the same `idempotency_key` (None where the call takes none): it is done once, whatever happened.
    """

    def __init__(self, reason: str, idempotency_key: str | None) -> None:
        self.idempotency_key = idempotency_key
        super().__init__(reason)


class Problem(LoyaltyError):
    """The API refuses a call, and has changed nothing. The classes in `problems` say what each code means.

    `members` is all that was said: `retry_after`, `errors` and others, by code. `request_id` names the call in the
    logs of the site.
    """

    code: ClassVar[str] = ""
    status: ClassVar[int] = 0

    def __init__(self, members: Mapping[str, Any]) -> None:
        self.members = members
        self.detail = str(members.get("detail", ""))
        self.request_id = str(members.get("request_id", ""))
        super().__init__(self.detail)

    @property
    def retry_after(self) -> float | None:
        """The seconds to wait before it makes sense to ask again, where the API has said so."""
        seconds = self.members.get("retry_after")
        return None if seconds is None else float(seconds)


class UnknownProblem(Problem):
    """A refusal with a code that came after this client; `code` and `status` are those of the answer."""

    def __init__(self, members: Mapping[str, Any], status: int) -> None:
        super().__init__(members)
        self.code = str(members.get("code", ""))
        self.status = status

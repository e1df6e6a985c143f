"""The refusals of the domain: exceptions with a stable code, an HTTP status and a sentence for the till.

Every app derives its own from `DomainError`; nothing else is ever shown to a caller as a refusal.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A request that is refused, and changes nothing.

    Subclasses set `code` (stable, for machines), `status` (HTTP) and `message` (translated, safe to show).
    Keyword arguments become further members of the problem document, for example `retry_after` in seconds; `example`
    has one of each for the API's description.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[str | Promise] = _("That did not work.")
    example: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, message: str | Promise | None = None, **extra: Any) -> None:
        self.detail = message if message is not None else self.message
        self.extra = extra
        super().__init__(str(self.code))

    def __str__(self) -> str:
        return str(self.detail)


class Invalid(DomainError):
    """The request has the wrong shape: `errors` is a list of {field, code, message}."""

    code = "invalid"
    status = 400
    message = _("Please check what was entered.")
    example = {"errors": [{"field": "name", "code": "required", "message": "This field is required."}]}

    @classmethod
    def field(cls, name: str, message: str | Promise, code: str = "invalid") -> "Invalid":
        """One wrong field, with a sentence about it."""
        return cls(errors=[{"field": name, "code": code, "message": str(message)}])


class NotAuthenticated(DomainError):
    code = "not_authenticated"
    status = 401
    message = _("Please sign in first.")


class NotFound(DomainError):
    code = "not_found"
    status = 404
    message = _("There is nothing here.")


class IdempotencyKeyRequired(DomainError):
    code = "idempotency_key_required"
    status = 400
    message = _("Send an Idempotency-Key with this call, so that it can be repeated safely.")


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used for another request. Use a new one.")


class RateLimited(DomainError):
    """Too many calls; `retry_after` is in whole seconds."""

    code = "rate_limited"
    status = 429
    message = _("That was too fast. Please wait a moment and try again.")
    example = {"retry_after": 42}


class RestoreConflict(DomainError):
    code = "restore_conflict"
    status = 409
    message = _("This cannot be restored yet: what it belongs to is deleted, or its name is taken again.")


class AlreadyDeleted(DomainError):
    code = "already_deleted"
    status = 409
    message = _("This is deleted already.")


class NoLongerAllowed(DomainError):
    code = "no_longer_allowed"
    status = 403
    message = _("You have another role now: this is no longer yours to see or to do.")


class TooManyJobs(DomainError):
    code = "too_many_jobs"
    status = 429
    message = _("Several of your imports and exports are still under way. Please wait until one is done.")


class StorageFull(DomainError):
    code = "storage_full"
    status = 507
    message = _("The file could not be kept: there is no room left for it. Please tell who runs this site.")


class StorageAway(DomainError):
    """Where files are does not answer, or refuses; `retry_after` is in whole seconds. Raised from what it said."""

    code = "storage_away"
    status = 503
    message = _(
        "Files cannot be reached at the moment, so nothing was changed. Please try again in a minute."
    )
    example = {"retry_after": 5}


class TooManyRows(DomainError):
    code = "too_many_rows"
    status = 400
    message = _("These are more rows than an XLSX sheet can hold (1,048,576). Please choose CSV.")

"""What HTTP itself and the back office refuse, beside the refusals of the domain."""

from typing import Annotated, Any, NotRequired, TypedDict

from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError


class FieldError(TypedDict):
    """What is wrong with one field."""

    field: Annotated[str, "Empty if it is about the body as a whole."]
    code: str
    message: str


class Problem(TypedDict):
    """RFC 9457. Some codes carry more members, for example `retry_after`."""

    type: Annotated[str, "/problems/<code>"]
    title: str
    status: int
    detail: str
    code: str
    request_id: Annotated[str, "Names the request in our logs; as `X-Request-Id`."]
    errors: NotRequired[Annotated[list[FieldError], "With the code `invalid`."]]


def document_of(refusal: DomainError, request_id: str) -> dict[str, Any]:
    """A refusal as a Problem: its code, a title, what it means here, and what it says besides."""
    return {
        "type": f"/problems/{refusal.code}",
        "title": str(refusal.message),
        "status": refusal.status,
        "detail": str(refusal.detail),
        "code": refusal.code,
        "request_id": request_id,
    } | refusal.extra


class CsrfFailed(DomainError):
    code, status = "csrf_failed", 403
    message = _("Your sign-in could not be confirmed. Please reload the page and try again.")


class PermissionRefused(DomainError):
    code, status = "permission_denied", 403
    message = _("You may not do this.")


class MerchantNotFound(DomainError):
    code, status = "merchant_not_found", 404
    message = _("This merchant was not found.")


class UserNotFound(DomainError):
    code, status = "user_not_found", 404
    message = _("This user was not found.")


class MethodNotAllowed(DomainError):
    code, status = "method_not_allowed", 405
    message = _("This address does not take that method.")


class NotAcceptable(DomainError):
    code, status = "not_acceptable", 406
    message = _("The answer can only be had as JSON.")


class Conflict(DomainError):
    code, status = "conflict", 409
    message = _("Somebody else changed this at the same moment. Please try again.")


class LengthRequired(DomainError):
    code, status = "length_required", 411
    message = _("Send the request with its Content-Length.")


class BodyTooLarge(DomainError):
    code, status = "body_too_large", 413
    message = _("That is more than can be taken at once.")


class UnsupportedMediaType(DomainError):
    code, status = "unsupported_media_type", 415
    message = _("Send the request as JSON.")


class ServerError(DomainError):
    code, status = "server_error", 500
    message = _("Something went wrong here. It has been noted; please try again.")


class Unavailable(DomainError):
    """`retry_after` in seconds; the call may be repeated."""

    code, status = "unavailable", 503
    message = _("This is not available at the moment. Please try again shortly.")
    example = {"retry_after": 5}

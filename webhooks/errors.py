"""What this app refuses."""

from django.utils.translation import gettext_lazy as _

from groundwork.errors import DomainError


class EndpointNotAllowed(DomainError):
    code, status = "endpoint_not_allowed", 400
    message = _(
        "This address may not be called: it must be a public https address, without a user name in it."
    )


class EndpointNotFound(DomainError):
    code, status = "endpoint_not_found", 404
    message = _("This endpoint was not found.")


class DeliveryNotFound(DomainError):
    code, status = "delivery_not_found", 404
    message = _("This delivery was not found.")


class TooManyEndpoints(DomainError):
    code, status = "too_many_endpoints", 409
    message = _("A merchant has at most 20 endpoints. Please delete one first.")

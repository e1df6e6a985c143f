"""Webhooks in the console: who is told, and what became of it."""

from webhooks.console.delivery import DeliveryAdmin
from webhooks.console.endpoint import EndpointAdmin

__all__ = ["DeliveryAdmin", "EndpointAdmin"]

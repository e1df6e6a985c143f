"""Every address of webhooks and events, below /api/v1/."""

from django.urls import path

from webhooks.api import endpoints, events

ENDPOINTS = "webhooks/endpoints/"
ONE = f"{ENDPOINTS}<int:endpoint_id>/"

urlpatterns = [
    path(ENDPOINTS, endpoints.Endpoints.as_view(), name="api-webhook-endpoints"),
    path(ONE, endpoints.OneEndpoint.as_view(), name="api-webhook-endpoint"),
    path(f"{ONE}rotate-secret/", endpoints.RotateSecret.as_view(), name="api-webhook-rotate"),
    path(f"{ONE}test/", endpoints.SendTest.as_view(), name="api-webhook-test"),
    path(f"{ONE}replay/", endpoints.Replay.as_view(), name="api-webhook-replay"),
    path(f"{ONE}deliveries/", endpoints.Deliveries.as_view(), name="api-webhook-deliveries"),
    path(
        "webhooks/deliveries/<int:delivery_id>/resend/", endpoints.Resend.as_view(), name="api-webhook-resend"
    ),
    path("events/", events.Events.as_view(), name="api-events"),
]

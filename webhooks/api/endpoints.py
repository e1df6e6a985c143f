"""Endpoints: made, changed, deleted, tried out, and told of what happened once more."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import NotFound
from loyalty.api.documentation import documented
from loyalty.api.fields import Flag, Moment, Text
from tenancy.models import Scope
from webhooks import outputs, selectors
from webhooks.addresses import LONGEST
from webhooks.api.base import TAGS, MerchantView
from webhooks.catalogue import TYPES
from webhooks.errors import DeliveryNotFound, EndpointNotAllowed, EndpointNotFound, TooManyEndpoints
from webhooks.models import Endpoint, State
from webhooks.services import endpoints


def _types(**options: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=list(TYPES)),
        max_length=len(TYPES),
        help_text="Of which events it is told; none: of all.",
        **options,
    )


class NewEndpointInput(serializers.Serializer):
    url = Text(max_length=LONGEST)
    types = _types(required=False, default=list)
    description = Text(required=False, allow_blank=True, max_length=200)
    is_active = Flag(required=False)
    merchant = Text(required=False, max_length=60, help_text="A slug; needed by who has several merchants.")


class ChangedEndpointInput(serializers.Serializer):
    url = Text(required=False, max_length=LONGEST)
    types = _types(required=False)
    description = Text(required=False, allow_blank=True, max_length=200)
    is_active = Flag(required=False)


class ReplayInput(serializers.Serializer):
    since = Moment(help_text="Events from this moment on; they are kept for 30 days.")


class DeliveryFilterInput(serializers.Serializer):
    state = serializers.ChoiceField(required=False, choices=State.values)


class Endpoints(MerchantView):
    """The addresses that are told of events."""

    @documented(
        "Webhook endpoints",
        scope=Scope.MANAGE,
        answers={200: outputs.Endpoint},
        refusals=[NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.page(Endpoint.objects.select_related("merchant").order_by("-pk"), outputs.endpoints)

    @documented(
        "Make a webhook endpoint",
        scope=Scope.MANAGE,
        body=NewEndpointInput,
        answers={201: outputs.NewEndpoint},
        refusals=[EndpointNotAllowed, TooManyEndpoints],
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """It is told of what happens from now on. `secret` is shown this once."""
        given = self.read(NewEndpointInput)
        merchant = self.merchant(given.pop("merchant", ""))
        made, secret = endpoints.create(merchant=merchant, **given)
        return Response({**outputs.endpoint(made), "secret": secret}, status=201)


class OneEndpoint(MerchantView):
    """One endpoint."""

    @documented(
        "A webhook endpoint",
        scope=Scope.MANAGE,
        answers={200: outputs.Endpoint},
        refusals=[EndpointNotFound],
        tags=TAGS,
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        return Response(outputs.endpoint(selectors.endpoint(endpoint_id)))

    @documented(
        "Change a webhook endpoint",
        scope=Scope.MANAGE,
        body=ChangedEndpointInput,
        answers={200: outputs.Endpoint},
        refusals=[EndpointNotFound, EndpointNotAllowed],
        tags=TAGS,
    )
    def patch(self, request: Request, endpoint_id: int) -> Response:
        """Switched on again, it is told of what happens from then on; what waited for it is sent."""
        selectors.endpoint(endpoint_id)  # before anything is said about what was sent
        endpoints.change(endpoint_id=endpoint_id, **self.read(ChangedEndpointInput))
        return Response(outputs.endpoint(selectors.endpoint(endpoint_id)))

    @documented(
        "Delete a webhook endpoint",
        scope=Scope.MANAGE,
        answers={204: None},
        refusals=[EndpointNotFound],
        tags=TAGS,
    )
    def delete(self, request: Request, endpoint_id: int) -> Response:
        """What was on its way to it is gone."""
        endpoints.delete(endpoint_id=endpoint_id)
        return Response(status=204)


class RotateSecret(MerchantView):
    """Another secret."""

    @documented(
        "Change an endpoint's secret",
        scope=Scope.MANAGE,
        answers={200: outputs.Secret},
        refusals=[EndpointNotFound],
        tags=TAGS,
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        """For 24 hours each delivery is signed by the secret of before, too, also if it is changed again."""
        return Response({"secret": endpoints.rotate_secret(endpoint_id=endpoint_id)})


class SendTest(MerchantView):
    """Try an endpoint."""

    @documented(
        "Send a test event",
        scope=Scope.MANAGE,
        answers={202: outputs.Delivery},
        refusals=[EndpointNotFound],
        tags=TAGS,
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        """An event of the type `test`, whatever the endpoint's filter."""
        return Response(outputs.delivery(endpoints.send_test(endpoint_id=endpoint_id)), status=202)


class Replay(MerchantView):
    """Events once more."""

    @documented(
        "Send events again",
        scope=Scope.MANAGE,
        body=ReplayInput,
        answers={202: outputs.Replayed},
        refusals=[EndpointNotFound],
        tags=TAGS,
    )
    def post(self, request: Request, endpoint_id: int) -> Response:
        """All that the endpoint wants, with the ids and the bytes of before."""
        selectors.endpoint(endpoint_id)
        count = endpoints.replay(endpoint_id=endpoint_id, since=self.read(ReplayInput)["since"])
        return Response({"events": count}, status=202)


class Deliveries(MerchantView):
    """What goes to an endpoint."""

    @documented(
        "An endpoint's deliveries",
        scope=Scope.MANAGE,
        query=DeliveryFilterInput,
        answers={200: outputs.Delivery},
        refusals=[EndpointNotFound, NotFound],
        paged=True,
        tags=TAGS,
    )
    def get(self, request: Request, endpoint_id: int) -> Response:
        """Newest first, with what was answered last."""
        asked = self.query(DeliveryFilterInput)
        rows = selectors.deliveries_to(selectors.endpoint(endpoint_id), asked.get("state", ""))
        return self.page(rows, outputs.deliveries)


class Resend(MerchantView):
    """One delivery once more."""

    @documented(
        "Send a delivery again",
        scope=Scope.MANAGE,
        answers={202: outputs.Delivery},
        refusals=[DeliveryNotFound],
        tags=TAGS,
    )
    def post(self, request: Request, delivery_id: int) -> Response:
        """The same id and the same bytes, whatever became of it before."""
        return Response(outputs.delivery(endpoints.resend(delivery_id=delivery_id)), status=202)

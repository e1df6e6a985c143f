"""The feed: the same events, for who fetches them."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import Invalid
from loyalty.api.documentation import documented
from tenancy.models import Scope
from webhooks import outputs, selectors
from webhooks.api.base import MerchantView
from webhooks.catalogue import TYPES
from webhooks.services import log

ROUNDS = 5  # of events that are made for one answer; `has_more` says that there are others
MOST = 500


class FeedInput(serializers.Serializer):
    after = serializers.CharField(required=False, default="", max_length=60, help_text="A `next_cursor`.")
    types = serializers.CharField(
        required=False, default="", max_length=1000, help_text="Separated by commas."
    )
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=MOST)
    merchant = serializers.CharField(
        required=False, default="", max_length=60, help_text="A slug, see above."
    )

    def validate_types(self, text: str) -> list[str]:
        """The names in it. Raises Invalid for one that is none."""
        types = [name.strip() for name in text.split(",") if name.strip()]
        if not set(types) <= set(TYPES):
            raise Invalid.field("types", _("There is no such event."), code="invalid_choice")
        return types


class Events(MerchantView):
    """What has happened."""

    @documented(
        "Events",
        scope=Scope.MANAGE,
        query=FeedInput,
        answers={200: outputs.Feed},
        tags=["events"],
    )
    def get(self, request: Request) -> Response:
        """Oldest first, of 30 days, in an order that never changes: who goes on from `next_cursor` misses none.

        Who has several merchants names one of them, by its slug.
        """
        asked = self.query(FeedInput)
        merchant = self.merchant(asked["merchant"])
        is_all = log.catch_up(merchant.pk, rounds=ROUNDS)
        page = selectors.read(
            merchant.pk, after=asked["after"], types=asked["types"], limit=asked["limit"], now=timezone.now()
        )
        return Response(
            {
                "events": [outputs.event(row) for row in page.events],
                "next_cursor": page.cursor,
                "has_more": page.has_more or not is_all,
            }
        )

"""Yardstick (b) of the till: the smallest DRF view that locks a card, updates it and inserts a line.

No sign-in, no rules, no scope, no announcement: what any view that books something has to pay.
"""

from django.db import transaction
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tenancy import scope


class Line(serializers.ModelSerializer):
    class Meta:
        model = LoyaltyTransaction
        fields = ("id", "card", "stamps_delta", "stamps_balance_after", "transaction_at")


class SmallestStamp(APIView):
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request, card_id: int) -> Response:
        with scope.everything("a yardstick"), transaction.atomic():
            card = LoyaltyCard.objects.select_for_update().get(pk=card_id)
            card.stamp_count += 1
            card.total_stamps_earned += 1
            card.save(update_fields=["stamp_count", "total_stamps_earned"])
            line = LoyaltyTransaction.objects.create(
                merchant_id=card.merchant_id,
                card=card,
                transaction_type="stamp_earned",
                stamps_delta=1,
                stamps_balance_after=card.stamp_count,
                points_balance_after=card.points_balance,
                transaction_at=timezone.now(),
            )
        return Response(Line(line).data, status=201)

"""Rows that wait in a queue, and when they are due by the database's clock."""

from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from loyalty.models import LoyaltyCard
from tests import factories
from wallet.models import PassDesign


def card() -> LoyaltyCard:
    return factories.card(factories.shop().store)


def waiting(count: int = 1) -> list[PassDesign]:
    made = []
    for _number in range(count):
        program = factories.shop().program
        whose = {"program": program, "merchant_id": program.merchant_id}
        made.append(PassDesign.objects.create(class_id=f"class-{program.pk}", **whose))
    return made


def seconds(row: Any, column: str = "next_attempt_at") -> float:
    """How long until then, by the database's clock, to the second."""
    left = type(row)._base_manager.annotate(left=F(column) - Now()).get(pk=row.pk).left
    return round(left.total_seconds())

"""A refusal in a test: the error is the right one, and nothing moved.

with refused(StampCooldown) as refusal:
    stamps.give(...)
assert refusal.extra["retry_after"] == 600
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import models

from groundwork.errors import DomainError
from loyalty.models import (
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    PointsReward,
    Promotion,
    Purchase,
    PurchaseReturn,
)
from tenancy.models import IdempotencyKey, OutboxMessage

LOOKED_AT: tuple[type[models.Model], ...] = (
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    Promotion,
    Purchase,
    PurchaseReturn,
    PointsReward,
    OutboxMessage,
    IdempotencyKey,
)


class Refusal:
    """What the refused call raised, once the block has ended."""

    error: DomainError

    @property
    def extra(self) -> dict[str, Any]:
        """Everything the error says beside its sentence."""
        return self.error.extra

    @property
    def fields(self) -> list[str]:
        """The wrong fields of an Invalid, in order."""
        return [entry["field"] for entry in self.error.extra["errors"]]


@contextmanager
def refused(expected: type[DomainError]) -> Iterator[Refusal]:
    """Run a block that is refused with exactly this error, and leaves every row as it was."""
    before, refusal = _everything(), Refusal()
    with pytest.raises(DomainError) as caught:
        yield refusal
    assert type(caught.value) is expected
    refusal.error = caught.value
    assert _everything() == before


def _everything() -> dict[str, list[dict[str, Any]]]:
    return {model._meta.label: list(models.QuerySet(model).order_by("pk").values()) for model in LOOKED_AT}

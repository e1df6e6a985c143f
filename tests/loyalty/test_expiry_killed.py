"""A worker that is killed in the middle of a night's expiry: run again, it ends in the same state."""

from pathlib import Path

import pytest
from django.utils import timezone

from benchmarks import data
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import verification
from loyalty.services import expiry
from tenancy import scope
from tenancy.models import OutboxMessage
from tests.lost_workers import kill_in_the_middle

CARDS = 12_000  # six batches


def expired() -> int:
    return LoyaltyTransaction.objects.filter(transaction_type="points_expired").count()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_expiry_is_made_up_for(redis_url: str, tmp_path: Path) -> None:
    shop = data.shop("night", loyalty_type="points", points_expiration_days=365)
    shop.merchant.timezone = _where_it_is_morning()
    shop.merchant.save()
    data.cards(shop, CARDS, points=100, idle="400 days")
    with scope.merchant(shop.merchant):
        # Once the first batches are committed.
        kill_in_the_middle(
            "loyalty.expire_points", is_in_the_middle=expired, redis_url=redis_url, folder=tmp_path
        )
        before = expired()
        assert 0 < before < CARDS
        left = expiry.expire(now=timezone.now()).cards_processed
        assert before + left == CARDS
        assert (
            LoyaltyTransaction.objects.filter(transaction_type="points_expired")
            .values("card_id")
            .distinct()
            .count()
            == expired()
            == CARDS
        )
        assert not LoyaltyCard.objects.filter(points_balance__gt=0).exists()
        announced = [
            card_id
            for payload in OutboxMessage.objects.filter(event="loyalty.points_expired").values_list(
                "payload", flat=True
            )
            for card_id in payload["card_ids"]
        ]
        assert len(announced) == len(set(announced)) == CARDS
        assert list(verification.differences()) == []


def _where_it_is_morning() -> str:
    """A time zone in which it is after two in the night just now."""
    utc_hour = timezone.now().hour
    return "UTC" if utc_hour >= 3 else "Asia/Tokyo"

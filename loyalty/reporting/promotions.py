"""What promotions have given: how often, to how many cards, and what that is worth.

What was undone or brought back counts no more; of a purchase of which a part came back, what is left of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from loyalty import promoted, rules
from loyalty.models import Audience, Effect, LoyaltyProgram, Promotion, PromotionUse


@dataclass(frozen=True)
class Given:
    """`points` in ten-thousandths; `bought_cents`: what the `purchases` with it came to, in the minor unit."""

    times: int = 0
    cards: int = 0
    points: int = 0
    stamps: int = 0
    purchases: int = 0
    bought_cents: int = 0

    @property
    def whole_points(self) -> int:
        return self.points // rules.POINT

    def cost_cents(self, program: LoyaltyProgram) -> int:
        """What was given is worth so much, in the minor unit: points at their value, a stamp its part of a reward."""
        value = Decimal(self.points) / rules.POINT * program.point_value_cents
        if program.stamps_reward_value_cents:
            value += Decimal(self.stamps) * program.stamps_reward_value_cents / program.stamps_target
        return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def a_friend_costs(promotion: Promotion) -> int | None:
    """What a friend who comes costs, for both together, in the minor unit; None where a promotion is for others."""
    if promotion.audience != Audience.FRIEND:
        return None
    both = (promotion.amount or 0) + (promotion.friend_amount or 0)
    of = {"stamps": both} if promotion.effect == Effect.STAMPS else {"points": both * rules.POINT}
    return Given(**of).cost_cents(promotion.program)


def given_by(promotions: Iterable[Promotion]) -> dict[int, Given]:
    """What each of some promotions has given, by its id; one statement for all."""
    stands = Q(line__transaction_type__in=promoted.GIVEN, line__voided_by__isnull=True) & (
        Q(purchase=None) | Q(purchase__is_open=True)
    )
    rows = (
        PromotionUse.objects.filter(promotion__in=[row.pk for row in promotions])
        .order_by()
        .values("promotion_id")
        .annotate(
            times=Count("pk", filter=stands),
            cards=Count("card", filter=stands, distinct=True),
            all_points=Sum("points"),
            all_stamps=Sum("stamps"),
            purchases=Count("purchase", filter=stands, distinct=True),
            bought=Coalesce(
                Sum(F("purchase__amount_cents") - F("purchase__returned_cents"), filter=stands), 0
            ),
        )
    )
    return {
        row["promotion_id"]: Given(
            times=row["times"],
            cards=row["cards"],
            points=int(row["all_points"]),
            stamps=row["all_stamps"],
            purchases=row["purchases"],
            bought_cents=int(row["bought"]),
        )
        for row in rows
    }

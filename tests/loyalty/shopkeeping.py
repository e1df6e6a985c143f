"""The shop that the state machines play in, beside the café in plain Python: how they agree, before anything happens.

After each step the balances, counters and times of every card, the ledger and the daily limits agree with it.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import TruncDate
from hypothesis.stateful import RuleBasedStateMachine, invariant, multiple

from groundwork.errors import DomainError
from loyalty.models import LoyaltyCard, LoyaltyTransaction
from loyalty.reporting import fairness, verification
from tenancy import scope
from tests import factories
from tests.loyalty import pure_friends, pure_records
from tests.loyalty.books import assert_the_rules_give_the_ledger
from tests.loyalty.pure_model import Cafe
from tests.loyalty.pure_records import Line

START = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)  # two days before the clocks go forward
REWARDS = (25, 60)
FIGURES = {
    "stamp_count": "stamps",
    "total_stamps_earned": "stamps_earned",
    "total_stamps_spent": "stamps_spent",
    "total_stamps_voided": "stamps_voided",
    "stamps_redeemed": "rewards",
    "points_balance": "points",
    "total_points_earned": "points_earned",
    "points_redeemed": "points_spent",
    "total_points_voided": "points_voided",
    "stamps_owed": "stamps_owed",
    "points_owed": "points_owed",
    "points_fraction": "fraction",
    "is_active": "active",
    "last_activity_at": "last_activity",
    "last_expiration_warning_at": "warned",
    "expiry_not_before": "not_before",
}


class Shopkeeping(RuleBasedStateMachine):
    """Two stores of one merchant, a handful of people, and a clock that only goes forward.

    What happens there, the rules of those who inherit it say.
    """

    def __init__(self) -> None:
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        self.everything = scope.everything("the machine works for one merchant")
        self.everything.__enter__()
        self.now, self.cafe, self.cards, self.told = START, Cafe(), {}, 0
        with time_machine.travel(START, tick=False):
            self.shop = factories.shop(
                stamps_target=pure_records.TARGET,
                cooldown_minutes=15,
                max_daily_stamps=pure_records.DAILY,
                points_per_euro=Decimal("2.5"),
                minimum_purchase_cents=100,
                welcome_bonus_points=pure_records.BONUS,
                points_expiration_days=30,
                rewards=[(f"For {cost}", cost) for cost in REWARDS],
            )
        with time_machine.travel(START - timedelta(days=1), tick=False):
            self.plan_promotions()
        self.stores = [self.shop.store, self.shop.other_store]
        self.rewards = [self.shop.program.rewards.get(points_cost=cost) for cost in REWARDS]

    def plan_promotions(self) -> None:
        """Points again from 20 on; and something for friends and who brings them, for two of them a month."""
        program = self.shop.program
        factories.promotion(program, "Twice", factor=Decimal(2), least_cents=pure_records.DOUBLE_FROM)
        factories.promotion(
            program,
            "Bring a friend",
            effect="points",
            audience="brought_by_friend",
            amount=pure_records.WELCOME,
            friend_amount=pure_friends.HOST,
            month_limit=pure_friends.MONTH,
            least_cents=pure_records.WELCOME_FROM,
        )

    def before_the_end(self) -> None:
        """What is still to happen, before everything is looked at for the last time."""

    def teardown(self) -> None:
        try:
            self.before_the_end()
            self.every_card_is_as_the_model_has_it()
            assert [str(violation) for violation in fairness.violations()] == []
            with time_machine.travel(self.now, tick=False):
                assert_the_rules_give_the_ledger()
        finally:
            self.undo()

    def undo(self) -> None:
        self.everything.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.undo_all.__exit__(None, None, None)

    def call(self, service: Any, expected: Any, **arguments: Any) -> Any:
        """Call a service at the machine's time; its refusal must be the model's, and None is returned."""
        done, refusal = None, None
        with time_machine.travel(self.now, tick=False):
            try:
                with transaction.atomic():
                    done = service(**arguments)
            except DomainError as error:
                refusal = error.code
        assert refusal == (expected if isinstance(expected, str) else None)
        return done

    def at_till(self, card: int, store: int, role: str, **more: Any) -> dict[str, Any]:
        return {"store": self.stores[store], "card_id": card, "actor": factories.actor(role), **more}

    def wrote(self, done: Any, expected: Line | list[Line] | str) -> Any:
        """The lines of the ledger beside the model's; nothing if it was refused."""
        if done is None:
            return multiple()
        noted = expected if isinstance(expected, list) else [expected]
        written = done.transactions
        assert [
            (line.transaction_type, line.stamps_delta, line.points_delta, line.transaction_at)
            for line in written
        ] == [(line.kind, line.stamps, line.points, line.at) for line in noted]
        for line, there in zip(written, noted, strict=True):
            if there.purchase is not None:
                there.purchase.pk = line.purchase_id
        return multiple(*[(line.pk, there) for line, there in zip(written, noted, strict=True)])

    # --- What is true after each step ---------------------------------------------------------------------

    @invariant()
    def every_card_is_as_the_model_has_it(self) -> None:
        rows = {row.pk: row for row in LoyaltyCard.objects.all()}
        assert rows.keys() == self.cards.keys()
        for pk, noted in self.cards.items():
            row = rows[pk]
            shown = {name: getattr(row, name) for name in FIGURES}
            assert shown == {name: getattr(noted, name_there) for name, name_there in FIGURES.items()}
            assert (row.last_stamp_at, row.merged_into_id is not None) == (
                noted.last_stamp(),
                noted.merged is not None,
            )

    @invariant()
    def the_ledger_verifies(self) -> None:
        assert [str(difference) for difference in verification.differences()] == []

    @invariant()
    def no_card_has_more_stamps_a_day_than_allowed(self) -> None:
        counted = LoyaltyTransaction.objects.filter(transaction_type="stamp_earned", voided_by__isnull=True)
        days = counted.annotate(day=TruncDate("transaction_at", tzinfo=pure_records.ZONE)).order_by()
        sums = days.values("card", "day").annotate(stamps=Sum("stamps_delta"))
        assert all(row["stamps"] <= pure_records.DAILY for row in sums)

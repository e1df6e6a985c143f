"""A till with a bad network: thousands of calls whose answers get lost, that are repeated, doubled and reordered.

Afterwards every operation happened once or not at all, every answer to a key was the same, and the ledger verifies.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from django.core.management import call_command

from loyalty.models import LoyaltyCard, LoyaltyTransaction
from tenancy import scope
from tenancy.models import IdempotencyKey
from tests import factories
from tests.concurrency.crowd import Crowd, one_crowd_at_a_time
from tests.concurrency.many_cards import many_cards
from tests.loyalty.api.till import Till

pytestmark = pytest.mark.concurrency

TABLETS, CARDS, TAPS, UNDOINGS = 8, 60, 1500, 500
REFUSALS = {
    "not_enough_stamps",
    "not_enough_points",
    "order_reference_used",
    "already_voided",
    "card_inactive",
    "not_voidable",
}


@dataclass
class Answer:
    """What came back, whether or not the till got to hear it."""

    status: int
    body: dict[str, Any]
    replayed: bool


@dataclass
class Operation:
    """One tap: its key and its request never change, however often it is sent. `key` is in the ledger's notes."""

    key: str
    path: str
    body: dict[str, Any]
    answers: list[Answer] = field(default_factory=list)

    @property
    def successes(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.status == 201]


class FlakyTill:
    """Sends operations as a bad network lets it, from several tablets at once."""

    def __init__(self, store: object, key: str, chance: random.Random) -> None:
        self.store, self.key, self.chance = store, key, chance

    def schedule(self, operations: list[Operation]) -> list[Operation]:
        """Every sending in the order in which it leaves: doubled, repeated later, and past its neighbours."""
        sendings: list[tuple[float, Operation]] = []
        for number, operation in enumerate(operations):
            leaves = number + self.chance.uniform(0, 30)
            sendings.append((leaves, operation))
            fate = self.chance.random()
            if fate < 0.2:  # doubled: two at the same moment
                sendings.append((leaves, operation))
            while fate > 0.7:  # the answer was lost: again, until one is heard (or never, if the shop closes)
                leaves += self.chance.uniform(1, 200)
                sendings.append((leaves, operation))
                fate = self.chance.random()
        return [operation for _leaves, operation in sorted(sendings, key=lambda sending: sending[0])]

    def work_through(self, operations: list[Operation], tablets: Crowd) -> None:
        """Send it all; what each tablet gets is noted on the operation."""
        waiting: SimpleQueue[Operation] = SimpleQueue()
        for operation in self.schedule(operations):
            waiting.put(operation)

        def tablet(_number: int) -> None:
            till = Till(self.store, key=self.key)
            while True:
                try:
                    operation = waiting.get_nowait()
                except Empty:
                    return
                response = till.post(operation.path, operation.body, once=operation.key)
                replayed = response.get("Idempotency-Replayed") == "true"
                operation.answers.append(Answer(response.status_code, response.json(), replayed))

        assert tablets.all_at_once(tablet) == ["done"] * tablets.size


def taps(cards: list[LoyaltyCard], reward_id: int, chance: random.Random) -> Iterator[Operation]:
    """A busy day: stamps, purchases (some receipts are shown twice), and rewards for both."""
    for number in range(TAPS):
        card, key = chance.choice(cards), f"tap-{number}"
        kind = chance.choices(["stamp", "buy", "coffee", "croissant"], [8, 6, 2, 2])[0]
        path, body = f"cards/{card.pk}/", {"notes": key}
        if kind == "stamp":
            path += "stamps/"
        elif kind == "buy":
            path += "points/"
            body |= {
                "purchase_amount_cents": chance.randint(1, 5000),
                "order_reference": f"R-{chance.randrange(400)}",
            }
        elif kind == "coffee":
            path += "stamps/redeem/"
        else:
            path += "points/redeem/"
            body |= {"reward_id": reward_id}
        yield Operation(key, path, body)


def undoings(done: list[Operation], chance: random.Random) -> Iterator[Operation]:
    """In the evening some of it is undone, and some of that twice, under another key."""
    happened = [operation for operation in done if operation.successes]
    for number in range(UNDOINGS):
        line = chance.choice(happened).successes[0].body["transaction"]["id"]
        yield Operation(f"undo-{number}", f"transactions/{line}/void/", {"reason": f"undo-{number}"})


@pytest.fixture
def tablets(transactional_db: None) -> Iterator[Crowd]:
    with one_crowd_at_a_time():
        people = Crowd(TABLETS)
        yield people
        people.go_home()


def test_thousands_of_calls_over_a_bad_network_happen_once_or_not_at_all(tablets: Crowd) -> None:
    chance = random.Random(4711)
    shop = factories.shop(stamps_target=5, max_daily_stamps=1000, rewards=[("Croissant", 150)])
    with scope.merchant(shop.merchant):
        cards = many_cards(shop, CARDS)
        reward_id = shop.program.rewards.get().pk
    till = FlakyTill(shop.store, factories.api_key(shop.store), chance)

    day = list(taps(cards, reward_id, chance))
    till.work_through(day, tablets)
    evening = list(undoings(day, chance))
    # What was repeated in the morning may arrive in the evening, long after something else has happened.
    till.work_through([*evening, *chance.sample(day, 100)], tablets)

    operations = [*day, *evening]
    assert sum(len(operation.answers) for operation in operations) > TAPS + UNDOINGS + 500
    with scope.merchant(shop.merchant):
        check(operations)
    call_command("verify_ledger", verbosity=0)


def check(operations: list[Operation]) -> None:
    """Once or not at all, and always the same answer."""
    noted = LoyaltyTransaction.objects.exclude(notes="").values_list("notes", "pk")
    written, line_of = Counter(notes for notes, _pk in noted), dict(noted)
    for operation in operations:
        successes = operation.successes
        assert written[operation.key] == min(1, len(successes)), operation
        assert [answer.replayed for answer in successes].count(False) == min(1, len(successes)), operation
        for answer in operation.answers:
            if answer.status == 201:
                assert answer.body == successes[0].body
                assert answer.body["transaction"]["id"] == line_of[operation.key]
            else:
                assert (answer.status, answer.body["code"] in REFUSALS) == (409, True), answer
    happened = sum(1 for operation in operations if operation.successes)
    assert happened == IdempotencyKey.objects.count() == len(written)
    assert sum(1 for operation in operations if not operation.successes) > 50

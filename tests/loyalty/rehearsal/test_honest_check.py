"""The honest check: the rules of each moment give what the ledger says, to the point, for every card."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from loyalty.models import LoyaltyProgram, LoyaltyTransaction, Promotion
from loyalty.reporting.rehearsal import rehearsing
from loyalty.services import stamps
from tests import factories
from tests.buying import bring_back, buy
from tests.loyalty import books as bookkeeping
from tests.loyalty.books import LINES, NOW, Books, newest, past_all_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Iterator[Books]:
    """A shop with returns, undoings, merges, changes of the program, expiries and purchases recorded offline."""
    with bookkeeping.kept() as kept:
        yield kept


def check(*arguments: str) -> tuple[int, list[str]]:
    """The exit code of the command, and the lines it says."""
    out = StringIO()
    try:
        call_command("rehearse", "--check", *arguments, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def said_of(books: Books, lines: int, carried: int, differs: str) -> str:
    return f"{books.shop.merchant.slug}: 3 cards, {lines} lines, {carried} carried, difference {differs}"


def test_the_rules_of_each_moment_give_the_ledger_back(books: Books) -> None:
    # What no rule made: that three cards were made, and their three bonuses, and an expiry that was put right.
    same = said_of(books, 28, 7, "0 stamps and 0 points in 0 places")
    assert check() == (0, [same])
    assert check("--merchant", books.shop.merchant.slug) == (0, [same])
    assert check("--merchant", "somebody-else") == (0, [])


def test_the_last_days_begin_with_what_the_cards_had(books: Books) -> None:
    # Twenty and forty days after all the rest, points expired.
    assert check("--days", "45") == (0, [said_of(books, 2, 0, "0 stamps and 0 points in 0 places")])


def first(books: Books, kind: str) -> LoyaltyTransaction:
    return LoyaltyTransaction.objects.filter(transaction_type=kind, merchant=books.shop.merchant).earliest(
        "id"
    )


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("points_earned", "points_fraction_delta = points_fraction_delta + 1"),
        ("points_returned", "points_delta = points_delta - 1"),
        ("stamps_returned", "stamps_delta = 0"),
        ("stamp_voided", "stamps_delta = -2"),
        ("points_redeemed", "points_delta = points_delta + 1"),
        ("points_expired", "points_delta = points_delta + 1"),
        ("merge_in", "stamps_delta = stamps_delta + 1"),
        ("merge_out", "points_delta = points_delta + 1"),
    ],
)
def test_a_line_that_no_rule_would_have_made_is_found(books: Books, kind: str, planted: str) -> None:
    line = first(books, kind)
    past_all_guards(f"UPDATE {LINES} SET {planted} WHERE id = {line.pk}")
    code, said = check()
    assert code == 1
    assert f"line {line.pk} of card {line.card_id} ({kind}) moves" in "\n".join(said)


def test_a_line_is_found_whose_balance_does_not_follow_from_the_one_before(books: Books) -> None:
    line = newest(books.expired)
    past_all_guards(f"UPDATE {LINES} SET points_balance_after = 3 WHERE id = {line.pk}")
    code, said = check()
    assert code == 1
    assert f"  line {line.pk} of card {line.card_id} does not follow from the one before" in said


def test_a_card_is_found_that_has_something_else_than_its_ledger(books: Books) -> None:
    words = f"  {bookkeeping.a_card_that_is_not_as_its_ledger(books).split(' has ')[0]} has 0 stamps and 0.0007 points"
    code, said = check()
    assert (code, said[1:]) == (1, [words])


def test_a_purchase_is_found_that_earned_nothing_and_should_have(books: Books) -> None:
    bought = LoyaltyTransaction.objects.filter(purchase__order_reference="R-3").get(
        transaction_type="points_earned"
    )
    past_all_guards(
        f"UPDATE {LINES} SET purchase_id = NULL, transaction_type = 'points_adjustment' WHERE id = {bought.pk}"
    )
    code, said = check()
    assert (code, said[1:]) == (
        1,
        [f"  purchase {bought.purchase_id} earned nothing, not 0 stamps and 9 points"],
    )


def test_a_reward_for_fewer_stamps_than_the_target_is_found() -> None:
    shop = factories.shop(stamps_target=3)
    card = factories.card(shop.store, stamps=4)
    with factories.inside(shop):
        line = stamps.redeem(store=shop.store, card_id=card.pk, actor=factories.actor()).transaction
    assert check()[0] == 0
    past_all_guards(f"UPDATE {LINES} SET stamps_delta = -2, stamps_balance_after = 2 WHERE id = {line.pk}")
    code, said = check()
    assert code == 1
    assert said[1] == (
        f"  line {line.pk} of card {card.pk} (stamp_redeemed) moves -2 stamps and 0 points, not -3 stamps and 0 points"
    )


def test_what_promotions_gave_and_took_back_is_what_the_rules_say() -> None:
    shop = factories.shop()
    with time_machine.travel(NOW - timedelta(days=3), tick=False):
        card = factories.card(shop.store)
        doubled = promotion(shop, NOW - timedelta(days=3), factor=2, least_cents=500)
        promotion(shop, NOW - timedelta(days=3), effect="stamps", factor=None, amount=2)
    with time_machine.travel(NOW, tick=False):
        bought = buy(card, shop, cents=1999)
        buy(card, shop, cents=300)
        bring_back(bought, shop, cents=1600)  # too little is left for the double points
        bring_back(buy(card, shop, cents=700), shop)
        with factories.inside(shop):
            stamps.give(store=shop.store, card_id=card.pk, actor=factories.actor())
        after = factories.fresh(card)
        assert (after.points_balance, after.points_fraction, after.stamp_count) == (69, 9000, 9)
        assert check()[0] == 0
        with factories.inside(shop):
            given = LoyaltyTransaction.objects.get(purchase=bought, transaction_type="points_earned")
        assert given.promotions == [{"promotion": doubled.pk, "points": 1_999_000, "stamps": 0}]
        past_all_guards(f"UPDATE loyalty_purchase SET offers = NULL WHERE id = {bought.pk}")
        assert check()[0] == 1


def promotion(shop: factories.Shop, planned_at: datetime | None, **fields: object) -> Promotion:
    """A promotion of a shop: points times a factor, unless something else is said."""
    with factories.inside(shop):
        made = Promotion.objects.create(
            **{
                "merchant": shop.merchant,
                "program": shop.program,
                "name": "More",
                "effect": "factor",
                "planned_at": planned_at,
                **fields,
            }
        )
        shop.program.refresh_from_db()
    return made


def test_a_rehearsal_of_nothing_gives_what_was(books: Books) -> None:
    program = LoyaltyProgram.objects.select_related("merchant").get(pk=books.shop.program.pk)
    found = rehearsing.rehearse(program, rehearsing.Draft(), days=365, now=NOW)
    assert found.check.holds
    assert found.drafted == found.real
    assert (found.cost_cents, found.reached) == (0, 0)
    assert found.sooner == type(found.sooner)()

"""Each night it is asked whether everybody got what they were promised: what is in order passes, each breach is named.

What is planted is written as only somebody with the database's keys could.
"""

from datetime import timedelta

import pytest

from loyalty.models import LoyaltyTransaction, ProgramTerms
from loyalty.reporting import fairness, verification
from loyalty.triggers import TERMS
from tenancy import scope
from tests import factories
from tests.loyalty.books import (
    CARDS,
    LINES,
    START,
    Books,
    bought,
    change,
    given_back,
    newest,
    past_all_guards,
    verify,
)
from tests.loyalty.broken_promises import PLANTED, written_again

pytestmark = pytest.mark.django_db


def test_where_everything_was_kept_it_is_said_so(books: Books) -> None:
    assert verify() == (0, ["Everybody got what they were promised."])
    with scope.everything("the shop has seen all of it"):
        kinds = set(LoyaltyTransaction.objects.values_list("transaction_type", flat=True))
    assert {"points_returned", "stamps_returned", "points_voided", "merge_in", "points_expired"} <= kinds


def test_what_is_written_again_later_breaks_no_promise(books: Books) -> None:
    assert written_again(books).stamps_delta == 1
    assert verify() == (0, ["Everybody got what they were promised."])
    assert list(verification.differences()) == []


# --- One breach of each kind ------------------------------------------------------------------------------


def test_each_check_has_its_planted_breach() -> None:
    assert set(PLANTED) == {*fairness.CHECKS, *fairness.NOT_ONE_STATEMENT}


@pytest.mark.parametrize("check", PLANTED)
def test_a_broken_promise_is_named_and_the_command_fails(books: Books, check: str) -> None:
    words = PLANTED[check](books)
    found = [violation for violation in fairness.violations() if violation.check == check]
    assert [str(violation) for violation in found] == [f"merchant {books.shop.merchant.pk}: {words}"]
    code, said = verify()
    assert (code, f"merchant {books.shop.merchant.pk}: {words}" in said) == (1, True)
    assert said[-1] == f"{len(said) - 1} promises were broken."


def test_a_purchase_in_yen_is_worth_what_it_is_in_yen() -> None:
    shop = factories.shop(points_per_euro="0.5")
    with scope.everything("a shop in Kyoto"):
        type(shop.merchant).objects.filter(pk=shop.merchant.pk).update(currency="JPY")
        shop.store.merchant.refresh_from_db()
        card = factories.card(shop.store)
        given_back(shop, bought(shop, card, 1201, "R-1"), 200)
        assert factories.fresh(card).points_balance == 500
        assert list(fairness.violations()) == []


# --- A minute's grace, and warnings since -----------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "broken"), [(59, 0), (61, 1)])
def test_a_till_may_have_read_the_program_up_to_a_minute_before(
    books: Books, seconds: int, broken: int
) -> None:
    line = LoyaltyTransaction.objects.get(purchase=books.kept, transaction_type="points_earned")
    changed = START + timedelta(hours=1)  # the first terms ended then
    past_all_guards(
        f"UPDATE {LINES} SET transaction_at = '{(changed + timedelta(seconds=seconds)).isoformat()}'"
        f" WHERE id = {line.pk}"
    )
    found = [each for each in fairness.violations() if each.check == "terms_were_valid"]
    assert len(found) == broken


def begin_before(line: LoyaltyTransaction, seconds: int) -> str:
    """Let the newest terms begin so long before a line; the condition that names those before them."""
    newest_of_all = ProgramTerms.objects.latest("id")
    begun = line.transaction_at - timedelta(seconds=seconds)
    past_all_guards(f"UPDATE {TERMS} SET valid_from = '{begun.isoformat()}' WHERE id = {newest_of_all.pk}")
    return f"id <> {newest_of_all.pk}"


@pytest.mark.parametrize(("seconds", "broken"), [(59, 0), (61, 1)])
def test_the_night_may_have_read_a_period_that_was_prolonged_a_minute_before(
    books: Books, seconds: int, broken: int
) -> None:
    change(books.shop, points_expiration_days=400)
    begin_before(newest(books.expired, "points_expired"), seconds)
    found = [each for each in fairness.violations() if each.check == "points_expire_when_it_is_time"]
    assert len(found) == broken


@pytest.mark.parametrize(("seconds", "broken"), [(59, 0), (61, 1)])
def test_the_night_may_have_read_that_no_warning_has_to_go_first_a_minute_before(
    books: Books, seconds: int, broken: int
) -> None:
    earlier = begin_before(newest(books.expired, "points_expired"), seconds)
    past_all_guards(f"UPDATE {TERMS} SET expiry_requires_warning = false WHERE {earlier}")
    past_all_guards(f"UPDATE {CARDS} SET last_expiration_warning_at = NULL WHERE id = {books.expired.pk}")
    found = [each for each in fairness.violations() if each.check == "an_expiry_had_its_warning"]
    assert len(found) == broken


def test_a_card_that_was_warned_again_since_says_no_more_of_the_warning_before(books: Books) -> None:
    past_all_guards(
        f"UPDATE {CARDS} SET last_expiration_warning_at = '2026-03-11' WHERE id = {books.expired.pk}"
    )
    assert verify()[0] == 0

"""A breach of each promise, planted as only somebody with the database's keys could: `PLANTED`, by what finds it."""

from collections.abc import Callable

from groundwork.messaging import outbox
from loyalty.models import Friend, LoyaltyCard, LoyaltyTransaction, Promotion, Purchase
from loyalty.services import restoring, voids
from tests import factories
from tests.loyalty.books import (
    CARDS,
    LINES,
    OWNER,
    Books,
    a_card_that_is_not_as_its_ledger,
    bought,
    newest,
    past_all_guards,
)

Plant = Callable[[Books], str]  # breaks something, and returns the words that name it


def one_receipt_twice(books: Books) -> str:
    past_all_guards("DROP INDEX one_receipt_earns_once")
    other = Purchase.objects.get(order_reference="R-3")
    past_all_guards(
        f"UPDATE loyalty_purchase SET order_reference = 'r-1', reference_key = 'r1' WHERE id = {other.pk}"
    )
    return f"purchases {books.kept.pk}, {other.pk} are one receipt, and each of them earns"


def a_receipt_under_another_number(books: Books) -> str:
    past_all_guards(f"UPDATE loyalty_purchase SET reference_key = 'x' WHERE id = {books.kept.pk}")
    return f"purchase {books.kept.pk} has a receipt that is compared as another number"


def a_closed_purchase_that_gives(books: Books) -> str:
    past_all_guards(f"UPDATE loyalty_purchase SET is_open = false WHERE id = {books.kept.pk}")
    return f"purchase {books.kept.pk} is undone or wholly returned, and gives 24.99 points and 1 stamps"


def a_return_that_took_too_little(books: Books) -> str:
    past_all_guards(
        f"UPDATE {LINES} SET points_fraction_delta = points_fraction_delta + 1"
        f" WHERE purchase_id = {books.kept.pk} AND transaction_type = 'points_earned'"
    )
    return (
        f"purchase {books.kept.pk} gives 24.9901 points and 1 stamps, what is left of it is worth 24.99 and 1"
    )


def an_undoing_that_leaves_something(books: Books) -> str:
    past_all_guards(f"UPDATE {LINES} SET stamps_delta = 0 WHERE id = {books.undone.pk}")
    return f"line {books.undone.pk} undoes line {books.undone.voids_id} by something else than its opposite"


def written_again(books: Books) -> LoyaltyTransaction:
    """The stamp of long ago, whose undoing was a slip as well."""
    about = {"store": books.shop.store, "actor": OWNER, "reason": "it was right"}
    return restoring.restore(undoing_id=books.undone.pk, written=[books.undone.pk], **about).transaction


def a_line_written_again_as_something_else(books: Books) -> str:
    again = written_again(books)
    past_all_guards(f"UPDATE {LINES} SET stamps_delta = 2 WHERE id = {again.pk}")
    return f"line {again.pk} writes line {books.undone.voids_id} again, and is something else"


def a_return_that_is_not_counted(books: Books) -> str:
    past_all_guards(f"UPDATE loyalty_purchase SET returned_cents = 100 WHERE id = {books.kept.pk}")
    return f"purchase {books.kept.pk} of 1999 has returns of 333 and says 100"


def a_line_under_terms_of_later(books: Books) -> str:
    line = LoyaltyTransaction.objects.get(purchase=books.kept, transaction_type="points_earned")
    books.shop.program.refresh_from_db()
    terms_id = books.shop.program.terms_id
    past_all_guards(f"UPDATE {LINES} SET terms_id = {terms_id} WHERE id = {line.pk}")
    return f"line {line.pk} names terms {terms_id}, which were not valid at its moment"


def a_line_under_other_terms_than_its_purchase(books: Books) -> str:
    line = LoyaltyTransaction.objects.filter(purchase=books.kept, transaction_type="points_returned").latest(
        "id"
    )
    past_all_guards(f"UPDATE {LINES} SET terms_id = NULL WHERE id = {line.pk}")
    return f"line {line.pk} names other terms than its purchase {books.kept.pk}"


def an_expiry_before_its_time(books: Books) -> str:
    line = newest(books.expired, "points_expired")
    past_all_guards(f"UPDATE {LINES} SET transaction_at = '2026-01-30' WHERE id = {line.pk}")
    return f"line {line.pk} took the points of card {books.expired.pk} before their time"


def an_expiry_without_warning(books: Books) -> str:
    line = newest(books.expired, "points_expired")
    past_all_guards(
        f"UPDATE {CARDS} SET last_expiration_warning_at = '2026-01-10 11:59+00' WHERE id = {books.expired.pk}"
    )
    return (
        f"line {line.pk} took the points of card {books.expired.pk} without the warning that had to go first"
    )


def a_day_that_is_not_as_its_ledger(books: Books) -> str:
    past_all_guards("UPDATE loyalty_dailyfigures SET new_cards = 4 WHERE new_cards = 3")
    return f"2026-01-10 at store {books.shop.store.pk}: new_cards is kept as 4, the ledger says 3"


def an_expiry_of_what_was_never_rightly_there(books: Books) -> str:
    bonus = newest(books.expired, "welcome_bonus")
    void = {"store": books.shop.store, "actor": OWNER, "reason": "a card too many"}
    assert voids.void(transaction_id=bonus.pk, **void).shortfall == 0
    line = newest(books.expired, "expiry_adjusted")
    past_all_guards(f"UPDATE {LINES} SET transaction_type = 'points_adjustment' WHERE id = {line.pk}")
    return f"card {books.expired.pk} has more expired, or let go, than was rightly there"


def promoted(books: Books) -> tuple[Promotion, LoyaltyTransaction]:
    """A promotion with a budget, and a line that it doubled: 10 points of 20."""
    promotion = factories.promotion(books.shop.program, budget=1000)
    card = factories.card(books.shop.store)
    purchase = bought(books.shop, card, 500, "R-9")
    return promotion, LoyaltyTransaction.objects.get(purchase=purchase, transaction_type="points_earned")


def a_promotion_that_gave_too_much(books: Books) -> str:
    _promotion, line = promoted(books)
    past_all_guards(
        f"UPDATE {LINES} SET points_delta = points_delta + 5,"
        f" promotions = jsonb_set(promotions, '{{0,points}}', '150000') WHERE id = {line.pk}"
    )
    return f"purchase {line.purchase_id} gives something else than its promotions promised"


def a_use_that_nobody_counted(books: Books) -> str:
    promotion, line = promoted(books)
    past_all_guards(f"DELETE FROM loyalty_promotionuse WHERE line_id = {line.pk}")
    return f"line {line.pk} and the uses of promotions {promotion.pk} say different things"


def a_budget_that_was_refilled(books: Books) -> str:
    promotion, _line = promoted(books)
    past_all_guards(f"UPDATE loyalty_promotion SET spent = 0 WHERE id = {promotion.pk}")
    return f"promotion {promotion.pk} says 0 of its budget is given, its uses say 100000"


def a_promotion_that_gave_before_it_ran(books: Books) -> str:
    promotion, line = promoted(books)
    past_all_guards(
        f"UPDATE loyalty_promotion SET planned_at = planned_at + interval '1 day' WHERE id = {promotion.pk}"
    )
    return f"line {line.pk} goes by promotion {promotion.pk}, which did not run at its moment"


def welcomed(books: Books) -> tuple[LoyaltyCard, Purchase, LoyaltyTransaction]:
    """Somebody brought a friend: the friend's card and purchase, and the line that is for it. Two days ago."""
    factories.promotion(
        books.shop.program,
        "Friends",
        effect="points",
        amount=50,
        audience="brought_by_friend",
        friend_amount=30,
    )
    host, friend = factories.card(books.shop.store), factories.card(books.shop.store)
    Friend.objects.create(merchant=books.shop.merchant, card=friend, brought_by=host)
    purchase = bought(books.shop, friend, 1000, "R-8")
    outbox.relay()
    return friend, purchase, newest(host, "friend_bonus")


def a_friend_who_is_welcomed_twice(books: Books) -> str:
    friend, purchase, _line = welcomed(books)
    promotion = Promotion.objects.get(name_en="Friends")
    second = bought(books.shop, friend, 1000, "R-9")
    past_all_guards(
        "INSERT INTO loyalty_promotionuse (merchant_id, promotion_id, line_id, purchase_id, card_id, points, stamps,"
        f" at, created_at) SELECT merchant_id, promotion_id, line_id, {second.pk}, card_id, points, stamps, at,"
        " created_at"
        f" FROM loyalty_promotionuse WHERE purchase_id = {purchase.pk}"
    )
    ids = f"{purchase.pk}, {second.pk}"
    return f"card {friend.pk} is welcomed as a friend by promotion {promotion.pk} with purchases {ids}"


def a_gift_without_its_purchase(books: Books) -> str:
    _friend, purchase, line = welcomed(books)
    past_all_guards(f"DELETE FROM loyalty_promotionuse WHERE purchase_id = {purchase.pk}")
    return f"line {line.pk} gives something for a friend whose purchase is not there any more"


def a_gift_that_never_came(books: Books) -> str:
    _friend, _purchase, line = welcomed(books)
    past_all_guards("UPDATE loyalty_friendgift SET line_id = NULL")
    return f"card {line.card_id} was promised something for a friend, and did not get it"


def a_gift_of_something_else(books: Books) -> str:
    _friend, _purchase, line = welcomed(books)
    past_all_guards("UPDATE loyalty_friendgift SET amount = 31")
    return f"line {line.pk} says it is for a friend, and gives something else than promised"


PLANTED: dict[str, Plant] = {
    "no_friend_is_welcomed_twice": a_friend_who_is_welcomed_twice,
    "a_gift_for_a_friend_has_its_purchase": a_gift_without_its_purchase,
    "who_brings_a_friend_gets_the_gift": a_gift_that_never_came,
    "a_gift_for_a_friend_is_of_one_line": a_gift_of_something_else,
    "promotions_give_what_they_promised": a_promotion_that_gave_too_much,
    "uses_are_those_of_their_lines": a_use_that_nobody_counted,
    "a_budget_counts_what_is_given": a_budget_that_was_refilled,
    "a_promotion_gives_while_it_runs": a_promotion_that_gave_before_it_ran,
    "a_receipt_earns_once": one_receipt_twice,
    "receipts_are_compared_by_their_number": a_receipt_under_another_number,
    "a_closed_purchase_gives_nothing": a_closed_purchase_that_gives,
    "a_purchase_gives_what_its_rest_is_worth": a_return_that_took_too_little,
    "what_is_undone_gives_nothing": an_undoing_that_leaves_something,
    "what_is_written_again_is_as_before": a_line_written_again_as_something_else,
    "returns_are_within_their_purchase": a_return_that_is_not_counted,
    "terms_were_valid": a_line_under_terms_of_later,
    "lines_go_by_the_terms_of_their_purchase": a_line_under_other_terms_than_its_purchase,
    "points_expire_when_it_is_time": an_expiry_before_its_time,
    "an_expiry_had_its_warning": an_expiry_without_warning,
    "a_card_is_as_its_newest_line": a_card_that_is_not_as_its_ledger,
    "figures_of_days_are_those_of_the_ledger": a_day_that_is_not_as_its_ledger,
    "what_expired_was_rightly_there": an_expiry_of_what_was_never_rightly_there,
}

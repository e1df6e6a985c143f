"""A small shop with a bit of everything, and an hour at its till: run by `tests.upgrades.at_the_shop`."""

import sys
from typing import Any

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from groundwork.deletion import soft_delete
from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard, LoyaltyProgram
from loyalty.reporting import statistics
from loyalty.services import expiry, points, purchases, returns, stamps, voids
from notifications.services import texts
from tenancy import scope
from tenancy.models import Store
from tests import factories, one_row_each

STAFF = factories.actor("staff")
ROWS = (
    one_row_each.a_card_code,
    one_row_each.a_batch,
    one_row_each.an_imported_person,
    one_row_each.a_return,
    one_row_each.an_invitation,
    one_row_each.a_pin,
    one_row_each.a_token,
    one_row_each.a_key,
    one_row_each.an_enrolled_till,
    one_row_each.a_failed_job,
    one_row_each.a_piece,
    one_row_each.an_email,
    one_row_each.a_text_message,
    one_row_each.an_offer,
    one_row_each.a_device,
    one_row_each.a_design,
    one_row_each.of_a_return,
    one_row_each.a_progress,
    one_row_each.a_delivery,
)


def open_shops() -> None:
    """One shop for each kind of row, with customers who have done all that is done at a till."""
    texts.load()
    factories.operator()
    for row in ROWS:
        shop = factories.shop(points_expiration_days=30, welcome_bonus_points=5)
        with factories.inside(shop):
            row(shop)
    an_hour(shop.store, shop.program)
    outbox.relay()
    expiry.expire_if_it_is_time(shop.merchant.pk, now=timezone.now())
    statistics.roll_up(shop.merchant, now=timezone.now())
    soft_delete(factories.card(shop.other_store), by=shop.owner)


def an_hour(at: Store, program: LoyaltyProgram) -> None:
    """Somebody joins, buys, fills a card, takes what it is worth, brings something back; a slip is undone."""
    card = factories.card(at, name="Léa Müller", stamps=program.stamps_target)
    about: dict[str, Any] = {"store": at, "card_id": card.pk, "actor": STAFF}
    stamps.redeem(**about)
    bought = purchases.record(purchase_amount_cents=9_900, order_reference=f"R-{card.pk}", **about)
    reward = program.rewards.order_by("points_cost").first()
    assert reward
    assert bought.purchase
    points.redeem(reward_id=reward.pk, **about)
    returns.give_back(
        store=at, purchase_id=bought.purchase.pk, actor=STAFF, amount_cents=1_000, reason="too small"
    )
    slip = points.earn(purchase_amount_cents=250, **about)
    voids.void(store=at, actor=STAFF, transaction_id=slip.transaction.pk, reason="a slip")


def an_hour_in_sql() -> list[str]:
    """What an hour at the till of the last shop says to the database, as it is sent, but for BEGIN and COMMIT."""
    told: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        rows = params if many else [params]
        writer = psycopg.ClientCursor(connection.connection)
        told.extend(writer.mogrify(sql, row or None) for row in rows)
        return execute(sql, params, many, context)

    program = LoyaltyProgram.objects.latest("pk")
    store = Store.objects.filter(merchant=program.merchant_id).earliest("pk")
    with connection.execute_wrapper(note), transaction.atomic():
        an_hour(store, program)
        transaction.set_rollback(True)
    return [sql for sql in told if "SAVEPOINT" not in sql]


def run(what: str) -> None:
    """Open the shops; print an hour at the till, which is undone; or stamp the newest card once more."""
    with scope.everything("a release is kept"):
        if what == "open":
            open_shops()
        elif what == "till":
            sys.stdout.write(";\n".join(an_hour_in_sql()) + ";\n")
        else:
            card = LoyaltyCard.objects.latest("pk")
            factories.give_stamps(card, Store.objects.filter(merchant=card.merchant_id).earliest("pk"), 1)

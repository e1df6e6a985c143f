"""The shop in which the examples of the API's description are taken and tried: Café Mirabel, where Anna has a card."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse

from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase
from tenancy.models import Merchant, Role, Scope, Store
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller
from tests.one_row_each import a_delivery
from webhooks.models import Delivery

REASON = {"reason": "The customer changed their mind"}
ANNA = "anna.weber@example.com"
PURCHASE = {"purchase_amount_cents": 1250, "order_reference": "R-2026-0042"}

# What is sent, by operation: its body and its query.
BODIES: dict[str, dict[str, Any]] = {
    "Cards_post": {
        "email": "marie.muller@example.com",
        "name": "Marie Muller",
        "phone": "621 987 654",
        "language": "fr",
        "create_if_missing": True,
    },
    "UnlockTerminal_post": {"pin": factories.PIN},
    "CardCodes_post": {"code": "4006381333931"},
    "Stamps_post": {"count": 2, "notes": "Two coffees"},
    "RedeemStamps_post": {"notes": "A coffee, to take away"},
    "Points_post": PURCHASE,
    "RedeemPoints_post": {"reward_id": 1},
    "AdjustPoints_post": {"points_delta": 50, "reason": "Forgotten yesterday"},
    "ForgiveDebt_post": {"reason": "Our mistake"},
    "RecordPurchase_post": PURCHASE
    | {"items": [{"sku": "croissant", "category": "bakery", "quantity": 2, "amount_cents": 360}]},
    "QuotePurchase_post": PURCHASE,
    "ReturnPurchase_post": REASON | {"amount_cents": 400},
    "QuoteReturn_post": {"amount_cents": 400},
    "DeactivateCard_post": {"reason": "Lost"},
    "ReactivateCard_post": {"reason": "Found again"},
    "ReplaceCard_post": {"reason": "Stolen", "new_number": True},
    "MergeCards_post": {"into_card_id": 1, "reason": "The same person"},
    "VoidTransaction_post": {"reason": "The wrong card"},
    "StaffPins_post": {"name": "Marc", "pin": "8052", "staff_code": "M"},
    "OneStaffPin_patch": {"name": "Léa Simon"},
    "Programs_post": {
        "merchant": "alzette",
        "loyalty_type": "hybrid",
        "card_name": "Friends of the bakery",
        "points_per_euro": "1.5",
        "rewards": [{"name": "Croissant", "points_cost": 500}],
    },
    "OneProgram_patch": {"cooldown_minutes": 15, "max_daily_stamps": 7},
    "Promotions_post": {
        "name": "Tuesday afternoon",
        "factor": "2",
        "weekdays": [2],
        "from_time": "14:00",
        "until_time": "17:00",
    },
    "OnePromotion_patch": {"card_day_limit": 100},
    "Endpoints_post": {
        "url": "https://books.example/hooks",
        "types": ["purchase.recorded", "purchase.returned"],
        "description": "The books",
    },
    "OneEndpoint_patch": {"types": []},
    "Replay_post": {"since": "2026-11-28T00:00:00Z"},
    "PublicEnrollment_post": {
        "email": "marie.muller@example.com",
        "name": "Marie Muller",
        "language": "fr",
        "accept_terms": True,
    },
}
QUERIES: dict[str, dict[str, Any]] = {
    "CardLookup_get": {"q": ANNA},
    "Cards_get": {"search": "anna"},
    "Events_get": {"limit": 2},
    "Purchases_get": {"order_reference": "R-2026-0041"},
    "Deliveries_get": {"state": "waiting"},
    "Statistics_get": {"days": 7},
    "ProgramStatistics_get": {"days": 7},
}


@dataclass
class ExampleShop:
    """The shop, what is in it by the name of a path's parameter, and who calls."""

    shop: Shop
    card: LoyaltyCard
    known: dict[str, Any]
    others: dict[str, int]

    def prepare(self, operation: str) -> None:
        """Let happen what must have happened before a call."""
        if operation in BEFORE:
            BEFORE[operation](self)

    def send(self, operation: str, method: str, path: str, once: str) -> HttpResponse:
        """Make a call's example, as whoever may; ids in its body are those of this shop."""
        body = BODIES.get(operation)
        if body is not None:
            body = {name: self.others.get(name, value) for name, value in body.items()}
        query = "&".join(f"{name}={value}" for name, value in QUERIES.get(operation, {}).items())
        address = path.format(**self.known) + (f"?{query}" if query else "")
        return self.caller(path).call(method.upper(), address, body, once=once)

    def caller(self, path: str) -> Caller:
        if "/public/" in path:
            return Caller(base="")
        if "/admin/" in path:
            return Caller(factories.operator(), base="")
        return Caller(key=factories.api_key(self.shop.store, list(Scope.values)), base="")


def opened() -> ExampleShop:
    """The shop with a customer, purchases, a PIN, and something on its way to an endpoint."""
    shop = _named(factories.shop())
    card = factories.card(shop.store, ANNA, stamps=12, phone="+352621123456", language="fr")
    twin = factories.card(shop.store, "anna@example.com")
    with factories.inside(shop):
        for cents, receipt in ((90_000, "R-2026-0040"), (1250, "R-2026-0041")):
            factories.points.earn(
                store=shop.store,
                card_id=card.pk,
                actor=factories.actor(),
                purchase_amount_cents=cents,
                order_reference=receipt,
            )
        known = {
            "store_code": shop.store.store_code,
            "card_id": card.pk,
            "pin_id": factories.staff_pin(shop.store).pk,
            "transaction_id": LoyaltyTransaction.objects.filter(card=card).order_by("-id")[0].pk,
            "purchase_id": Purchase.objects.get(card=card, order_reference="R-2026-0041").pk,
            "code_id": card.codes.create(merchant=shop.merchant, code="OLD 17").pk,
            "row_id": shop.program.pk,
            "promotion_id": factories.promotion(shop.program, first_day=date(2099, 1, 1)).pk,
            "delivery_id": a_delivery(shop).pk,
        }
        known["endpoint_id"] = Delivery.objects.get().endpoint_id
        reward = shop.program.rewards.order_by("points_cost")[0].pk
    return ExampleShop(shop, card, known, {"reward_id": reward, "into_card_id": twin.pk})


def _named(shop: Shop) -> Shop:
    """A shop under the names that the examples have."""
    Merchant.objects.filter(pk=shop.merchant.pk).update(name="Café Mirabel", slug="mirabel")
    with factories.inside(shop):
        for store, code, city in (
            (shop.store, "mirabel-gare", "Luxembourg"),
            (shop.other_store, "mirabel-kirchberg", "Luxembourg"),
        ):
            Store.objects.filter(pk=store.pk).update(
                name=f"Mirabel {code[8:].title()}", store_code=code, city=city
            )
    return Shop(
        merchant=factories.fresh(shop.merchant),
        store=factories.fresh(shop.store),
        other_store=factories.fresh(shop.other_store),
        program=factories.fresh(shop.program),
        owner=shop.owner,
        manager=shop.manager,
        staff=shop.staff,
    )


# --- What must have happened before -----------------------------------------------------------------------


def _call(method: str, path: str) -> Callable[[ExampleShop], None]:
    def prepare(place: ExampleShop) -> None:
        done = place.caller(path).call(method, path.format(**place.known), {"reason": "why"}, once="before")
        assert done.status_code < 300, done.content

    return prepare


def _owing(place: ExampleShop) -> None:
    """Anna has spent what she now brings back."""
    with factories.inside(place.shop):
        points, reward = factories.points, place.shop.program.rewards.order_by("-points_cost")[0]
        for _time in range(6):
            points.redeem(
                store=place.shop.store, card_id=place.card.pk, actor=factories.actor(), reward_id=reward.pk
            )
        big = Purchase.objects.get(order_reference="R-2026-0040")
    path = f"/api/v1/stores/{place.shop.store.store_code}/purchases/{big.pk}/return/"
    assert place.caller(path).call("POST", path, REASON, once="before").status_code == 201


def _another_merchant(_place: ExampleShop) -> None:
    factories.merchant(name="Bäckerei Alzette", slug="alzette")


def _running_promotion(place: ExampleShop) -> None:
    place.known["promotion_id"] = factories.promotion(place.shop.program).pk


def _row(noun: str) -> Callable[[ExampleShop], None]:
    def prepare(place: ExampleShop) -> None:
        rows = {
            "merchants": place.shop.merchant,
            "stores": place.shop.other_store,
            "users": factories.member(place.shop.store, role=Role.STAFF),
            "customers": place.card.customer,
            "cards": place.card,
            "programs": place.shop.program,
        }
        place.known["row_id"] = rows[noun].pk

    return prepare


def _removed(noun: str) -> Callable[[ExampleShop], None]:
    def prepare(place: ExampleShop) -> None:
        _row(noun)(place)
        path = f"/api/v1/admin/{noun}/{place.known['row_id']}/"
        assert place.caller(path).call("DELETE", path).status_code == 204

    return prepare


KINDS = ("Merchant", "Store", "User", "Customer", "Card")
BEFORE: dict[str, Callable[[ExampleShop], None]] = {
    "ReactivateCard_post": _call("POST", "/api/v1/stores/{store_code}/cards/{card_id}/deactivate/"),
    "ForgiveDebt_post": _owing,
    "Programs_post": _another_merchant,
    "StopPromotion_post": _running_promotion,
    "RestoreProgram_put": _removed("programs"),
    **{f"Any{kind}_delete": _row(f"{kind.lower()}s") for kind in KINDS},
    **{f"Restore{kind}_put": _removed(f"{kind.lower()}s") for kind in KINDS},
}

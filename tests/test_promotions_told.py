"""One happy hour, and one friend, wherever they are told: the till, the API, pages, passes, e-mails, events."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from groundwork.messaging import outbox
from loyalty.models import LoyaltyCard, Promotion
from loyalty.services import enrollment, friends
from notifications import variables
from notifications.codes import Code
from notifications.models import EmailLog
from tenancy import scope
from tests import factories
from tests.factories import Shop
from tests.loyalty.api.till import Caller, Till
from wallet import selectors
from wallet.apple.payload import Identity, build
from wallet.google.payload import loyalty_object

pytestmark = pytest.mark.django_db
# A Tuesday in May, 9:30 in Luxembourg.
MORNING = datetime(2026, 5, 12, 7, 30, tzinfo=UTC)
SAID = "Today until 11:00: points count double"


@pytest.fixture(autouse=True)
def in_the_morning() -> Iterator[None]:
    with scope.everything("all that is told of one shop"), time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def shop() -> Shop:
    return factories.shop(points_per_euro=10, loyalty_type="points")


@pytest.fixture
def till(shop: Shop) -> Till:
    return Till(shop.store, shop.staff)


@pytest.fixture
def card(shop: Shop) -> LoyaltyCard:
    return factories.card(shop.store, email="anouk@example.com", name="Anouk Weber")


@pytest.fixture
def happy_hour(shop: Shop) -> Promotion:
    hours = {"from_time": time(9), "until_time": time(11)}
    return factories.promotion(shop.program, "Happy hour", weekdays=[2], **hours)


@pytest.fixture
def bring_a_friend(shop: Shop) -> Promotion:
    given = {"effect": "points", "amount": 50, "friend_amount": 30, "least_cents": 1000}
    return factories.promotion(shop.program, "Bring a friend", audience="brought_by_friend", **given)


def answered(response: Any) -> Any:
    assert response.status_code in (200, 201), response.content
    return response.json()


def events(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """The data of all that webhooks and their feed tell, by type."""
    while outbox.relay():  # what goes to whoever brought a friend is announced by the outbox itself
        pass
    caller = Caller(key=factories.api_key(shop.store, ["manage"]))
    found: dict[str, list[dict[str, Any]]] = {}
    for event in answered(caller.get("events/"))["events"]:
        found.setdefault(event["type"], []).append(event["data"])
    return found


def on_passes(card: LoyaltyCard) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What Apple's and Google's passes of a card show, field by field."""
    rows = LoyaltyCard.objects.select_related("program", "customer", "merchant", "scope_store")
    row = rows.get(pk=card.pk)
    lines = selectors.lines_of_cards([row.pk])[row.pk]
    facts = selectors.card_facts(row, selectors.program_facts(row.program_id), lines=lines)
    made = build(facts, Identity("pass.test", "TEAM", "1", "token"))
    google = loyalty_object(facts, object_id="1.card", class_id="1.shop", hero="https://example.com/1.png")
    fields = [field for group in made.content["storeCard"].values() for field in group]
    return fields, google["textModulesData"]


def test_the_till_says_what_runs_and_what_a_purchase_gives_by_it(
    till: Till, card: LoyaltyCard, happy_hour: Promotion
) -> None:
    assert answered(till.get(f"cards/{card.pk}/"))["promotions"] == [SAID]
    part = {"id": happy_hour.pk, "name": "Happy hour", "points": 45, "points_fraction": 0, "stamps": 0}

    quote = answered(till.post(f"cards/{card.pk}/purchases/quote/", {"purchase_amount_cents": 450}))
    assert (quote["points"], quote["promotions"]) == (90, [part])
    done = answered(till.post(f"cards/{card.pk}/purchases/", {"purchase_amount_cents": 450}))
    assert (done["points"]["given"], done["promotions"]) == (90, [part])
    assert [line["promotions"] for line in done["transactions"]] == [[part]]
    assert done["card"]["promotions"] == [SAID]

    back = {"amount_cents": 150, "reason": "cold"}
    path = f"purchases/{done['purchase']['id']}/return/"
    returned = answered(till.post(path, back))
    assert [line["promotions"] for line in returned["transactions"]] == [[part | {"points": -15}]]


def test_whoever_has_no_card_yet_is_told_what_runs_and_until_when(
    client: Client, shop: Shop, happy_hour: Promotion
) -> None:
    public = f"/api/v1/public/stores/{shop.store.store_code}/program/"
    assert answered(client.get(public))["promotions"] == [
        {"id": happy_hour.pk, "name": "Happy hour", "until": "2026-05-12T09:00:00Z"}
    ]


def test_both_wallets_show_it_in_one_field(card: LoyaltyCard, happy_hour: Promotion) -> None:
    apple, google = on_passes(card)

    assert [field for field in apple if field["key"] == "promotion"] == [
        {"key": "promotion", "label": "Happy hour", "value": SAID}
    ]
    (module,) = [module for module in google if module["id"] == "promotion"]
    assert (module["header"], module["body"]) == ("Happy hour", SAID)
    german = {each["language"]: each["value"] for each in module["localizedBody"]["translatedValues"]}
    assert german["de"] == "Heute bis 11:00: doppelte Punkte"


def test_any_email_may_say_it(card: LoyaltyCard, happy_hour: Promotion) -> None:
    row = LoyaltyCard.objects.select_related("program", "customer", "merchant").get(pk=card.pk)
    assert variables.at_hand(row, now=MORNING)["promotions"] == f"{SAID}."


def test_the_overview_says_it_and_leads_to_the_promotion(shop: Shop, happy_hour: Promotion) -> None:
    client = Client()
    client.force_login(shop.owner, backend="tenancy.sign_in.EmailBackend")
    page = client.get(reverse("admin:index"), {"place": f"merchant-{shop.merchant.pk}"})

    (told,) = page.context["promotions"]
    assert (told["row"], told["text"]) == (happy_hour, SAID)
    assert reverse("admin:loyalty_promotion_change", args=[happy_hour.pk]) in page.content.decode()


def test_receivers_are_told_what_of_a_line_it_gave(
    till: Till, shop: Shop, card: LoyaltyCard, happy_hour: Promotion
) -> None:
    answered(till.post(f"cards/{card.pk}/purchases/", {"purchase_amount_cents": 450}))

    told = events(shop)
    part = {"id": happy_hour.pk, "name": "Happy hour", "points": 45, "points_fraction": 0, "stamps": 0}
    (earned,), (recorded,) = told["points.earned"], told["purchase.recorded"]
    assert (earned["transaction"]["points_delta"], earned["transaction"]["promotions"]) == (90, [part])
    assert [line["promotions"] for line in recorded["transactions"]] == [[part]]


def test_a_friend_is_told_of_at_the_till_on_the_pass_by_email_and_to_receivers(
    till: Till, shop: Shop, card: LoyaltyCard, bring_a_friend: Promotion
) -> None:
    ben = enrollment.enroll(
        store=shop.store,
        actor=factories.actor(""),
        email="ben@example.com",
        self_service=True,
        brought_by=friends.code_of(card),
    ).card
    words = "A friend who is brought gets 50 points, whoever brought them gets 30 points"
    (said,) = answered(till.get(f"cards/{ben.pk}/"))["promotions"]
    assert said.startswith(words)
    assert answered(till.get(f"cards/{card.pk}/"))["promotions"] == []

    done = answered(till.post(f"cards/{ben.pk}/purchases/", {"purchase_amount_cents": 1000}))

    part = {"id": bring_a_friend.pk, "name": "Bring a friend", "points_fraction": 0, "stamps": 0}
    assert (done["points"]["given"], done["promotions"]) == (150, [part | {"points": 50}])
    assert done["card"]["promotions"] == []
    (told,) = events(shop)["friend.rewarded"]
    line = told["transaction"]
    assert (line["transaction_type"], line["card_id"], line["points_delta"]) == ("friend_bonus", card.pk, 30)
    assert line["promotions"] == [part | {"points": 30}]

    apple, _google = on_passes(card)
    (news,) = [field["value"] for field in apple if "changeMessage" in field]
    assert news == "+30 points, 30 now"
    email = EmailLog.objects.get(code="loyalty_friend_came")
    row = LoyaltyCard.objects.select_related("program", "customer", "merchant").get(pk=card.pk)
    about = {"code": email.code, "language": "en", "context": email.context, "now": MORNING}
    values = variables.of(row, **about)
    assert (values["friend_points"], values["points_balance"]) == (30, 30)
    assert Code(email.code) == Code.FRIEND_CAME
    page = Client().get(reverse("card", args=[card.access_token])).content.decode()
    assert "You brought a friend" in page
    assert "1 friend came by your invitation." in page

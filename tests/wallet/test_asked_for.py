"""Nobody is made a pass who did not ask for it: what is made when, kept up how long, counted how, and when it goes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.models import LoyaltyCard
from tenancy import scope
from tenancy.models import User
from tenancy.roles import Role
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import apple_pass, carried, deliver, google_pass, object_of, page_of, stamped
from tests.wallet.fake_apns import FakeApns
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.google_signer import Signer, in_seconds
from tests.wallet.iphone import IPhone
from tests.wallet.test_callback import post
from wallet.funnels import funnels
from wallet.models import PassState, Platform, WalletOffer, WalletPass

HOUR = 3600


@pytest.fixture
def signer(google: FakeGoogle) -> Signer:
    made = Signer()
    google.root_keys = made.root_keys
    return made


def told(signer: Signer, event: str, card: LoyaltyCard, *, nonce: str, expires: float = HOUR) -> None:
    """Google's word about a card's object, as it expires so many seconds from now."""
    body = signer.callback(
        event, str(google_pass(card).object_id), nonce=nonce, expTimeMillis=in_seconds(expires)
    )
    assert post(body) == 200


def funnel() -> list[tuple[str, str, list[int]]]:
    """(store, wallet, [offered, clicked, made, saved, removed]) of each line."""
    with scope.everything("a test counts"):
        rows = funnels(WalletOffer.objects.all())
    return [
        (row.store, row.platform, [row.offered, row.clicked, row.made, row.saved, row.removed])
        for row in rows
    ]


def shown_to(user: User) -> dict[str, list[int]]:
    """Store -> [offered, saved], as the console says it to somebody."""
    console = Client()
    console.force_login(user, backend="tenancy.sign_in.EmailBackend")
    rows = console.get(reverse("admin:wallet_walletpass_changelist")).context["funnels"]
    return {row.store: [row.offered, row.saved] for row in rows}


def test_who_did_not_ask_is_not_at_google_and_who_clicks_is(
    google: FakeGoogle, shop: factories.Shop, client: Client
) -> None:
    asking, other = factories.card(shop.store), factories.card(shop.store)
    stamped(other, shop)
    deliver()
    workers.sweep_passes()
    assert google.requests == []
    assert client.get(page_of(asking, "google/")).status_code == 302
    deliver()
    assert list(google.objects) == [google_pass(asking).object_id]
    with scope.everything("a test looks"):
        assert [each.card_id for each in WalletPass.objects.all()] == [asking.pk]


def test_the_way_to_the_wallet_is_counted_exactly_for_each_store(
    google: FakeGoogle, signer: Signer, shop: factories.Shop, client: Client
) -> None:
    ours = [factories.card(shop.store) for _card in range(4)]
    theirs = factories.card(shop.other_store)
    iphone = {"headers": {"User-Agent": "iPhone"}}
    for card in [*ours, theirs, theirs]:
        client.get(page_of(card, ""))
    client.get(page_of(ours[0], ""), **iphone)  # is not offered Google's
    client.head(page_of(factories.card(shop.store), ""))
    for card in [*ours[:3], ours[0]]:
        client.get(page_of(card, "google/"))
    for number, card in enumerate([*ours[:2], ours[0]]):
        told(signer, "save", card, nonce=f"s{number}", expires=HOUR + number)
    told(signer, "del", ours[0], nonce="d", expires=HOUR + 9)
    names = shop.store.name, shop.other_store.name
    assert sorted(funnel()) == sorted(
        [(names[0], "google", [4, 3, 3, 2, 1]), (names[1], "google", [1, 0, 0, 0, 0])]
    )
    told(signer, "save", ours[0], nonce="again", expires=HOUR + 10)
    assert (names[0], "google", [4, 3, 3, 2, 0]) in funnel()
    of_one_store = factories.member(shop.other_store, role=Role.MANAGER)
    assert shown_to(shop.owner) == {names[0]: [4, 2], names[1]: [1, 0]}
    assert shown_to(of_one_store) == {names[1]: [1, 0]}
    assert shown_to(factories.shop().owner) == {}


def test_an_iphone_counts_when_it_registers_and_leaves(apns: FakeApns, shop: factories.Shop) -> None:
    card = factories.card(shop.store)
    phone = IPhone()
    held = phone.add(page_of(card), and_register=False)
    assert funnel() == [(shop.store.name, "apple", [1, 1, 1, 0, 0])]
    phone = IPhone()
    held = phone.add(page_of(card))
    assert funnel() == [(shop.store.name, "apple", [1, 1, 1, 1, 0])]
    phone.remove(held)
    assert funnel() == [(shop.store.name, "apple", [1, 1, 1, 1, 1])]
    assert apple_pass(card).state == PassState.REMOVED


def test_a_pass_that_was_taken_out_is_not_kept_up_and_is_whole_when_it_comes_back(
    google: FakeGoogle, signer: Signer, shop: factories.Shop, client: Client
) -> None:
    card = carried(factories.card(shop.store))
    deliver()
    told(signer, "save", card, nonce="1")
    told(signer, "del", card, nonce="2", expires=HOUR + 1)
    google.requests.clear()
    stamped(card, shop, 3)
    deliver()
    assert google.requests == []
    client.get(page_of(card, "google/"))
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 3}
    told(signer, "save", card, nonce="3", expires=HOUR + 2)
    stamped(card, shop)
    deliver()
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 4}


def test_what_was_missed_while_it_was_out_follows_when_it_is_saved_from_an_old_link(
    google: FakeGoogle, signer: Signer, shop: factories.Shop
) -> None:
    card = carried(factories.card(shop.store))
    deliver()
    told(signer, "del", card, nonce="1")
    stamped(card, shop)
    deliver()
    told(signer, "save", card, nonce="2", expires=HOUR + 1)
    deliver()
    assert object_of(google, card)["loyaltyPoints"]["balance"] == {"int": 1}


@pytest.mark.parametrize(("late", "last", "state"), [("save", "del", "removed"), ("del", "save", "saved")])
def test_google_word_that_was_overtaken_changes_nothing(
    google: FakeGoogle, signer: Signer, shop: factories.Shop, late: str, last: str, state: str
) -> None:
    card = carried(factories.card(shop.store))
    deliver()
    told(signer, last, card, nonce="1", expires=HOUR)
    told(signer, late, card, nonce="2", expires=HOUR - 1)
    assert google_pass(card).state == state


def left_for(card: LoyaltyCard, days: int) -> None:
    with scope.everything("days later"):
        past = timezone.now() - timedelta(days=days, minutes=1)
        WalletPass.objects.filter(card=card, platform=Platform.GOOGLE).update(asked_at=past)


def test_an_object_that_nobody_saved_is_retired_once_and_then_gone(
    google: FakeGoogle, signer: Signer, shop: factories.Shop, client: Client
) -> None:
    left, held, unheard, new = [carried(factories.card(shop.store, name="Anouk Weber")) for _card in range(4)]
    deliver()
    told(signer, "save", held, nonce="1")
    google.objects[google_pass(unheard).object_id]["hasUsers"] = True  # the callback was lost
    for card in (left, held, unheard):
        left_for(card, 7)
    left_for(new, 6)
    object_id = str(google_pass(left).object_id)
    google.requests.clear()
    for _round in range(3):
        workers.sweep_passes()
        deliver()
    assert [method for method, about in google.calls() if about == object_id] == ["GET", "PATCH", "PATCH"]
    kept = google.objects[object_id]
    assert kept["state"] == "INACTIVE"
    assert "Anouk" not in str(kept)
    assert "barcode" not in kept
    with scope.everything("a test looks"):
        assert set(WalletPass.objects.values_list("card_id", "state")) == {
            (held.pk, "saved"),
            (unheard.pk, "saved"),
            (new.pk, "active"),
        }
    assert client.get(page_of(left, "google/")).status_code == 302  # who comes back gets a new one
    assert google_pass(left).object_id != object_id


def test_while_google_does_not_answer_nobody_loses_a_pass(google: FakeGoogle, shop: factories.Shop) -> None:
    card = carried(factories.card(shop.store))
    deliver()
    left_for(card, 7)
    google.answer("GET", 503)
    workers.sweep_passes()
    assert google_pass(card).state == PassState.ACTIVE
    workers.sweep_passes()
    with scope.everything("a test looks"):
        assert WalletPass.objects.get().state == PassState.VOID

"""Many at once, on real PostgreSQL with real commits: updates, registrations, workers, callbacks, the pace."""

import threading
from collections import Counter
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import QuerySet
from django.utils import timezone

from loyalty.models import LoyaltyCard
from tenancy import scope
from tests import factories
from tests.wallet.conftest import apple_pass, deliver, google_pass, hurry, page_of, relay, stamped
from tests.wallet.fake_apns import FakeApns
from tests.wallet.fake_google import FakeGoogle
from tests.wallet.google_signer import Signer
from tests.wallet.iphone import IPhone
from wallet import tasks
from wallet.models import AppleDeviceRegistration, Platform, WalletPass
from wallet.services import callbacks, channel, devices, passes, queue, tags
from wallet.services.versions import touch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WAIT = 30  # seconds; only a broken test waits so long


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act` in so many threads that begin at the same moment; returns what each returned."""
    together, results = threading.Barrier(count), []

    def run(number: int) -> None:
        together.wait(WAIT)
        try:
            with scope.everything("a race between workers"):
                results.append(act(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    return results


class Held:
    """Something that runs in a transaction of its own thread, which commits only when it is told to."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act
        self.done, self.commit = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with scope.everything("a slow transaction"), transaction.atomic():
            self.act()
            self.done.set()
            assert self.commit.wait(WAIT)
        connections.close_all()

    def __enter__(self) -> "Held":
        self.thread.start()
        assert self.done.wait(WAIT)
        return self

    def __exit__(self, *_error: object) -> None:
        self.commit.set()
        self.thread.join(WAIT)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


# --- Update tags ------------------------------------------------------------------------------------------


@pytest.fixture
def phone(apple: object) -> IPhone:
    return IPhone()


@pytest.fixture
def two_cards(phone: IPhone, shop: factories.Shop) -> list[LoyaltyCard]:
    """Two cards in one phone that has heard of both."""
    made = [factories.card(shop.store), factories.card(shop.store)]
    for card in made:
        phone.add(page_of(card))
    relay()
    phone.ask_what_is_new()
    return made


def test_a_change_that_commits_after_a_later_one_is_not_lost(
    phone: IPhone, two_cards: list[LoyaltyCard]
) -> None:
    """The phone asks between the two: the slow change was begun first and is committed last."""
    slow, quick = (apple_pass(card) for card in two_cards)
    with Held(lambda: touch(WalletPass.objects.filter(pk=slow.pk))):
        with scope.everything("a quick change"):
            touch(WalletPass.objects.filter(pk=quick.pk))
        assert phone.ask_what_is_new() == [quick.serial_number]
    assert phone.ask_what_is_new() == [slow.serial_number]
    assert phone.ask_what_is_new() == []


def publish_slowly_then_quickly(slow: WalletPass, quick: WalletPass, between: Callable[[], None]) -> None:
    """Two workers give out tags; the first one's commit comes late. `between` runs while it hangs."""
    with scope.everything("both have changed"):
        touch(WalletPass.objects.filter(pk__in=[slow.pk, quick.pk]))
    with Held(lambda: tags.publish(WalletPass.objects.filter(pk=slow.pk))) as held:
        second = threading.Thread(target=at_once, args=(1, lambda _: tags.publish(only(quick))))
        second.start()
        while second.is_alive() and not somebody_waits_for_a_lock():
            second.join(0.01)
        between()
        held.commit.set()
        second.join(WAIT)


def only(wallet_pass: WalletPass) -> QuerySet[WalletPass]:
    return WalletPass.objects.filter(pk=wallet_pass.pk)


def answers_around_a_slow_tag(phone: IPhone, cards: list[LoyaltyCard]) -> list[list[str]]:
    """What the phone is told while the first tag is not committed yet, and after that."""
    slow, quick = (apple_pass(card) for card in cards)
    heard: list[list[str]] = []

    def ask() -> None:
        with scope.everything("as the web service does, without giving out tags itself"):
            newest = tags.current()
            since = tags.parse(phone.tag, newest)
            rows = WalletPass.objects.filter(update_tag__gt=since).order_by("update_tag")
            found = list(rows.values_list("serial_number", "update_tag"))
        if found:
            phone.tag = tags.written(found[-1][1], newest)
        heard.append([serial for serial, _ in found])

    publish_slowly_then_quickly(slow, quick, ask)
    ask()
    return heard


def test_a_tag_that_commits_late_is_not_passed_over(phone: IPhone, two_cards: list[LoyaltyCard]) -> None:
    """Seen to fail without the lock on the counter's row: see the next test."""
    heard = answers_around_a_slow_tag(phone, two_cards)
    assert sorted(chain(*heard)) == sorted(apple_pass(card).serial_number for card in two_cards)


def test_without_the_lock_it_would_be_passed_over(
    phone: IPhone, two_cards: list[LoyaltyCard], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers as from a sequence, without a lock: the quick one takes the higher number and commits first."""
    numbers = iter(range(1000, 2000))

    def unlocked(untagged: QuerySet[WalletPass]) -> int:
        ids = list(untagged.values_list("pk", flat=True))
        for wallet_pass in WalletPass.objects.filter(pk__in=ids):
            values = {"update_tag": next(numbers), "tagged_version": wallet_pass.wanted_version}
            WalletPass.objects.filter(pk=wallet_pass.pk).update(**values)
        return len(ids)

    def parse(text: str | None, newest: Any) -> int:
        return int((text or "0.0").partition(".")[2])

    monkeypatch.setattr(tags, "_publish_batch", unlocked)
    monkeypatch.setattr(tags, "parse", parse)
    heard = answers_around_a_slow_tag(phone, two_cards)
    assert apple_pass(two_cards[0]).serial_number not in list(chain(*heard))


# --- Devices ----------------------------------------------------------------------------------------------


def test_twenty_equal_registrations_make_one(apple: object, shop: factories.Shop) -> None:
    held = IPhone().add(page_of(factories.card(shop.store)), and_register=False)
    answers = Counter(at_once(20, lambda _: IPhone("same", "aa01").register(held).status_code))
    assert answers == {201: 1, 200: 19}
    with scope.everything("a test looks"):
        assert AppleDeviceRegistration.objects.count() == 1


def test_registering_and_leaving_at_once_ends_in_one_or_the_other(
    apple: object, shop: factories.Shop
) -> None:
    card = factories.card(shop.store)
    held = IPhone().add(page_of(card), and_register=False)
    wallet_pass = apple_pass(card)

    def act(number: int) -> None:
        if number % 2:
            devices.unregister(wallet_pass, device="same")
        else:
            IPhone("same", "aa01").register(held)

    at_once(10, act)
    with scope.everything("a test looks"):
        count = AppleDeviceRegistration.objects.count()
    assert apple_pass(card).state == ("saved" if count else "removed")


def test_twenty_downloads_make_one_pass(apple: object, shop: factories.Shop, no_wallets: None) -> None:
    card = factories.card(shop.store)
    with scope.everything("as if the card were older than the wallet"):
        assert not WalletPass.objects.exists()
    made = at_once(20, lambda _: passes.living(card, Platform.APPLE).pk if passes.platforms() else 0)
    assert len(set(made)) == 1


# --- Workers ----------------------------------------------------------------------------------------------


def lagging_passes(shop: factories.Shop, count: int) -> None:
    for _card in range(count):
        factories.card(shop.store)
    relay()
    hurry()


def claim_ten_at_once() -> list[int]:
    claimed = at_once(
        4, lambda _: [row.pk for row in queue.claim(WalletPass.objects.all(), limit=10, now=timezone.now())]
    )
    return list(chain(*claimed))


def test_four_workers_claim_different_passes(apple: object, shop: factories.Shop) -> None:
    """Seen to fail without the lock: see the next test."""
    lagging_passes(shop, 12)
    claimed = claim_ten_at_once()
    assert len(claimed) == len(set(claimed)) == 12


def test_without_the_lock_they_would_claim_the_same(
    apple: object, shop: factories.Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lagging_passes(shop, 12)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    claimed = claim_ten_at_once()
    assert len(claimed) > len(set(claimed))


def test_four_workers_push_once(apns: FakeApns, shop: factories.Shop) -> None:
    card = factories.card(shop.store)
    IPhone("phone", "aa01").add(page_of(card))
    deliver()
    stamped(card, shop)
    relay()
    hurry()
    at_once(4, lambda _: tasks.sync_passes())
    assert apns.tokens == ["aa01"]
    assert not apple_pass(card).is_lagging


def test_four_workers_and_four_customers_keep_googles_pace(google: FakeGoogle, shop: factories.Shop) -> None:
    lagging_passes(shop, 12)
    cards = [factories.card(shop.store) for _ in range(4)]

    def act(number: int) -> None:
        if number < 4:
            tasks.sync_passes()
        else:
            passes.living(cards[number - 4], Platform.GOOGLE)
            tasks.sync_passes()

    at_once(8, act)
    hurry()
    tasks.sync_passes()
    moments = [call.at for call in google.requests]
    for begin in moments:
        assert sum(begin <= moment < begin + 1 for moment in moments) <= 20
    sent = Counter(call.resource_id for call in google.requests if call.method == "POST")
    assert set(sent.values()) == {1}


def test_reserved_moments_are_never_shared(db: None) -> None:
    reserved = at_once(10, lambda _: (timezone.now(), channel.reserve(Platform.GOOGLE, 5)))
    moments = sorted(now.timestamp() + wait for now, waits in reserved for wait in waits or [])
    assert len(moments) == 50
    assert moments[-1] - moments[0] >= 49 * channel.SPACING.total_seconds() - 0.5


# --- Callbacks --------------------------------------------------------------------------------------------


def test_the_same_callback_twenty_times_counts_once(google: FakeGoogle, shop: factories.Shop) -> None:
    signer = Signer()
    google.root_keys = signer.root_keys
    card = factories.card(shop.store)
    deliver()
    body = signer.callback("save", str(google_pass(card).object_id))
    assert Counter(at_once(20, lambda _: callbacks.receive(body))) == {True: 1, False: 19}

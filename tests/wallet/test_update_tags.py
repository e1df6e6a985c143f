"""Apple's update tags lose no update that commits meanwhile; on real PostgreSQL with real commits."""

import threading
from collections.abc import Callable
from itertools import chain
from typing import Any

import pytest
from django.db.models import QuerySet

from loyalty.models import LoyaltyCard
from tenancy import scope
from tests import factories
from tests.lock_waits import somebody_waits
from tests.wallet.conftest import apple_pass, carried, page_of, relay
from tests.wallet.iphone import IPhone
from tests.wallet.threads import WAIT, Held, at_once
from wallet.models import WalletPass
from wallet.services import tags
from wallet.services.versions import touch

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


@pytest.fixture
def phone(apple: object) -> IPhone:
    return IPhone()


@pytest.fixture
def two_cards(phone: IPhone, shop: factories.Shop) -> list[LoyaltyCard]:
    """Two cards in one phone that has heard of both."""
    made = [carried(factories.card(shop.store)), carried(factories.card(shop.store))]
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


def test_a_change_that_somebody_holds_at_the_moment_is_told_all_the_same(
    phone: IPhone, two_cards: list[LoyaltyCard]
) -> None:
    """A worker notes something on the pass while the phone asks: it would not be pushed a second time."""
    changed = apple_pass(two_cards[0])
    with scope.everything("a change that is committed"):
        touch(only(changed))
    with Held(lambda: list(only(changed).select_for_update())):
        assert phone.ask_what_is_new() == [changed.serial_number]
    assert phone.ask_what_is_new() == [changed.serial_number]  # now it has its number
    assert phone.ask_what_is_new() == []


def publish_slowly_then_quickly(slow: WalletPass, quick: WalletPass, between: Callable[[], None]) -> None:
    """Two workers give out tags; the first one's commit comes late. `between` runs while it hangs."""
    with scope.everything("both have changed"):
        touch(WalletPass.objects.filter(pk__in=[slow.pk, quick.pk]))
    with Held(lambda: tags.publish(WalletPass.objects.filter(pk=slow.pk))) as held:
        second = threading.Thread(target=at_once, args=(1, lambda _: tags.publish(only(quick))))
        second.start()
        while second.is_alive() and not somebody_waits():
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

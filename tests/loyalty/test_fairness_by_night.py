"""What verify_fairness finds by night is told to operators."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from loyalty import tasks
from tests import factories
from tests.loyalty.books import CARDS, NOW, Books, a_card_that_is_not_as_its_ledger, past_all_guards, verify

pytestmark = pytest.mark.django_db


def alerts_of(person: object) -> list[str]:
    client = Client()
    client.force_login(person, backend="tenancy.sign_in.EmailBackend")
    return [alert["text"] for alert in client.get(reverse("admin:index")).context["alerts"]]


def test_what_the_night_found_is_told_to_operators_until_it_is_put_right(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    operator = factories.operator()
    assert tasks.verify_fairness() == 0
    assert alerts_of(operator) == []
    words = a_card_that_is_not_as_its_ledger(books)
    assert tasks.verify_fairness() == 1
    assert words in caplog.text
    told = "1 promise to customers was broken. The log of the night names it."
    assert told in alerts_of(operator)
    assert told not in alerts_of(books.shop.owner)
    past_all_guards(f"UPDATE {CARDS} SET points_fraction = 0 WHERE id = {books.expired.pk}")
    assert verify()[0] == 0
    assert alerts_of(operator) == []


def test_operators_read_when_it_was_last_looked_at_and_that_all_was_kept(books: Books) -> None:
    client, owners = Client(), Client()
    client.force_login(factories.operator(), backend="tenancy.sign_in.EmailBackend")
    owners.force_login(books.shop.owner, backend="tenancy.sign_in.EmailBackend")

    def verdict() -> str:
        page = client.get(reverse("admin:index"))
        assert page.context["verdict"] in page.content.decode()
        return page.context["verdict"]

    assert verdict() == "Nobody has verified yet that promises to customers are kept: it is done each night."
    verify()
    assert verdict() == "Promises to customers, verified 11/03/2026 13:00: all are kept."
    a_card_that_is_not_as_its_ledger(books)
    verify()
    assert verdict() == ""
    assert owners.get(reverse("admin:index")).context["verdict"] == ""


def test_nights_that_nobody_looked_are_told_to_operators(books: Books) -> None:
    operator = factories.operator()
    assert verify()[0] == 0
    with time_machine.travel(NOW + timedelta(days=2, minutes=-1), tick=False):
        assert alerts_of(operator) == []
    with time_machine.travel(NOW + timedelta(days=2, minutes=1), tick=False):
        assert alerts_of(operator) == [
            "Nobody has verified since 11/03/2026 that promises to customers are kept."
        ]

"""What a call costs the database: the till is used a thousand times a day."""

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.loyalty.api.till import Till

CACHED_SESSIONS = override_settings(SESSION_ENGINE="django.contrib.sessions.backends.cached_db")


@pytest.mark.django_db(transaction=True)
@CACHED_SESSIONS
def test_a_stamp_takes_twelve_statements_begin_and_commit_counted() -> None:
    shop = factories.shop(require_staff_pin=True, cooldown_minutes=15)
    card, another = factories.card(shop.store), factories.card(shop.store)
    till = Till(shop.store, shop.staff)
    token = till.unlock()
    till.post(f"cards/{another.pk}/stamps/", token=token, once="warm")

    with CaptureQueriesContext(connection) as statements:
        response = till.post(f"cards/{card.pk}/stamps/", token=token, once="first")

    assert response.status_code == 201
    said = [one["sql"][:60] for one in statements]
    assert len(statements) <= 12, "\n".join(said)
    assert (said[2][:6], said[3]) == ("SELECT", "BEGIN")  # the key is looked up before anything is locked
    assert said[-1] == "COMMIT"

"""A shop in the lab: `python -m deploy.lab.shop CARDS WEBHOOK` prints what its tills need, as JSON."""

import itertools
import json
import secrets
import sys

import django


def made(cards: int, webhook: str) -> dict[str, object]:
    """Make a shop with cards, and an endpoint that hears of everything."""
    # They need the settings, which django.setup() has read by now.
    from groundwork.database import waits  # noqa: PLC0415
    from tenancy import scope  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415
    from tests.concurrency.many_cards import many_cards  # noqa: PLC0415
    from webhooks.services import endpoints  # noqa: PLC0415

    waits.this_process_is("command")
    with scope.everything("the lab's shop"):
        factories._numbers = itertools.count(secrets.randbelow(10**9))  # the lab may have shops already
        shop = factories.shop(max_daily_stamps=50)
        with scope.merchant(shop.merchant):
            rows = many_cards(shop, cards)
            if webhook:
                endpoints.create(merchant=shop.merchant, url=webhook)
        key = factories.api_key(shop.store)
    return {
        "merchant": shop.merchant.pk,
        "store": shop.store.store_code,
        "key": key,
        "cards": [card.pk for card in rows],
        "tokens": [card.access_token for card in rows],
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(made(int(sys.argv[1]), sys.argv[2])))

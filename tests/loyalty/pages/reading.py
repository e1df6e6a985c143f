"""Reading a page as a visitor does, and making something to read about."""

import html
import json
import re
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from loyalty.models import LoyaltyCard
from tests import factories


def words(response: HttpResponse) -> str:
    """What a visitor reads: the page without its tags, one space between words."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    text = re.sub(r'<span translate="no">(.*?)</span>', r"\1", text)  # a name within a sentence
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def visit(card: LoyaltyCard, shop: factories.Shop, *, times: int) -> None:
    """So many visits, with a stamp each."""
    with factories.inside(shop):
        for _ in range(times):
            factories.give_stamps(card, shop.store, 1)


def address(shop: factories.Shop, name: str = "terminal") -> str:
    return reverse(name, args=[shop.store.store_code])


def block(response: HttpResponse, name: str) -> Any:
    """A JSON block of the page."""
    found = re.search(
        rf'<script id="{name}" type="application/json">(.*?)</script>', response.content.decode()
    )
    assert found
    return json.loads(found[1])

"""Reading a page as a visitor does, and making something to read about."""

import html
import re

from django.http import HttpResponse

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

"""The shops on the back of a pass: where they are, when they are open, and how they are reached by a tap."""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from urllib.parse import quote

from groundwork.formats import phone
from wallet.facts import Shop

MOST_TOLD = 10  # of more than these, the back of a pass has but the names
MAP = "https://maps.apple.com/?q="


def as_text(shops: Sequence[Shop]) -> str:
    """The shops in words: the lines of each together, an empty line between two."""
    return _told(shops, str, lambda _address, words: words)


def as_links(shops: Sequence[Shop]) -> str:
    """The same for an iPhone, with addresses that open the map, and telephones that call."""
    return _told(shops, escape, lambda address, words: f'<a href="{escape(address)}">{escape(words)}</a>')


def _told(shops: Sequence[Shop], text: Callable[[str], str], link: Callable[[str, str], str]) -> str:
    if len(shops) > MOST_TOLD:
        return "\n".join(text(shop.in_town) for shop in shops)
    blocks = ["\n".join(_lines(shop, text, link)) for shop in shops]
    return ("\n\n" if any("\n" in block for block in blocks) else "\n").join(blocks)


def _lines(shop: Shop, text: Callable[[str], str], link: Callable[[str, str], str]) -> Iterator[str]:
    yield text(shop.name if shop.address else shop.in_town)
    if shop.address:
        yield link(MAP + quote(f"{shop.name}, {shop.address}"), shop.address)
    if shop.phone:
        yield link(f"tel:{shop.phone}", phone.written(shop.phone))
    if shop.hours:
        yield text(shop.hours)

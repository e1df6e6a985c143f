"""What the HTML part of a letter is set with."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

_ONE_PIECE = re.compile(r"(\b\d{4}(?:-\d{4})+\b|\b[Ee]-[Mm]ails?\b)")


@register.filter
def in_one_piece(words: str) -> SafeString:
    """Words, escaped, of which a card's number and "e-mail" stay on one line: a browser breaks after any hyphen."""
    pieces = enumerate(_ONE_PIECE.split(words))
    return format_html_join("", "{}", ((_piece(text) if odd % 2 else text,) for odd, text in pieces))


def _piece(text: str) -> SafeString:
    return format_html('<span style="white-space:nowrap">{}</span>', text)

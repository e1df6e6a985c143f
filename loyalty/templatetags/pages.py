"""What the pages of customers and staff share: icons, the language menu, money, the product's name."""

from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from groundwork.formats import money as amounts
from groundwork.web import browsers
from loyalty.pages.language import QUERY_PARAMETER

register = template.Library()


@register.simple_tag
def site_name() -> str:
    """The product's name (customers mostly see the merchant's)."""
    return str(settings.SITE_NAME)


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """A decorative icon of static/icons.svg; the words beside it say what it means."""
    classes = f"icon {css_class}".strip()
    address = static("icons.svg")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, address, name
    )


@register.filter
def money(cents: int, currency: str) -> str:
    """`1240|money:"EUR"` -> €12.40, as the reader's language writes amounts."""
    return amounts.money(cents, currency)


@register.filter
def as_it_is(name: str) -> SafeString:
    """A name or a number within a sentence, which a browser that translates the page leaves alone."""
    return format_html('<span translate="no">{}</span>', name)


@register.filter
def browser(agent: str) -> str:
    """A User-Agent in words: "Chrome on Android"."""
    return browsers.in_words(agent)


@register.inclusion_tag("pages/_language_menu.html", takes_context=True)
def language_menu(context: template.Context) -> dict[str, Any]:
    """The languages as links to this very page, each in its own words."""
    query = context["request"].GET.copy()
    languages = []
    for code, _name in settings.LANGUAGES:
        query[QUERY_PARAMETER] = code
        name = get_language_info(code)["name_local"]
        languages.append({"code": code, "name": name[:1].upper() + name[1:], "query": query.urlencode()})
    current = next(language for language in languages if language["code"] == get_language())
    return {"languages": languages, "current": current}

"""In which language a page speaks: what the visitor asks for, then what is known of them, then the shop's own."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

QUERY_PARAMETER = "lang"


def supported(code: str | None) -> str:
    """The language of the site that a code like `fr` or `de-LU` stands for; empty if there is none."""
    primary = (code or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in dict(settings.LANGUAGES) else ""


def asked_for(request: HttpRequest) -> str:
    """The language that `?lang=` names; empty if none, or none of ours."""
    return supported(request.GET.get(QUERY_PARAMETER))


def decide(request: HttpRequest, *, person: str = "", shop: str = "") -> str:
    """Choose the language of an answer: `?lang=`, the cookie, the person's, Accept-Language, the shop's, English.

    Parameters: person - the language the customer or user is known to prefer; shop - the store's default language.
    """
    wishes = (
        asked_for(request),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
        person,
        *_accepted(request),
        shop,
    )
    return next(filter(None, map(supported, wishes)), settings.LANGUAGE_CODE)


def speak(request: HttpRequest, *, person: str = "", shop: str = "") -> None:
    """Go on in the language that `decide` chooses, now that the person or the shop is known."""
    language = decide(request, person=person, shop=shop)
    translation.activate(language)
    request.LANGUAGE_CODE = language


def _accepted(request: HttpRequest) -> Iterator[str]:
    header = request.headers.get("Accept-Language", "")
    return (code for code, quality in parse_accept_lang_header(header) if quality > 0)

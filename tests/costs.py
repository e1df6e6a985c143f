"""What reading a text costs, and whatever reads what strangers send."""

import gc
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from time import thread_time
from typing import Any

from django.core.exceptions import ValidationError
from django.core.handlers.wsgi import WSGIRequest
from django.core.validators import validate_email
from django.test import RequestFactory
from liquid.exceptions import LiquidError

from customers import selectors as customers
from customers import tags
from customers.names import split_name
from groundwork.console import versions
from groundwork.errors import DomainError
from groundwork.formats import colors, phone, spreadsheets, text_files
from groundwork.formats.email import normalize_email
from groundwork.web import client
from loyalty import codes, friends
from loyalty.api import parsing
from loyalty.imports import tables
from loyalty.imports.reading import columns, headings
from loyalty.imports.reading.days import read_day
from loyalty.imports.reading.numbers import read_amount
from loyalty.imports.reading.people import read_name, read_phone
from loyalty.pages import language
from loyalty.pages.terminal import display
from loyalty_site import logs
from loyalty_site.everything.links import without_links
from notifications import filters, markup, sandbox, variables
from notifications.errors import TextRefused
from wallet import pages as wallet_pages
from wallet.apple import web_service
from wallet.google import callback
from webhooks import addresses, selectors

ROOT = Path(__file__).parents[1]
APPS = [
    "groundwork",
    "customers",
    "loyalty",
    "loyalty_site",
    "notifications",
    "tenancy",
    "wallet",
    "webhooks",
]
LOOK, SHORT, LONG = 2_000, 1_000, 8_000  # characters
GROWTH = 24
TRIES = 5
WORTH_A_LOOK = 0.0005  # seconds at LOOK: what is quicker is not measured; it decides nothing else
SIGNS = "a0 -.@=:/\\*[()\"'+\n_%"
CATCH_ALL = r"(?P<url>.*)$"
ENDS = ("!", "\n!", "}}", "%}")
Work = Callable[[str], Any]


def cost(work: Work, text: str) -> float:
    gc.disable()  # it is not the work's
    try:
        begun = thread_time()
        work(text)
        return thread_time() - begun
    finally:
        gc.enable()


def grows_linearly(work: Work, unit: str, end: str = "") -> bool:
    """Whether work at a text of LONG characters costs no more, by its length, than at one of SHORT."""
    if cost(work, repeated(unit, LOOK) + end) < WORTH_A_LOOK:
        return True
    for _ in range(TRIES):
        short = min(cost(work, repeated(unit, SHORT) + end) for _ in range(3))
        if cost(work, repeated(unit, LONG) + end) <= GROWTH * short:
            return True
    return False


def repeated(unit: str, length: int) -> str:
    return (unit * (length // len(unit) + 1))[:length]


def refusing(work: Work) -> Work:
    """A refusal is an answer too."""

    def tried(text: str) -> None:
        with suppress(DomainError, TextRefused, LiquidError, ValidationError, callback.NotGoogle, ValueError):
            work(text)

    return tried


def header(name: str, read: Callable[[Any], Any]) -> Work:
    factory = RequestFactory()
    return lambda text: read(factory.get("/", headers={name: text.replace("\n", " ")}))


def posted(text: str) -> WSGIRequest:
    return RequestFactory().post("/", text.encode(), content_type="application/json")


def liquid(text: str) -> None:
    sandbox._compile.cache_clear()  # what is remembered costs nothing
    sandbox.check(text, {"a"})


PARSERS: dict[str, Work] = {
    "log line": logs.mask,
    "log value": logs.mask_value,
    "log trace": lambda text: logs.mask_item("exception", text),
    "log dict": lambda text: logs.mask_value({"pin": text, text: text, "request": [text]}),
    "JSON": lambda text: parsing.loads(text.encode()),
    "marks": markup.parse,
    "plain text": markup.plain_text,
    "quoted": lambda text: markup.unquote(markup.quote(text)),
    "Liquid": liquid,
    "number for a filter": lambda text: filters.guarded(filters.FILTERS["plus"])(text[:2000], 1),
    "name in an e-mail": lambda text: variables._LINKS.search(text),
    "links of an e-mail": without_links,
    "phone": lambda text: phone.to_e164(text, "LU"),
    "search": customers.words,
    "a card by its QR text or number": lambda text: codes.of_a_card(customers.typed(text)),
    "name": split_name,
    "tags of a file": lambda text: tags.joined(tags.SEPARATORS.split(text), []),
    "tags between quotation marks": lambda text: tags.split(f'"{text}'),
    "code of an invitation": friends.INVITATION.fullmatch,
    "table": lambda text: list(tables.opened(BytesIO(text.encode()))[0].rows),
    "cell": spreadsheets.safe,
    "cell of CSV": lambda text: spreadsheets.as_it_was(spreadsheets.safe_in_csv(text)),
    "cell of a file": lambda text: columns.Content().look(text, country="DE"),
    "heading of a file": headings.meaning,
    "name of a file": read_name,
    "day of a file": lambda text: read_day(text, order=None, today=date(2026, 1, 1)),
    "amount of a file": lambda text: read_amount(text, mark=None, whole=False, at_most=1),
    "phone of a file": lambda text: read_phone(text, country="DE", bare=None),
    "letters of a file": lambda text: text_files.encoding_of([text.encode()]),
    "colour": lambda text: colors.Color.parse(text),
    "Accept-Language": header("Accept-Language", language.decide),
    "Cookie": header("Cookie", language.decide),
    "X-Forwarded-For": header("X-Forwarded-For", client.address),
    "User-Agent": header("User-Agent", client.agent),
    "e-mail": lambda text: validate_email(normalize_email(text)),
    "version of a form": versions._shown,
    "body of a till": lambda text: display.read(text.encode()),
    "body of an iPhone": lambda text: web_service._body(posted(text), web_service.LARGEST_BODY),
    "body of Google": lambda text: wallet_pages._json(posted(text)),
    "message of Google": callback._object,
    "webhook address": addresses.parsed,
    "cursor of events": selectors.CURSOR.fullmatch,
    "key and signature of Google": lambda text: callback._is_signed(b"", text, text),
}
HOSTILE = [
    *SIGNS,
    *(
        "a-",
        "a.",
        "a@",
        "a=",
        "a:",
        "a='",
        "'a':'",
        "?q=",
        "&a=",
        "/card/",
        "bearer ",
        "+1 ",
        "001 ",
        "%40",
        ")=(",
    ),
    *(
        "**a",
        "**",
        "[a](",
        "[a",
        "\\[",
        "\\",
        "- a\nb\n",
        "\n \n",
        "\n\t",
        "{{",
        "{{ a | ",
        "{% if a %}",
        "{%",
        "}}{{",
    ),
    *(
        "[",
        '{"a":',
        '["',
        "1,",
        "1e9,",
        "\\ud8",
        '"\\u',
        "1.2.3.4,",
        "fr;q=0.1,",
        "a=b;",
        '"a=',
        "Failing row contains (",
    ),
]

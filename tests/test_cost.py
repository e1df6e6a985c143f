"""Nothing costs more than its size: what strangers send is read in time that grows with it, and not with its square.

Cost is processor time of this thread, and judged by its growth alone: eight times as long may cost eight times as much
and three times that for what a busy machine adds; a square would be sixty-four times. Only what is slow at all is
measured, and only what is too slow each time counts.
"""

import ast
import gc
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from itertools import product
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.handlers.wsgi import WSGIRequest
from django.core.validators import RegexValidator, validate_email
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from liquid.exceptions import LiquidError

from customers import selectors as customers
from customers.services import split_name
from groundwork.errors import DomainError
from groundwork.formats import colors, phone, spreadsheets
from groundwork.formats.email import normalize_email
from groundwork.web import client
from loyalty import finding
from loyalty.api import parsing
from loyalty.imports import tables
from loyalty.pages import language
from loyalty_site import logs
from notifications import filters, markup, sandbox, variables
from notifications.errors import TextRefused
from tenancy.models import merchant
from wallet import pages as wallet_pages
from wallet.apple import web_service
from wallet.google import callback

ROOT = Path(__file__).parents[1]
APPS = ["groundwork", "customers", "loyalty", "loyalty_site", "notifications", "tenancy", "wallet"]
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


# --- Regular expressions ----------------------------------------------------------------------------------


def modules() -> Iterator[Any]:
    for app in APPS:
        package = importlib.import_module(app)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{app}."):
            if ".settings." not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern]:
    """Every regular expression of the project, by the place where it was found."""
    found: dict[str, re.Pattern] = {}
    for module in modules():
        for name, value in vars(module).items():
            for one in value.values() if isinstance(value, dict) else [value]:
                expression = one.regex if isinstance(one, RegexValidator) else one
                if isinstance(expression, re.Pattern) and isinstance(expression.pattern, str):
                    found.setdefault(f"{module.__name__}.{name} {expression.pattern}", expression)
    for model in apps.get_models():
        for field in model._meta.get_fields():
            for validator in getattr(field, "validators", []):
                if isinstance(validator, RegexValidator):
                    found.setdefault(f"{model.__name__}.{field.name}", validator.regex)
    return found | dict(addresses(get_resolver(), ""))


def addresses(resolver: URLResolver, before: str) -> Iterator[tuple[str, re.Pattern]]:
    for entry in resolver.url_patterns:
        if entry.pattern.regex.pattern.startswith("^r/"):
            continue  # Django's own view_on_site: squared, 0.2 s at the longest address that gunicorn takes
        if entry.pattern.regex.pattern == CATCH_ALL:
            continue  # the console's last address: Django asks only whether it fits a whole one, which is linear
        yield f"{before}{entry.pattern}", entry.pattern.regex
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{before}{entry.pattern}")
        else:
            assert isinstance(entry, URLPattern)


def units(expression: re.Pattern) -> Iterator[str]:
    """Hostile texts for an expression, to be repeated: signs, pairs of signs, and the words that stand in it."""
    yield from SIGNS
    yield from map("".join, product(SIGNS, SIGNS))
    for word in re.findall(r"[A-Za-z/@#$ ]{2,}", expression.pattern):
        yield from (word, f"{word} ", f"{word}a", f"{word}(", f"{word}='")


def test_every_regular_expression_of_the_project_grows_linearly() -> None:
    found = patterns()
    assert {logs.KEY.pattern, markup._INLINE.pattern, merchant.CODE_PATTERN.pattern} <= {
        e.pattern for e in found.values()
    }
    slow = []
    for place, expression in {e.pattern: (p, e) for p, e in found.items()}.values():
        for unit, end in product(units(expression), ENDS):
            if not all(
                grows_linearly(work, unit, end) for work in (all_in_it(expression), expression.fullmatch)
            ):
                slow.append(f"{place} {unit!r} {end!r}")
                break
    assert slow == []


def all_in_it(expression: re.Pattern) -> Work:
    """All that is found in a text: what `sub`, `split`, `search` and `findall` do at most."""
    return lambda text: sum(1 for _ in expression.finditer(text))


@pytest.mark.parametrize("app", APPS)
def test_regular_expressions_have_names_by_which_they_are_found(app: str) -> None:
    """One that is compiled within a function, or by `re.sub`, would escape the test above."""
    wrong = []
    for path in sorted((ROOT / app).rglob("*.py")):
        tree = ast.parse(path.read_text())
        assigned = [one for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign) and one.value]
        named = {id(node) for one in assigned for node in ast.walk(one.value)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "re":
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr != "escape"
                and not (node.func.attr == "compile" and id(node) in named)
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_a_square_is_seen() -> None:
    """The measure itself: what the log's masking once was, and a text put together sign by sign."""
    assert not grows_linearly(all_in_it(re.compile(r"[\w-]*pin=")), "a-")
    assert not grows_linearly(lambda text: [text[:end].count("b") for end in range(len(text))], "a")
    assert grows_linearly(lambda text: [sign for sign in text for _ in range(20)], "a")


# --- Parsers ----------------------------------------------------------------------------------------------


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
    "phone": lambda text: phone.to_e164(text, "LU"),
    "search": customers.words,
    "QR letters": lambda text: finding.QR_TEXT.match(customers.typed(text)),
    "name": split_name,
    "table": lambda text: list(tables.opened(BytesIO(text.encode()))[0]),
    "cell": spreadsheets.safe,
    "colour": lambda text: colors.Color.parse(text),
    "Accept-Language": header("Accept-Language", language.decide),
    "Cookie": header("Cookie", language.decide),
    "X-Forwarded-For": header("X-Forwarded-For", client.address),
    "User-Agent": header("User-Agent", client.agent),
    "e-mail": lambda text: validate_email(normalize_email(text)),
    "body of an iPhone": lambda text: web_service._body(posted(text), web_service.LARGEST_BODY),
    "body of Google": lambda text: wallet_pages._json(posted(text)),
    "message of Google": callback._object,
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


@pytest.mark.parametrize("parser", PARSERS)
def test_what_strangers_send_is_read_in_time_that_grows_with_it(parser: str) -> None:
    work = refusing(PARSERS[parser])
    slow = [
        f"{unit!r} {end!r}"
        for unit, end in product(HOSTILE, (*ENDS, "}}", "%}"))
        if not grows_linearly(work, unit, end)
    ]
    assert slow == []

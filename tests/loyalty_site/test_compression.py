"""In a demo, static files are compressed as they go out; pages, which may have a secret on them, are not."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings as site
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

TILL = Path(site.BASE_DIR) / "static" / "terminal" / "till.js"
TYPEFACE = "/static/vendor/figtree/figtree-latin-wght-normal.woff2"


@pytest.fixture
def browser(settings: Settings) -> Client:
    """A browser that takes gzip, before a site with the settings for trying things out."""
    settings.MIDDLEWARE = ["loyalty_site.middleware.CompressedStaticMiddleware", *settings.MIDDLEWARE]
    return Client(headers={"accept-encoding": "gzip, deflate, br"})


def content(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_script_is_sent_small(browser: Client) -> None:
    response = browser.get("/static/terminal/till.js")
    sent = content(response)
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent) == TILL.read_bytes()
    assert 3 * len(sent) < TILL.stat().st_size


def test_who_cannot_read_it_small_gets_it_as_it_is(browser: Client) -> None:
    response = browser.get("/static/terminal/till.js", headers={"accept-encoding": "identity"})
    assert not response.has_header("Content-Encoding")
    assert content(response) == TILL.read_bytes()


def test_what_has_not_changed_is_not_sent_again(browser: Client) -> None:
    first = browser.get("/static/terminal/till.js")
    again = browser.get("/static/terminal/till.js", headers={"if-modified-since": first["Last-Modified"]})
    assert (again.status_code, content(again)) == (304, b"")
    assert not again.has_header("Content-Encoding")


def test_a_typeface_is_small_already(browser: Client) -> None:
    assert not browser.get(TYPEFACE).has_header("Content-Encoding")


@pytest.mark.django_db
def test_a_page_is_sent_as_it_is(browser: Client) -> None:
    page = browser.get("/login/")
    assert page.status_code == 200
    assert not page.has_header("Content-Encoding")


def test_a_demo_does_so() -> None:
    from loyalty_site.settings import local  # noqa: PLC0415 - these are not the settings of the tests

    assert local.MIDDLEWARE[0] == "loyalty_site.middleware.CompressedStaticMiddleware"

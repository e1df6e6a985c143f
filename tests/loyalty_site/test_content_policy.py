"""What a page may load and run: strict everywhere, looser in the console only."""

import pytest
from django.http import HttpResponse
from django.test import Client

pytestmark = pytest.mark.django_db


def policy(response: HttpResponse) -> dict[str, set[str]]:
    """The header as directive -> sources."""
    parts = [part.split() for part in response["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in parts}


def test_no_page_runs_inline_script_or_loads_from_elsewhere(client: Client) -> None:
    assert policy(client.get("/")) == {
        "default-src": {"'self'"},
        "object-src": {"'none'"},
        "base-uri": {"'self'"},
        "frame-ancestors": {"'none'"},
        "form-action": {"'self'"},
        "img-src": {"'self'", "data:", "blob:"},
        "worker-src": {"'self'"},
        "connect-src": {"'self'"},
        "media-src": {"'self'", "blob:"},
    }


def test_a_page_that_is_not_there_is_as_strict(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert policy(response)["default-src"] == {"'self'"}


def test_the_console_has_a_policy_of_its_own(client: Client) -> None:
    console = policy(client.get("/admin/login/"))
    assert console["script-src"] == {"'self'", "'unsafe-eval'"}
    assert console["style-src"] == {"'self'", "'unsafe-inline'"}
    assert console["default-src"] == {"'self'"}

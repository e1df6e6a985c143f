"""What a till needs without a network is there, and is nobody's; its scripts hold no words of their own."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils import translation

from loyalty.pages.terminal.shell import FIRST, LATER, MODULES, READER, SHARED, STYLES, WORKER, worker_script
from loyalty.pages.terminal.texts import terminal_texts
from tests import factories
from tests.loyalty.pages.reading import address, block, words

pytestmark = pytest.mark.django_db

SCRIPTS = Path(settings.BASE_DIR) / "static" / "terminal"
NOT_LOADED = {"types.js", "answers.d.ts", "service-worker.js", "qr-worker.js"}


def test_the_shell_is_nobodys(client, shop):
    factories.staff_pin(shop.store, name="Léa Thill")

    response = client.get("/terminal/shell.html")

    assert block(response, "terminal-facts") is None
    assert "Léa" not in response.content.decode()
    assert shop.merchant.name not in response.content.decode()
    assert "There is no network." in words(response)


def test_the_service_worker_keeps_every_script_and_style_of_the_terminal():
    in_folder = {f"terminal/{file.name}" for file in SCRIPTS.iterdir() if file.name not in NOT_LOADED}

    assert {FIRST, *MODULES, *LATER, *STYLES} - {"address-slips.js"} == in_folder - {"terminal/gate.css"}
    for name in (*MODULES, *LATER, *STYLES, *READER, *SHARED, WORKER):
        assert finders.find(name)
        assert name == WORKER or f'"{static(name)}"' in worker_script()


def test_what_a_till_needs_later_is_not_loaded_before_it_stands(client, shop):
    client.force_login(shop.staff)
    page = client.get(address(shop)).content.decode()

    assert modules_behind("terminal/terminal.js") == set(MODULES)
    assert modules_behind(*LATER) - set(MODULES) == set(LATER)
    assert set(re.findall(r'rel="modulepreload" href="/static/([^"]+)"', page)) == set(MODULES)


def modules_behind(*names: str) -> set[str]:
    """What a browser loads with these modules, before any of them runs."""
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name in found:
            continue
        found.add(name)
        file = Path(finders.find(name))
        for other in re.findall(r'^import [^;]*?"(\.[^"]+)";', file.read_text("utf-8"), re.MULTILINE):
            ahead.append((file.parent / other).resolve().relative_to(SCRIPTS.parent).as_posix())
    return found


def test_the_service_worker_is_served_from_beside_the_terminals(client, db):
    response = client.get("/terminal/sw.js")

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache"
    assert response.content.decode() == worker_script()
    assert '"page": "/terminal/shell.html"' in worker_script()


def test_the_till_is_an_app_that_opens_at_its_store(client, shop):
    client.force_login(shop.staff)
    page = client.get(address(shop)).content.decode()
    app = client.get(address(shop, "terminal-manifest"))

    assert f'<link rel="manifest" href="{address(shop, "terminal-manifest")}"' in page
    assert app["Content-Type"] == "application/manifest+json"
    assert (app.json()["start_url"], app.json()["id"]) == (address(shop), address(shop))
    assert app.json()["name"] == f"Till · {shop.store.name}"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in app.json()["icons"]}
    assert sizes == {(size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")}
    assert all(client.get(icon["src"]).status_code == 200 for icon in app.json()["icons"])
    assert client.get("/terminal/shell.html").content.decode().count("webmanifest") == 0


# --- Words ------------------------------------------------------------------------------------------------


def test_the_scripts_hold_no_words_of_their_own():
    texts = terminal_texts()
    used = {
        key
        for file in SCRIPTS.glob("*.js")
        for key in re.findall(r'\b(?:text|plural)\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }

    assert used - texts.keys() == set()


def test_every_text_has_the_same_gaps_in_every_language():
    english = _gaps(terminal_texts())
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert _gaps(terminal_texts()) == english


def _gaps(texts) -> dict[str, set[str]]:
    forms = {key: list(text.values()) if isinstance(text, dict) else [text] for key, text in texts.items()}
    return {key: set(re.findall(r"\{\w+\}", " ".join(sentences))) for key, sentences in forms.items()}

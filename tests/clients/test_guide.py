"""docs/connect-your-till.md, played from its text: every line of code is run, and says what the page says."""

import code
import io
import re
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from groundwork.messaging import outbox
from loyalty_client import NotGenuine
from tenancy.models import Scope, Store
from tests import factories
from tests.clients.conftest import RunTill
from tests.factories import Shop, fresh
from tests.sources import ROOT
from webhooks import signing

GUIDE = ROOT / "docs" / "connect-your-till.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str]]:
    yield from BLOCK.findall(GUIDE.read_text())


@pytest.fixture
def bookshop(live_server: LiveServer) -> Shop:
    """Librairie Sauer as the demo has it."""
    shop = factories.shop(
        loyalty_type="points", points_per_euro=1, minimum_purchase_cents=500, require_staff_pin=False
    )
    with factories.inside(shop):
        Store.objects.filter(pk=shop.store.pk).update(store_code="sauer-echternach")
    return shop


def test_the_guide_does_what_it_says(
    live_server: LiveServer, bookshop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = factories.api_key(bookshop.store, list(Scope.values))
    monkeypatch.setenv("LOYALTY_URL", live_server.url)
    monkeypatch.setenv("LOYALTY_KEY", key)
    names: dict[str, Any] = {}
    said = ""
    for kind, text in blocks():
        if kind == "python":
            outbox.relay()
            with redirect_stdout(io.StringIO()) as printed:
                exec(compile(text, str(GUIDE), "exec"), names)
            said = printed.getvalue()
        elif kind == "text":
            assert said == text
        elif kind == "till":
            store = fresh(bookshop.store)
            till = RunTill(Shop(**{**vars(bookshop), "store": store}), key, tmp_path / "till.db")
            typed = [line.removeprefix("> ") for line in text.splitlines() if line.startswith("> ")]
            answers = [line for line in text.splitlines() if not line.startswith("> ")]
            assert till(live_server.url, *typed) == answers
    heard_by_the_guides_receiver(names["hear"])


def heard_by_the_guides_receiver(hear: Any) -> None:
    secret = signing.new_secret()
    body = b'{"type": "stamps.given", "timestamp": "2026-11-28T09:41:00Z", "data": {"sequence": 7}}'
    headers = signing.headers([secret], message_id="evt_1", timestamp=int(time.time()), body=body)
    with redirect_stdout(io.StringIO()) as printed:
        assert [hear(body, headers, secret) for _again in range(2)] == [204, 204]
        with pytest.raises(NotGenuine):
            hear(body, headers, signing.new_secret())
    assert printed.getvalue() == "stamps.given 7\n"


@pytest.mark.parametrize("text", [text for kind, text in blocks() if kind == "python"])
def test_what_the_guide_shows_can_be_typed_at_a_prompt(text: str) -> None:
    """There an empty line ends what is indented."""
    typed: list[str] = []
    for line in [*text.splitlines(), ""]:
        typed.append(line)
        if code.compile_command("\n".join(typed)) is not None:
            typed = []
    assert not any(typed)


def test_the_guide_has_what_it_is_made_of() -> None:
    kinds = [kind for kind, _text in blocks()]
    assert (kinds.count("python"), kinds.count("text"), kinds.count("till")) == (8, 7, 1)


def test_what_the_guide_types_in_a_shell_is_there() -> None:
    typed = "".join(text for kind, text in blocks() if kind == "sh")
    assert "make demo" in typed
    options = (ROOT / "examples/till/till.py").read_text()
    for option in set(re.findall(r" (--\w+)", typed)):
        assert f'"{option}"' in options
    for folder in re.findall(r"PYTHONPATH=(\S+)", typed):
        assert (ROOT / folder / "loyalty_client").is_dir()

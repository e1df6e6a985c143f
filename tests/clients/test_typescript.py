"""The TypeScript client against the running site, by Node's own test runner."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import playwright
from pytest_django.live_server_helper import LiveServer

from loyalty.api.clients.calls import calls
from loyalty.api.reference import document
from loyalty.models import LoyaltyCard, Purchase
from tests import factories
from tests.clients.conftest import EMAIL
from tests.clients.lossy import lossy
from tests.factories import Shop
from tests.sources import ROOT
from tests.webhooks.receiver import Receiver, status
from webhooks import signing

FOLDER = ROOT / "clients" / "typescript"
NODE = (
    Path(playwright.__file__).with_name("driver") / "node"
)  # the one that drives the browser: no other is needed


def test_it_sells_once_refuses_by_code_and_believes_what_is_signed(
    live_server: LiveServer, shop: Shop, card: LoyaltyCard, key: str
) -> None:
    factories.card(shop.store, "bea@example.com")
    secret, body = signing.new_secret(), b'{"type": "test", "timestamp": "2026-11-28T09:41:00Z", "data": {}}'
    headers = signing.headers([secret], message_id="evt_1", timestamp=int(time.time()), body=body)
    with (
        lossy(live_server.url) as losing,
        lossy(live_server.url) as cut,
        Receiver() as there,
        Receiver() as here,
    ):
        here.usual = status(302, Location=there.url)
        losing.lose = ["answer", "call"]
        cut.is_cut = True
        told = {
            "SITE": live_server.url,
            "LOSSY": losing.url,
            "CUT": cut.url,
            "ASTRAY": here.url,
            "KEY": key,
            "STORE": shop.store.store_code,
            "EMAIL": EMAIL,
            "SECRET": secret,
            "MESSAGE": json.dumps({"body": body.decode(), "headers": headers}),
        }
        command = [NODE, "--test", "--test-reporter=tap", str(ROOT / "tests/clients/typescript.test.mjs")]
        done = subprocess.run(
            command, env=os.environ | told, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout
        assert re.search(r"^# pass 6$", done.stdout, re.MULTILINE), done.stdout
        assert len(losing.keys) == 3
        assert len(set(losing.keys)) == 1
        assert cut.keys == ["mine"] * 4 + [None]  # a call that takes no key is sent once
        assert there.got == []
    with factories.inside(shop):
        assert Purchase.objects.count() == 1


def test_what_its_readme_shows_sells(
    live_server: LiveServer, shop: Shop, card: LoyaltyCard, key: str, tmp_path: Path
) -> None:
    """The sample to the letter, but for whose site, store and customer it is."""
    (sample,) = re.findall(r"```js\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
    here = {
        "./index.js": (FOLDER / "index.js").as_uri(),
        "https://cards.example.com": live_server.url,
        "mirabel-gare": shop.store.store_code,
        "anna@example.com": EMAIL,
    }
    for shown, meant in here.items():
        assert shown in sample
        sample = sample.replace(shown, meant)
    program = tmp_path / "sample.mjs"
    program.write_text(sample)
    environment = os.environ | {"LOYALTY_API_KEY": key}
    done = subprocess.run(
        [NODE, str(program)], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    with factories.inside(shop):
        assert [bought.amount_cents for bought in Purchase.objects.all()] == [1250]


def test_each_method_is_declared_and_takes_what_is_declared() -> None:
    there = re.findall(r"^  (\w+)\((.*)\) \{$", (FOLDER / "calls.js").read_text(), re.MULTILINE)
    declared = re.findall(r"^  (\w+)\((.*)\): Promise<", (FOLDER / "calls.d.ts").read_text(), re.MULTILINE)
    assert len(there) == len(calls(document()))
    assert [(name, names_of(given)) for name, given in there] == [
        (name, names_of(given)) for name, given in declared
    ]


def names_of(given: str) -> list[str]:
    """The names in a list of parameters, whether with types or without."""
    plain = re.sub(r"options\?: |\| null|\"[^\"]*\"|=.*", "", given)
    return re.findall(r"(?<![.:|] )(?<![.\w])([a-z]\w+)(?=\??:|,| \}|$)", plain)

"""The till of the example, as a program: with the network, without it, and killed in between."""

import json
import subprocess
from urllib.request import Request, urlopen

import pytest
from pytest_django.live_server_helper import LiveServer

from loyalty.models import LoyaltyCard, Purchase
from loyalty_site.servers.supervise import free_port
from tests import factories
from tests.clients.conftest import EMAIL, RunTill, till_of
from tests.clients.lossy import lossy
from tests.factories import Shop
from tests.sources import ROOT
from tests.webhooks.conftest import deliver, listen
from webhooks.models import Delivery


def receipts(shop: Shop) -> list[tuple[str, int, bool]]:
    """What the site has: receipt, what is left of it, and whether it was recorded offline; oldest first."""
    with factories.inside(shop):
        rows = Purchase.objects.order_by("pk")
        return [
            (row.order_reference, row.amount_cents - row.returned_cents, row.recorded_offline) for row in rows
        ]


def test_it_sells_through_an_outage_and_nothing_is_booked_twice(
    live_server: LiveServer, shop: Shop, card: LoyaltyCard, run_till: RunTill
) -> None:
    assert run_till(live_server.url, "quote 12.50", f"card {EMAIL}", "quote 12.50", "sell 12,50 R-1") == [
        "Which card? Type: card WHO",
        "Anna Weber: 0 stamps, 0 points",
        "would give 1 stamps, 125 points",
        "R-1 booked: 1 stamps, 125 points",
    ]
    with lossy(live_server.url) as line:
        line.lose = ["answer", "answer"]  # it is booked, and the till hears nothing of it
        said = run_till(line.url, f"card {EMAIL}", "sell 10 R-2", "waiting")
        assert said[1:] == ["no network: 1 waiting", "waiting: sale R-2"]
        line.is_cut = True
        said = run_till(
            line.url, f"card {EMAIL}", "sell 4.10 R-3", "return R-1 2.50", "sell nothing R-4", "sing"
        )
        assert said[:4] == [
            "no network: 1 waiting",
            "no network",
            "no network: 2 waiting",
            "no network: 3 waiting",
        ]
        assert said[4] == "An amount looks like 12.50."
        assert "what a purchase would give" in " ".join(said[5:])
        assert receipts(shop) == [("R-1", 1250, False), ("R-2", 1000, False)]
        line.is_cut = False
        keys = len(line.keys)
        assert run_till(line.url, "send", "waiting", "quit", "card nobody") == [
            "R-2 booked: 2 stamps, 225 points",
            "R-3 booked: 3 stamps, 266 points",
            "R-1 taken back: 3 stamps, 241 points",
        ]
        assert len(line.keys) == keys + 3
    assert receipts(shop) == [("R-1", 1000, False), ("R-2", 1000, False), ("R-3", 410, True)]


def test_what_is_refused_is_told_and_keeps_nothing_else_waiting(
    live_server: LiveServer, shop: Shop, card: LoyaltyCard, run_till: RunTill
) -> None:
    said = run_till(live_server.url, f"card {EMAIL}", "sell 1 R-1", "return R-9", "sell 2 R-2", "waiting")
    assert said[2] == "refused (purchase_not_found): There is no such receipt."
    assert said[3:] == ["R-2 booked: 2 stamps, 30 points", "refused: return R-9 purchase_not_found"]
    run_till.key = "nobody"
    said = run_till(live_server.url, "return R-1", "waiting")
    assert said[1:] == ["waiting: return R-1", "refused: return R-9 purchase_not_found"]
    assert receipts(shop) == [("R-1", 100, False), ("R-2", 200, False)]


def test_it_hears_what_happens_once(
    live_server: LiveServer, shop: Shop, card: LoyaltyCard, key: str, run_till: RunTill
) -> None:
    port = free_port()
    endpoint, secret = listen(shop, f"http://127.0.0.1:{port}/", "stamps.given")
    options = ["--hooks", str(port), "--secret", secret]
    command = till_of(shop, live_server.url, key, run_till.journal, *options)
    till = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT / "clients/python")},
    )
    try:
        assert till.stdin is not None
        assert till.stdout is not None
        print("waiting for anybody", file=till.stdin, flush=True)  # the help: it listens by now
        assert "card WHO" in till.stdout.readline()
        factories.give_stamps(card, shop.store, 1)
        deliver()
        with factories.inside(shop):
            (sent,) = Delivery.objects.filter(endpoint=endpoint)
            assert (sent.state, sent.response_status) == ("delivered", 204)
            Delivery.objects.update(state="waiting", next_attempt_at=sent.created_at)
        deliver()
        request = Request(f"http://127.0.0.1:{port}/", json.dumps({"type": "forged"}).encode(), method="POST")
        with pytest.raises(OSError, match="400"):
            urlopen(request, timeout=20)
        said, _errors = till.communicate("events\nquit\n", timeout=60)
    finally:
        till.kill()
        till.wait()
    lines = said.splitlines()
    assert [line for line in lines if "stamps.given" in line] == ["! stamps.given", "stamps.given"]

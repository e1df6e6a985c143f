"""Clients of the till: each signs in, types a PIN, and stamps as fast as it is answered."""

import http.client
import json
import random
import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import data


@dataclass
class Run:
    """What some clients did together: seconds of each answered request, and what went wrong."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Seconds within which so many percent of the requests were answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Till:
    """One terminal: its session, its CSRF token and its staff token."""

    def __init__(self, port: int, shop: data.Shop) -> None:
        self.port, self.shop, self.cookies = port, shop, {}
        self._call("GET", "/login/")
        form = f"username={shop.user.email}&password={data.PASSWORD}&csrfmiddlewaretoken={self.cookies['csrftoken']}"
        status, _ = self._call("POST", "/login/", form, {"Content-Type": "application/x-www-form-urlencoded"})
        if status != 302:
            raise RuntimeError(f"The sign-in answered {status}.")
        path = f"/api/v1/stores/{shop.store.store_code}/staff/{shop.pin_id}/unlock/"
        status, body = self._call("POST", path, json.dumps({"pin": data.PIN}))
        self.token = json.loads(body)["token"]

    def stamp(self, card_id: int) -> tuple[int, bytes]:
        """Stamp a card, with a fresh idempotency key."""
        return self._book(f"cards/{card_id}/stamps/", "{}")

    def purchase(self, card_id: int) -> tuple[int, bytes]:
        """Record a receipt of 4.50, which gives a stamp and points."""
        sent = {"purchase_amount_cents": 450, "order_reference": uuid.uuid4().hex}
        return self._book(f"cards/{card_id}/purchases/", json.dumps(sent))

    def enrol(self, _card_id: int) -> tuple[int, bytes]:
        """A card for somebody new, who is sent it by e-mail."""
        sent = {"email": f"{uuid.uuid4().hex}@example.com", "name": "Anna Weber", "create_if_missing": True}
        return self._book("cards/", json.dumps(sent))

    def smallest(self, card_id: int) -> tuple[int, bytes]:
        """The yardstick's address."""
        return self._call("POST", f"/yardstick/{card_id}/", "{}")

    def _book(self, path: str, body: str) -> tuple[int, bytes]:
        headers = {"X-Staff-Token": self.token, "Idempotency-Key": uuid.uuid4().hex}
        return self._call("POST", f"/api/v1/stores/{self.shop.store.store_code}/{path}", body, headers)

    def _call(self, method: str, path: str, body: str = "", headers: dict | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {
            "Content-Type": "application/json",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
        }
        if "csrftoken" in self.cookies:
            sent["X-CSRFToken"] = self.cookies["csrftoken"]
        connection.request(method, path, body or None, sent | (headers or {}))
        response = connection.getresponse()
        content = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            found = re.match(r"([^=]+)=([^;]*)", cookie)
            if found:
                self.cookies[found[1]] = found[2]
        connection.close()
        return response.status, content


def hammer(
    tills: list[Till],
    act: Callable[[Till, int], tuple[int, bytes]],
    *,
    cards: tuple[int, int],
    seconds: float,
) -> Run:
    """Let every till act on random cards of an id range until the time is over."""
    run, lock, until = Run(), threading.Lock(), time.perf_counter() + seconds
    started = time.perf_counter()

    def work(till: Till, dice: random.Random) -> None:
        while time.perf_counter() < until:
            before = time.perf_counter()
            status, body = act(till, dice.randint(*cards))
            took = time.perf_counter() - before
            with lock:
                if status == 201:
                    run.latencies.append(took)
                else:
                    run.errors.append(f"{status} {body[:200]!r}")

    threads = [threading.Thread(target=work, args=(till, random.Random(n))) for n, till in enumerate(tills)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - started
    return run

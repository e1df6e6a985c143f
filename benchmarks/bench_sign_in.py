"""sign-in: what a till notices of 16 loops that try made-up names, each from an address of its own every time.

The site runs as it is deployed (threads, a trusted proxy), so that no limit per address hides what a hash costs. The
median of a stamp without the loops is the yardstick.
"""

import http.client
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from django.db import connection

from benchmarks import data, site
from benchmarks.report import Report
from benchmarks.till_client import Run, Till, hammer

CARDS, TILLS, LOOPS, SECONDS, ROUNDS = 10_000, 2, 16, 10, 2


def run(seconds: int = SECONDS) -> Report:
    """Measure without and with the loops in turn, so that a busy machine troubles both alike."""
    report = Report("sign-in")
    shop = data.shop()
    cards = data.cards(shop, CARDS, points=100)
    connection.close()
    alone, beside, answers = Run(), Run(), Counter[int]()
    with site.web(
        TRUSTED_PROXY_COUNT="1", GUNICORN_CMD_ARGS="--worker-class gthread --threads 4 --no-control-socket"
    ) as server:
        tills = [Till(server.port, shop) for _ in range(TILLS)]
        hammer(tills, Till.stamp, cards=cards, seconds=2)  # warm
        for _round in range(ROUNDS):
            add(alone, hammer(tills, Till.stamp, cards=cards, seconds=seconds))
            with guessing(server.port, answers):
                add(beside, hammer(tills, Till.stamp, cards=cards, seconds=seconds))
    ratio = beside.percentile(50) / alone.percentile(50)
    hashed = answers[200] / beside.seconds
    words = ", ".join(f"{count / beside.seconds:.0f} x {status}" for status, count in sorted(answers.items()))
    report.add("a till's median, alone", f"{alone.percentile(50) * 1000:.1f} ms")
    report.add("with 16 loops", f"{beside.percentile(50) * 1000:.1f} ms = {ratio:.2f} x", "< 2 x", ratio < 2)
    report.add(
        "p99, alone and with", f"{alone.percentile(99) * 1000:.0f}, {beside.percentile(99) * 1000:.0f} ms"
    )
    report.add("sign-ins answered a second", words, "some hashed", hashed > 0)
    errors = alone.errors + beside.errors
    report.add("errors of the till", " ".join([str(len(errors)), *errors[:1]]), "0", not errors)
    return report


def add(to: Run, more: Run) -> None:
    """Count a further run of the same kind in."""
    to.seconds += more.seconds
    to.latencies += more.latencies
    to.errors += more.errors


@contextmanager
def guessing(port: int, answers: Counter[int]) -> Iterator[None]:
    """Try made-up names in LOOPS loops for as long as the block lasts; counts the answers by status."""
    over, numbers, lock = threading.Event(), itertools.count(time.time_ns() % 10**9), threading.Lock()

    def loop() -> None:
        token = _csrf_token(port)
        while not over.is_set():
            status = _guess(port, token, next(numbers))
            with lock:
                answers[status] += 1

    threads = [threading.Thread(target=loop) for _ in range(LOOPS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _csrf_token(port: int) -> str:
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    caller.request("GET", "/login/")
    found = re.search(r"csrftoken=([^;]+)", caller.getresponse().headers["Set-Cookie"])
    caller.close()
    if found is None:
        raise RuntimeError("The page to sign in gave no token.")
    return found[1]


def _guess(port: int, token: str, number: int) -> int:
    """A name and an address that were not used before; returns the status of the answer."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    form = {
        "username": f"{number}@example.com",
        "password": "a-wrong-password",
        "csrfmiddlewaretoken": token,
    }
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={token}",
        "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }
    caller.request("POST", "/login/", urlencode(form), sent)
    response = caller.getresponse()
    response.read()
    caller.close()
    return response.status

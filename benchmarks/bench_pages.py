"""pages: those of customers and the terminal in a real Chromium, served as they are deployed.

Bytes over the wire on a first visit until the page stands ready (without the barcode reader, which comes when the
camera is switched on; what the terminal loads once it has come to rest is counted apart), time to first paint, queries
with a short and with a long history, and Lighthouse if it can be had: $LIGHTHOUSE, `lighthouse` in the PATH, or one
that `npx` finds on this machine. Nothing is downloaded.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import BrowserContext, Response, sync_playwright

from benchmarks import data, site
from benchmarks.report import Report
from benchmarks.till_client import Till
from loyalty.models import LoyaltyCard
from loyalty.pages.terminal.shell import LATER
from loyalty_site.servers import supervise
from tenancy import scope

SHORT, LONG = 10, 2_000  # lines of a card's history
BYTES, QUERIES, SCORE = 100_000, 12, 95
HEADERS = (
    300  # bytes of each answer, as the browser itself counts them (Resource Timing), whatever the protocol
)
ATTEMPTS = (
    3  # of Lighthouse, the best counts: what else the machine does makes a page slower, and nothing faster
)
CLASSES = ("performance", "accessibility", "best-practices", "seo")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 3,
    "is_mobile": True,
}
TABLET: dict[str, Any] = {"viewport": {"width": 1180, "height": 820}}
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)[0]"
SCANNER = ("/zxing/", "/scanner.", "/qr-worker.")
AFTERWARDS = tuple(f"/{Path(name).stem}." for name in LATER)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]


@dataclass(frozen=True)
class Page:
    """A page to measure; `signed_in` at the till, `screen` as its people hold it."""

    name: str
    path: str
    screen: dict[str, Any]
    signed_in: bool = False


def run(lines: int = LONG) -> Report:
    """Measure, the long history with so many lines."""
    report = Report("pages")
    shop = data.shop(stamps_reward_description="a coffee", card_name="Friends of the house")
    short, long = (_card_with(shop, number) for number in (SHORT, lines))
    pages = _pages(shop, long)
    _count_queries(report, shop, pages, short)
    with tempfile.TemporaryDirectory() as folder, site.web(**_as_deployed(folder)) as server:
        session = Till(server.port, shop).cookies[settings.SESSION_COOKIE_NAME]
        for page in pages:
            _open(report, page, server.port, session)
        _judge(report, pages, server.port, session, Path(folder))
    return report


def _pages(shop: data.Shop, card: LoyaltyCard) -> list[Page]:
    store, own = shop.store.store_code, f"/card/{card.access_token}/"
    return [
        Page("card", own, PHONE),
        Page("enrolment", f"/join/{store}/", PHONE),
        Page("terminal", f"/terminal/{store}/", TABLET, signed_in=True),
        Page("history", f"{own}history/", PHONE),
        Page("own data", f"{own}data/", PHONE),
        Page("erasure", f"{own}erase/", PHONE),
        Page("home", "/", PHONE),
        Page("signing in", "/login/", TABLET),
        Page("customer's screen", f"/terminal/{store}/display/", TABLET, signed_in=True),
    ]


def _card_with(shop: data.Shop, lines: int) -> LoyaltyCard:
    _first, last = data.cards(shop, 1, over_days=365, lines=lines - 1)
    with scope.merchant(shop.merchant):
        return LoyaltyCard.objects.get(pk=last)


# --- Queries ------------------------------------------------------------------------------------------------


def _count_queries(report: Report, shop: data.Shop, pages: list[Page], short: LoyaltyCard) -> None:
    till = Client(headers={"host": "localhost"})
    till.force_login(shop.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    for page in pages:
        client = till if page.signed_in else Client(headers={"host": "localhost"})
        queries = _queries(client, page.path)
        words = f"{queries} queries"
        reached = queries <= QUERIES
        if page.name == "card":
            fewer = _queries(client, f"/card/{short.access_token}/")
            words += f" with {LONG:,} lines, {fewer} with {SHORT}"
            reached = reached and fewer == queries
        report.add(f"{page.name}, database", words, f"<= {QUERIES}, whatever the history", reached)


def _queries(client: Client, path: str) -> int:
    client.get(path)  # what a process keeps in memory is there
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}.")
    return len(captured)


# --- In the browser -----------------------------------------------------------------------------------------


def _as_deployed(folder: str) -> dict[str, str]:
    """The settings for production; only TLS is left out."""
    port = supervise.free_port()
    environment = {
        "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.production",
        "SECRET_KEY": os.urandom(40).hex(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "SECURE_SSL_REDIRECT": "false",
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "DEFAULT_FROM_EMAIL": "cards@example.com",
        "STATIC_ROOT": f"{folder}/static",
        "VAR_DIR": folder,
        "PORT": str(port),
    }
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=site.ROOT, env=os.environ | environment, check=True)
    return environment


def _open(report: Report, page: Page, port: int, session: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}", **page.screen)
        if page.signed_in:
            context.add_cookies([_cookie(port, session)])
        sizes = _sizes(context, page.path)
        opened = context.pages[0]
        paint = opened.evaluate(FIRST_PAINT)
        browser.close()
    first = [size for url, size in sizes.items() if not _is_of(url, *SCANNER, *AFTERWARDS)]
    later = [size for url, size in sizes.items() if _is_of(url, *AFTERWARDS)]
    words = f"{sum(first):,} in {len(first)} files"
    if later:
        words += f", {sum(later):,} in {len(later)} once it stands"
    report.add(f"{page.name}, bytes", words, f"< {BYTES:,} without scanner", sum(first) < BYTES)
    report.add(f"{page.name}, first paint", f"{paint:.0f} ms, nothing slowed down")


def _is_of(url: str, *parts: str) -> bool:
    return any(part in url for part in parts)


def _sizes(context: BrowserContext, path: str) -> dict[str, int]:
    """Bytes by address, compressed as they came."""
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path, wait_until="networkidle")
    return {
        answer.url: answer.request.sizes()["responseBodySize"] + HEADERS
        for answer in answers
        if answer.url.startswith("http")
    }


def _cookie(port: int, session: str) -> Any:
    return {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": f"http://127.0.0.1:{port}"}


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise RuntimeError("Chromium is missing: install it, or set CHROMIUM to its path.")
    return found


# --- Lighthouse ---------------------------------------------------------------------------------------------


def _judge(report: Report, pages: list[Page], port: int, session: str, folder: Path) -> None:
    command = _lighthouse()
    if command is None:
        report.add(
            "LIGHTHOUSE", "NOT MEASURED: it is not on this machine (npm install lighthouse)", f">= {SCORE}"
        )
        return
    debugging = supervise.free_port()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=_chromium(),
            args=[*FLAGS, f"--remote-debugging-port={debugging}"],
        )
        browser.add_cookies([_cookie(port, session)])
        for page in pages:
            kind = "desktop" if page.screen is TABLET else "mobile"
            address = [f"http://127.0.0.1:{port}{page.path}", f"--port={debugging}"]
            address += ["--preset=desktop"] if kind == "desktop" else []
            found = _best_of_some([*command, *address], folder / f"{page.name}.json")
            _say_scores(report, f"{page.name}, Lighthouse ({kind})", found)
        browser.close()


def _best_of_some(command: list[str], answer: Path) -> dict[str, Any]:
    best: dict[str, Any] = {}
    output = ["--quiet", "--output=json", f"--output-path={answer}", f"--only-categories={','.join(CLASSES)}"]
    for _ in range(ATTEMPTS):
        subprocess.run([*command, *output], check=True)
        found = json.loads(answer.read_text())
        best = max(best or found, found, key=lambda one: min(_scores(one).values()))
        if min(_scores(best).values()) >= SCORE:
            break
    return best


def _scores(found: dict[str, Any]) -> dict[str, int]:
    return {name: round(found["categories"][name]["score"] * 100) for name in CLASSES}


def _say_scores(report: Report, title: str, found: dict[str, Any]) -> None:
    scores = _scores(found)
    words = ", ".join(f"{name} {score}" for name, score in scores.items())
    report.add(title, words, f">= {SCORE} each", min(scores.values()) >= SCORE)
    for name in CLASSES:
        if scores[name] < 100:
            report.add(f"  {name} misses", ", ".join(_missed(found, name)))


def _lighthouse() -> list[str] | None:
    if given := os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse"):
        return [given]
    npx = ["npx", "--no-install", "lighthouse"]
    there = shutil.which("npx") and subprocess.run([*npx, "--version"], capture_output=True).returncode == 0
    return npx if there else None


def _missed(found: dict[str, Any], name: str) -> list[str]:
    """The audits of a class that counted and were not passed."""
    audits = found["categories"][name]["auditRefs"]
    scores = {audit["id"]: found["audits"][audit["id"]]["score"] for audit in audits if audit["weight"]}
    return [f"{audit} {score:.2f}" for audit, score in scores.items() if score is not None and score < 0.995]

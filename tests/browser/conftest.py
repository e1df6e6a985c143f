"""A real Chromium in front of a real server. Any complaint of the browser fails the test."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Response, expect
from pytest_django.live_server_helper import LiveServer

from loyalty.models import LoyaltyCard
from tests import factories
from tests.browser import chromium
from tests.browser.till import Till

# Playwright's synchronous interface runs an event loop, in which Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

PATIENCE_MS = 15_000  # on a machine that does other things as well
expect.set_options(timeout=PATIENCE_MS)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
# A refusal of the API, or a network that a test has taken away, is no fault of the page; a file that is missing is.
EXPECTED = re.compile(r"^Failed to load resource: (the server responded with a status of 4|net::ERR_)")

FILES = ("stylesheet", "script", "image", "font", "manifest")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium.found_or_brought(), "args": ARGUMENTS}


@pytest.fixture
def browser_context_args(live_server: LiveServer) -> dict[str, Any]:
    return {
        "base_url": live_server.url,
        "viewport": {"width": 820, "height": 1180},
        "locale": "en-GB",
        "permissions": ["camera"],
    }


@pytest.fixture
def complaints() -> list[str]:
    """What the browser found fault with so far."""
    return []


@pytest.fixture
def attentive(complaints: list[str]) -> Iterator[Callable[[BrowserContext], None]]:
    """Makes a context's pages report every error, every missing file, and every address that is not ours."""

    def watch_request(request: Request) -> None:
        if not re.match(r"(http://(localhost|127\.0\.0\.1):|data:|blob:)", request.url):
            complaints.append(f"asked for {request.url}")

    def watch_response(response: Response) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in FILES):
            complaints.append(f"{response.status} for {response.url}")

    def watch_page(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type in ("error", "warning") and not EXPECTED.match(message.text)
                else None
            ),
        )

    def watch(context: BrowserContext) -> None:
        context.on("request", watch_request)
        context.on("response", watch_response)
        context.on("page", watch_page)

    yield watch
    assert complaints == []


@pytest.fixture
def context(context: BrowserContext, attentive: Callable[[BrowserContext], None]) -> BrowserContext:
    """Every page that is opened in it is watched."""
    attentive(context)
    context.set_default_timeout(PATIENCE_MS)
    return context


# --- At the till ------------------------------------------------------------------------------------------


@pytest.fixture
def shop(live_server) -> factories.Shop:
    made = factories.shop(require_staff_pin=True)
    factories.staff_pin(made.store, name="Léa", pin="4711")
    factories.staff_pin(made.store, name="Marc", pin="80524613")
    return made


@pytest.fixture
def anouk(shop: factories.Shop) -> LoyaltyCard:
    return factories.card(shop.store, email="anouk@example.com", name="Anouk Weber")


@pytest.fixture
def till(context: BrowserContext, shop: factories.Shop) -> Till:
    """The terminal of the shop, signed in and locked."""
    return Till(context).sign_in(shop.staff).open(shop.store)


@pytest.fixture
def open_till(till: Till) -> Till:
    """The terminal with Léa at it."""
    return till.unlock().shows("scan")


@pytest.fixture
def till_of(context: BrowserContext) -> Callable[[factories.Shop], Till]:
    """The terminal of a shop whose program wants no PIN."""

    def open_it(shop: factories.Shop) -> Till:
        return Till(context).sign_in(shop.staff).open(shop.store).shows("scan")

    return open_it


@pytest.fixture
def timed_till(till: Till) -> Till:
    """The terminal with Léa at it, whose clock is the test's."""
    till.keep_time().page.reload()
    return till.is_ready().unlock().shows("scan")


@pytest.fixture
def cooling(shop: factories.Shop, anouk: LoyaltyCard) -> LoyaltyCard:
    """Anouk's card, stamped a moment ago: the next stamp is allowed in 15 minutes."""
    with factories.inside(shop):
        factories.LoyaltyProgram.objects.filter(pk=shop.program.pk).update(cooldown_minutes=15)
        actor = factories.actor(staff_token=factories.staff_token(shop.store))
        factories.stamps.give(store=shop.store, card_id=anouk.pk, count=1, actor=actor)
    return anouk

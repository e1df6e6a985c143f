"""A till that locks while something is under way: calls that are held, and what came of them."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Error, Request, Route, expect

from tests import factories
from tests.browser.till import Till, ledger

PATIENCE_SECONDS = 20
UNLOCK = re.compile(r"/unlock/$")
STAMPS = re.compile(r"/stamps/$")
SEARCH = re.compile(r"/cards/\?search=")
PRESS_EVERYTHING = """() => {
  for (const button of document.querySelectorAll("main > :not([data-screen-name=lock]) button, #net"))
    button.click();
  for (const form of document.querySelectorAll("main form")) form.requestSubmit();
}"""


@contextmanager
def held_calls(till: Till, path: re.Pattern[str]) -> Iterator[list[Route]]:
    """Calls to an address arrive, and are answered, only when the block is left."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    till.page.route(path, hold)
    try:
        yield held
    finally:
        till.page.unroute(path)
        for route in held:
            with suppress(Error):  # the terminal has given up waiting by itself, on a slow machine
                route.continue_()
        answers_are_read(till)


def answers_are_read(till: Till) -> None:
    """Whatever was asked before has been answered, for the server is asked again and has answered that."""
    for _ in range(3):
        till.page.evaluate("() => fetch(location.href).then(answer => answer.text()).then(() => null)")


def is_asked(till: Till, held: list[Route]) -> None:
    """Wait until a call has been made."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not held and time.monotonic() < until:
        till.page.wait_for_timeout(20)
    assert held, "nothing was asked"


def asked_of(till: Till, path: str) -> list[str]:
    """The calls to an address from now on."""
    calls: list[str] = []

    def note(request: Request) -> None:
        if path in request.url:
            calls.append(request.method)

    till.page.on("request", note)
    return calls


def settles(till: Till) -> None:
    """Whatever was under way is answered, and has had its time to do harm."""
    answers_are_read(till)
    till.page.clock.run_for(20_000)
    answers_are_read(till)


def lock(till: Till) -> Till:
    till.text("#lock-button").click()
    return till.shows("lock")


def marc_unlocks(till: Till) -> Till:
    till.page.locator("#people").get_by_text("Marc", exact=True).click()
    return till.unlock("80524613").shows("scan")


def nothing_is_open(till: Till) -> None:
    answers_are_read(till)
    expect(till.text("dialog[open]")).to_have_count(0)


def who(shop: factories.Shop) -> list[tuple[str, str]]:
    """What happened, and under whose PIN."""
    return [(line.transaction_type, line.staff_pin.name) for line in ledger(shop)]

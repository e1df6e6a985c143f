"""What a walk through the terminal does, whatever language it is in."""

from playwright.sync_api import expect

from tenancy.models import Store
from tests.browser.till import Till


def in_language(till: Till, store: Store, language: str) -> Till:
    till.open(store, f"?lang={language}")
    expect(till.page.locator("html")).to_have_attribute("lang", language)
    return till


def tap(till: Till, selector: str) -> Till:
    till.page.locator(selector).first.click()
    return till


def tap_pin(till: Till, digits: str) -> Till:
    for digit in digits:
        tap(till, f"#pin-keys [data-key='{digit}']")
    return tap(till, "#pin-keys [data-key=enter]")


def unlock(till: Till) -> Till:
    till.page.locator("#people").get_by_text("Marie-Antoinette").click()
    return tap_pin(till, "4711").shows("scan")


def is_open(till: Till, selector: str) -> Till:
    expect(till.page.locator(f"{selector}[open]")).to_be_visible()
    return till


def stays(till: Till) -> Till:
    """A result is read: it does not leave by itself."""
    is_open(till, "#result").page.keyboard.press("Shift")
    return till


def to_scan(till: Till) -> Till:
    """One step back after the other."""
    for _ in range(4):
        if till.page.locator("body[data-screen=scan]:not(:has(dialog[open]))").count():
            break
        till.page.keyboard.press("Escape")
    return till.shows("scan")

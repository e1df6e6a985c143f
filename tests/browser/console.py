"""The console as somebody at a desk uses it."""

from playwright.sync_api import BrowserContext, Page, expect

from tenancy.models import User
from tests import factories
from tests.browser.measure import AXE, FINDINGS

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # the rest of the page is Unfold's


def enter(context: BrowserContext, person: User) -> Page:
    """Sign somebody in to the console, by its form, on a wide screen."""
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/admin/")
    page.get_by_label("E-mail").fill(person.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url("/admin/")
    return page


def save(page: Page) -> None:
    page.locator("button[name=_save]").click()
    expect(page.get_by_text("successfully")).to_be_visible()


def faults(page: Page) -> list[str]:
    """What axe finds on a page of the console, as it is shown now."""
    page.evaluate(f"typeof axe === 'undefined' && (() => {{ {AXE.read_text()} }})()")
    found: list[str] = page.evaluate(FINDINGS, WCAG)
    return found

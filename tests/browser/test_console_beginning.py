"""A new merchant's first day, on all their devices, in a real browser."""

import re

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from loyalty.models import LoyaltyCard
from tenancy import scope
from tenancy.invitations import token_of
from tenancy.models import Invitation
from tests import factories
from tests.browser.console import enter, save
from tests.browser.till import Till


def link_of(email):
    """The address that stands in the e-mail of an invitation."""
    with scope.everything("a test reads somebody's mail"):
        return reverse("invitation", args=[token_of(Invitation.objects.get(email=email))])


def test_a_new_merchant_goes_from_nothing_to_a_printed_poster_and_a_first_stamp(live_server, context):
    """From the owner's first click to the last: at most 25 on all devices together."""
    page = enter(context, factories.operator())
    page.goto("/admin/tenancy/merchant/add/")
    page.fill("[name=name]", "Café Nei")
    page.fill("[name=owner_email]", "owner@nei.example")
    save(page)

    context.clear_cookies()
    page.goto(link_of("owner@nei.example"))
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Weis")
    page.get_by_label("Password").fill("blueberry-tram-77")
    page.get_by_role("button", name="Accept the invitation").click()
    clicks = clicks_in(context)
    say_what_is_given(page)
    poster = step(page, "Poster for the counter", "/join/cafe-nei/poster/")
    with poster.expect_download() as printed:
        poster.get_by_role("link", name="Poster as PDF").click()
    assert printed.value.path().read_bytes().startswith(b"%PDF-")
    number = make_a_test_card(page, step(page, "A test card on your phone", "/join/cafe-nei/"))
    page.reload()
    code = make_a_till(page)
    invite_the_team(page)

    context.clear_cookies()  # the tablet is another device
    till = Till(context)
    till.page.goto(f"/terminal/?code={code}")
    till.page.get_by_role("button", name="Set up this till").click()
    till.is_ready().shows("lock").unlock("4711").shows("scan").find(number).shows("card")
    till.press("Add 1 stamp").says("+1 stamp")
    assert len(clicks) <= 25, clicks
    with scope.everything("a test looks"):
        assert LoyaltyCard.objects.get().stamp_count == 1


def clicks_in(context: BrowserContext) -> list[str]:
    """The clicks of a person in every page that is opened from now on, as they come."""
    clicks: list[str] = []
    context.expose_binding("clicked", lambda _source, what: clicks.append(what))
    context.add_init_script(
        "addEventListener('click', (event) => event.isTrusted && event.detail && window.clicked("
        "event.target.innerText?.slice(0, 20) ?? ''), true)"
    )
    return clicks


def begin_step(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).click()


def say_what_is_given(page: Page) -> None:
    """The first three steps are one form."""
    page.goto("/admin/")
    expect(page.locator(".step-done")).to_have_count(0)
    begin_step(page, "What you give")
    expect(page.get_by_role("button", name="Points", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Stamps", exact=True).click()
    page.fill("[name=stamps_reward_description_en]", "a coffee")
    page.get_by_role("button", name="Look", exact=True).click()
    page.fill("[name=card_name_en]", "Our card")
    save(page)
    page.goto("/admin/")
    expect(page.locator(".step-done")).to_have_count(3)


def step(page: Page, title: str, address: str) -> Page:
    """Open a step's page beside the overview."""
    with page.context.expect_page() as opened:
        begin_step(page, title)
    expect(opened.value).to_have_url(re.compile(re.escape(address)))
    return opened.value


def make_a_test_card(page: Page, phone: Page) -> str:
    """What the owner does on the phone; the number of the card."""
    phone.get_by_label(re.compile("^Name")).fill("Nora Weis")
    phone.get_by_label(re.compile("^E-mail")).fill("nora@nei.example")
    phone.get_by_role("button", name="Get my card").click()
    return str(phone.locator(".qr-box p").inner_text())


def make_a_till(page: Page) -> str:
    """A till and a PIN for it; the code that makes the tablet one."""
    begin_step(page, "A till on your tablet")
    page.fill("[name=name]", "Counter")
    page.locator("button[name=_save]").click()
    code = page.locator("#till-code").inner_text()
    page.goto("/admin/")
    begin_step(page, "A PIN for the till")
    page.fill("[name=name]", "Nora")
    page.fill("[name=pin]", "4711")
    save(page)
    return code


def invite_the_team(page: Page) -> None:
    page.goto("/admin/")
    begin_step(page, "Invite your team")
    page.fill("[name=email]", "colleague@nei.example")
    page.select_option("[name=role]", "staff")
    save(page)

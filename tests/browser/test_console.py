"""The console in a real browser: the main way of each role, and whether its pages are for everybody."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyCard
from tenancy import scope
from tenancy.invitations import token_of
from tenancy.models import BackgroundJob, Invitation, User
from tests import factories
from tests.browser.measure import AXE, FINDINGS, sideways
from tests.browser.till import Till

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # the rest of the page is Unfold's
BAD = """Vorname;Name;E-Mail;Telefon;Handy;Geburtstag;Stempel;Lifetime stamps
Anna;Weber;a@example.com;;621 123 456;03/04/1990;2;90
Ben;;nobody;;;;1;
Eva;;e@example.com;3.52E+11;;;;
Carl;;c@example.com;;;;many;
;Dora;;;;;1;
"""
GOOD = "email,name,stamps\na@example.com,Anna,2\nb@example.com,Ben,1\nc@example.com,Carl,3\n"


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


def file_of(folder: Path, text: str) -> Path:
    path = folder / "customers.csv"
    path.write_text(text)
    return path


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
    begin_step(page, "A till on your tablet")
    page.fill("[name=name]", "Counter")
    page.locator("button[name=_save]").click()
    code = page.locator("#till-code").inner_text()
    page.goto("/admin/")
    begin_step(page, "A PIN for the till")
    page.fill("[name=name]", "Nora")
    page.fill("[name=pin]", "4711")
    save(page)
    page.goto("/admin/")
    begin_step(page, "Invite your team")
    page.fill("[name=email]", "colleague@nei.example")
    page.select_option("[name=role]", "staff")
    save(page)

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


def test_a_missing_stamp_is_found_and_given(context, shop, anouk):
    page = enter(context, shop.manager)
    page.get_by_role("link", name="Cards", exact=True).first.click()  # in the menu
    page.locator("#searchbar").fill("anouk")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=anouk.display_number).click()
    page.get_by_role("link", name="Give stamps").click()
    page.get_by_label("Reason").fill("The till had no network")
    page.get_by_role("button", name="Give stamps").click()
    expect(page.get_by_text("1 stamp was given.")).to_be_visible()
    expect(page.get_by_text("The till had no network")).to_be_visible()
    assert factories.fresh(anouk).stamp_count == 1


def begin_import(page, shop, file):
    page.goto("/admin/loyalty/loyaltycard/import/")
    page.select_option("[name=store]", str(shop.store.pk))
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Look at the file").click()


def test_an_import_with_trouble_is_put_right_and_taken_back(context, shop, tmp_path):
    page = enter(context, shop.owner)
    begin_import(page, shop, file_of(tmp_path, BAD))
    expect(page.get_by_text("Phone: the first of “Telefon”, “Handy” that is not empty.")).to_be_visible()
    expect(page.get_by_text("A total of all time is no balance.")).to_be_visible()
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Please answer this.")).to_be_visible()
    page.get_by_label("How is this written: 03/04/1990?").select_option("the day comes first")
    page.get_by_role("button", name="Show again").click()
    expect(
        page.get_by_text("Anna Weber · a@example.com · +352621123456 · 3 April 1990 · stamps: 2")
    ).to_be_visible()
    assert not sideways(page)
    page.evaluate(f"(() => {{ {AXE.read_text()} }})()")
    assert page.evaluate(FINDINGS, WCAG) == []
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("alert")).to_contain_text("3 cells are wrong.")
    expect(page.locator("tbody tr")).to_contain_text(
        ["This is no e-mail address.", "A spreadsheet has rounded this number", "Write a number, 0 or more."]
    )
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download the faulty lines").click()
    faulty = downloaded.value.path().read_text("utf-8-sig")
    page.get_by_role("button", name="Import 2 lines").click()
    expect(page.get_by_text("2 new people, 2 cards, 2 balances (3 stamps, 0 points)")).to_be_visible()
    mended = faulty.replace("nobody", "b@example.com").replace("3.52E+11", "621 654 321").replace("many", "3")
    begin_import(page, shop, file_of(tmp_path, mended))
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import 3 lines").click()
    expect(page.get_by_text("3 new people, 3 cards, 2 balances (4 stamps, 0 points)")).to_be_visible()
    with factories.inside(shop):
        assert LoyaltyCard.objects.count() == 5
    page.get_by_role("link", name="Take this import back").click()
    page.get_by_role("button", name="Take this import back").click()
    expect(page.get_by_text("3 people were removed, 0 balances were undone.").first).to_be_visible()
    with factories.inside(shop):
        assert LoyaltyCard.objects.count() == 2


def test_a_long_list_is_followed_to_its_download(context, shop, anouk, settings):
    settings.BACKGROUND_ROWS = 0
    page = enter(context, shop.owner)
    page.goto("/admin/loyalty/loyaltycard/")
    page.get_by_role("link", name="CSV").click()
    page.get_by_role("button", name="Prepare the file").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    job = BackgroundJob.objects.get()
    job.state, job.leased_until, job.done, job.total = "running", timezone.now(), 41_200, 184_000
    job.save()
    expect(page.get_by_text("41,200 of 184,000 rows are written.")).to_be_visible()
    bar = page.get_by_role("progressbar", name="41,200 of 184,000 rows are written.")
    expect(bar).to_have_attribute("value", "41200")
    page.evaluate(f"(() => {{ {AXE.read_text()} }})()")
    assert page.evaluate(FINDINGS, WCAG) == []
    jobs.run_due()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download").click()
    assert anouk.display_number in downloaded.value.path().read_text()
    page.get_by_role("link", name="Imports and exports").first.click()
    expect(page.get_by_role("cell", name=downloaded.value.suggested_filename)).to_be_visible()


def test_a_long_import_is_followed_to_its_preview_and_its_end(context, shop, tmp_path, settings):
    settings.BACKGROUND_ROWS = 2
    page = enter(context, shop.owner)
    begin_import(page, shop, file_of(tmp_path, GOOD))
    expect(page.get_by_role("progressbar")).to_be_visible()
    jobs.run_due()
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    jobs.run_due()
    page.get_by_role("button", name="Import 3 lines").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    jobs.run_due()
    expect(page.get_by_text("3 new people, 3 cards, 3 balances (6 stamps, 0 points)")).to_be_visible()
    with factories.inside(shop):
        assert LoyaltyCard.objects.count() == 3


def test_a_card_that_was_deleted_by_mistake_comes_back(context, shop, anouk):
    page = enter(context, shop.owner)
    page.goto(f"/admin/loyalty/loyaltycard/{anouk.pk}/change/")
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="sure").click()
    expect(page).to_have_url("/admin/")
    assert factories.fresh(anouk).is_deleted
    page.goto("/admin/loyalty/loyaltycard/?deleted=only")
    page.get_by_role("link", name=anouk.display_number).click()
    expect(page.get_by_text(shop.owner.email).first).to_be_visible()
    page.get_by_role("link", name="Restore").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored: 1 card.")).to_be_visible()
    assert not factories.fresh(anouk).is_deleted


def test_what_was_done_is_read_by_the_owner(context, shop, anouk):
    page = enter(context, shop.manager)
    page.goto(f"/admin/loyalty/loyaltycard/{anouk.pk}/give_stamp/")
    page.get_by_label("Reason").fill("Forgotten")
    page.get_by_role("button", name="Give stamps").click()
    expect(page.get_by_text("1 stamp was given.")).to_be_visible()
    page.context.clear_cookies()
    page = enter(context, shop.owner)
    page.get_by_role("link", name="History", exact=True).click()
    line = page.locator("#result_list tbody tr").first
    expect(line).to_contain_text(shop.manager.email)
    expect(line).to_contain_text("Give stamps")
    expect(line).to_contain_text(anouk.display_number)


def test_a_manager_sees_what_the_program_looks_like(context, shop):
    page = enter(context, shop.manager)
    page.get_by_role("link", name="Loyalty program", exact=True).click()
    expect(page.frame_locator("[data-frame]").locator(".pass").first).to_contain_text("7/10")
    expect(page.locator("button[name=_save]")).to_have_count(0)


def test_a_menu_of_buttons_opens_by_keyboard_alone(context, shop, anouk):
    page = enter(context, shop.owner)
    page.goto(f"/admin/loyalty/loyaltycard/{anouk.pk}/change/")
    page.get_by_role("button", name="More", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Send the link")).to_be_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/loyalty/loyaltycard/",
        "/admin/loyalty/loyaltycard/{card}/change/",
        "/admin/loyalty/loyaltycard/{card}/give_stamp/",
        "/admin/loyalty/loyaltycard/import/",
        "/admin/tenancy/backgroundjob/",
        "/admin/loyalty/loyaltyprogram/{program}/change/",
        "/admin/customers/customer/{customer}/change/",
        "/admin/tenancy/store/{store}/delete/",
        "/admin/loyalty/loyaltycard/{card}/history/",
        "/admin/loyalty/staffpin/add/",
        "/admin/tenancy/apikey/",
        "/admin/tenancy/apikey/add/",
        "/admin/tenancy/till/add/",
        "/admin/tenancy/historyentry/",
    ],
)
def test_a_page_of_the_console_is_for_everybody(context, shop, anouk, address):
    ids = {
        "card": anouk.pk,
        "program": shop.program.pk,
        "customer": anouk.customer_id,
        "store": shop.other_store.pk,
    }
    page = enter(context, shop.owner)
    page.goto(address.format(**ids))
    page.evaluate(f"(() => {{ {AXE.read_text()} }})()")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert page.evaluate(FINDINGS, WCAG) == [], scheme
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address.format(**ids))
    assert sideways(page) <= 0

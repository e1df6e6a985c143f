"""Files that come in and go out by the console, in a real browser: asked about, put right, followed to their end."""

from pathlib import Path

from django.utils import timezone
from playwright.sync_api import expect

from groundwork.jobs import service as jobs
from loyalty.models import LoyaltyCard
from tenancy.models import BackgroundJob
from tests import factories
from tests.browser.console import enter, faults
from tests.browser.measure import sideways

BAD = """Vorname;Name;E-Mail;Telefon;Handy;Geburtstag;Stempel;Lifetime stamps
Anna;Weber;a@example.com;;621 123 456;03/04/1990;2;90
Ben;;nobody;;;;1;
Eva;;e@example.com;3.52E+11;;;;
Carl;;c@example.com;;;;many;
;Dora;;;;;1;
"""
GOOD = "email,name,stamps\na@example.com,Anna,2\nb@example.com,Ben,1\nc@example.com,Carl,3\n"


def file_of(folder: Path, text: str) -> Path:
    path = folder / "customers.csv"
    path.write_text(text)
    return path


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
    assert faults(page) == []
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
    expect(page.get_by_text("Rows written: 41,200 of 184,000")).to_be_visible()
    bar = page.get_by_role("progressbar", name="Rows written: 41,200 of 184,000")
    expect(bar).to_have_attribute("value", "41200")
    assert faults(page) == []
    jobs.run_due()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download").click()
    assert anouk.display_number in downloaded.value.path().read_text()
    page.get_by_role("link", name="Imports and exports").first.click()
    expect(page.get_by_role("cell", name=downloaded.value.suggested_filename)).to_be_visible()

"""What is read elsewhere: e-mails, the poster on the counter, and the files for a printer."""

from pathlib import Path
from shutil import which
from subprocess import run

import pytest
from playwright.sync_api import BrowserContext

from loyalty.models import CardDesign, LoyaltyCard
from loyalty.outputs.printed import pdf
from loyalty.services import printed
from notifications.codes import Code
from notifications.services import texts
from tenancy import scope
from tests import factories
from tests.browser.looks.gallery import LANGUAGES, SHEETS, Gallery

PAPER = "pdftoppm"  # of Debian's poppler-utils


@pytest.mark.parametrize("code", Code.values)
def test_an_email(context: BrowserContext, people: dict[str, LoyaltyCard], code: str) -> None:
    with scope.everything("the texts are the platform's"):
        texts.load()
        letters = texts.previews(code, {}, people["usual"])
    page = context.new_page()
    for preview in letters:
        assert preview.letter is not None, preview.problem
        page.set_content(f"<h6>{preview.letter.subject}</h6>{preview.letter.html}")
        Gallery(page, preview.language).look(code.replace("loyalty_", "mail-"), whole=True, is_judged=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_poster(context: BrowserContext, busy: factories.Shop, language: str) -> None:
    owner = context.new_page()
    owner.goto("/login/?lang=en")
    owner.get_by_label("E-mail").fill(busy.owner.email)
    owner.get_by_label("Password").fill(factories.PASSWORD)
    owner.get_by_role("button", name="Sign in", exact=True).click()
    address = f"/join/{busy.store.store_code}/poster"
    owner.goto(f"{address}/?lang={language}")
    Gallery(owner, language).look("poster", whole=True)
    drawn = owner.request.get(f"{address}.pdf?lang={language}")
    on_paper(drawn.body(), f"poster-{language}")


@pytest.mark.skipif(which(PAPER) is None, reason=f"{PAPER} is missing")
@pytest.mark.parametrize("design", CardDesign.values)
def test_printed_cards(busy: factories.Shop, design: str) -> None:
    with factories.inside(busy):
        actor = factories.actor()
        batch = printed.make(store=busy.store, actor=actor, name="Spring", count=2, design=design)
        on_paper(pdf(batch, batch.cards.all()), f"printed-{design}")


def on_paper(drawn: bytes, name: str) -> None:
    """A picture of a file's first page."""
    file = Path(SHEETS, f"{name}.pdf")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(drawn)
    if which(PAPER):
        command = [PAPER, "-png", "-r", "96", "-singlefile", file, file.with_suffix("")]
        run(command, check=True)

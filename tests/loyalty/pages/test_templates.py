"""What the Content-Security-Policy would block does not stand in any template of a page."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("pages", "errors")
TEMPLATES = [
    ROOT / "templates" / "base.html",
    *sorted(path for folder in FOLDERS for path in (ROOT / "templates" / folder).rglob("*.html")),
]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script(template):
    text = template.read_text()

    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son\w+\s*=", text)
    assert "javascript:" not in text
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_reaches_for_another_site(template):
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", template.read_text())


def test_a_card_page_with_all_its_files_is_lighter_than_100_kb(client, db):
    files = [
        "base.css",
        "icons.svg",
        *(f"pages/{name}" for name in ("pages.css", "card.css", "card.js", "copy.js")),
    ]
    files += [f"pages/{name}.js" for name in ("full-screen", "install", "menu")]
    files += [f"vendor/figtree/figtree-{part}-wght-normal.woff2" for part in ("latin", "latin-ext")]
    files += ["favicon.svg", "pages/wallet-apple.svg", "pages/wallet-google.svg"]

    assert sum((ROOT / "static" / file).stat().st_size for file in files) < 80_000


def test_every_icon_that_is_sent_is_used_somewhere():
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").glob("[!v]*/*.js")]
    sources += [path for app in ("loyalty", "loyalty_site") for path in (ROOT / app).rglob("*.py")]
    written = "\n".join(path.read_text() for path in sources)
    icons = re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text())

    assert len(icons) > 30
    assert [icon for icon in icons if not re.search(rf"[\"'#]{icon}[\"']", written)] == []

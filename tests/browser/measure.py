"""What a page has to be for everybody: measured in the browser, empty lists where all is well."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).with_name("vendor") / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A link within a sentence may be as high as its line (WCAG 2.2, 2.5.8); a checkbox is hit by its label.
SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary, label.person, label.checkbox")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .filter((one) => !one.closest(".visually-hidden, .skip-link") && one.type !== "checkbox")
  .filter((one) => !(one.tagName === "A" && one.closest("p")?.textContent.trim() !== one.textContent.trim()))
  .map((one) => [one.id || one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
FINDINGS = """(tags) => axe.run(document, { runOnly: tags, resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`)))"""


def too_small(page: Page) -> list[str]:
    """What is smaller than a finger needs: 44 pixels each way."""
    found: list[str] = page.evaluate(SMALL)
    return found


def sideways(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width


def findings(page: Page) -> list[str]:
    """What axe finds fault with, in light and in dark."""
    page.evaluate(f"typeof axe === 'undefined' && (() => {{ {AXE.read_text()} }})()")
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme} {finding}" for finding in page.evaluate(FINDINGS, RULES)]
    return found

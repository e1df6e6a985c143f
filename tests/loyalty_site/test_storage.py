"""Static files travel without their comments, and otherwise as they are."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage

from loyalty_site.storage import BareStorage, without_comments

SCRIPT = """/** What it is for. */
import { a } from "./a.js";

/**
 * @param {string} b
 */
export const c = (b) => `${b} /* kept */ // kept`;
  // gone
const url = "https://example.com/"; // kept: not alone on its line
  /** @type {string} */ let d = url;
  /** The end of another. */
  d = "";
"""


def test_a_script_travels_without_the_comments_that_begin_a_line():
    assert without_comments(SCRIPT).splitlines() == [
        'import { a } from "./a.js";',
        "",
        "export const c = (b) => `${b} /* kept */ // kept`;",
        'const url = "https://example.com/"; // kept: not alone on its line',
        "let d = url;",
        '  d = "";',
    ]


def test_the_terminals_scripts_are_collected_bare():
    source = StaticFilesStorage(location=str(Path(settings.BASE_DIR) / "static"), base_url="/static/")
    bare = BareStorage(source).open("terminal/till.js").read().decode()

    assert not any(line.lstrip().startswith(("/**", "* ", "//")) for line in bare.splitlines())
    assert "export class Till {" in bare
    assert len(bare) < 0.9 * len(source.open("terminal/till.js").read())

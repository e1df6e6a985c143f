"""A hook of the docs site: a link to a file of the repository that is no page here becomes its name.

On GitHub and in an editor such a link leads to the file; the site has only what is in docs/.
"""

import re
from pathlib import Path
from typing import Any

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(((?:\.\./)+[^)\s#]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page: Any, config: Any, **_more: Any) -> str:
    """Called by mkdocs for each page, before its links are looked at."""
    docs = Path(config["docs_dir"]).resolve()
    folder = (docs / page.file.src_uri).parent

    def inside(found: "re.Match[str]") -> str:
        target = (folder / found[2]).resolve()
        is_of_the_repository = target.exists() and docs not in target.parents and target != docs
        return f"{found[1]} (`{target.relative_to(docs.parent)}`)" if is_of_the_repository else found[0]

    return LINK.sub(inside, markdown)

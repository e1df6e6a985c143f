"""Whether a text that somebody typed names a person."""

import re
import unicodedata
from collections.abc import Collection

WHOLE_WORDS_BELOW = 4  # letters: "Bo" stands in half of all words
_BETWEEN = re.compile(r"[\W_]+")


def names_any(text: str, of: Collection[str]) -> bool:
    """Whether one of these names, addresses or numbers stands in a text, however it is written.

    Accents, capitals and what stands between words are nothing: "Anna_Muller.csv" names Anna Müller.
    """
    said = _plain(text)
    words, run = said.split(), said.replace(" ", "")
    for each in of:
        name = _plain(each)
        if name and (name in words or (len(name) >= WHOLE_WORDS_BELOW and name.replace(" ", "") in run)):
            return True
    return False


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return _BETWEEN.sub(" ", bare).strip()

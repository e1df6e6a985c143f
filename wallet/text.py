"""Text: one sentence in the four languages of a pass. Both wallets choose among them on the phone."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

LANGUAGES = tuple(dict(settings.LANGUAGES))

DATE_FORMATS = {"en": "%d %b %Y", "fr": "%d/%m/%Y", "de": "%d.%m.%Y", "lb": "%d.%m.%Y"}


@dataclass(frozen=True)
class Text:
    """The same thing said in every language; the English one is also the key of Apple's string tables."""

    en: str
    fr: str
    de: str
    lb: str

    @classmethod
    def same(cls, text: str) -> "Text":
        """A name or number that is the same in every language."""
        return cls(text, text, text, text)

    @classmethod
    def each(cls, say: Callable[[], Any]) -> "Text":
        """Call `say` once with each language active; for gettext and what is formatted with it."""
        said = []
        for language in LANGUAGES:
            with translation.override(language):
                said.append(str(say()))
        return cls(*said)

    @classmethod
    def about(cls, name: "Text", say: Callable[[str], str]) -> "Text":
        """Call `say` with a name in each language, while that language is active."""
        said = []
        for language, words in name.items():
            with translation.override(language):
                said.append(say(words))
        return cls(*said)

    @classmethod
    def of_field(cls, instance: Any, name: str) -> "Text":
        """A field that modeltranslation keeps per language; an empty one shows the first that is not."""
        written = {language: getattr(instance, f"{name}_{language}", None) or "" for language in LANGUAGES}
        fallback = next((text for text in written.values() if text), "")
        return cls(**{language: text or fallback for language, text in written.items()})

    def __bool__(self) -> bool:
        return bool(self.en)

    @property
    def is_same(self) -> bool:
        """Whether no language says it differently."""
        return self.en == self.fr == self.de == self.lb

    def items(self) -> list[tuple[str, str]]:
        """(language, text) for every language, English first."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    def in_language(self, language: str) -> str:
        """The text in a language; English for one that passes do not have."""
        return getattr(self, language if language in LANGUAGES else "en")

    def map(self, change: Callable[[str], str]) -> "Text":
        """The same with every language's text changed alike."""
        return Text(*(change(text) for _, text in self.items()))

    def cut(self, length: int) -> "Text":
        """At most so many characters, ending with an ellipsis where something is missing."""
        return self.map(lambda text: shorten(text, length))


def shorten(text: str, length: int) -> str:
    """At most `length` characters, ending with an ellipsis where something was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def written_date(moment: datetime, language: str) -> str:
    """A day as it is written in a language; `moment` is in the merchant's time zone already."""
    return moment.strftime(DATE_FORMATS.get(language, DATE_FORMATS["en"]))

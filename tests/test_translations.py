"""Every text that people see is there in French, German and Luxembourgish, and nothing is a leftover."""

import re
import string
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation

from groundwork.formats.labels import label
from loyalty_site import catalogue
from notifications.codes import Code

TRANSLATED = [language for language in catalogue.LANGUAGES if language != catalogue.SOURCE_LANGUAGE]
PERCENT = re.compile(r"%(?:\(\w+\))?[.\d]*[sdifr@]")
TAGS = re.compile(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}")
E_MAILS = settings.BASE_DIR / "fixtures" / "email_templates"
BENT_BY_A_NAME = {"lb": "bei|vun|zu|an|op|mat|fir", "fr": "de|du|à|au"}  # vum, beim, zum; d’, des, aux
UNTYPED = {  # what a keyboard makes of an apostrophe, and a space that lets a colon begin a line
    "de": re.compile(r"\w'\w"),
    "fr": re.compile(r"\w'\w|\w [:;!?»]|« "),
    "lb": re.compile(r"\w'\w"),
}
NAME_OF_A_SHOP = r"(?:%\((?:merchant|store)\)s|\{\{ ?(?:merchant|store)_name)"


def catalogues(language: str) -> list[polib.POFile]:
    return [catalogue.read(language, domain) for domain in catalogue.DOMAINS]


def placeholders(text: str) -> list[str]:
    """What is filled in later: `%(name)s`, `%s`, `{name}`."""
    try:
        braces = [f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:  # a brace that is just a brace
        braces = []
    return sorted(PERCENT.findall(text.replace("%%", ""))) + sorted(braces)


def translations(entry: polib.POEntry) -> list[str]:
    return [entry.msgstr, *entry.msgstr_plural.values()]


def fits(entry: polib.POEntry) -> bool:
    """Whether a translation is filled in like its text; a singular may write its number as a word."""
    if not entry.msgid_plural:
        return placeholders(entry.msgstr) == placeholders(entry.msgid)
    one, many = placeholders(entry.msgid), placeholders(entry.msgid_plural)
    return (
        placeholders(entry.msgstr_plural[0]) in (one, many) and placeholders(entry.msgstr_plural[1]) == many
    )


def test_the_catalogues_hold_the_texts_of_today_and_no_others():
    for domain in catalogue.DOMAINS:
        for language, texts in catalogue.texts(domain).items():
            wanted = {catalogue.key(entry) for entry in texts}
            held = {catalogue.key(entry) for entry in catalogue.read(language, domain)}
            assert (wanted - held, held - wanted) == (set(), set()), (
                f"{language} {domain}: run `make messages`"
            )


COLON = re.compile(r"""\{%\s*translate\s+("[^"]*"|'[^']*')\s*%\}\s?:(?!\w)""")


def test_a_name_before_what_it_names_has_the_colon_of_its_language():
    with translation.override("fr"):
        assert label("Clé") == "Clé\u00a0:"
    files = (Path(settings.BASE_DIR) / "templates").rglob("*.*")
    assert [file.name for file in files if COLON.search(file.read_text())] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str):
    missing = [
        entry.msgid
        for held in catalogues(language)
        for entry in held
        if entry.fuzzy or not entry.translated()
    ]
    assert missing == []


@pytest.mark.parametrize("language", sorted(BENT_BY_A_NAME))
def test_no_preposition_stands_before_a_name_that_would_bend_it(language: str):
    """What is "vun" before one name is "vum" before another, and "de" is "d'": a text does not know which."""
    before_a_name = re.compile(rf"\b(?:{BENT_BY_A_NAME[language]}) {NAME_OF_A_SHOP}", re.IGNORECASE)
    texts = [text for held in catalogues(language) for entry in held for text in translations(entry)]
    texts += [path.read_text() for path in E_MAILS.glob(f"*.{language}.liquid")]
    assert [text for text in texts if before_a_name.search(text)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_apostrophes_and_spaces_are_those_of_a_printer(language: str):
    texts = [text for held in catalogues(language) for entry in held for text in translations(entry)]
    for letter in E_MAILS.glob(f"*.{language}.liquid"):
        texts += TAGS.sub("x", letter.read_text().removeprefix("Subject: ")).splitlines()
    assert [text for text in texts if UNTYPED[language].search(text)] == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_no_catalogue_keeps_what_is_gone(language: str):
    assert [entry.msgid for held in catalogues(language) for entry in held.obsolete_entries()] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_filled_in_like_its_text(language: str):
    unlike = [entry.msgid for held in catalogues(language) for entry in held if not fits(entry)]
    assert unlike == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_counted_text_has_a_singular_and_a_plural(language: str):
    for held in catalogues(language):
        assert held.metadata["Plural-Forms"] == catalogue.PLURAL_FORMS[language]
        for entry in held:
            assert set(entry.msgstr_plural) == ({0, 1} if entry.msgid_plural else set()), entry.msgid


@pytest.mark.parametrize("language", TRANSLATED)
def test_line_breaks_at_the_ends_are_kept(language: str):
    for held in catalogues(language):
        for entry in held:
            for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
                assert text.startswith("\n") == entry.msgid.startswith("\n"), entry.msgid
                assert text.endswith("\n") == entry.msgid.endswith("\n"), entry.msgid


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_compiled_catalogues_are_those_of_their_texts(language: str):
    for domain in catalogue.DOMAINS:
        if catalogue.path_of(language, domain).exists():
            compiled = catalogue.path_of(language, domain, ".mo").read_bytes()
            assert compiled == catalogue.read(language, domain).to_binary(), "run `make messages`"


def test_every_e_mail_is_written_in_all_languages():
    written = {tuple(file.name.split(".")[:2]) for file in E_MAILS.glob("*.liquid")}
    assert written == {(code, language) for code in Code.values for language in catalogue.LANGUAGES}


def test_a_text_that_django_lacks_in_luxembourgish_comes_from_here():
    with translation.override("lb"):
        assert translation.gettext("This field is required.") == "Dëst Feld ass obligatoresch."

"""The catalogues in locale/: which texts they must hold, how they are brought up to date and compiled.

A *text* is an English msgid (with its context and plural). Ours are those of our code and templates. Django
and the packages bring their own catalogues, but not all texts in all languages (Unfold has none at all), and
Django's Luxembourgish knows 12 of the admin's 167 texts and misspells the days of the week. So what people
see of a package and its catalogue lacks, in Luxembourgish all of it, is listed after our own texts and wins,
because Django asks LOCALE_PATHS first. Nothing is ever guessed from a similar text: there are no fuzzy
entries, and what is gone from the code is gone from the catalogue.

For whoever writes code or translations: needs gettext and the packages of requirements/dev.txt. A running
site needs the compiled catalogues only, which are committed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import polib
from django.apps import apps
from django.conf import settings

LANGUAGES = tuple(dict(settings.LANGUAGES))
SOURCE_LANGUAGE = "en"  # its msgids are the texts
WRITTEN_ANEW = {"lb"}  # the packages' own words in it are too few and too bad to be mixed with ours
DOMAINS = {"django": (".py", ".html", ".txt"), "djangojs": (".js",)}
OURS = (
    "loyalty_site",
    "groundwork",
    "tenancy",
    "customers",
    "loyalty",
    "notifications",
    "wallet",
    "webhooks",
    "templates",
)
# Where the packages keep what people of this site can see. Celery beat's texts are for operators.
OF_PACKAGES = {
    "django": (
        "django/contrib/admin",
        "django/contrib/auth",
        "django/core/validators.py",
        "django/db/models/base.py",
        "django/db/models/constraints.py",
        "django/db/models/fields",
        "django/forms",
        "django/template/defaultfilters.py",
        "django/utils/dateformat.py",
        "django/utils/dates.py",
        "django/utils/text.py",
        "django/utils/timesince.py",
        "django_celery_beat",
        "modeltranslation",
        "rest_framework/exceptions.py",
        "rest_framework/fields.py",
        "rest_framework/relations.py",
        "rest_framework/serializers.py",
        "rest_framework/validators.py",
        "unfold",
    ),
    "djangojs": ("django/contrib/admin/static/admin/js",),
}
NOT_SHOWN = (
    *("__pycache__", "locale", "management", "migrations", "tests", "vendor"),
    *("hashers.py", "password_reset_*.html"),  # passwords are not read, and set by whoever manages the user
    *("admin_doc", "constance", "crispy", "guardian", "import_export", "location_field"),
    *("simple_history", "unfold_crispy"),
)
PACKAGE_MARK = "Shown by "
PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "lb": "nplurals=2; plural=(n != 1);",
}

Key = tuple[str, str, str]


class GettextMissing(Exception):
    """xgettext or one of its companions is not installed."""


def key(entry: polib.POEntry | polib.MOEntry) -> Key:
    """What makes two entries the same text."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def path_of(language: str, domain: str = "django", suffix: str = ".po") -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / f"{domain}{suffix}"


# --- Which texts there are --------------------------------------------------------------------------------


def texts(domain: str = "django") -> dict[str, list[polib.POEntry]]:
    """Extract the texts anew.

    Returns the entries for each language, without translations: ours, then what packages lack, each sorted.
    Raises GettextMissing.
    """
    ours = _extract(domain, {name: settings.BASE_DIR / name for name in OURS})
    of_packages = _extract(domain, {path: _installed(path) for path in OF_PACKAGES[domain]})
    for entry in of_packages:
        entry.comment = PACKAGE_MARK + _package_of(entry)
    known = {key(entry)[:2] for entry in ours}
    others = [entry for entry in of_packages if key(entry)[:2] not in known]
    return {language: ours + _lacking(language, domain, others) for language in LANGUAGES}


def _lacking(language: str, domain: str, of_packages: list[polib.POEntry]) -> list[polib.POEntry]:
    """The packages' texts that their own catalogues do not translate, or not well."""
    if language == SOURCE_LANGUAGE:
        return []
    translated = set() if language in WRITTEN_ANEW else _translated(language, domain)
    return [entry for entry in of_packages if key(entry) not in translated]


def _extract(domain: str, sources: dict[str, Path]) -> list[polib.POEntry]:
    """Run Django's makemessages over copies, because it leaves half-made files beside templates."""
    with TemporaryDirectory() as folder:
        for name, source in sources.items():
            _copy(source, Path(folder, name), DOMAINS[domain])
        template = Path(folder, "locale", f"{domain}.pot")
        template.parent.mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "--locale", "en", "--keep-pot"]
        extensions = ",".join(suffix.removeprefix(".") for suffix in DOMAINS[domain])
        done = subprocess.run(
            [*command, "--domain", domain, "--extension", extensions],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
            capture_output=True,
            text=True,
            check=False,
        )
        if "Can't find" in done.stderr:
            raise GettextMissing(f"{done.stderr.strip()} On Debian: apt-get install gettext")
        if done.returncode:
            raise RuntimeError(done.stderr)
        entries = polib.pofile(str(template)) if template.exists() else []
        return sorted((entry for entry in entries if entry.msgid), key=key)


def _copy(source: Path, target: Path, suffixes: Iterable[str]) -> None:
    files = [source] if source.is_file() else [path for path in source.rglob("*") if path.suffix in suffixes]
    for file in files:
        inside = file.relative_to(source)
        if not any(fnmatch(part, pattern) for part in inside.parts for pattern in NOT_SHOWN):
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / inside)


def _installed(path: str) -> Path:
    """The place of a package's folder or file on this machine."""
    package, _, inside = path.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(spec.submodule_search_locations[0], inside)


def _package_of(entry: polib.POEntry) -> str:
    """`django.contrib.admin`, or `unfold`: where a text comes from, without the line, which moves."""
    parts = Path(min(file for file, line in entry.occurrences)).with_suffix("").parts
    return ".".join(
        parts[:3] if parts[:2] == ("django", "contrib") else parts[: 2 if parts[0] == "django" else 1]
    )


def _translated(language: str, domain: str) -> set[Key]:
    """The texts that Django's and the packages' own catalogues know in a language."""
    folders = [_installed("django/conf/locale")]
    folders += [Path(app.path, "locale") for app in apps.get_app_configs()]
    files = [folder / language / "LC_MESSAGES" / f"{domain}.mo" for folder in folders]
    return {
        key(entry)
        for file in files
        if file.exists()
        for entry in polib.mofile(str(file))
        if entry.msgstr or any(entry.msgstr_plural.values())
    }


# --- Bringing a catalogue up to date ----------------------------------------------------------------------


def update(language: str, domain: str, wanted: list[polib.POEntry]) -> polib.POFile | None:
    """Write a language's catalogue anew with exactly the wanted texts, keeping their translations.

    Returns the catalogue; None, and no files, if nothing is wanted.
    """
    source, compiled = path_of(language, domain), path_of(language, domain, ".mo")
    if not wanted:
        source.unlink(missing_ok=True)
        compiled.unlink(missing_ok=True)
        return None
    old = {key(entry): entry for entry in read(language, domain) if not entry.obsolete}
    catalogue = _empty(language)
    for text in wanted:
        catalogue.append(_kept(text, old.get(key(text))))
    source.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(source), newline="\n")
    compiled.write_bytes(catalogue.to_binary())
    return catalogue


def read(language: str, domain: str = "django") -> polib.POFile:
    """A language's catalogue as it is; an empty one if there is none yet."""
    source = path_of(language, domain)
    return polib.pofile(str(source), wrapwidth=100) if source.exists() else _empty(language)


def untranslated(catalogue: polib.POFile) -> list[polib.POEntry]:
    return [entry for entry in catalogue if not entry.translated()]


def _empty(language: str) -> polib.POFile:
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "MIME-Version": "1.0",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    return catalogue


def _kept(text: polib.POEntry, old: polib.POEntry | None) -> polib.POEntry:
    """The text with the translation it had; a fuzzy one is none."""
    if old is None or old.fuzzy:
        old = polib.POEntry()
    entry = polib.POEntry(
        msgid=text.msgid,
        msgctxt=text.msgctxt,
        msgid_plural=text.msgid_plural,
        comment=text.comment,
        flags=[flag for flag in text.flags if flag != "fuzzy"],
        tcomment=old.tcomment,
        msgstr=old.msgstr,
    )
    if text.msgid_plural:
        entry.msgstr_plural = dict(old.msgstr_plural) or {0: "", 1: ""}
    return entry

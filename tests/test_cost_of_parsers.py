"""Whatever reads what strangers send is known, and is read in memory that grows with it. See `tests.costs`."""

import ast
import tracemalloc
from collections.abc import Iterator
from itertools import chain, product

import pytest

from tests.costs import ENDS, HOSTILE, PARSERS, Work, refusing, repeated
from tests.sources import LAYERS, ROOT, sources

# Calls that read a format, by the module or class that they are called on.
READERS: dict[str, set[str]] = {
    "ET": {"fromstring", "parse", "iterparse"},
    "Image": {"open"},
    "ast": {"literal_eval"},
    "base64": {"b64decode", "urlsafe_b64decode"},
    "csv": {"reader", "DictReader"},
    "date": {"fromisoformat", "strptime"},
    "datetime": {"fromisoformat", "strptime"},
    "expat": {"ParserCreate"},
    "gzip": {"decompress", "open"},
    "json": {"load", "loads"},
    "jwt": {"decode", "get_unverified_header"},
    "phonenumbers": {"parse"},
    "pickle": {"load", "loads"},
    "plistlib": {"load", "loads"},
    "zipfile": {"ZipFile", "is_zipfile"},
    "zlib": {"decompress", "decompressobj"},
}
OURS = "written by ourselves, or by whoever runs the site"
PARTNER = "sent by Apple or Google, whose certificate was checked"
# Who reads what, and where it is fed with hostile texts: a name in PARSERS, or a file of tests.
READ: dict[str, str] = {
    "customers/sections.py datetime.fromisoformat": OURS,
    "customers/tags.py csv.reader": "tags between quotation marks",
    "groundwork/console/versions.py json.loads": "version of a form",
    "groundwork/formats/images.py Image.open": "tests/groundwork/test_images.py",
    "groundwork/formats/phone.py phonenumbers.parse": "phone",
    "groundwork/formats/xml_events.py expat.ParserCreate": "tests/groundwork/test_workbooks.py",
    "groundwork/formats/workbooks.py zipfile.ZipFile": "tests/groundwork/test_workbooks.py",
    "groundwork/idempotency/once.py json.loads": OURS,
    "groundwork/idempotency/packing.py zlib.decompressobj": OURS,
    "groundwork/messaging/settled.py datetime.strptime": OURS,
    "loyalty/api/examples.py json.loads": OURS,
    "loyalty/api/parsing.py json.loads": "JSON",
    "groundwork/formats/text_files.py csv.reader": "tests/loyalty/test_tables.py",
    "loyalty/console/rehearsal.py date.fromisoformat": OURS,
    "loyalty/imports/packing.py date.fromisoformat": OURS,
    "loyalty/imports/packing.py json.loads": OURS,
    "loyalty/imports/reading/cells.py datetime.fromisoformat": OURS,
    "loyalty/imports/tables.py csv.reader": "tests/loyalty/test_tables.py",
    "loyalty/imports/tables.py zipfile.is_zipfile": "tests/loyalty/test_tables.py",
    "loyalty/outputs/rehearsal_answer.py date.fromisoformat": OURS,
    "loyalty/pages/terminal/display.py json.loads": "body of a till",
    "loyalty/promotion_facts.py date.fromisoformat": OURS,
    "loyalty/reporting/rehearsal/valuing.py json.loads": OURS,
    "loyalty_site/cache.py json.loads": OURS,
    "loyalty_site/console/dashboard.py date.fromisoformat": OURS,
    "loyalty_site/everything/writing.py zipfile.ZipFile": OURS,
    "loyalty_site/keeping/backups.py datetime.fromisoformat": OURS,
    "loyalty_site/keeping/backups.py datetime.strptime": OURS,
    "loyalty_site/keeping/backups.py json.loads": OURS,
    "loyalty_site/management/commands/pass_sheet.py Image.open": OURS,
    "loyalty_site/servers/kept.py json.loads": OURS,
    "notifications/selectors.py datetime.fromisoformat": OURS,
    "tenancy/passkeys.py json.loads": "tests/accounts/test_passkeys.py",
    "wallet/apple/push.py json.loads": PARTNER,
    "wallet/apple/signing.py zipfile.ZipFile": OURS,
    "wallet/apple/verification.py json.loads": "tests/wallet/test_doctor.py",
    "wallet/apple/verification.py zipfile.ZipFile": "tests/wallet/test_doctor.py",
    "wallet/apple/web_service.py json.loads": "body of an iPhone",
    "wallet/credentials.py base64.b64decode": OURS,
    "wallet/credentials.py json.loads": OURS,
    "wallet/google/callback.py base64.b64decode": "key and signature of Google",
    "wallet/google/callback.py json.loads": "message of Google",
    "wallet/pages.py json.loads": "body of Google",
    "webhooks/console/delivery.py json.loads": OURS,
    "webhooks/outputs.py json.loads": OURS,
    "webhooks/services/endpoints.py datetime.fromisoformat": OURS,
    "webhooks/services/people.py json.loads": OURS,
    "webhooks/signing.py base64.b64decode": OURS,
}
FACTOR = 3  # of memory, for twice the text
LITTLE = 300_000  # bytes: what takes less is not compared
MOST_PER_CHARACTER = 700  # bytes


def readers() -> Iterator[str]:
    for path, tree in chain.from_iterable(map(sources, LAYERS)):
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=on), attr=name)) if name in READERS.get(
                    on, ()
                ):
                    yield f"{path.relative_to(ROOT)} {on}.{name}"


def test_whatever_reads_a_format_is_fed_with_hostile_texts() -> None:
    assert sorted(set(readers())) == sorted(READ)
    for where in READ.values():
        assert where in (OURS, PARTNER) or where in PARSERS or (ROOT / where).is_file()


def peak(work: Work, text: str) -> int:
    """The most memory that work had at a time, in bytes."""
    tracemalloc.start()
    try:
        work(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("parser", PARSERS)
def test_what_strangers_send_is_read_in_memory_that_grows_with_it(parser: str) -> None:
    work = refusing(PARSERS[parser])
    work("a")  # what is made once for all
    greedy = []
    for unit, end in product(HOSTILE, ENDS[:1]):
        half, whole = (peak(work, repeated(unit, length) + end) for length in (4_000, 8_000))
        if whole > max(LITTLE, FACTOR * half) or whole > MOST_PER_CHARACTER * 8_000:
            greedy.append(f"{unit!r}: {half} -> {whole} bytes")
    assert greedy == []

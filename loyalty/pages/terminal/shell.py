"""What the terminal needs to open: its styles and scripts, for the page's head and for the service worker's cache.

`tests/loyalty/pages/test_terminal.py` holds the lists equal to what is in static/terminal/.
"""

import hashlib
import json

from django.templatetags.static import static
from django.urls import reverse

STYLES = (
    "terminal/terminal.css",
    "terminal/screens.css",
    "terminal/sheets.css",
    "terminal/result.css",
)

FIRST = "terminal/support.js"

MODULES = (
    "terminal/terminal.js",
    "terminal/till.js",
    "terminal/actions.js",
    "terminal/activity.js",
    "terminal/amount-pad.js",
    "terminal/amount-screen.js",
    "terminal/api.js",
    "terminal/attaching.js",
    "terminal/card-codes.js",
    "terminal/card-notes.js",
    "terminal/card-view.js",
    "terminal/checkout.js",
    "terminal/connection.js",
    "terminal/counter.js",
    "terminal/customer-screen.js",
    "terminal/database.js",
    "terminal/delivery.js",
    "terminal/disk.js",
    "terminal/dom.js",
    "terminal/entry.js",
    "terminal/faces.js",
    "terminal/finder.js",
    "terminal/format.js",
    "terminal/guard.js",
    "terminal/keypad.js",
    "terminal/lock-screen.js",
    "terminal/memory.js",
    "terminal/outbox.js",
    "terminal/parts.js",
    "terminal/queue-view.js",
    "terminal/result.js",
    "terminal/scan-screen.js",
    "terminal/scanner.js",
    "terminal/session.js",
    "terminal/sheet.js",
    "terminal/shell.js",
    "terminal/sound.js",
    "terminal/state.js",
    "terminal/strips.js",
    "terminal/texts.js",
    "terminal/typed-amount.js",
    "terminal/wedge.js",
)

# Loaded once the till has come to rest, or when somebody is quicker: static/terminal/parts.js.
LATER = (
    "address-slips.js",
    "terminal/check-sheet.js",
    "terminal/enrol-screen.js",
    "terminal/forgive-sheet.js",
    "terminal/limits.js",
    "terminal/mend-sheet.js",
    "terminal/outcome-words.js",
    "terminal/purchase-words.js",
    "terminal/return-screen.js",
    "terminal/rewards-sheet.js",
    "terminal/take-card.js",
)

READER = (
    "terminal/qr-worker.js",
    "vendor/zxing/reader/index.js",
    "vendor/zxing/share.js",
    "vendor/zxing/zxing_reader.wasm",
)

SHARED = (
    "base.css",
    "icons.svg",
    "favicon.svg",
    "vendor/figtree/figtree-latin-wght-normal.woff2",
    "vendor/figtree/figtree-latin-ext-wght-normal.woff2",
)

WORKER = "terminal/service-worker.js"


def version() -> str:
    """The version of the terminal: another one for every change of a file."""
    return hashlib.sha256("\n".join(_files()).encode()).hexdigest()[:12]


def _files() -> list[str]:
    return [static(name) for name in (*SHARED, *STYLES, FIRST, *MODULES, *LATER, *READER)]


def worker_script() -> str:
    """The service worker: what to keep, as the addresses are in this deployment, and the script that keeps it."""
    page = reverse("terminal-shell")
    shell = {"version": version(), "page": page, "files": _files(), "brand": "/brand/"}
    return f"self.SHELL = {json.dumps(shell)};\nimportScripts({json.dumps(static(WORKER))});\n"

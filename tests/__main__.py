"""`make test`, whole: every test but the browser's, then those, then one line that counts what ran.

python -m tests [OPTIONS OF PYTEST]
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from xml.etree import ElementTree

from tests.browser import chromium

RUNS = {
    "main": ["-n", "auto", "-m", "not browser"],
    "browser": ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile", "-m", "browser", "tests/browser"],
}


class Count(NamedTuple):
    """What became of the tests of a run."""

    passed: int
    failed: int
    skipped: int


def run(options: list[str], report: Path) -> tuple[int, Count]:
    """Run pytest in a process of its own; returns its exit code and what it counted."""
    command = [sys.executable, "-m", "pytest", *options, f"--junit-xml={report}"]
    code = subprocess.run(command, check=False).returncode
    return code, count(report.read_text()) if report.exists() else Count(0, 0, 0)


def count(report: str) -> Count:
    """Read the numbers of a JUnit report; an error around a test counts as a failure."""
    suites = list(ElementTree.fromstring(report).iter("testsuite"))
    ran, failures, errors, skipped = (
        sum(int(suite.get(name, "0")) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    return Count(ran - failures - errors - skipped, failures + errors, skipped)


def closing_lines(main: Count, browser: Count) -> list[str]:
    """Say what ran in both runs together; the last line is for programs."""
    total = Count(*(one + other for one, other in zip(main, browser, strict=True)))
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    counted = f"{total.passed} passed, {total.failed} failed{skipped}"
    return [f"{counted}, {sum(browser)} of them in the browser", counted]


def main(arguments: list[str]) -> int:
    """Return 0 only if both runs went through."""
    try:
        os.environ["CHROMIUM"] = chromium.found_or_brought()
    except chromium.ChromiumMissingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    with TemporaryDirectory() as folder:
        ends = [run([*options, *arguments], Path(folder, f"{name}.xml")) for name, options in RUNS.items()]
    sys.stdout.write("\n".join(closing_lines(*(counted for _, counted in ends))) + "\n")
    return max(code for code, _ in ends)


if __name__ == "__main__":
    sys.exit(main(shlex.split(" ".join(sys.argv[1:]))))

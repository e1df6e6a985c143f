"""Runs the tests of mutants in copies of the checkout, several at once, and judges what they say."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple, Protocol

from tests.mutants.mutant import Mutant, NoLongerApplies

# A patched file may be as old and as long as before: nothing that is compiled is kept.
ALONE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
LONGEST = 300  # seconds that the tests of a mutant may take
# A guard that is missing lets something through; code that cannot even run proves nothing.
BROKEN_CODE = ("NameError", "ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError")


class Databases(Protocol):
    """Where a worker's tests get their database from."""

    def options(self, number: int, mutant: Mutant) -> list[str]:
        """Make a database for one run; returns the options of pytest that use it. Raises NoLongerApplies."""


class NoDatabases:
    """For tests that need none."""

    def options(self, number: int, mutant: Mutant) -> list[str]:
        return []


class Ran(NamedTuple):
    """What pytest said: its exit code (None: it did not end in time) and the failed tests with their reasons."""

    code: int | None
    failed: Mapping[str, str]
    output: str

    def reasons(self, test: str) -> list[str]:
        """Why a test failed; of a test with parameters, each of its cases."""
        return [why for name, why in self.failed.items() if name == test or name.startswith(f"{test}[")]


class Verdict(NamedTuple):
    """What became of a mutant; `why` says more where it was not killed."""

    mutant: Mutant
    word: str
    seconds: float = 0
    why: str = ""

    @property
    def is_killed(self) -> bool:
        return self.word == "killed"

    def __str__(self) -> str:
        if self.is_killed:
            return f"{self.mutant.name}: killed in {self.seconds:.0f} s"
        return f"{self.mutant.name}: {self.word}\n    {self.why}"


@dataclass
class Worker:
    """A copy of the checkout of one's own. `plugins`: those of pytest that the tests need; the others cost seconds."""

    number: int
    copy: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    plugins: Sequence[str] = ()
    databases: Databases = field(default_factory=NoDatabases)

    def run(self, tests: Sequence[str], options: Sequence[str]) -> Ran:
        """Run tests by their node ids."""
        command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-rf", "-p", "no:cacheprovider"]
        process = subprocess.Popen(
            [*command, *[f"-p{plugin}" for plugin in self.plugins], *options, *tests],
            cwd=self.copy,
            env=os.environ | ALONE | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return Ran(None, {}, process.communicate()[0])
        return Ran(process.returncode, dict(_failures(output)), output)

    def judge(self, mutant: Mutant) -> Verdict:
        """Take the guard out, run its tests and put it back."""
        began = time.monotonic()
        try:
            with mutant.applied(self.copy):
                ran = self.run(mutant.tests, self.databases.options(self.number, mutant))
        except NoLongerApplies as error:
            return Verdict(mutant, "NO LONGER APPLIES", why=str(error))
        return _verdict(mutant, ran, time.monotonic() - began)


def _failures(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        if line.startswith("FAILED "):
            name, _, why = line.removeprefix("FAILED ").partition(" - ")
            yield name, why


def _worth_reading(output: str) -> str:
    """What was red and why, without the dots; all of it where nothing was."""
    lines = [line for line in output.splitlines() if line.startswith(("FAILED ", "ERROR", "E "))]
    return "\n    ".join(lines) or output


def _verdict(mutant: Mutant, ran: Ran, seconds: float) -> Verdict:
    green = [test for test in mutant.tests if not ran.reasons(test)]
    if ran.code is None:
        return Verdict(mutant, "NO ANSWER", seconds, f"no end within {LONGEST} s")
    if ran.code not in (0, 1):
        return Verdict(mutant, "COULD NOT BE TRIED", seconds, _worth_reading(ran.output))
    if green:
        return Verdict(mutant, "SURVIVED", seconds, f"not red: {', '.join(green)}")
    broken = [why for why in ran.failed.values() if why.startswith(BROKEN_CODE)]
    if broken:
        return Verdict(mutant, "COULD NOT BE TRIED", seconds, broken[0])
    return Verdict(mutant, "killed", seconds)


def judge_all(mutants: Iterable[Mutant], workers: Sequence[Worker]) -> Iterator[Verdict]:
    """Judge mutants, as many at once as there are workers; each verdict comes as it is there."""
    idle: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def judge(mutant: Mutant) -> Verdict:
        worker = idle.get()
        try:
            return worker.judge(mutant)
        finally:
            idle.put(worker)

    with ThreadPoolExecutor(len(workers)) as pool:
        try:
            for future in as_completed([pool.submit(judge, mutant) for mutant in mutants]):
                yield future.result()
        finally:  # interrupted: what is under way ends, and nothing else begins
            pool.shutdown(wait=False, cancel_futures=True)


def not_green(mutants: Iterable[Mutant], workers: Sequence[Worker]) -> list[str]:
    """Run all tests once with every guard in its place; returns what was said where they were not green."""
    by_file: dict[str, list[str]] = {}
    for test in sorted({test for mutant in mutants for test in mutant.tests}):
        by_file.setdefault(test.partition("::")[0], []).append(test)
    shares = [
        [test for file in list(by_file)[number :: len(workers)] for test in by_file[file]]
        for number in range(len(workers))
    ]

    def run(worker: Worker) -> Ran:
        tests = shares[workers.index(worker)]
        options = worker.databases.options(worker.number, Mutant("none", ()))
        return worker.run(tests, options) if tests else Ran(0, {}, "")

    with ThreadPoolExecutor(len(workers)) as pool:
        return [_worth_reading(ran.output) for ran in pool.map(run, workers) if ran.code != 0]

"""Runs the tests of mutants in copies of the checkout, several at once, and judges what they say."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import NamedTuple, Protocol, TypeVar

from tests.mutants import warm
from tests.mutants.house import COLD, House, Order
from tests.mutants.mutant import Mutant, NoLongerApplies
from tests.mutants.swapping import Cold

BROWSER_TESTS, BROWSER_PLUGIN = "tests/browser/", "pytest_playwright.pytest_playwright"
# Neither is of use in a process that ends with its tests.
PLUGINS_LEFT_OUT = ("-pno:cacheprovider", "-pno:unraisableexception")
ALONE = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
LONGEST = 300  # seconds that the tests of a mutant, or of a file, may take
LARGEST_BATCH = 25  # so that there is a batch for everybody
# A guard that is missing lets something through; code that cannot even run proves nothing.
BROKEN_CODE = ("NameError", "ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError")

W = TypeVar("W")
D = TypeVar("D")


class Databases(Protocol):
    """Where a worker's tests get their database from."""

    def options(self, number: int, mutants: Sequence[Mutant]) -> list[str]:
        """Make a database for one run; returns the options of pytest that use it. Raises NoLongerApplies."""


class NoDatabases:
    """For tests that need none."""

    def options(self, number: int, mutants: Sequence[Mutant]) -> list[str]:
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
    house: House | None = None

    def run(
        self, tests: Sequence[str], options: Sequence[str], *, before: Mapping[str, str] | None = None
    ) -> Ran:
        """Run tests by their node ids; with what was changed since `before`, by file, in the house if there is one.

        Raises Cold where the house would have to be read anew.
        """
        browser = [BROWSER_PLUGIN] if any(test.startswith(BROWSER_TESTS) for test in tests) else []
        plugins = [f"-p{plugin}" for plugin in (*self.plugins, *browser)]
        arguments = [
            "-q",
            "--tb=line",
            "-rfs",
            "-pno:cacheprovider",
            "-pno:unraisableexception",
            *plugins,
            *options,
            *tests,
        ]
        with TemporaryDirectory() as folder:
            output = Path(folder, "output")
            if self.house is None or before is None:
                around = {**ALONE, **self.environment}
                code = warm.run(
                    arguments, folder=self.copy, environment=around, output=output, longest=LONGEST
                )
            else:
                code = self.house.run(Order(arguments, output, before), longest=LONGEST)
            said = output.read_text() if output.exists() else ""
        if code == COLD:
            raise Cold
        return Ran(code, dict(_failures(said)), said)

    def judge(self, mutants: Sequence[Mutant]) -> list[Verdict]:
        """Take some guards out at once, run their tests and put them back; each by itself where that goes amiss.

        First in the house, if there is one; what is not killed there is tried where all is read anew.
        """
        if self.house is not None and not any(mutant.is_of_schema for mutant in mutants):
            with suppress(Cold):
                verdicts = self._judged(mutants, in_house=True)
                if all(verdict.is_killed for verdict in verdicts):
                    return verdicts
        verdicts = self._judged(mutants, in_house=False)
        if len(mutants) > 1 and not all(verdict.is_killed for verdict in verdicts):
            return [verdict for mutant in mutants for verdict in self.judge([mutant])]
        return verdicts

    def _judged(self, mutants: Sequence[Mutant], *, in_house: bool) -> list[Verdict]:
        """What becomes of some mutants together. Raises Cold."""
        began = time.monotonic()
        tests = [test for mutant in mutants for test in mutant.tests]
        try:
            with ExitStack() as stack:
                before: dict[str, str] = {}
                for mutant in mutants:
                    before |= stack.enter_context(mutant.applied(self.copy))
                options = self.databases.options(self.number, mutants)
                ran = self.run(tests, options, before=before if in_house else None)
        except NoLongerApplies as error:
            return [Verdict(mutant, "NO LONGER APPLIES", why=str(error)) for mutant in mutants]
        seconds = (time.monotonic() - began) / len(mutants)
        return [_verdict(mutant, ran, seconds) for mutant in mutants]


def _failures(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        if line.startswith("FAILED "):
            name, _, why = line.removeprefix("FAILED ").partition(" - ")
            yield name, why


def _skipped(output: str) -> str:
    """Why tests were skipped: what they need is not on this machine."""
    return "\n    ".join(line for line in output.splitlines() if line.startswith("SKIPPED "))


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
    if green and (skipped := _skipped(ran.output)):
        return Verdict(mutant, "COULD NOT BE TRIED", seconds, skipped)
    if green:
        return Verdict(mutant, "SURVIVED", seconds, f"not red: {', '.join(green)}")
    broken = [why for why in ran.failed.values() if why.startswith(BROKEN_CODE)]
    if broken:
        return Verdict(mutant, "COULD NOT BE TRIED", seconds, broken[0])
    return Verdict(mutant, "killed", seconds)


def in_batches(mutants: Iterable[Mutant]) -> list[list[Mutant]]:
    """Mutants that may be judged in one run: constraints that are dropped for tests of their own each."""
    batches: list[list[Mutant]] = []
    for mutant in mutants:
        for batch in batches:
            if len(batch) < LARGEST_BATCH and all(_may_go_together(mutant, other) for other in batch):
                batch.append(mutant)
                break
        else:
            batches.append([mutant])
    return batches


def _may_go_together(one: Mutant, other: Mutant) -> bool:
    return bool(one.constraint and other.constraint) and not set(one.tests) & set(other.tests)


def judge_all(mutants: Iterable[Mutant], workers: Sequence[Worker]) -> Iterator[Verdict]:
    """Judge mutants, as many at once as there are workers; each verdict comes as it is there."""
    for verdicts in _shared(in_batches(mutants), workers, lambda worker, batch: worker.judge(batch)):
        yield from verdicts


def not_green(mutants: Iterable[Mutant], workers: Sequence[Worker]) -> dict[str, str]:
    """Run all tests once with every guard in its place; returns what was said by files that were not green."""
    by_file: dict[str, list[str]] = {}
    for test in sorted({test for mutant in mutants for test in mutant.tests}):
        by_file.setdefault(test.partition("::")[0], []).append(test)

    def run(worker: Worker, file: str) -> tuple[str, Ran]:
        return file, worker.run(by_file[file], worker.databases.options(worker.number, []), before={})

    return {file: _worth_reading(ran.output) for file, ran in _shared(by_file, workers, run) if ran.code != 0}


def _shared(work: Iterable[W], workers: Sequence[Worker], do: Callable[[Worker, W], D]) -> Iterator[D]:
    """Do pieces of work, each by whoever is idle; what comes of each comes as it is there."""
    idle: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def do_one(piece: W) -> D:
        worker = idle.get()
        try:
            return do(worker, piece)
        finally:
            idle.put(worker)

    with ThreadPoolExecutor(len(workers)) as pool:
        try:
            for future in as_completed([pool.submit(do_one, piece) for piece in work]):
                yield future.result()
        finally:  # interrupted: what is under way ends, and nothing else begins
            pool.shutdown(wait=False, cancel_futures=True)

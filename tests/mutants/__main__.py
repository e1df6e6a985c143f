"""python -m tests.mutants [NAME...]: all mutants, or those whose name, or whose list of guards, begins with NAME."""

import argparse
import os
import sys
import time
from pathlib import Path

from tests.mutants import workshop
from tests.mutants.guards import GUARDS
from tests.mutants.mutant import Mutant
from tests.mutants.run import judge_all, not_green

AT_ONCE = (os.cpu_count() or 1) + 1  # some wait for what a missing guard lets wait, and need no processor


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Return 0 only if every mutant was killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="how they begin: pin, locks/, locks/till")
    parser.add_argument("--jobs", type=int, default=AT_ONCE, help="how many at once")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    parser.add_argument(
        "--log", type=Path, help="note each verdict there; what was killed in it is not tried again"
    )
    parser.add_argument(
        "--trusting", action="store_true", help="do not first see whether the tests are green"
    )
    options = parser.parse_args(arguments)
    chosen = chosen_by(options.names)
    if not chosen:
        parser.error("no mutant has such a name")
    if options.list:
        say("\n".join(chosen))
        return 0
    left = [mutant for name, mutant in chosen.items() if name.partition("/")[2] not in killed_in(options.log)]
    if not left:
        return 0
    return judged(left, jobs=min(options.jobs, len(left)), log=options.log, trusting=options.trusting)


def chosen_by(names: list[str]) -> dict[str, Mutant]:
    """Mutants by "guards/name", of which either the whole or the name begins with one of some texts."""
    every = {f"{guards}/{mutant.name}": mutant for guards, mutants in GUARDS.items() for mutant in mutants}
    begins = tuple(names) or ("",)
    return {
        name: each for name, each in every.items() if name.startswith(begins) or each.name.startswith(begins)
    }


def killed_in(log: Path | None) -> set[str]:
    """The names of those whose last verdict in a log is that they were killed."""
    if log is None or not log.exists():
        return set()
    lines = [line for line in log.read_text().splitlines() if ": " in line and not line.startswith(" ")]
    last = dict(line.split(": ", 1) for line in lines)
    return {name for name, word in last.items() if word.startswith("killed")}


def judged(mutants: list[Mutant], *, jobs: int, log: Path | None, trusting: bool) -> int:
    """Judge mutants, saying what became of each, and how many were killed in the last line."""
    began = time.monotonic()
    with workshop.opened(jobs) as workers:
        red = {} if trusting else not_green(mutants, workers)
        for file, said in red.items():
            say(f"With every guard in its place it must be green: {file}\n    {said}")
        ready = [each for each in mutants if not any(test.partition("::")[0] in red for test in each.tests)]
        killed = 0
        for verdict in judge_all(ready, workers):
            killed += verdict.is_killed
            say(verdict)
            if log is not None:
                with log.open("a") as lines:
                    lines.write(f"{verdict}\n")
    say(f"{killed} of {len(mutants)} mutants killed in {(time.monotonic() - began) / 60:.1f} minutes")
    return 0 if killed == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

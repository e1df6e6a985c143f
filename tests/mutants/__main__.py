"""python -m tests.mutants [NAME...] [--jobs N] [--list]: all mutants, or those whose name begins with NAME."""

import argparse
import os
import sys
import time

from tests.mutants import workshop
from tests.mutants.guards import MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.run import judge_all, not_green


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    """Return 0 only if every mutant was killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="how the names of mutants begin")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    options = parser.parse_args(arguments)
    chosen = [each for each in MUTANTS if each.name.startswith(tuple(options.names) or "")]
    if not chosen:
        parser.error("no mutant has such a name")
    if options.list:
        say("\n".join(each.name for each in chosen))
        return 0
    return judged(chosen, jobs=min(options.jobs, len(chosen)))


def judged(mutants: list[Mutant], *, jobs: int) -> int:
    """Judge mutants, saying what became of each, and how many were killed in the last line."""
    began = time.monotonic()
    with workshop.opened(jobs) as workers:
        red = not_green(mutants, workers)
        if red:
            say("With every guard in its place the tests must be green:\n" + "\n".join(red))
            return 1
        verdicts = []
        for verdict in judge_all(mutants, workers):
            say(verdict)
            verdicts.append(verdict)
    killed = sum(verdict.is_killed for verdict in verdicts)
    say(f"{killed} of {len(mutants)} mutants killed in {(time.monotonic() - began) / 60:.1f} minutes")
    return 0 if killed == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

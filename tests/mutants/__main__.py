"""python -m tests.mutants [NAME...] [--jobs N] [--list]: all mutants, or those whose name begins with NAME."""

import argparse
import os
import sys
import time

from tests.mutants import workshop
from tests.mutants.guards import MUTANTS
from tests.mutants.run import judge_all, not_green


def main(arguments: list[str]) -> int:
    """Return 0 only if every mutant was killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="how the names of mutants begin")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    options = parser.parse_args(arguments)
    chosen = [each for each in MUTANTS if each.name.startswith(tuple(options.names) or "")]
    if options.list:
        print("\n".join(each.name for each in chosen))
        return 0
    if not chosen:
        parser.error("no mutant has such a name")
    began = time.monotonic()
    with workshop.opened(min(options.jobs, len(chosen))) as workers:
        red = not_green(chosen, workers)
        if red:
            print("With every guard in its place the tests must be green:\n" + "\n".join(red))
            return 1
        killed = 0
        for verdict in judge_all(chosen, workers):
            killed += verdict.is_killed
            print(verdict, flush=True)
    minutes = (time.monotonic() - began) / 60
    print(f"{killed} of {len(chosen)} mutants killed in {minutes:.1f} minutes")
    return 0 if killed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

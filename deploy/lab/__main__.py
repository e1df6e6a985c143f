"""`python -m deploy.lab up [--anew] | down | forget | chaos ... | soak ...`; the Makefile has a target for each."""

import argparse
import sys

from deploy.lab import begin, chaos, faults, needs, soak
from deploy.lab.parts import LabError


def up(options: argparse.Namespace) -> int:
    print("The lab comes up ...", flush=True)
    lab = begin.begun(anew=options.anew)
    print(f"It is up: {needs.versions()}.\n{lab.addresses()}\n`make lab-down` ends it.")
    return 0


def down(options: argparse.Namespace) -> int:
    lab = begin.found()
    if lab is None:
        print("There is no lab here.")
        return 0
    lab.down()
    if options.forget:
        begin.forget(lab)
    print("The lab is down" + (", and nothing of it is left." if options.forget else "."))
    return 0


def do_chaos(options: argparse.Namespace) -> int:
    names = options.faults or list(faults.SHORT if options.short else faults.FAULTS)
    print("The lab comes up ...", flush=True)
    lab = begin.begun(anew=options.anew)
    try:
        well = chaos.run(lab, names, seed=options.seed, short=options.short)
    finally:
        if not options.keep:
            lab.down()
    return 0 if well else 1


def do_soak(options: argparse.Namespace) -> int:
    print("The lab comes up ...", flush=True)
    lab = begin.begun(anew=options.anew)
    try:
        well = soak.run(lab, minutes=options.minutes, seed=options.seed)
    finally:
        if not options.keep:
            lab.down()
    return 0 if well else 1


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.lab", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("up")
    command.add_argument("--anew", action="store_true", help="without what an earlier run kept")
    command.set_defaults(run=up)
    command = commands.add_parser("down")
    command.add_argument("--forget", action="store_true", help="and remove what it kept")
    command.set_defaults(run=down)
    command = commands.add_parser("chaos")
    command.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(faults.FAULTS))
    command.add_argument("--seed", type=int, default=4711)
    command.add_argument("--short", action="store_true", help="a few faults, short ones")
    command.add_argument("--anew", action="store_true", help="on a lab without what an earlier run kept")
    command.add_argument(
        "--where-possible", action="store_true", help="where packages are missing, say so and call it well"
    )
    command.add_argument("--keep", action="store_true", help="leave the lab up")
    command.set_defaults(run=do_chaos)
    command = commands.add_parser("soak")
    command.add_argument("--minutes", type=float, default=10)
    command.add_argument("--seed", type=int, default=4711)
    command.add_argument("--anew", action="store_true", help="on a lab without what an earlier run kept")
    command.add_argument("--keep", action="store_true", help="leave the lab up")
    command.set_defaults(run=do_soak)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Return 0 if all is as it should be, 1 if something is not, 3 where packages are missing."""
    options = parsed(arguments)
    try:
        return options.run(options)
    except needs.PackagesMissingError as error:
        if getattr(options, "where_possible", False):
            print(f"SKIPPED, nothing was tried: {error}", file=sys.stderr)
            return 0
        print(error, file=sys.stderr)
        return 3
    except LabError as error:
        print(f"The lab: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

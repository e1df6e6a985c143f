"""`python -m deploy.lab up [--anew] | down | forget | chaos ... | soak ...`; the Makefile has a target for each."""

import argparse
import sys

from deploy.lab import cluster, needs
from deploy.lab.parts import LabError


def up(options: argparse.Namespace) -> int:
    print("The lab comes up ...", flush=True)
    lab = cluster.begun(anew=options.anew)
    print(f"It is up: {needs.versions()}.\n{lab.addresses()}\n`make lab-down` ends it.")
    return 0


def down(options: argparse.Namespace) -> int:
    lab = cluster.found()
    if lab is None:
        print("There is no lab here.")
        return 0
    lab.down()
    if options.forget:
        cluster.forget(lab)
    print("The lab is down" + (", and nothing of it is left." if options.forget else "."))
    return 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.lab", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("up")
    command.add_argument("--anew", action="store_true", help="without what an earlier run kept")
    command.set_defaults(run=up)
    command = commands.add_parser("down")
    command.add_argument("--forget", action="store_true", help="and remove what it kept")
    command.set_defaults(run=down)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Return 0 if all is as it should be, 1 if something is not, 3 where packages are missing."""
    options = parsed(arguments)
    try:
        return options.run(options)
    except needs.PackagesMissingError as error:
        print(error, file=sys.stderr)
        return 3
    except LabError as error:
        print(f"The lab: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

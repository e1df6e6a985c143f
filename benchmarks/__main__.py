"""Run the benchmarks: `python -m benchmarks till`, or all of them, each in a process and on servers of its own."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import django
from django.core.management import call_command

from groundwork.database import waits
from loyalty_site.servers import postgres, valkey

NAMES = sorted(
    path.stem.removeprefix("bench_").replace("_", "-") for path in Path(__file__).parent.glob("bench_*.py")
)
BUFFERS = "2GB"  # a quarter of a small server's memory, as PostgreSQL itself recommends


def run_all() -> int:
    """Every benchmark, one after the other; returns how many did not reach their targets."""
    return sum(subprocess.run([sys.executable, "-m", "benchmarks", name]).returncode != 0 for name in NAMES)


def run_one(name: str, *arguments: str) -> int:
    """One benchmark on a migrated, empty PostgreSQL database with a Redis beside it."""
    with postgres.temporary(shared_buffers=BUFFERS) as postgres_url, valkey.temporary() as redis_url:
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = postgres_url, redis_url
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        waits.this_process_is("command")  # millions of rows are written before anything is measured
        django.setup()
        call_command("migrate", verbosity=0)
        # Its imports need the models, and those need the settings above.
        report = import_module(f"benchmarks.bench_{name.replace('-', '_')}").run(*map(int, arguments))
    report.print()
    return 0 if report.reached else 1


if __name__ == "__main__":
    sys.exit(run_one(*sys.argv[1:]) if len(sys.argv) > 1 else run_all())

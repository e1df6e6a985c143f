"""`manage.py serve`: the web server and the workers with their clock, in one command.

Meant for a demo, a single small shop or a developer; larger deployments run the parts one by one (compose.yaml).
All are child processes: when one ends, or on Ctrl-C or SIGTERM, or when this command is killed, the others are
stopped too.
"""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from io import StringIO
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from loyalty_site.servers import supervise
from loyalty_site.settings import work

POLL_SECONDS = 0.2
GRACE_SECONDS = 10
APART = ("relay", "jobs", "keeping", "webhooks")  # queues that have a worker of another kind


class Stopped(Exception):
    """Somebody asked the command to end."""


def stop(signum: int, frame: FrameType | None) -> None:
    """Leave what we are at; being asked twice changes nothing."""
    supervise.on_stop(signal.SIG_IGN)
    raise Stopped


class Command(BaseCommand):
    help = "Run the web server and the Celery workers with their beat, and stop all of them together."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", help="host:port (127.0.0.1:8000)")
        parser.add_argument("--threads", type=int, default=16, help="threads of a web process (16)")
        parser.add_argument("--processes", type=int, default=1, help="web processes (1)")
        parser.add_argument("--demo", action="store_true", help="migrate and load the demo first")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError(
                "Web server and workers need PostgreSQL and Redis or Valkey: set DATABASE_URL and REDIS_URL, "
                "or run `make serve`, which starts both."
            )
        if options["demo"]:
            self.load_demo()
        self.require_migrated_database()
        supervise.on_stop(stop)
        code, children = 0, []
        with ExitStack() as watchers:
            try:
                for command in (
                    self.web(**options),
                    self.worker(),
                    self.outside(),
                    self.jobs(),
                    self.webhooks(),
                ):
                    # In groups of their own, so that Ctrl-C reaches them once, through us.
                    children.append(subprocess.Popen(command, start_new_session=True))
                    watchers.enter_context(supervise.watched(children[-1]))
                self.stdout.write(f"Serving on http://{options['address']}  (Ctrl-C stops it)")
                self.stdout.flush()  # where it goes to a file or to a container's log as well
                code = self.wait(children)
            except Stopped:
                self.stdout.write("Stopping when the work in hand is done ...")
            finally:
                supervise.on_stop(signal.SIG_IGN)
                self.end(children)
        self.stdout.write("Stopped.")
        sys.exit(code)

    def load_demo(self) -> None:
        """Bring the database up to date and load what there is to try; what is there already stays."""
        call_command("migrate", verbosity=0)
        call_command("load_email_templates", stdout=StringIO())
        call_command("demo", stdout=self.stdout)

    def require_migrated_database(self) -> None:
        """Raise where tables are missing: the clock would stop at its first look, and nothing would show it."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is not up to date: run `manage.py migrate` first.")
        connection.close()

    def web(self, **options: Any) -> list[str]:
        """Return the command line of gunicorn."""
        application = settings.WSGI_APPLICATION.replace(".application", ":application")
        return [
            *(sys.executable, "-m", "gunicorn", application),
            *("--bind", options["address"], "--workers", str(options["processes"])),
            *("--worker-class", "gthread", "--threads", str(options["threads"])),
            *("--limit-request-line", "8190"),
            *("--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"),
        ]

    def worker(self) -> list[str]:
        """Return the command line of the Celery worker for our own database: one process, the beat within."""
        return [*self.celery(work.DEFAULT, "relay"), "--beat"]

    def outside(self) -> list[str]:
        """Return that of the worker that speaks to others, in threads, so that one who hangs holds up only itself."""
        parties = [name for name in work.OF_QUEUE if name not in APART]
        return [*self.celery(*parties, pool="threads"), "--concurrency", str(2 * len(parties))]

    def jobs(self) -> list[str]:
        """Return that of the worker for what is long: imports, exports, backups. Nothing else waits behind them."""
        return self.celery("jobs", "keeping")

    def webhooks(self) -> list[str]:
        """Return that of the worker that calls other people's servers, which may take their time."""
        return self.celery("webhooks")

    def celery(self, *queues: str, pool: str = "solo") -> list[str]:
        return [
            # The worker's warning about root says nothing new to who starts a demo as root in a container.
            *(sys.executable, "-W", "ignore::UserWarning:celery.platforms"),
            *("-m", "celery", "--app", "loyalty_site", "--quiet", "worker"),
            *("--queues", ",".join(queues), "--pool", pool, "--loglevel", "WARNING"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]

    def wait(self, children: list[subprocess.Popen[bytes]]) -> int:
        """Return the exit code of the first child that ends; a child that just ends is a failure as well."""
        while True:
            for child in children:
                if child.poll() is not None:
                    return child.returncode if child.returncode > 0 else 1
            time.sleep(POLL_SECONDS)

    def end(self, children: list[subprocess.Popen[bytes]]) -> None:
        """Ask all children to finish, and end what has not finished after GRACE_SECONDS."""
        for child in children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in children:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

"""A site as it runs in production, of parts that can be taken away: broker, mail server, the line to the database.

gunicorn, a Celery worker with the clock, PostgreSQL, Redis, a mail server.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from loyalty_site.servers import find, supervise, valkey
from notifications.services import texts
from tenancy import scope
from tests.browser.deployed import Site, running
from tests.cut_line import CutLine
from tests.notifications.post_office import PostOffice, open_post_office

WAIT = 120  # seconds; only a broken test waits so long


class Broker:
    """A Redis of our own on one port; it may stop, come back empty, hang and wake up."""

    def __init__(self) -> None:
        self.port = supervise.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._running = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        home = self._running.enter_context(supervise.folder("valkey"))
        command = [str(find.valkey_program()), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(home), "--save", "", "--appendonly", "no"]
        server = supervise.server(command, home, None, ready=lambda: valkey.ping(self.url))
        self._process = self._running.enter_context(server)

    def stop(self) -> None:
        self.wake_up()
        self._running.close()
        self._process = None

    def hang(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def wake_up(self) -> None:
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGCONT)


class Mail:
    """A mail server of our own on one port; it remembers what it took, however often it was closed between."""

    def __init__(self) -> None:
        self.port = supervise.free_port()
        self.offices: list[PostOffice] = []
        self._running = ExitStack()

    def open(self) -> None:
        self.offices.append(self._running.enter_context(open_post_office(self.port)))

    def close(self) -> None:
        self._running.close()

    def hang(self) -> None:
        self.offices[-1].data = "hang"

    def letters(self) -> list[EmailMessage]:
        return [letter for office in self.offices for letter in office.letters]


@dataclass
class Day:
    """The parts of a site, and the line to its database."""

    broker: Broker
    mail: Mail
    line: CutLine
    site: Site


def database_url(port: int) -> str:
    server = connection.settings_dict
    password = f":{server['PASSWORD']}" if server["PASSWORD"] else ""
    return f"postgresql://{server['USER']}{password}@127.0.0.1:{port}/{server['NAME']}"


@contextmanager
def begun(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """A site in processes of its own, on the database of the tests; what it keeps is in `folder`."""
    broker, mail = Broker(), Mail()
    web_port = supervise.free_port()
    url = f"http://127.0.0.1:{web_port}"
    with ExitStack() as stack:
        line = stack.enter_context(CutLine(int(connection.settings_dict["PORT"])))
        broker.start()
        stack.callback(broker.stop)
        mail.open()
        stack.callback(mail.close)
        monkeypatch.setattr(settings, "PUBLIC_BASE_URL", url)
        environment = {
            "DJANGO_SETTINGS_MODULE": "tests.patient_settings",
            "SECRET_KEY": settings.SECRET_KEY,  # so that a session made here is one there
            "PUBLIC_BASE_URL": url,
            "DATABASE_URL": database_url(line.port),
            "REDIS_URL": broker.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "VAR_DIR": str(folder),
        }
        site = Site(url, environment, mail.letters)
        with scope.everything("the platform's texts"):
            texts.load()
        sweep_every_second()
        worker = ["-m", "celery", "--app", "loyalty_site", "worker", "--beat", "--concurrency", "1"]
        web = ["-m", "gunicorn", "loyalty_site.wsgi:application", "--bind", f"127.0.0.1:{web_port}"]
        web += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
        stack.enter_context(running(site, worker, ready=lambda: None))
        stack.enter_context(running(site, web, ready=lambda: urlopen(f"{url}/readyz", timeout=5).close()))
        yield Day(broker, mail, line, site)


def sweep_every_second() -> None:
    """What an operator may set in the console: the sweeps do not wait for the full minute."""
    second = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.SECONDS)
    for task in ("groundwork.relay_outbox", "notifications.sweep_email_log"):
        PeriodicTask.objects.create(name=task, task=task, interval=second, expire_seconds=55)


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < deadline, f"not in {WAIT} seconds: {what}"
        time.sleep(0.2)
